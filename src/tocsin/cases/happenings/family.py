"""Cases that have to do with each other."""

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import NOTHING, CaseEvent, lost
from tocsin.cases.happenings.parts import because, other, rest
from tocsin.core import ids
from tocsin.core.wording import Said, marked, say

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


class Merged(CaseEvent):
    KIND, TITLE = "case.merged", "The case was merged into another one"
    NAMES = "into"
    LOSES = lost("state", "closed_at", "parent", *_WAITS)

    into: str
    number: int
    reason: str

    def apply(self, state: Aggregate, at: int) -> None:
        case = state.case
        case.state, case.closed_at, case.parent = "merged", at, ids.from_text(self.into)
        rest(case)

    def lets_go(self) -> bool:
        return True

    def reads(self) -> Said:
        return say("merged into {case}{why}", case=other(self.number), why=because(self.reason))


class Linked(CaseEvent):
    KIND, TITLE = "case.linked", "The case was linked to another one"
    WORK = True
    NAMES = "case"
    LOSES = lost("parent", "alert_at")

    kind: str
    case: str
    number: int

    def apply(self, state: Aggregate, at: int) -> None:
        if self.kind == "parent":
            state.case.parent, state.case.alert_at = ids.from_text(self.case), None

    def lets_go(self) -> bool:
        """A case that follows another is followed by none: only cases that are over may have followed it, and none of
        them comes back as the child of a child."""
        return self.kind == "parent"

    def reads(self) -> Said:
        return say(_LINKS.get(self.kind, f"{self.kind} {{case}}"), case=other(self.number))


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
    """`worked_at`: when what its parent's people had answered began to age here."""

    KIND, TITLE = "case.unlinked", "A link to another case was removed"
    WORK = True
    NAMES = "case"
    LOSES = lost("parent", "active_at")

    kind: str
    case: str
    number: int
    worked_at: int | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        if self.kind == "parent":
            state.case.parent = None
            state.case.active_at = self.worked_at or state.case.active_at

    def reads(self) -> Said:
        return say(_UNLINKS.get(self.kind, f"no longer {self.kind} {{case}}"), case=other(self.number))
