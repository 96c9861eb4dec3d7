"""What messages of every type say to a person, from the JSON document that webhooks get. Pure."""

from collections.abc import Callable
from typing import Any

from tocsin.clocks import moments, saying, zone
from tocsin.clocks.moments import Say
from tocsin.core import instants, texts
from tocsin.notify import pages
from tocsin.notify.facts import PageFacts
from tocsin.notify.parts import Line, ListItem, Part, Quote, Rows, TextLink, Words

Body = dict[str, Any]

# What a notice is about, in the subject of its letter; others by their own name.
_ABOUT = {
    "breach": "target missed",
    "warning": "due soon",
    "unowned": "owned by nobody",
    "nudge": "acknowledgement ends soon",
    "claim": "to be confirmed or rejected",
    "request": "to be answered",
    "recovered": "said to be over",
    "broken": "said to be broken",
    "replied": "the customer wrote",
    "reopened": "open again",
    "nobody": "nobody reached",
    "parent": "linked",
    "call": "your call-in",
    "followed": "you follow it",
}


def words(body: Body) -> Words:
    """What a message says; ValueError for a type that there is not."""
    write = _WRITERS.get(body["type"])
    if write is None:
        raise ValueError(f"nothing is said by a message of the type {body['type']!r}")
    return write(body, moments.sayer(zone.load(body.get("zone") or "UTC")))


def _page(body: Body, say: Say) -> Words:
    facts = PageFacts.of(body)
    told = pages.page(facts)
    parts: list[Part] = [Line(told.headline, strong=True), Rows(told.impact)]
    parts += [Quote(told.quote)] if told.quote else []
    parts += [
        Line(told.why),
        Line(told.asked, strong=True),
        TextLink("Acknowledge", facts.acknowledge_link, act=True),
        TextLink("Decline", facts.decline_link, act=True),
        *_bridge(facts),
        *_then(told),
        TextLink("The case", facts.url),
    ]
    parts += [TextLink("The ticket", facts.ticket_url)] if facts.ticket_url else []
    return Words(told.subject, (*parts, Rows(told.about, aside=True), Line(told.times, aside=True)))


def _then(told: pages.PageWords) -> list[Part]:
    return [Line(told.following)] if told.following else []


def _bridge(facts: PageFacts) -> list[Part]:
    """The way to those who talk about it already. A number stands as text, since chats take no link to one."""
    if not facts.bridge:
        return []
    number = facts.bridge.removeprefix("tel:")
    return [
        TextLink("Join the bridge", facts.bridge) if number == facts.bridge else Line(f"Bridge: {number}", strong=True)
    ]


def _room(body: Body, say: Say) -> Words:
    facts = PageFacts.of(body)
    told = pages.page(facts)
    parts: list[Part] = [Line(told.headline, strong=True), Rows(told.impact)]
    parts += [Quote(told.quote)] if told.quote else []
    parts += [Line(pages.paged(facts, tuple(body["paged"])), strong=True)]
    parts += [*_bridge(facts), *_then(told)]
    parts += [TextLink("The case", facts.url)]
    parts += [TextLink("The ticket", facts.ticket_url)] if facts.ticket_url else []
    subject = pages.subject(facts.severity, _headline(body["case"]), "paged")
    return Words(subject, (*parts, Rows(told.about, aside=True), Line(told.times, aside=True)))


def _notice(body: Body, say: Say) -> Words:
    case = body["case"]
    about = _ABOUT.get(body["why"]) or str(body["why"])
    return Words(
        pages.subject(case["severity"], _headline(case), about),
        (
            Line(_capital(body["says"] or about) + ".", strong=True),
            *(Line(due) for due in _due(body, say)),
            Rows(_rows(case, say)),
            TextLink("The case", case["url"]),
            Line("For your information; no answer is needed.", aside=True),
        ),
    )


def _answered(body: Body, say: Say) -> Words:
    case = body["case"]
    if body["state"] == "acknowledged":
        told = f"{texts.line(body['by']) if body['by'] else 'Somebody'} has acknowledged it."
    else:
        told = "The paging has stopped."
    return Words(
        pages.subject(case["severity"], _headline(case), "answered"),
        (
            Line(f"{told} Nothing is asked of you any more.", strong=True),
            Rows(_rows(case, say)),
            TextLink("The case", case["url"]),
        ),
    )


def _digest(body: Body, say: Say) -> Words:
    items = tuple(
        ListItem(
            f"{number}. {_headline(one['case'])}",
            (_capital(one["says"] or one["why"]), *_due(one, say), f"Since {say(instants.from_text(one['at']))}"),
            one["case"]["url"],
        )
        for number, one in enumerate(body["notices"], 1)
    )
    first = Line(f"{body['count']} notices came while there were too many to send one by one, the oldest first:")
    return Words(f"[Tocsin] {body['count']} notices", (first, *items))


def _alarm(body: Body, say: Say) -> Words:
    alarms = body["alarms"]
    amount = len(alarms) + body["more"]
    items = tuple(
        ListItem(_capital(alarm["says"]), (f"Since {say(instants.from_text(alarm['raised_at']))}",), alarm.get("url"))
        for alarm in alarms
    )
    more = (Line(f"And {body['more']} more."),) if body["more"] else ()
    subject = f"ALARM {_capital(alarms[0]['says'])}" if amount == 1 else f"{amount} ALARMS"
    first = Line("Something is wrong and needs a person:", strong=True)
    return Words(texts.line(f"[Tocsin] {subject}", pages.MOST_SUBJECT), (first, *items, *more))


def _synthetic(body: Body, say: Say) -> Words:
    at = say(instants.from_text(body["queued_at"]))
    return Words("[Tocsin] Test page", (Line(f"Queued at {at}. Nothing needs to be done."),))


_WRITERS: dict[str, Callable[[Body, Say], Words]] = {
    "page": _page,
    "call": _page,
    "room": _room,
    "notice": _notice,
    "answered": _answered,
    "digest": _digest,
    "alarm": _alarm,
    "synthetic": _synthetic,
}


def _due(notice: Body, say: Say) -> list[str]:
    """When its clock is due, where its own sentence does not say so."""
    if not notice["clock"] or not notice["due_at"] or " due " in (notice["says"] or ""):
        return []
    return [_capital(saying.is_due(saying.whole(notice["clock"]), say(instants.from_text(notice["due_at"])))) + "."]


def _rows(case: Body, say: Say) -> tuple[tuple[str, str], ...]:
    rows = (
        ("Case", f"#{case['number']} {case['subject']}"),
        ("Customer", case["account"]["name"] if case["account"] else None),
        ("Ticket", case["external_id"]),
        ("Severity", f"{case['severity']}, level {case['level']}"),
        ("Opened", say(instants.from_text(case["opened_at"]))),
    )
    return tuple((label, texts.line(value)) for label, value in rows if value)


def _headline(case: Body) -> str:
    customer = case["account"]["name"] if case["account"] else None
    return pages.headline(case["number"], case["external_id"], customer, case["subject"])


def _capital(text: str) -> str:
    text = texts.line(text).removesuffix(".")
    return text[:1].upper() + text[1:]
