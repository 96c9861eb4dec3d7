"""Call-ins: somebody asks for people beside the path, they are paged, and one of them answers, or nobody does."""

from tocsin.cases.aggregate import Aggregate, Call
from tocsin.cases.happenings.base import CALLS, CaseEvent, lost
from tocsin.cases.happenings.parts import Told, behind, name, name_told, optional_id, told
from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.core.wording import Said, marked, say, unturned, verbatim


class CallStarted(CaseEvent):
    """`target`: user:NAME, roster:NAME or team:NAME; `caller`: the user who asks, None for a token."""

    KIND, TITLE = "call.started", "Somebody called people in"
    WORK = True
    LOSES = lost(CALLS)

    call: str
    target: str
    caller: str | None
    reason: str | None

    def apply(self, state: Aggregate, at: int) -> None:
        begun = Call(ids.from_text(self.call), self.target, optional_id(self.caller), self.reason, at, next_at=at)
        state.calls.append(begun)

    def reads(self) -> Said:
        return say("called in {who}{why}", who=called(self.target), why=behind(self.reason and unturned(self.reason)))


class CallPaged(CaseEvent):
    """`round`: counted from 1; `next_at`: when they are paged again, or the caller is told that nobody answered."""

    KIND, TITLE = "call.paged", "Those who are called in were paged"
    LOSES = lost("named", CALLS)

    call: str
    round: int
    notified: list[Told]
    unreachable: list[Told]
    next_at: int

    def apply(self, state: Aggregate, at: int) -> None:
        call = call_of(state, self.call)
        name_told(state, self.notified)
        new = [one["user"] for one in self.notified if f" {one['user']} " not in call.called]
        call.called = (call.called or " ") + "".join(f"{user} " for user in new)
        call.rounds, call.next_at = self.round, self.next_at

    def reads(self) -> Said:
        people = told(self.notified, self.unreachable)
        return say("call-in, attempt {round}: {told}", round=self.round, told=people)


class CallAnswered(CaseEvent):
    """`by`: the user who comes."""

    KIND, TITLE = "call.answered", "Somebody who was called in answered"
    WORK = True
    LOSES = lost("named", CALLS)

    call: str
    by: str

    def apply(self, state: Aggregate, at: int) -> None:
        call, by = call_of(state, self.call), ids.from_text(self.by)
        name(state, by)
        call.state, call.answered_by, call.next_at, call.ended_at = "answered", by, None, at

    def reads(self) -> Said:
        return say("answered the call-in")


class CallDeclined(CaseEvent):
    """`next_at`: when the next of them are paged; now, where everybody who was paged has declined."""

    KIND, TITLE = "call.declined", "Somebody who was called in declined"
    LOSES = lost(CALLS)

    call: str
    by: str
    next_at: int

    def apply(self, state: Aggregate, at: int) -> None:
        call = call_of(state, self.call)
        call.declined, call.next_at = f"{call.declined or ' '}{self.by} ", self.next_at

    def reads(self) -> Said:
        return say("declined the call-in")


class CallEnded(CaseEvent):
    """`state`: unanswered; declined where everybody who was paged has declined; withdrawn where whoever called has
    undone it; over where the case is over."""

    KIND, TITLE = "call.ended", "A call-in ended without an answer"
    LOSES = lost(CALLS)

    call: str
    target: str
    state: str

    def apply(self, state: Aggregate, at: int) -> None:
        call = call_of(state, self.call)
        call.state, call.next_at, call.ended_at = self.state, None, at

    def reads(self) -> Said:
        return ended(self.state, self.target)


_ENDS = {
    "unanswered": marked("nobody answered the call-in of {who}"),
    "declined": marked("everybody declined the call-in of {who}"),
    "withdrawn": marked("the call-in of {who} was withdrawn"),
    "over": marked("the call-in of {who} ended with the case"),
}


def ended(state: str, target: str) -> Said:
    """How a call-in ended, as a person reads it."""
    return say(_ENDS.get(state, _ENDS["over"]), who=called(target))


def call_of(state: Aggregate, wanted: str) -> Call:
    number = ids.from_text(wanted)
    for call in state.calls:
        if call.id == number:
            return call
    raise NotFound(say("the case has no call-in {wanted}", wanted=wanted))


def called(target: str) -> Said:
    """Whom a call-in asks for, as a person reads it."""
    kind, _, name = target.partition(":")
    if kind == "user":
        return verbatim(name)
    return say("the roster {name}", name=name) if kind == "roster" else say("the team {name}", name=name)
