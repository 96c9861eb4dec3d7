"""What people set: severity, level, owner and team, by their own judgement or at somebody's request."""

from typing import Any

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import NOTHING, CaseEvent, lost
from tocsin.cases.happenings.parts import because
from tocsin.core.wording import Instant, Listed, Said, in_words, marked, say
from tocsin.policy.levels import LevelName
from tocsin.policy.model import Kind

_SET = {
    "severity": marked("severity {value}"),
    "level": marked("level {value}"),
    "kind": marked("kind {value}"),
    "owner": marked("owner {value}"),
    "team": marked("team {value}"),
    "type": marked("type {value}"),
    "product_area": marked("product area {value}"),
}


class Overridden(CaseEvent):
    KIND, TITLE = "case.overridden", "A person overrode the policy's decision"
    WORK = True

    severity: str | None
    level: LevelName | None
    kind: Kind | None
    owner: str | None
    team: str | None
    reason: str
    type: str | None = None
    product_area: str | None = None

    def reads(self) -> Said:
        parts = [say(text, value=value) for name, text in _SET.items() if (value := getattr(self, name))]
        return say("set by a person: {what}{why}", what=Listed(parts), why=because(self.reason))


class Lowered(CaseEvent):
    KIND, TITLE = "case.lowered", "A person lowered its level"
    WORK = True
    LOSES = lost("level", "kind")

    level: LevelName
    kind: Kind | None
    reason: str

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.level, state.case.kind = self.level, self.kind

    def reads(self) -> Said:
        return say("lowered to {level}{why}", level=self.level, why=because(self.reason))


class Triaged(CaseEvent):
    """`asks`, `was`, `otherwise`: what was asked, the level that the case had, and the one that would have followed by
    itself; with the answer they are a label, by which the policy can be judged. `type`, `product_area`, `severity`:
    what the answer set right."""

    KIND, TITLE = "case.triaged", "Triage was answered, or its time passed"
    WORK = True
    LOSES = NOTHING

    answer: str | None
    reason: str
    words: dict[str, Any] | None = None
    asks: list[str] | None = None
    was: LevelName | None = None
    otherwise: LevelName | None = None
    type: str | None = None
    product_area: str | None = None
    severity: str | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.triage_at = state.case.triage_level = None

    def reads(self) -> Said:
        if self.answer is None:
            return say("triage ended without an answer{why}", why=because(self.reason))
        return say("triage answers {answer}{why}", answer=self.answer, why=because(in_words(self.reason, self.words)))


class TriageSnoozed(CaseEvent):
    KIND, TITLE = "case.triage_snoozed", "Somebody put a question of triage off; its clock runs on"
    WORK = True

    until: int
    reason: str

    def reads(self) -> Said:
        return say("triage is asked again {time}{why}", time=Instant(self.until), why=because(self.reason))


class TriageKept(CaseEvent):
    KIND, TITLE = "case.triage_kept", "Triage goes on without an answer, because automation is off"
    LOSES = lost("triage_at")

    answer_by: int

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.triage_at = self.answer_by

    def reads(self) -> Said:
        return say("triage goes on until somebody answers, because automation is off")


class Corrected(CaseEvent):
    KIND, TITLE = "case.corrected", "An escalation was corrected as a mistake"
    WORK = True
    LOSES = lost("corrected")

    what: str
    reason: str

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.corrected = self.what

    def reads(self) -> Said:
        what = self.what.replace("_", " ")
        return say("escalated by mistake ({what}){why}", what=what, why=because(self.reason))


class Requested(CaseEvent):
    KIND, TITLE = "case.requested", "Somebody requested a higher level"
    WORK = True
    LOSES = lost("requested_level", "request_due_at")

    level: LevelName
    hurt: str | None
    wants: str | None
    needed_by: int | None
    reason: str
    due_at: int

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.requested_level, state.case.request_due_at = self.level, self.due_at

    def reads(self) -> Said:
        parts = [say("asks for {level}: {reason}", level=self.level, reason=self.reason)]
        parts += [say("hurt: {who}", who=self.hurt)] if self.hurt else []
        parts += [say("the customer wants: {what}", what=self.wants)] if self.wants else []
        return say("{parts}", parts=Listed(parts, "; "))


class RequestAnswered(CaseEvent):
    KIND = "case.request_answered"
    TITLE = "The request was answered, or accepted because nobody answered in time"
    WORK = True
    LOSES = NOTHING

    accepted: bool
    reason: str | None
    words: dict[str, Any] | None = None

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.requested_level = state.case.request_due_at = None

    def reads(self) -> Said:
        text = marked("the request is accepted{why}") if self.accepted else marked("the request is declined{why}")
        return say(text, why=because(in_words(self.reason, self.words)))


class RiskAnswered(CaseEvent):
    """`answer`: seen, snoozed or disagreed; `until`: nobody is shown it before."""

    KIND, TITLE = "case.risk_answered", "Somebody said something to the risk of the case"
    WORK = True
    LOSES = NOTHING

    answer: str
    until: int | None
    reason: str | None

    def reads(self) -> Said:
        if self.answer == "snoozed" and self.until is not None:
            return say("its risk can wait until {time}{why}", time=Instant(self.until), why=because(self.reason))
        if self.answer == "disagreed":
            return say("it is not at risk{why}", why=because(self.reason))
        return say("its risk was seen{why}", why=because(self.reason))
