"""The page at three in the morning: what is wrong and in whose words, why you, what is asked and by when in your own
time, who is next. One pure function of its facts; letters, chats and the page behind its link say what it answers."""

from functools import partial
from typing import NamedTuple

from tocsin.cases import asking
from tocsin.clocks import moments, zone
from tocsin.core import instants, texts
from tocsin.core.wording import Reader, Said
from tocsin.languages import tongue
from tocsin.notify.facts import CallFacts, PageFacts
from tocsin.notify.reading import reader_of

MOST_SUBJECT = 150
_MOST_TICKET = 40
_MOST_HEADLINE = 500
_APART, _END = "\u2068", "\u2069"  # as `texts.isolated` sets text apart
_NAMES = 4  # of those who are next


class PageWords(NamedTuple):
    """`subject`: one line that says it all. `impact` and `about`: facts with their labels, those that matter at once
    and the others. `asks`: what is asked, in short, beside the buttons that answer it."""

    subject: str
    headline: str
    impact: tuple[tuple[str, str], ...]
    quote: str | None
    why: str
    asked: str
    asks: str
    following: str
    about: tuple[tuple[str, str], ...]
    times: str


def page(facts: PageFacts) -> PageWords:
    """What a page says."""
    to = _reader(facts)
    called = headline(facts.number, facts.ticket, facts.customer, facts.subject)
    ending = to.says("acknowledge") if facts.call is None else to.says("you are called in")
    return PageWords(
        subject=subject(facts.severity, called, ending),
        headline=_cut(f"{_foreign(facts.severity.upper())}: {_foreign(facts.subject)}", _MOST_HEADLINE),
        impact=_impact(facts, to),
        quote=facts.words,
        why=_why(facts, to),
        asked=_asked(facts, to),
        asks=_asks(facts, to),
        following=_following(facts, to),
        about=_about(facts, to),
        times=to.says("Times are those of {zone}.", zone=facts.zone),
    )


def paged(facts: PageFacts, people: tuple[str, ...]) -> str:
    """What a room is told: who was paged, and by when somebody is to acknowledge."""
    to = _reader(facts)
    names_of, place = names(people, to), _place(facts, to)
    if facts.due_at is None:
        return to.counts(
            "{names} is paged ({place}).", "{names} are paged ({place}).", len(people), names=names_of, place=place
        )
    return to.counts(
        "{names} is paged ({place}), to be acknowledged by {time} ({zone}).",
        "{names} are paged ({place}), to be acknowledged by {time} ({zone}).",
        len(people),
        names=names_of,
        place=place,
        time=to.instant(facts.due_at),
        zone=facts.zone,
    )


def _reader(facts: PageFacts) -> Reader:
    """Whoever is paged. Times stand in a page without their zone, which it names once."""
    speaks = tongue(facts.language)
    return reader_of(facts.zone, facts.language)._replace(
        instant=partial(moments.wall, zone=zone.load(facts.zone), tongue=speaks)
    )


def _place(facts: PageFacts, to: Reader) -> str:
    if facts.steps:
        place = to.says(
            "step {step} of {steps} of the path {path}", step=facts.step, steps=facts.steps, path=facts.path
        )
    else:
        place = to.says("step {step} of the path {path}", step=facts.step, path=facts.path)
    return to.says("{place}, pass {round}", place=place, round=facts.round) if facts.round > 1 else place


def subject(severity: str, headline: str, ending: str) -> str:
    """The subject of a letter about a case: cut in front of its ending, which says what it is about."""
    ending = f" - {ending}"
    return _cut(f"[Tocsin] {_foreign(severity.upper())} {headline}", MOST_SUBJECT - len(ending)) + ending


def headline(number: int, ticket: str | None, customer: str | None, about: str) -> str:
    """Who is hurt by what: all that a telephone shows of a letter. People call a case by the number of its ticket."""
    called = _foreign(ticket, _MOST_TICKET) if ticket else f"#{number}"
    who = f" {_foreign(customer)}:" if customer else ""
    return _cut(f"{called}{who} {_foreign(about)}", _MOST_HEADLINE)


def names(people: tuple[str, ...], to: Reader) -> str:
    """`anna, bo and carl`; of many, how many more."""
    people = tuple(_foreign(one) for one in people)
    if len(people) > _NAMES:
        some = ", ".join(people[: _NAMES - 1])
        return to.says("{names} and {amount} more", names=some, amount=len(people) - _NAMES + 1)
    return (
        to.says("{names} and {last}", names=", ".join(people[:-1]), last=people[-1])
        if len(people) > 1
        else "".join(people)
    )


def _foreign(text: str, most: int = _MOST_HEADLINE) -> str:
    """One line of others, set apart from our words around it."""
    return texts.isolated(texts.line(text, most))


def _cut(text: str, most: int) -> str:
    """As `texts.cut`; what was set apart in it ends with it, so that nothing behind is turned around."""
    if _APART not in text:
        return texts.cut(text, most)
    said = texts.cut(text, most - 1)
    return said + _END * (said.count(_APART) - said.count(_END))


def _why(facts: PageFacts, to: Reader) -> str:
    if facts.call is not None:
        return _called_in(facts, facts.call, to)
    named = _named(facts, to)
    if facts.declined_by is not None:
        return to.says("{name} declined, so it comes to you: {why}.", name=_foreign(facts.declined_by), why=named)
    if facts.target == "every lead":
        return to.says("Nobody on the path {path} has answered, so every lead is paged.", path=facts.path)
    return to.says("{why} ({place}).", why=f"{named[:1].upper()}{named[1:]}", place=_place(facts, to))


def _called_in(facts: PageFacts, call: CallFacts, to: Reader) -> str:
    who = _foreign(call.caller) if call.caller else to.says("Somebody")
    why = to.says(": “{reason}”", reason=_foreign(call.reason)) if call.reason else ""
    if (facts.target or "user:").startswith("user:"):
        return to.says("{name} calls you in{why}.", name=who, why=why)
    return to.says("{name} calls {who}, so you, in{why}.", name=who, who=_foreign(call.who), why=why)


def _named(facts: PageFacts, to: Reader) -> str:
    kind, _, rest = (facts.target or "").partition(":")
    name, _, place = rest.partition(":")
    if kind == "oncall" and place:
        return to.says("you are the backup on call for {roster}", roster=name)
    if kind == "oncall":
        return to.says("you are on call for {roster}", roster=name)
    if kind == "lead":
        return to.says("you lead the team {team}", team=facts.team) if facts.team else to.says("you lead its team")
    if kind == "role":
        return to.says("you are on duty as {duty}", duty=name)
    if kind == "owner" and facts.customer:
        return to.says("you own the account {account}", account=_foreign(facts.customer))
    if kind == "owner":
        return to.says("you own the account")
    return to.says("you are named by the path {path}", path=facts.path)


def _asked(facts: PageFacts, to: Reader) -> str:
    question = _question(facts)
    return f"{question} {_answer_by(facts, to)}" if question else _answer_by(facts, to)


def _answer_by(facts: PageFacts, to: Reader) -> str:
    if facts.due_at is None:
        return to.says("Please acknowledge, or decline if you cannot help, now.")
    return to.says(
        "Please acknowledge, or decline if you cannot help, by {time} ({zone}).",
        time=to.instant(facts.due_at),
        zone=facts.zone,
    )


def _asks(facts: PageFacts, to: Reader) -> str:
    if facts.call is not None:
        return _question(facts) or to.says("Say whether you come.")
    if facts.due_at is None:
        return to.says("Say that you look at it, now.")
    return to.says("Say that you look at it, by {time}.", time=to.instant(facts.due_at))


def _question(facts: PageFacts) -> str | None:
    """What the case asks, where that is what the page is about."""
    about = "acknowledge" if facts.call is None else "call"
    return str(facts.next["question"]) if facts.next is not None and facts.next["asks"] == about else None


def _following(facts: PageFacts, to: Reader) -> str:
    if facts.call is not None:
        return _after_call(facts.call, facts, to)
    asked = facts.next or {}
    at = to.instant(instants.from_text(asked["at"])) if asked.get("at") else None
    if at and facts.due_at is None:  # else the zone is named already
        at += f" ({facts.zone})"
    return asking.follows(to, asked.get("otherwise"), at) or ""


def _after_call(call: CallFacts, facts: PageFacts, to: Reader) -> str:
    if facts.next_at is None:
        return to.says("This call-in has ended.")
    at = f"{to.instant(facts.next_at)} ({facts.zone})"
    if call.round < call.rounds:
        return to.says("If nobody acknowledges, you are paged again at {time}.", time=at)
    caller = _foreign(call.caller) if call.caller else to.says("whoever called")
    return to.says("If nobody acknowledges by {time}, {name} is told that nobody comes.", time=at, name=caller)


def _impact(facts: PageFacts, to: Reader) -> tuple[tuple[str, str], ...]:
    what = facts.type or facts.product_area
    if facts.type and facts.product_area:
        what = f"{facts.type} ({facts.product_area})"
    amount = facts.users_affected
    users = None if amount is None else to.counts("{amount} user", "{amount} users", amount)
    return _rows((to.says("Customer"), facts.customer), (to.says("Affected"), users), (to.says("Kind"), what))


def _about(facts: PageFacts, to: Reader) -> tuple[tuple[str, str], ...]:
    kind = Said(facts.kind, {})
    grave = to.says("{severity}, level {level}, {kind}", severity=facts.severity, level=facts.level, kind=kind)
    return _rows(
        (to.says("Severity"), grave),
        (to.says("Ticket"), facts.ticket),
        (to.says("Case"), f"#{facts.number}"),
        (to.says("Opened"), to.instant(facts.opened_at)),
    )


def _rows(*rows: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((label, texts.line(value)) for label, value in rows if value)
