"""Somebody says that a case is contained or resolved, which a senior has to confirm."""

from msgspec import field

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import CLOCKS, CaseEvent, lost
from tocsin.cases.happenings.parts import Run, because, behind, clock, runs_of, waits_no_more
from tocsin.core.wording import Listed, Said, say

_CLAIMS = ("containment_claimed_at", "resolution_claimed_at", "contested_at", "claim_alert_at")
_ENDS = ("contained_at", "resolved_at")  # a confirmation keeps the time of the claim


class Claimed(CaseEvent):
    """`at`: when the claim was made of a parent; `again`: when those who may confirm it are told once more."""

    KIND, TITLE = "case.claimed", "Somebody claimed that it is contained or resolved"
    WORK = FOLLOWED = True
    LOSES = lost(CLOCKS, *_CLAIMS, *_ENDS)

    what: str
    note: str | None
    clocks: list[Run]
    at: int | None = None
    again: int | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        case, at = state.case, self.at or at
        if self.what == "containment":
            case.containment_claimed_at = at
        else:
            case.resolution_claimed_at = at
        for run in runs_of(state, self.clocks):
            run.claimed_at = at
        if self.again:
            case.claim_alert_at = min(self.again, case.claim_alert_at or self.again)

    def reads(self) -> Said:
        return say("claims {what}{note}", what=say(self.what), note=behind(self.note))


class Contested(CaseEvent):
    """The claim stays; its clocks run on as though they had never stopped."""

    KIND = "case.contested"
    TITLE = "The customer or the source said otherwise while a claim waited; its clocks run on"
    FOLLOWED = True
    LOSES = lost(CLOCKS)

    what: list[str]
    clocks: list[Run]

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.contested_at = at
        for run in runs_of(state, self.clocks):
            run.contested_at = at

    def reads(self) -> Said:
        what = Listed([say(claim) for claim in self.what], " and ")
        names = Listed([clock(name) for name, _ in self.clocks])
        clocks = say("; clocks run on: {clocks}", clocks=names) if self.clocks else ""
        return say("contests the claimed {what}{clocks}", what=what, clocks=clocks)


class ClaimRejected(CaseEvent):
    """The clocks run on as though they had never stopped; those that another claim covers, `still`, wait for that.
    `since`: when the claim was made."""

    KIND, TITLE = "case.claim_rejected", "A claim was rejected"
    WORK = FOLLOWED = True
    LOSES = lost(CLOCKS, *_CLAIMS, *_ENDS)

    what: str
    reason: str
    clocks: list[Run]
    since: int | None
    still: list[Run] = field(default_factory=list)

    def apply(self, state: Aggregate, at: int) -> None:
        if self.what == "containment":
            state.case.containment_claimed_at = None
        else:
            state.case.resolution_claimed_at = None
        for run in runs_of(state, self.clocks):
            run.claimed_at = run.contested_at = None
        for run in runs_of(state, self.still):
            run.claimed_at = state.case.containment_claimed_at
        waits_no_more(state.case)

    def reads(self) -> Said:
        return say("rejects the {what}{why}", what=say(self.what), why=because(self.reason))
