"""Reading cases. Every query takes a `Viewer`; a confidential case does not exist for one who is not named for it."""

from collections.abc import Iterable, Sequence

from tocsin.cases import mentions, sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.deciding import Decided, Reclassified
from tocsin.cases.queries.naming import NamedCase, find, found, named, with_ticket
from tocsin.ledger import journal
from tocsin.ledger.journal import Recorded
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.storage.transaction import Tx, marks, padded

__all__ = ["NamedCase", "find", "found", "named", "with_ticket"]

DECIDING = (Decided.KIND, Reclassified.KIND)


def load(tx: Tx, viewer: Viewer, case: int) -> Aggregate:
    """One case with its clocks, escalations and call-ins; NotFound where there is none for this viewer."""
    viewer.require("cases.read")
    state = store.load(tx, case)
    sight.require(viewer, state.case)
    return state


def numbers(tx: Tx, viewer: Viewer, cases: Iterable[int | None]) -> dict[int, int]:
    """The numbers of these cases by id, as far as the viewer may see them."""
    chosen = padded(sorted({case for case in cases if case is not None}))
    if not chosen:
        return {}
    seen, parameters = sight.condition(viewer)
    return dict(
        tx.rows(f"SELECT id, number FROM cases WHERE id IN ({marks(chosen)}) AND {seen}", (*chosen, *parameters))
    )


def decision_bytes(tx: Tx, viewer: Viewer, case: int) -> bytes | None:
    """The case's newest decision as it stands in the journal; None once erased, and where the viewer sees no case."""
    return decisions(tx, viewer, [case]).get(case)


def decisions(tx: Tx, viewer: Viewer, cases: Iterable[int]) -> dict[int, bytes]:
    """The newest decision of each of these cases that the viewer sees, but for those whose newest was erased."""
    viewer.require("cases.read")
    wanted = set(cases)
    seen = wanted if viewer is SYSTEM else wanted & numbers(tx, viewer, wanted).keys()
    return journal.newest(tx, seen, DECIDING)


def timeline(tx: Tx, viewer: Viewer, case: int) -> list[Recorded]:
    """The case's history, oldest first; other cases that the viewer may not see are not named in it. NotFound where
    there is no such case for this viewer."""
    viewer.require("cases.read")
    require(tx, viewer, case)
    return named_to(tx, viewer, journal.read(tx, case))


def named_to(tx: Tx, viewer: Viewer, events: Sequence[Recorded]) -> list[Recorded]:
    """These events as this viewer may see them: other cases that they may not see are not named."""
    seen = numbers(tx, viewer, mentions.mentioned(events))
    return [mentions.shown(event, seen) for event in events]


def any_has(tx: Tx, viewer: Viewer, column: str, value: str) -> bool:
    """Whether any case that the viewer sees has this value."""
    viewer.require("cases.read")
    seen, parameters = sight.condition(viewer)
    return tx.row(f"SELECT 1 FROM cases WHERE {column} = ? AND {seen} LIMIT 1", (value, *parameters)) is not None


def require(tx: Tx, viewer: Viewer, case: int) -> None:
    """NotFound where there is no such case for this viewer."""
    if case not in numbers(tx, viewer, [case]):
        raise sight.absent(case)
