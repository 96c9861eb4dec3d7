"""Durations of the policy: `90s 15m 4h 7d 1bd`.

On a calendar s, m and h are working time, d is 24 elapsed hours, bd the same wall time that many open days later. A
duration alone therefore says how much, never until when: `Calendar.add` does.
"""

import re
from typing import Literal

import msgspec

from tocsin.core.clock import DAY, HOUR, MINUTE, SECOND
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say

Unit = Literal["working", "days", "business_days"]

EXPECTED = "a duration such as 90s, 15m, 4h, 1h30m, 7d or 1bd"
PATTERN = r"^(?:(?=\d)(?:\d+h)?(?:\d+m)?(?:\d+s)?|\d+d|\d+bd)$"

# Ten years of each unit. More is a slip of the keyboard; the hours are those of a calendar open day and night.
MOST_WORKING = 3_660 * DAY
MOST_DAYS = 3_660
MOST_BUSINESS_DAYS = 3_660

_WORKING = re.compile(r"(?=\d)(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", re.ASCII)
_DAYS = re.compile(r"(\d{1,9})(b?d)", re.ASCII)


class Duration(msgspec.Struct, frozen=True):
    """An amount in microseconds of working time, in days of 24 hours, or in business days."""

    unit: Unit
    amount: int

    def __str__(self) -> str:
        """The shortest text that parses to an equal duration: `15m`, `90s`, `90m`, `3bd`."""
        if self.unit == "days":
            return f"{self.amount}d"
        if self.unit == "business_days":
            return f"{self.amount}bd"
        for size, letter in ((HOUR, "h"), (MINUTE, "m")):
            if self.amount and self.amount % size == 0:
                return f"{self.amount // size}{letter}"
        return f"{self.amount // SECOND}s"

    @property
    def microseconds(self) -> int:
        """Plain elapsed time, for settings that run on no calendar. InvalidInput for business days."""
        if self.unit == "working":
            return self.amount
        if self.unit == "days":
            return self.amount * DAY
        raise InvalidInput(say("{self_} needs a calendar", self_=self), place="duration", expected=say("s, m, h or d"))


def parse(text: str, place: str = "duration") -> Duration:
    """Read `90s 15m 4h 7d 1bd`, or hours, minutes and seconds together as `1h30m`. InvalidInput names the place."""
    if not isinstance(text, str):
        raise InvalidInput(say("{given} has no unit", given=repr(text)), place=place, expected=say(EXPECTED))
    if match := _DAYS.fullmatch(text):
        amount, business = int(match[1]), match[2] == "bd"
        most = MOST_BUSINESS_DAYS if business else MOST_DAYS
        if amount > most:
            raise InvalidInput(
                say("{given} is too long", given=text),
                place=place,
                expected=say("at most {most}{match}", most=most, match=match[2]),
            )
        return Duration("business_days" if business else "days", amount)
    if match := _WORKING.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        total = hours * HOUR + minutes * MINUTE + seconds * SECOND
        if total > MOST_WORKING:
            raise InvalidInput(
                say("{given} is too long", given=text),
                place=place,
                expected=say("at most {value}h", value=MOST_WORKING // HOUR),
            )
        return Duration("working", total)
    raise InvalidInput(say("{given} is not a duration", given=repr(text[:40])), place=place, expected=say(EXPECTED))
