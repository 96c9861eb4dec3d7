"""The scenes of stored cases: what the pure rules of verbs ask of the tables, read when they first ask."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import NamedTuple

from tocsin.cases import queries
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.context import Around, Desk
from tocsin.cases.scene import Paged, Record, Scene, Sees
from tocsin.people import accounts
from tocsin.people.permissions import SYSTEM
from tocsin.policy.decision import Decision, from_bytes
from tocsin.storage.transaction import Tx


class _Reads(NamedTuple):
    """What scenes of one transaction read when it is first asked for."""

    last: Callable[[int], Decision | None]
    record: Record
    sees: Sees

    @classmethod
    def of(cls, tx: Tx) -> "_Reads":
        return cls(
            cache(partial(_last, tx)),
            cache(partial(queries.timeline, tx, SYSTEM)),
            cache(lambda viewer, case: case in queries.numbers(tx, viewer, [case])),
        )


def scene(tx: Tx, desk: Desk, around: Around, state: Aggregate, owners: Mapping[int, int | None]) -> Scene:
    """A case as its verbs see it within this transaction. `owners`: from `account_owners`."""
    live = [climb.id for climb in state.live()]
    return _scene(_Reads.of(tx), desk, around, state, owners, cache(lambda: desk.paged(tx, live)))


def scenes(tx: Tx, desk: Desk, states: Sequence[Aggregate]) -> dict[int, Scene]:
    """The same for what is only looked at: of several cases by id, in few statements."""
    around, owners, reads = desk.around(tx), account_owners(tx, states), _Reads.of(tx)
    live = [climb.id for state in states for climb in state.live()]
    together = cache(lambda: desk.paged(tx, live))
    return {state.case.id: _scene(reads, desk, around, state, owners, together) for state in states}


def _scene(
    reads: _Reads, desk: Desk, around: Around, state: Aggregate, owners: Mapping[int, int | None], asked: Paged
) -> Scene:
    case = state.case.id
    owner = owners.get(state.case.account) if state.case.account else None
    found = Scene.of(around, state, owner, desk.mint, partial(reads.last, case))
    history = partial(reads.record, case)
    return found._replace(paged=asked, history=history, record=reads.record, sees=reads.sees)


def account_owners(tx: Tx, states: Iterable[Aggregate]) -> dict[int, int | None]:
    """Who has the accounts of these cases, by account."""
    return accounts.owners(tx, {state.case.account for state in states if state.case.account})


def _last(tx: Tx, case: int) -> Decision | None:
    stored = queries.decision_bytes(tx, SYSTEM, case)
    return None if stored is None else from_bytes(stored)
