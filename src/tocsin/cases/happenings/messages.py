"""What is said of a case: by colleagues, by the customer, and by the tool that reported it."""

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import NOTHING, CaseEvent, Lost
from tocsin.cases.happenings.parts import Told
from tocsin.core.wording import Instant, Said, marked, say, unturned


class Recovered(CaseEvent):
    KIND, TITLE = "case.recovered", "A monitoring tool says that it is over"
    LOSES = NOTHING

    source: str
    note: str | None
    told: bool = True

    def apply(self, state: Aggregate, at: int) -> None:
        state.case.recovered_at = at

    def reads(self) -> Said:
        note = say(": {note}", note=self.note) if self.note else ""
        asked = say("; a senior is asked") if self.told else say("; it changes often, so nobody is told")
        return say("{source} says that it is over{note}{asked}", source=self.source, note=note, asked=asked)


class FiredAgain(CaseEvent):
    KIND, TITLE = "case.fired_again", "Its source says that it is broken, or is again"
    OBJECTS = True
    LOSES = Lost(frozenset({"flapped_at"}), {})

    source: str
    status: str | None
    note: str | None
    at: int | None
    told: bool = False

    def apply(self, state: Aggregate, at: int) -> None:
        case = state.case
        if case.recovered_at is not None and self.told:
            case.flapped_at = at
        case.recovered_at, case.broken_at = None, at

    def reads(self) -> Said:
        status = say(": {status}", status=unturned(self.status)) if self.status else ""
        text = marked("{source} says that it is broken{status}{time}")
        return say(text, source=unturned(self.source), status=status, time=_of(self.at))


class Heard(CaseEvent):
    KIND, TITLE = "case.heard", "A message that changes nothing was recorded"

    source: str
    kind: str
    status: str | None
    text: str | None
    at: int | None
    why: str

    def reads(self) -> Said:
        what = {
            "reply": say("the customer wrote"),
            "solved": say("solved"),
            "public_reply": say("it wrote to the customer"),
        }.get(self.kind, say("a ticket"))
        return say(
            "{source} says {what}{time}, {why}; recorded, and nothing changed{text}",
            source=unturned(self.source),
            what=unturned(self.status) if self.status else what,
            time=_of(self.at),
            why=say(_UNCOUNTED.get(self.why, marked("and the case is over"))),
            text=say(": {text}", text=unturned(self.text)) if self.text else "",
        )


class Noted(CaseEvent):
    KIND, TITLE = "case.noted", "Somebody added a note for colleagues"
    WORK = True

    text: str
    audience: str

    def reads(self) -> Said:
        return say("note: {text}", text=self.text)


class Replied(CaseEvent):
    """A hold is restarted by each word of the customer; what is held as they write has waited for it."""

    KIND, TITLE = "case.replied", "The customer wrote"
    OBJECTS = True
    LOSES = NOTHING

    text: str | None
    audience: str
    subject: str | None

    def apply(self, state: Aggregate, at: int) -> None:
        held = state.case.held_at
        state.case.waited = 0 if held is None else held - at

    def reads(self) -> Said:
        return say("the customer: {text}", text=self.text) if self.text else say("the customer wrote, without a text")


class CustomerUpdated(CaseEvent):
    """`text`: None where it was sent elsewhere, and what it said is not known. `by`: the tool that says so."""

    KIND, TITLE = "case.customer_update", "The customer was written to"
    WORK = FOLLOWED = True
    LOSES = NOTHING

    text: str | None
    audience: str
    by: str | None

    def reads(self) -> Said:
        text = say(": {text}", text=unturned(self.text)) if self.text else ""
        return say("to the customer{text}", text=text)


class Explained(CaseEvent):
    KIND, TITLE = "case.explained", "Its cause was explained to the customer"
    WORK = True
    LOSES = NOTHING

    text: str
    audience: str

    def reads(self) -> Said:
        return say("the cause, to the customer: {text}", text=unturned(self.text))


class AskedTeam(CaseEvent):
    """`notified`: who heard of it."""

    KIND, TITLE = "case.asked_team", "Another team was asked"
    WORK = True
    LOSES = NOTHING

    team: str
    question: str
    notified: list[Told]
    unreachable: list[Told]

    def reads(self) -> Said:
        return say("asked team {team}: {question}", team=self.team, question=unturned(self.question))


class AnsweredTeam(CaseEvent):
    """`team`: None in older events, which answered whatever was asked."""

    KIND, TITLE = "case.answered_team", "The team that was asked answered"
    WORK = True
    LOSES = NOTHING

    answer: str
    team: str | None = None

    def reads(self) -> Said:
        if self.team is not None:
            return say("team {team} answered: {answer}", team=self.team, answer=unturned(self.answer))
        return say("the team's answer: {answer}", answer=unturned(self.answer))


class Marked(CaseEvent):
    KIND, TITLE = "case.marked", "A milestone was marked"
    WORK = True
    LOSES = NOTHING

    milestone: str
    note: str | None

    def reads(self) -> Said:
        note = say(": {text}", text=unturned(self.note)) if self.note else ""
        return say("milestone {milestone}{note}", milestone=self.milestone, note=note)


_WRITES = {
    "reply": say("the customer wrote"),
    "solved": say("solved"),
    "public_reply": say("it wrote to the customer"),
}
_UNCOUNTED = {"older": marked("after something newer"), "late": marked("of before the case was over")}


def _of(at: int | None) -> Said | str:
    return "" if at is None else say(" (of {time})", time=Instant(at))
