"""Planned work as a calendar says it: the occurrences of its events within some weeks, one after the other. Pure.

Recurrence, exceptions, and the changes of a clock are those of RFC 5545, by libraries that keep to it. What a file may
cost is bounded before anything is expanded.
"""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from tocsin.core import instants
from tocsin.core.clock import DAY
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say

if TYPE_CHECKING:
    from icalendar import Calendar

MOST_BYTES = 1024 * 1024
MOST_EVENTS = 500
MOST = 50  # occurrences
AHEAD = 60 * DAY
LONGEST = 30 * DAY
_OFTEN = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_LISTED = 40  # values of one part of a rule
_SUMMARY = 200  # characters


class Occurrence(NamedTuple):
    """`starts_at`, `ends_at`: microseconds; `summary`: what the calendar calls it."""

    starts_at: int
    ends_at: int
    summary: str


def occurrences(text: str, now: int, zone: ZoneInfo) -> list[Occurrence]:
    """What begins from now on within sixty days, or has begun and is not over, in order. Whole days and times without
    a zone are those of `zone`. InvalidInput says what of the calendar does not fit; nothing of it counts then."""
    from recurring_ical_events import of

    calendar = _read(text)
    begin, end = _moment(now), _moment(now + AHEAD)
    try:
        found = of(calendar).between(begin, end)
    except Exception as error:  # whatever its libraries raise of a rule that cannot be
        raise _unfit(f"{type(error).__name__}: {error}"[:200]) from None
    kept = sorted(one for event in found if (one := _occurrence(event, now, zone)) is not None)
    if len(kept) > MOST:
        raise InvalidInput(
            say("the calendar has {amount} windows within sixty days", amount=len(kept)),
            place="calendar",
            expected=say("at most {most}", most=MOST),
        )
    return kept


def _read(text: str) -> "Calendar":
    from icalendar import Calendar

    size = len(text.encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise InvalidInput(
            say("the calendar is too large"),
            place="calendar",
            expected=say("at most {most}", most=f"{MOST_BYTES} bytes"),
        )
    try:
        calendar = Calendar.from_ical(text)
    except Exception as error:  # the library raises many kinds
        raise _unfit(f"{type(error).__name__}: {error}"[:200]) from None
    if not isinstance(calendar, Calendar):
        raise _unfit("there is no VCALENDAR")
    events = calendar.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise InvalidInput(
            say("the calendar has {amount} events", amount=len(events)),
            place="calendar",
            expected=say("at most {most}", most=MOST_EVENTS),
        )
    for event in events:
        _check(event)
    return calendar


def _check(event: Any) -> None:
    """A rule that would have to be expanded second by second is none for planned work."""
    name = str(event.get("SUMMARY") or event.get("UID") or "")[:_SUMMARY]
    if event.get("DTSTART") is None:
        raise _unfit(f"{name or 'an event'} has no DTSTART")
    given = event.get("RRULE")
    for rule in given if isinstance(given, list) else [given] if given is not None else []:
        often = [str(one).upper() for one in rule.get("FREQ", [])]
        if not often or any(one not in _OFTEN for one in often):
            raise InvalidInput(
                say("{event} repeats {often}", event=name, often=", ".join(often) or "–"),
                place="calendar",
                expected=say("one of {choices}", choices=", ".join(_OFTEN)),
            )
        if any(len(values) > _LISTED for values in rule.values() if isinstance(values, list)):
            raise _unfit(f"{name} has a rule of too many parts")
    for place in ("DTSTART", "DTEND"):
        zone = event.get(place).params.get("TZID") if event.get(place) is not None else None
        moment = event.decoded(place) if zone else None
        if zone and isinstance(moment, datetime) and moment.tzinfo is None:
            says = say("there is no zone {zone}", zone=repr(str(zone)[:60]))
            raise InvalidInput(says, place="calendar", expected=say("an IANA zone"))


def _occurrence(event: Any, now: int, zone: ZoneInfo) -> Occurrence | None:
    if str(event.get("STATUS") or "").upper() == "CANCELLED":
        return None
    start, end = _instant(event.start, zone), _instant(event.end, zone)
    if end <= max(now, start):
        return None
    if end - start > LONGEST:
        raise InvalidInput(
            say("{event} lasts longer than a window may", event=str(event.get("SUMMARY") or "")[:_SUMMARY]),
            place="calendar",
            expected=say("at most {most}", most="30 d"),
        )
    return Occurrence(max(start, now), end, str(event.get("SUMMARY") or "")[:_SUMMARY])


def _instant(at: date, zone: ZoneInfo) -> int:
    moment = at if isinstance(at, datetime) else datetime.combine(at, time())
    return instants.from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000_000, UTC)


def _unfit(why: str) -> InvalidInput:
    says = say("the calendar cannot be read: {error}", error=why)
    return InvalidInput(says, place="calendar", expected=say("an iCalendar (RFC 5545)"))
