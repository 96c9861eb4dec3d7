"""Cases that have to do with each other."""

from collections.abc import Sequence

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import CLOCKS, NOTHING, CaseEvent, lost
from tocsin.cases.happenings.parts import Run, because, clock, other, rest, runs_of
from tocsin.clocks.kinds import CONTAIN
from tocsin.core import ids
from tocsin.core.wording import Instant, Listed, Said, marked, say

_WAITS = (
    *("held_at", "held_until", "alert_at", "triage_at", "triage_level", "requested_level", "request_due_at"),
    *("containment_claimed_at", "resolution_claimed_at", "contested_at", "claim_alert_at"),
)
_LINKS = {
    "related": marked("related to {case}"),
    "parent": marked("follows {case}"),
    "child": marked("is followed by {case}"),
    "merged": marked("merged with {case}"),
    "merged_from": marked("{case} was merged into it"),
}
_UNLINKS = {
    "related": marked("no longer related to {case}"),
    "parent": marked("no longer follows {case}"),
    "child": marked("no longer is followed by {case}"),
    "merged": marked("no longer merged with {case}"),
}


_PROVISIONAL = ("provisional_until", "counted", CLOCKS)


def run_on(state: Aggregate, runs: Sequence[Run]) -> None:
    """Clocks that stood by what the parent's people did run on as though they had never stopped; but for a containment
    that somebody claims, which waits for that."""
    claimed = state.case.containment_claimed_at
    left = [run for run in state.stands_by_parent if run not in runs]
    for run in runs_of(state, runs):
        waits = run.clock == CONTAIN and claimed is not None and run.claimed_at == claimed
        if run.outcome is None and not waits:
            run.claimed_at = run.contested_at = None
    state.case.counted = _told(left)


def _told(runs: Sequence[Run]) -> str:
    return " ".join(f"{clock}:{cycle}" for clock, cycle in runs)


class Merged(CaseEvent):
    KIND, TITLE = "case.merged", "The case was merged into another one"
    NAMES = "into"
    LOSES = lost("state", "closed_at", "parent", *_WAITS, *_PROVISIONAL)

    into: str
    number: int
    reason: str

    def apply(self, state: Aggregate, at: int) -> None:
        case = state.case
        run_on(state, state.stands_by_parent)
        case.provisional_until = None
        case.state, case.closed_at, case.parent = "merged", at, ids.from_text(self.into)
        rest(case)

    def lets_go(self) -> bool:
        return True

    def reads(self) -> Said:
        return say("merged into {case}{why}", case=other(self.number), why=because(self.reason))


class Linked(CaseEvent, omit_defaults=True):
    KIND, TITLE = "case.linked", "The case was linked to another one"
    WORK = True
    NAMES = "case"
    LOSES = lost("parent", "alert_at", *_PROVISIONAL)

    kind: str
    case: str
    number: int
    likelihood: float | None = None
    until: int | None = None
    policy_version: int | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        if self.kind == "parent":
            run_on(state, state.stands_by_parent)
            state.case.parent, state.case.alert_at = ids.from_text(self.case), None
            state.case.provisional_until = self.until

    def lets_go(self) -> bool:
        """A case that follows another is followed by none: only cases that are over may have followed it, and none of
        them comes back as the child of a child."""
        return self.kind == "parent"

    def reads(self) -> Said:
        if self.likelihood is not None and self.until is not None:
            return say(
                "follows {case} for the time being, until {time}: {share} % likely the same problem"
                " (rule same_problem, version {version})",
                case=other(self.number),
                time=Instant(self.until),
                share=round(100 * self.likelihood),
                version=self.policy_version,
            )
        return say(_LINKS.get(self.kind, f"{self.kind} {{case}}"), case=other(self.number))


class CountedWithParent(CaseEvent):
    """`clocks` stand from now on, by what the parent's people did; `released` run on as though they never had."""

    KIND, TITLE = "case.counted_with_parent", "What its parent's people did counts for it, for the time being"
    LOSES = lost("counted", CLOCKS)

    clocks: list[Run]
    released: list[Run]

    def apply(self, state: Aggregate, at: int) -> None:
        run_on(state, self.released)
        for run in runs_of(state, self.clocks):
            run.claimed_at = at
        state.case.counted = _told([*state.stands_by_parent, *self.clocks])

    def reads(self) -> Said:
        parts = []
        if self.clocks:
            names = Listed([clock(name) for name, _ in self.clocks])
            parts.append(say("what its parent's people did counts for the time being: {clocks}", clocks=names))
        if self.released:
            names = Listed([clock(name) for name, _ in self.released])
            parts.append(say("clocks run on: {clocks}", clocks=names))
        return say("{parts}", parts=Listed(parts, "; "))


class LinkKept(CaseEvent):
    KIND, TITLE = "case.link_kept", "That it follows its parent is no longer provisional"
    WORK = True
    LOSES = lost("provisional_until")

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.provisional_until = None

    def reads(self) -> Said:
        return say("it follows its parent for good")


class ParentDismissed(CaseEvent):
    """It stays a label, and the other case is not offered again."""

    KIND, TITLE = "case.parent_dismissed", "Somebody said that it is another problem than that of a case"
    WORK = True
    NAMES = "case"
    LOSES = NOTHING

    case: str
    number: int
    reason: str | None = None

    def reads(self) -> Said:
        return say("another problem than {case}{why}", case=other(self.number), why=because(self.reason))


class Unlinked(CaseEvent):
    """`worked_at`: when what its parent's people had answered began to age here. `provisional`: it was only assumed;
    the clocks that stood by it run on as though they had never stopped."""

    KIND, TITLE = "case.unlinked", "A link to another case was removed"
    WORK = True
    NAMES = "case"
    LOSES = lost("parent", "active_at", *_PROVISIONAL)

    kind: str
    case: str
    number: int
    worked_at: int | None = None
    provisional: bool = False

    def apply(self, state: Aggregate, at: int) -> None:
        if self.kind == "parent":
            run_on(state, state.stands_by_parent)
            state.case.provisional_until = None
            state.case.parent = None
            state.case.active_at = self.worked_at or state.case.active_at

    def reads(self) -> Said:
        return say(_UNLINKS.get(self.kind, f"no longer {self.kind} {{case}}"), case=other(self.number))
