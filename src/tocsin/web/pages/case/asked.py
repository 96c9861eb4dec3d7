"""What a case asks of its reader, as the head of its page: the question, what it rests on, and what follows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.asking import RUNS_OUT, Question
from tocsin.cases.happenings.calls import called
from tocsin.cases.paths import climbing
from tocsin.core import instants
from tocsin.core.wording import Instant, Said, marked, say
from tocsin.web.pages.case import course, steps
from tocsin.web.pages.case.steps import CaseSoFar, Then
from tocsin.web.pages.case.tiles import Tile

Tone = Literal["asked", "hot", "calm", "done"]


class Asking(NamedTuple):
    """`title`: the question, or how it ended. `quote`: of whoever claims what is to be confirmed. `since`: when that
    was, or the last page, which `heard` says. `more`: what else is to be known. `head`: of what stands beside it:
    `then`, or of a case that is over `figures`, as names and values."""

    tone: Tone
    icon: str
    title: str
    quote: str | None
    since: int | None
    heard: str | None
    more: str | None
    head: str
    then: Sequence[Then]
    figures: Sequence[tuple[str, str]]

    def says_how(self, until: int | None) -> bool:
        """Whether it says all of how the case stands, so that nothing else has to. `until`: when the next step of its
        path comes. Without one the path waits or is at its end, and that is said beside it."""
        return self.icon == _CLAIM or (self.tone == "hot" and until is not None)


_CLAIM = "shield-check"


def answering(question: Question | None, state: Aggregate) -> tuple[str, ...]:
    """The verbs that answer what the case asks of its reader; whoever is called in may judge a claim meanwhile."""
    if question is None:
        return ()
    if question.asks != "call":
        return question.acts
    claims = ("resolution", state.case.resolution_claimed_at), ("containment", state.case.containment_claimed_at)
    judging = (f"{verb}-{what}" for what, at in claims if at is not None for verb in ("confirm", "reject"))
    return (*question.acts, *judging)


def asking(told: CaseSoFar, question: Question | None, tiles: Iterable[Tile]) -> Asking:
    """`tiles`: all clocks."""
    if question is None:
        return _over(told, list(tiles))
    if question.asks == "acknowledge":
        return _unanswered(told)
    if question.asks in ("containment", "resolution"):
        return _claimed(told, question)
    if question.asks == "call":
        return _called(told, question)
    tone: Tone = "asked" if question.asks in _FOR_SOMEBODY else "calm"
    more = told.word(_MORE[question.asks]) if question.asks in _MORE else None
    title, icon = told.word(question.text), _ICONS.get(question.asks, "circle-check")
    return Asking(tone, icon, title, None, None, None, more, told.word(_THEN), _then(told, question), ())


_THEN = say("Then")
_FOR_SOMEBODY = ("imported", "triage", "request", "owner")
_ICONS = {
    "imported": "inbox",
    "parent": "network",
    "triage": "message-circle-question-mark",
    "request": "arrow-up",
    "hold": "pause",
    "owner": "user-plus",
    "contain": "shield",
    "resolve": "circle-check",
}
_MORE = {
    "imported": say(
        "Imported history: no clock runs and nobody is notified. To take it live, assign it to somebody; a message from"
        " the customer takes it live too."
    )
}


def _unanswered(told: CaseSoFar) -> Asking:
    climb = min(told.state.live(), key=lambda climb: (climb.next_at is None, climb.next_at or 0))
    paged = [page for page in told.pages if page["kind"] == "page" and page["state"] != "cancelled"]
    newest = paged[-1] if paged else None
    mine = next((page for page in reversed(paged) if page["user"] == told.me), None)
    _, path = climbing.of(told.scene, climb)
    then = [*steps.went(told, paged), *steps.coming(told, climb)] if paged else steps.coming(told, climb)
    since = (mine or newest or {}).get("queued_at")
    return Asking(
        tone="hot",
        icon="bell-ring",
        title=told.word(say("Nobody has answered. Who has it?")),
        quote=None,
        since=since,
        heard=told.word(say("You were paged") if mine else say("The last page went out")) if since else None,
        more=told.word(_MEANS),
        head=told.word(steps.passing(climb, path)),
        then=then,
        figures=(),
    )


_MEANS = say("Acknowledging means: you look at it now, and the paging stops. It does not make the ticket yours.")


def _claimed(told: CaseSoFar, question: Question) -> Asking:
    """Who says that it is over, in which words, and that somebody has to confirm it."""
    claim = course.last(told.events, "case.claimed", what=question.asks)
    who = course.actor_of(claim, told.people) if claim else None
    contained = question.asks == "containment"
    title = claimed_by(question, who)
    waits = say("A senior has to confirm; until then Containment stands still.")
    more = waits if contained else say("A senior has to confirm; until then its targets stand still.")
    if told.state.case.contested_at:
        more = say("The customer has written since, so its targets run on. A senior has to confirm.")
    return Asking(
        tone="asked",
        icon=_CLAIM,
        title=told.word(title),
        quote=claim["payload"].get("note") if claim else None,
        since=instants.from_text(claim["at"]) if claim else None,
        heard=None,
        more=told.word(more),
        head=told.word(_THEN),
        then=_then(told, question),
        figures=(),
    )


def claimed_by(question: Question, who: str | None) -> Said:
    """A question about a claim, with the name of whoever claims it where that is known."""
    if who is None:
        return question.text
    return say(_CONTAINED if question.asks == "containment" else _RESOLVED, name=who)


def _called(told: CaseSoFar, question: Question) -> Asking:
    """Who calls its reader in, and for what."""
    me = told.people.by_name[told.me].id
    call = next(each for each in told.state.calling() if each.calls(me))
    who = told.people.display_of(call.caller)
    title = (
        say("You are called in. Do you come?") if who is None else say("{name} calls you in. Do you come?", name=who)
    )
    return Asking(
        tone="asked",
        icon="phone-call",
        title=told.word(title),
        quote=call.reason,
        since=call.started_at,
        heard=None,
        more=None,
        head=told.word(_THEN),
        then=_then(told, question._replace(otherwise=_to_you(question.otherwise))),
        figures=(),
    )


def _to_you(otherwise: Said | None) -> Said | None:
    """What follows without an answer of whoever is called in, said to them."""
    return otherwise and _TO_YOU.get(otherwise.text, otherwise)


_TO_YOU = {
    "They are paged again.": say("You are paged again."),
    "Whoever called them in is told that nobody comes.": say("Whoever called you in is told that nobody comes."),
}
_CONTAINED, _RESOLVED = marked("{name} says it is contained. Is it?"), marked("{name} says it is resolved. Is it?")


def _then(told: CaseSoFar, question: Question) -> list[Then]:
    """What follows without an answer, but for the targets, which count below."""
    found = []
    if question.otherwise is not None and question.otherwise.text != RUNS_OUT:
        found.append(Then("hourglass", told.word(question.otherwise), question.at))
    if question.asks != "call":
        found.extend(_awaited(told))
    case = told.state.case
    for what, at, says in (
        ("resolution", case.resolution_claimed_at, say("Somebody says it is resolved; that waits to be confirmed")),
        ("containment", case.containment_claimed_at, say("Somebody says it is contained; that waits to be confirmed")),
    ):
        if at is not None and question.asks != what:
            found.append(Then("shield-check", told.word(says)))
    if question.asks != "triage" and case.triage_at is not None:
        says = say("It rises to {level}.", level=case.triage_level) if case.triage_level else say("It keeps its level.")
        found.append(Then("message-circle-question-mark", told.word(says), case.triage_at))
    return found


def _awaited(told: CaseSoFar) -> Iterator[Then]:
    """Those who were called in and have not answered."""
    for call in told.state.calling():
        kind, _, name = call.target.partition(":")
        who = told.people.displays([name])[0] if kind == "user" else called(call.target)
        yield Then("phone-call", told.word(say("{who} is called in and has not answered", who=who)))


def _over(told: CaseSoFar, tiles: Sequence[Tile]) -> Asking:
    case = told.state.case
    ended = next((e for e in reversed(told.events) if e["kind"] == f"case.{case.state}"), None)
    who = course.actor_of(ended, told.people) if ended else None
    settled = [tile for tile in tiles if tile.state in ("met", "missed")]
    kept = sum(tile.state == "met" or tile.run.excused_by is not None for tile in settled)
    counts: Mapping[str, int] = {
        marked("Pages sent"): sum(page["kind"] == "page" for page in told.pages),
        marked("Messages to the customer"): sum(event["kind"] == "case.customer_update" for event in told.events),
    }
    figures = [(told.word(Said(name, {})), str(amount)) for name, amount in counts.items()]
    if settled:
        of = told.word(say("{kept} of {all}", kept=kept, all=len(settled)))
        figures.append((told.word(say("Targets kept")), of))
    title = say(_ENDED[case.state]) if who is None else say(_ENDED_BY[case.state], name=who)
    if case.state == "merged":
        return Asking("calm", "git-merge", told.word(title), None, None, None, None, "", (), ())
    note = (ended["payload"] or {}).get("note") if ended else None
    at = case.resolved_at or case.closed_at
    after = say("It ended {time}. A reply of the customer opens it again.", time=Instant(at or case.updated_at))
    head = told.word(say("It took"))
    return Asking("done", "circle-check", told.word(title), note, None, None, told.word(after), head, (), figures)


_ENDED = {
    "resolved": marked("It is resolved"),
    "closed": marked("It is closed"),
    "merged": marked("It was merged into another case, where it goes on"),
}
_ENDED_BY = {
    "resolved": marked("Resolved by {name}"),
    "closed": marked("Closed by {name}"),
    "merged": marked("{name} merged it into another case, where it goes on"),
}
