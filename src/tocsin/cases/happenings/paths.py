"""Escalations: a path begins, its steps page people, somebody answers or declines, and it stops."""

from typing import TypedDict

from msgspec import field

from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.happenings.base import ESCALATIONS, CaseEvent, lost
from tocsin.cases.happenings.parts import Told, escalation_of, missed, name_told, told
from tocsin.core import ids
from tocsin.core.wording import Listed, Said, marked, say
from tocsin.policy import addressees
from tocsin.policy.levels import LevelName
from tocsin.policy.model import Kind

_STATES = {"acknowledged": marked("acknowledged"), "stopped": marked("stopped")}


class Escalated(CaseEvent):
    KIND, TITLE = "case.escalated", "Paging along a path started"
    FOLLOWED = True
    LOSES = lost("level", "kind", "acknowledged_at", "acknowledgement_lasts", "nudged_at", ESCALATIONS)

    escalation: str
    level: LevelName
    kind: Kind
    path: str
    policy_version: int
    first_at: int
    hours: str | None

    def apply(self, state: Aggregate, at: int) -> None:
        case = state.case
        case.level = self.level
        if case.kind is None or self.kind == "technical":  # a path beside that of the engineers changes no kind
            case.kind = self.kind
        if not case.beside(self.kind):  # what was answered was a lower level
            case.acknowledged_at = case.acknowledgement_lasts = case.nudged_at = None
        state.escalations.append(
            Escalation(
                id=ids.from_text(self.escalation),
                kind=self.kind,
                path=self.path,
                policy_version=self.policy_version,
                state="climbing",
                passed=0,
                step=0,
                next_at=self.first_at,
                started_at=at,
                hours=self.hours,
            )
        )

    def reads(self) -> Said:
        text = marked("escalated to {level}, {kind}, on the path {path}")
        return say(text, level=self.level, kind=self.kind, path=self.path)


Next = TypedDict("Next", {"pass": int, "step": int, "at": int})


class PathStepped(CaseEvent):
    """`passed`: how often the path was walked before; `nobody`: the step names nobody; `needed`: answers that it asks
    for; `next`: the place and time of the step behind it, None at the end of the path."""

    KIND, TITLE = "path.stepped", "A step of a path paged people, or found nobody"
    LOSES = lost("named", ESCALATIONS)

    escalation: str
    passed: int = field(name="pass")
    step: int
    notified: list[Told]
    unreachable: list[Told]
    nobody: bool
    team: str | None
    needed: int
    next: Next | None

    def apply(self, state: Aggregate, at: int) -> None:
        escalation, after = escalation_of(state, self.escalation), self.next
        name_told(state, self.notified)
        escalation.needed, escalation.held_by = self.needed, None
        if after is None:
            escalation.state, escalation.next_at = "exhausted" if self.notified else "unheard", None
        else:
            escalation.passed, escalation.step, escalation.next_at = after["pass"], after["step"], after["at"]

    def reads(self) -> Said:
        return say(
            "step {step} of pass {pass}: {told}{missed}{end}",
            **{"step": self.step + 1, "pass": self.passed + 1},
            told=self._told(),
            missed=missed(self.unreachable),
            end="" if self.next else say("; the path has no further step"),
        )

    def _told(self) -> Said:
        if not self.notified:
            return say("the step names nobody") if self.nobody else say("nobody could be reached")
        people = [
            say("{name} ({why})", name=person["name"], why=addressees.said(person["why"])) for person in self.notified
        ]
        return say("notified {people}", people=Listed(people))


class PathUnreached(CaseEvent):
    KIND = "path.unreached"
    TITLE = "No page of a step could be delivered, so the next step follows at once"
    LOSES = lost(ESCALATIONS)

    escalation: str
    passed: int = field(name="pass")
    step: int
    next_at: int | None

    def apply(self, state: Aggregate, at: int) -> None:
        escalation = escalation_of(state, self.escalation)
        if escalation.state == "climbing":
            escalation.next_at = self.next_at

    def reads(self) -> Said:
        goes_on = (
            marked("the next step follows at once")
            if self.next_at is not None
            else marked("the path has no further step")
        )
        return say("no page of step {step} could be delivered; {then}", step=self.step + 1, then=say(goes_on))


class PathAnswered(CaseEvent):
    """`by`: who, as one word."""

    KIND, TITLE = "path.answered", "One of several answers that a step needs"
    WORK = True
    LOSES = lost(ESCALATIONS)

    escalation: str
    by: str
    given: int
    needed: int

    def apply(self, state: Aggregate, at: int) -> None:
        escalation = escalation_of(state, self.escalation)
        escalation.answers = f"{escalation.answers or ' '}{self.by} "

    def reads(self) -> Said:
        return say("answered, as {given} of {needed}", given=self.given, needed=self.needed)


class PathDeclined(CaseEvent):
    """`passed`: below 0, beside the path, whose own steps may page the same people again."""

    KIND, TITLE = "path.declined", "Somebody declined a page"
    LOSES = lost("named", ESCALATIONS)

    escalation: str
    passed: int = field(name="pass")
    step: int
    notified: list[Told]
    unreachable: list[Told]
    by: str
    next_at: int | None

    def apply(self, state: Aggregate, at: int) -> None:
        escalation = escalation_of(state, self.escalation)
        name_told(state, self.notified)
        escalation.answers = escalation.answers.replace(f" {self.by} ", " ")
        if escalation.state == "climbing":
            escalation.next_at = self.next_at

    def reads(self) -> Said:
        if self.notified:
            return say("declined: {told}", told=told(self.notified, self.unreachable))
        follows = marked("the next step starts") if self.next_at is not None else marked("the path has no further step")
        return say("declined{missed}; {then}", missed=missed(self.unreachable), then=say(follows))


Step = PathStepped | PathDeclined  # which page people


class PathStopped(CaseEvent):
    """`state`: acknowledged or stopped."""

    KIND, TITLE = "path.stopped", "Paging along a path stopped"
    LOSES = lost(ESCALATIONS)

    escalation: str
    state: str

    def apply(self, state: Aggregate, at: int) -> None:
        escalation = escalation_of(state, self.escalation)
        escalation.state, escalation.next_at, escalation.held_by = self.state, None, None

    def reads(self) -> Said:
        return say("paging stopped: {state}", state=say(_STATES.get(self.state, self.state)))
