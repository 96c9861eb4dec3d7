"""What guards do to a case: its pages wait, go on again, or it is marked as begun within planned work."""

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import CLOCKS, ESCALATIONS, NOTHING, CaseEvent, lost
from tocsin.cases.happenings.parts import ClockChange, change, escalation_of
from tocsin.core import ids
from tocsin.core.wording import Instant, Said, marked, say, unturned


class Windowed(CaseEvent):
    """`mode`: quiet or annotate; `until`: when the window ends, None where nobody had said."""

    KIND, TITLE = "case.windowed", "It began within a maintenance window"
    LOSES = NOTHING

    guard: str
    reason: str
    mode: str
    until: int | None

    def reads(self) -> Said:
        if self.until is None:
            return say("began within a maintenance window: {reason}", reason=unturned(self.reason))
        text = marked("began within a maintenance window until {time}: {reason}")
        return say(text, time=Instant(self.until), reason=unturned(self.reason))


class PathHeld(CaseEvent):
    """`kind`: of the guard; `by`: who set it; `clocks`: what is put off with the path."""

    KIND, TITLE = "path.held", "A path waits with its next step, because of a silence or a maintenance window"
    LOSES = lost(ESCALATIONS, CLOCKS)

    escalation: str
    guard: str
    kind: str
    reason: str
    by: str
    until: int
    clocks: list[ClockChange]

    def apply(self, state: Aggregate, at: int) -> None:
        escalation = escalation_of(state, self.escalation)
        escalation.next_at, escalation.held_by = self.until, ids.from_text(self.guard)
        change(state, self.clocks)

    def reads(self) -> Said:
        text = marked("nobody is paged before {time}, by a maintenance window: {reason}")
        if self.kind == "silence":
            text = marked("nobody is paged before {time}, by a silence: {reason}")
        return say(text, time=Instant(self.until), reason=unturned(self.reason))


class PathReleased(CaseEvent):
    KIND, TITLE = "path.released", "A path that had waited goes on, because what held it was ended"
    LOSES = lost(ESCALATIONS, CLOCKS)

    escalation: str
    next_at: int
    clocks: list[ClockChange]

    def apply(self, state: Aggregate, at: int) -> None:
        escalation = escalation_of(state, self.escalation)
        escalation.next_at, escalation.held_by = self.next_at, None
        change(state, self.clocks)

    def reads(self) -> Said:
        return say("nothing keeps its pages back any more")
