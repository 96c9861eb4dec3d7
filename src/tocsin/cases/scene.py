"""A case as its path and its verbs see it at one instant: an argument of everything pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.context import Around
from tocsin.core.ids import IdMint
from tocsin.ledger.journal import Recorded
from tocsin.people.permissions import Viewer
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision

Last = Callable[[], Decision | None]
History = Callable[[], Sequence[Recorded]]
Record = Callable[[int], Sequence[Recorded]]
Sees = Callable[[Viewer, int], bool]
Paged = Callable[[], Mapping[int, Sequence[int]]]


class Scene(NamedTuple):
    """`policy`: the version that decided the case. `last`: its newest decision, read when first asked for; None once
    erased. `mint` names what begins. `paged`: the users whom each escalation that still runs has paged, the last first,
    read likewise. `history`: its stored events, likewise; `record`: those of another case;
    `sees`: whether somebody may see another case."""

    policy: Policy
    around: Around
    case: Case
    account_owner: int | None
    now: int
    mint: IdMint
    last: Last
    paged: Paged = dict
    history: History = tuple
    record: Record = lambda case: ()
    sees: Sees = lambda viewer, case: True

    @classmethod
    def of(cls, around: Around, state: Aggregate, owner: int | None, mint: IdMint, last: Last) -> "Scene":
        policy = around.policies.compiled(state.case.policy_version)
        return cls(policy, around, state.case, owner, around.now, mint, last)

    def again(self, state: Aggregate) -> "Scene":
        """The same instant, after the state has changed."""
        return self._replace(policy=self.around.policies.compiled(state.case.policy_version), case=state.case)
