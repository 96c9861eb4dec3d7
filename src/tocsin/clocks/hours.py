"""Opening hours as the policy writes them: `mon-fri: ["09:00-12:30", "13:30-18:00"]`.

A key is a day, `a-b` or `a,b`; ranges end by 24:00; overnight ones are split over two days.
"""

import re
from collections.abc import Mapping
from typing import Any

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say, verbatim

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60

Range = tuple[int, int]
"""Opening and closing in minutes from midnight, 0 <= opening < closing <= 1440."""
Ranges = tuple[Range, ...]

WHOLE_DAY: Ranges = ((0, MIDNIGHT),)

_RANGE = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", re.ASCII)
_RANGES_EXPECTED = say('a list of ranges such as ["09:00-12:30", "13:30-18:00"], or [] for a closed day')


def weekly(value: Any, place: str) -> tuple[Ranges, ...]:
    """Seven days from Monday, each with its ranges in order. At least one day must open."""
    if not isinstance(value, Mapping):
        raise InvalidInput(
            say("{value} is not opening hours", value=f"{value!r:.40}"),
            place=place,
            expected=say('24x7, or days such as mon-fri: ["09:00-17:00"]'),
        )
    week: dict[int, Ranges] = {}
    for key, listed in value.items():
        ranges = day_ranges(listed, f"{place}.{key}")
        for day in weekdays(key, place):
            if day in week:
                raise InvalidInput(
                    say("{weekdays} is given twice", weekdays=WEEKDAYS[day]),
                    place=f"{place}.{key}",
                    expected=say("each day in one key only"),
                )
            week[day] = ranges
    if not any(week.values()):
        raise InvalidInput(
            say("the calendar never opens"), place=place, expected=say("hours on at least one day of the week")
        )
    return tuple(week.get(day, ()) for day in range(7))


def weekdays(key: Any, place: str) -> list[int]:
    """The days that a key names, Monday being 0: `mon`, `mon-fri`, `sun-thu` (over the week's end), `mon,wed`."""
    days: list[int] = []
    for part in str(key).lower().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise InvalidInput(
                say("{key} does not name days", key=repr(str(key)[:40])),
                place=place,
                expected=say("mon, mon-fri or mon,wed with {choices}", choices=" ".join(WEEKDAYS)),
            )
        start = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - start) % 7 if dash else 0
        days.extend((start + step) % 7 for step in range(length + 1))
    return days


def day_ranges(value: Any, place: str) -> Ranges:
    """The ranges of one day in order; touching ones are joined, overlapping ones refused."""
    if not isinstance(value, list | tuple):
        raise InvalidInput(
            say("{value} is not a list of ranges", value=f"{value!r:.40}"), place=place, expected=_RANGES_EXPECTED
        )
    joined: list[Range] = []
    for opening, closing in sorted(_range(text, place) for text in value):
        if joined and opening < joined[-1][1]:
            raise InvalidInput(
                say("{value} overlaps {joined}", value=to_text((opening, closing)), joined=to_text(joined[-1])),
                place=place,
                expected=say("ranges one after another"),
            )
        if joined and opening == joined[-1][1]:
            opening = joined.pop()[0]
        joined.append((opening, closing))
    return tuple(joined)


def time_of_day(text: Any, place: str) -> int:
    """Minutes from midnight of `09:30`; 24:00 is refused."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text, re.ASCII) if isinstance(text, str) else None
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return int(match[1]) * 60 + int(match[2])
    raise InvalidInput(
        say("{given} is not a time of day", given=f"{text!r:.40}"), place=place, expected=say("a time such as 09:30")
    )


def to_text(span: Range) -> str:
    """`09:00-12:30`."""
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span)


def _range(text: Any, place: str) -> Range:
    match = _RANGE.fullmatch(text.strip()) if isinstance(text, str) else None
    if not match:
        raise InvalidInput(
            say("{given} is not a range of hours", given=f"{text!r:.40}"),
            place=place,
            expected=say("a range such as 09:00-17:30"),
        )
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    opening, closing = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if first_minute > 59 or last_minute > 59 or opening >= MIDNIGHT or closing > MIDNIGHT:
        raise InvalidInput(
            say("{given} is not within a day", given=text), place=place, expected=say("times from 00:00 to 24:00")
        )
    if opening == closing:
        raise InvalidInput(
            say("{given} is empty", given=text), place=place, expected=say("00:00-24:00 for a whole day")
        )
    if closing == 0:
        raise InvalidInput(
            say("{given} ends before it starts", given=text),
            place=place,
            expected=verbatim(to_text((opening, MIDNIGHT))),
        )
    if opening > closing:
        split = say(
            "{first} on that day and {second} on the next",
            first=to_text((opening, MIDNIGHT)),
            second=to_text((0, closing)),
        )
        raise InvalidInput(say("{given} runs over midnight", given=text), place=place, expected=split)
    return opening, closing
