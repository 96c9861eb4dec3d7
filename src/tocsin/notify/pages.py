"""The page at three in the morning: what is wrong and in whose words, why you, what is asked and by when in your own
time, who is next. One pure function of its facts; letters, chats and the page behind its link say what it answers."""

from functools import partial
from typing import NamedTuple

from tocsin.cases import asking
from tocsin.clocks import moments, zone
from tocsin.clocks.moments import Say
from tocsin.core import instants, texts
from tocsin.notify.facts import CallFacts, PageFacts

MOST_SUBJECT = 150
_MOST_TICKET = 40
_MOST_HEADLINE = 500
_APART, _END = "\u2068", "\u2069"  # as `texts.isolated` sets text apart
_NAMES = 4  # of those who are next


class PageWords(NamedTuple):
    """`subject`: one line that says it all. `impact` and `about`: facts with their labels, those that matter at once
    and the others."""

    subject: str
    headline: str
    impact: tuple[tuple[str, str], ...]
    quote: str | None
    why: str
    asked: str
    following: str
    about: tuple[tuple[str, str], ...]
    times: str


def page(facts: PageFacts) -> PageWords:
    """What a page says."""
    say = partial(moments.wall, zone=zone.load(facts.zone))
    called = headline(facts.number, facts.ticket, facts.customer, facts.subject)
    ending = "acknowledge" if facts.call is None else "you are called in"
    return PageWords(
        subject=subject(facts.severity, called, ending),
        headline=_cut(f"{_foreign(facts.severity.upper())}: {_foreign(facts.subject)}", _MOST_HEADLINE),
        impact=_impact(facts),
        quote=facts.words,
        why=_why(facts),
        asked=_asked(facts, say),
        following=_following(facts, say),
        about=_about(facts, say),
        times=f"Times are those of {facts.zone}.",
    )


def paged(facts: PageFacts, people: tuple[str, ...]) -> str:
    """What a room is told: who was paged, and by when somebody is to acknowledge."""
    say = partial(moments.wall, zone=zone.load(facts.zone))
    by = f", to be acknowledged by {say(facts.due_at)} ({facts.zone})" if facts.due_at is not None else ""
    return f"{names(people)} {'are' if len(people) > 1 else 'is'} paged ({_place(facts)}){by}."


def _place(facts: PageFacts) -> str:
    place = f"step {facts.step} of {facts.steps}" if facts.steps else f"step {facts.step}"
    return place + f" of the path {facts.path}" + (f", pass {facts.round}" if facts.round > 1 else "")


def subject(severity: str, headline: str, ending: str) -> str:
    """The subject of a letter about a case: cut in front of its ending, which says what it is about."""
    ending = f" - {ending}"
    return _cut(f"[Tocsin] {_foreign(severity.upper())} {headline}", MOST_SUBJECT - len(ending)) + ending


def headline(number: int, ticket: str | None, customer: str | None, about: str) -> str:
    """Who is hurt by what: all that a telephone shows of a letter. People call a case by the number of its ticket."""
    called = _foreign(ticket, _MOST_TICKET) if ticket else f"#{number}"
    who = f" {_foreign(customer)}:" if customer else ""
    return _cut(f"{called}{who} {_foreign(about)}", _MOST_HEADLINE)


def names(people: tuple[str, ...]) -> str:
    """`anna, bo and carl`; of many, how many more."""
    people = tuple(_foreign(one) for one in people)
    if len(people) > _NAMES:
        return f"{', '.join(people[: _NAMES - 1])} and {len(people) - _NAMES + 1} more"
    return f"{', '.join(people[:-1])} and {people[-1]}" if len(people) > 1 else "".join(people)


def _foreign(text: str, most: int = _MOST_HEADLINE) -> str:
    """One line of others, set apart from our words around it."""
    return texts.isolated(texts.line(text, most))


def _cut(text: str, most: int) -> str:
    """As `texts.cut`; what was set apart in it ends with it, so that nothing behind is turned around."""
    if _APART not in text:
        return texts.cut(text, most)
    said = texts.cut(text, most - 1)
    return said + _END * (said.count(_APART) - said.count(_END))


def _why(facts: PageFacts) -> str:
    if facts.call is not None:
        return _called_in(facts.call)
    named = _named(facts)
    if facts.declined_by is not None:
        return f"{_foreign(facts.declined_by)} declined, so it comes to you: {named}."
    if facts.target == "every lead":
        return f"Nobody on the path {facts.path} has answered, so every lead is paged."
    return f"{named[:1].upper()}{named[1:]} ({_place(facts)})."


def _called_in(call: CallFacts) -> str:
    who = _foreign(call.caller) if call.caller else "Somebody"
    why = f": “{_foreign(call.reason)}”" if call.reason else ""
    whom = "you" if call.who[:4] not in ("the ",) else f"{_foreign(call.who)}, so you,"
    return f"{who} calls {whom} in{why}."


def _named(facts: PageFacts) -> str:
    kind, _, rest = (facts.target or "").partition(":")
    name, _, place = rest.partition(":")
    if kind == "oncall":
        return f"you are the backup on call for {name}" if place else f"you are on call for {name}"
    if kind == "lead":
        return f"you lead the team {facts.team}" if facts.team else "you lead its team"
    if kind == "role":
        return f"you are on duty as {name}"
    if kind == "owner":
        return f"you own the account {_foreign(facts.customer)}" if facts.customer else "you own the account"
    return f"you are named by the path {facts.path}"


def _asked(facts: PageFacts, say: Say) -> str:
    question = _question(facts)
    asked = f"{question} Please" if question else "Please"
    asked += " acknowledge, or decline if you cannot help"
    return f"{asked}, by {say(facts.due_at)} ({facts.zone})." if facts.due_at is not None else f"{asked}, now."


def _question(facts: PageFacts) -> str | None:
    """What the case asks, where that is what the page is about."""
    about = "acknowledge" if facts.call is None else "call"
    return str(facts.next["question"]) if facts.next is not None and facts.next["asks"] == about else None


def _following(facts: PageFacts, say: Say) -> str:
    if facts.call is not None:
        return _after_call(facts.call, facts, say)
    asked = facts.next or {}
    at = say(instants.from_text(asked["at"])) if asked.get("at") else None
    if at and facts.due_at is None:  # else the zone is named already
        at += f" ({facts.zone})"
    return asking.follows(asked.get("otherwise"), at) or ""


def _after_call(call: CallFacts, facts: PageFacts, say: Say) -> str:
    if facts.next_at is None:
        return "This call-in has ended."
    at = f"{say(facts.next_at)} ({facts.zone})"
    if call.round < call.rounds:
        return f"If nobody acknowledges, you are paged again at {at}."
    caller = _foreign(call.caller) if call.caller else "whoever called"
    return f"If nobody acknowledges by {at}, {caller} is told that nobody comes."


def _impact(facts: PageFacts) -> tuple[tuple[str, str], ...]:
    what = facts.type or facts.product_area
    if facts.type and facts.product_area:
        what = f"{facts.type} ({facts.product_area})"
    amount = facts.users_affected
    users = None if amount is None else f"{amount:,} user{'s' if amount != 1 else ''}"
    return _rows(("Customer", facts.customer), ("Affected", users), ("Kind", what))


def _about(facts: PageFacts, say: Say) -> tuple[tuple[str, str], ...]:
    return _rows(
        ("Severity", f"{facts.severity}, level {facts.level}, {facts.kind}"),
        ("Ticket", facts.ticket),
        ("Case", f"#{facts.number}"),
        ("Opened", say(facts.opened_at)),
    )


def _rows(*rows: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((label, texts.line(value)) for label, value in rows if value)
