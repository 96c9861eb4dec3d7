"""What messages of every type say to a person, from the JSON document that webhooks get. Pure."""

from collections.abc import Callable
from typing import Any

from tocsin.clocks import saying
from tocsin.core import instants, texts
from tocsin.core.wording import Number, Reader, Said, marked, worded
from tocsin.languages import ENGLISH
from tocsin.notify import pages
from tocsin.notify.facts import PageFacts
from tocsin.notify.parts import Line, ListItem, Part, Quote, Rows, TextLink, Words
from tocsin.notify.reading import reader_of

Body = dict[str, Any]

# What a notice is about, in the subject of its letter; others by their own name.
_ABOUT = {
    "breach": marked("target missed"),
    "warning": marked("due soon"),
    "unowned": marked("owned by nobody"),
    "nudge": marked("acknowledgement ends soon"),
    "claim": marked("to be confirmed or rejected"),
    "request": marked("to be answered"),
    "recovered": marked("said to be over"),
    "broken": marked("said to be broken"),
    "replied": marked("the customer wrote"),
    "reopened": marked("open again"),
    "nobody": marked("nobody reached"),
    "parent": marked("linked"),
    "call": marked("your call-in"),
    "followed": marked("you follow it"),
}


def words(body: Body) -> Words:
    """What a message says; ValueError for a type that there is not."""
    write = _WRITERS.get(body["type"])
    if write is None:
        raise ValueError(f"nothing is said by a message of the type {body['type']!r}")
    to = reader_of(body.get("zone") or "UTC", body.get("language") or ENGLISH)
    return write(body, to)._replace(to=to)


def _page(body: Body, to: Reader) -> Words:
    facts = PageFacts.of(body)
    told = pages.page(facts)
    parts: list[Part] = [Line(told.headline, strong=True), Rows(told.impact)]
    parts += [Quote(told.quote)] if told.quote else []
    parts += [
        Line(told.why),
        Line(told.asked, strong=True),
        TextLink(to.says("Acknowledge"), facts.acknowledge_link, act=True),
        TextLink(to.says("Decline"), facts.decline_link, act=True),
        *_bridge(facts, to),
        *_then(told),
        TextLink(to.says("The case"), facts.url),
    ]
    parts += [TextLink(to.says("The ticket"), facts.ticket_url)] if facts.ticket_url else []
    return Words(told.subject, (*parts, Rows(told.about, aside=True), Line(told.times, aside=True)))


def _then(told: pages.PageWords) -> list[Part]:
    return [Line(told.following)] if told.following else []


def _bridge(facts: PageFacts, to: Reader) -> list[Part]:
    """The way to those who talk about it already. A number stands as text, since chats take no link to one."""
    if not facts.bridge:
        return []
    number = facts.bridge.removeprefix("tel:")
    if number == facts.bridge:
        return [TextLink(to.says("Join the bridge"), facts.bridge)]
    return [Line(to.says("Bridge: {number}", number=number), strong=True)]


def _room(body: Body, to: Reader) -> Words:
    facts = PageFacts.of(body)
    told = pages.page(facts)
    parts: list[Part] = [Line(told.headline, strong=True), Rows(told.impact)]
    parts += [Quote(told.quote)] if told.quote else []
    parts += [Line(pages.paged(facts, tuple(body["paged"])), strong=True)]
    parts += [*_bridge(facts, to), *_then(told)]
    parts += [TextLink(to.says("The case"), facts.url)]
    parts += [TextLink(to.says("The ticket"), facts.ticket_url)] if facts.ticket_url else []
    subject = pages.subject(facts.severity, _headline(body["case"]), to.says("paged"))
    return Words(subject, (*parts, Rows(told.about, aside=True), Line(told.times, aside=True)))


def _notice(body: Body, to: Reader) -> Words:
    case = body["case"]
    about = to.translated(_ABOUT.get(body["why"]) or str(body["why"]))
    return Words(
        pages.subject(case["severity"], _headline(case), about),
        (
            Line(_capital(body["says"] or about) + ".", strong=True),
            *(Line(due) for due in _due(body, to)),
            Rows(_rows(case, to)),
            TextLink(to.says("The case"), case["url"]),
            Line(to.says("For your information; no answer is needed."), aside=True),
        ),
    )


def _answered(body: Body, to: Reader) -> Words:
    case = body["case"]
    if body["state"] == "acknowledged":
        by = texts.line(body["by"]) if body["by"] else to.says("Somebody")
        told = to.says("{name} has acknowledged it. Nothing is asked of you any more.", name=by)
    else:
        told = to.says("The paging has stopped. Nothing is asked of you any more.")
    return Words(
        pages.subject(case["severity"], _headline(case), to.says("answered")),
        (
            Line(told, strong=True),
            Rows(_rows(case, to)),
            TextLink(to.says("The case"), case["url"]),
        ),
    )


def _digest(body: Body, to: Reader) -> Words:
    items = tuple(
        ListItem(
            f"{number}. {_headline(one['case'])}",
            (
                _capital(one["says"] or one["why"]),
                *_due(one, to),
                to.says("Since {time}", time=to.instant(instants.from_text(one["at"]))),
            ),
            one["case"]["url"],
        )
        for number, one in enumerate(body["notices"], 1)
    )
    first = Line(
        to.counts(
            "{amount} notice came while there were too many to send one by one, the oldest first:",
            "{amount} notices came while there were too many to send one by one, the oldest first:",
            body["count"],
        )
    )
    return Words("[Tocsin] " + to.counts("{amount} notice", "{amount} notices", body["count"]), (first, *items))


def _alarm(body: Body, to: Reader) -> Words:
    alarms = body["alarms"]
    amount = len(alarms) + body["more"]
    items = tuple(
        ListItem(
            _capital(alarm["says"]),
            (to.says("Since {time}", time=to.instant(instants.from_text(alarm["raised_at"]))),),
            alarm.get("url"),
        )
        for alarm in alarms
    )
    more = (Line(to.says("And {amount} more.", amount=Number(body["more"]))),) if body["more"] else ()
    if amount == 1:
        subject = to.says("ALARM {what}", what=_capital(alarms[0]["says"]))
    else:
        subject = to.says("{amount} ALARMS", amount=Number(amount))
    first = Line(to.says("Something is wrong and needs a person:"), strong=True)
    return Words(texts.line(f"[Tocsin] {subject}", pages.MOST_SUBJECT), (first, *items, *more))


def _synthetic(body: Body, to: Reader) -> Words:
    at = to.instant(instants.from_text(body["queued_at"]))
    return Words(
        "[Tocsin] " + to.says("Test page"), (Line(to.says("Queued at {time}. Nothing needs to be done.", time=at)),)
    )


def _test(body: Body, to: Reader) -> Words:
    at = to.instant(instants.from_text(body["queued_at"]))
    return Words(
        "[Tocsin] " + to.says("Test page"),
        (
            Line(to.says("Pages reach you here."), strong=True),
            Line(to.says("{name} sent this test at {time}. Nothing needs to be done.", name=body["by"], time=at)),
        ),
    )


_WRITERS: dict[str, Callable[[Body, Reader], Words]] = {
    "page": _page,
    "call": _page,
    "room": _room,
    "notice": _notice,
    "answered": _answered,
    "digest": _digest,
    "alarm": _alarm,
    "synthetic": _synthetic,
    "test": _test,
}


def _due(notice: Body, to: Reader) -> list[str]:
    """When its clock is due, where its own sentence does not say so."""
    if not notice["clock"] or not notice["due_at"] or notice["why"] in ("breach", "warning"):
        return []
    clock, at = Said(saying.whole(notice["clock"]), {}), to.instant(instants.from_text(notice["due_at"]))
    return [_capital(worded(saying.is_due(clock, at), to)) + "."]


def _rows(case: Body, to: Reader) -> tuple[tuple[str, str], ...]:
    rows = (
        (to.says("Case"), f"#{case['number']} {case['subject']}"),
        (to.says("Customer"), case["account"]["name"] if case["account"] else None),
        (to.says("Ticket"), case["external_id"]),
        (to.says("Severity"), to.says("{severity}, level {level}", severity=case["severity"], level=case["level"])),
        (to.says("Opened"), to.instant(instants.from_text(case["opened_at"]))),
    )
    return tuple((label, texts.line(value)) for label, value in rows if value)


def _headline(case: Body) -> str:
    customer = case["account"]["name"] if case["account"] else None
    return pages.headline(case["number"], case["external_id"], customer, case["subject"])


def _capital(text: str) -> str:
    text = texts.line(text).removesuffix(".")
    return text[:1].upper() + text[1:]
