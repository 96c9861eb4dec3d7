"""A rotation: people in order, each on call for the same number of days.

Handoffs are wall times in the roster's zone, so a shift may last an hour more or less. Where the wall time
falls into a daylight-saving gap, the handoff is the gap's end; where it is repeated, the first.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from tocsin.clocks import dates, hours, zone
from tocsin.core.errors import InvalidInput

MOST_DAYS = 366
_KEYS = ("members", "zone", "handoff", "days", "first")
_FIRST_MONDAY = date(2024, 1, 1)
_HANDOFF = "a day and a time such as mon 09:00, or a time such as 09:00 for a rotation that is not by weeks"


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """`first` is a local day on which the first member takes over; before it the rotation runs backwards."""

    members: tuple[str, ...]
    zone: str
    first: date
    handoff: int
    """Minutes from midnight."""
    days: int = 7

    def begins(self, shift: int) -> int:
        """When a shift begins. Shifts are numbered from `first`; earlier ones have negative numbers."""
        return zone.after_gap(self.first + timedelta(days=shift * self.days), self.handoff, zone.load(self.zone))

    def shift_at(self, at: int) -> int:
        """The number of the shift that an instant lies in: the last that has begun."""
        day = zone.local(at, zone.load(self.zone)).date()
        shift = (day - self.first).days // self.days
        while self.begins(shift) > at:
            shift -= 1
        while self.begins(shift + 1) <= at:
            shift += 1
        return shift

    def member(self, shift: int) -> str | None:
        return self.members[shift % len(self.members)] if self.members else None

    def following(self, shift: int) -> tuple[str, ...]:
        """The members in the order in which they come after a shift, each once, the shift's own last."""
        if not self.members:
            return ()
        place = shift % len(self.members) + 1
        return tuple(dict.fromkeys(self.members[place:] + self.members[:place]))


def read(spec: Any, place: str = "rotation") -> Rotation:
    """From `{members: [anna, bo], zone: Europe/Berlin, handoff: mon 09:00, days: 7, first: 2026-01-05}`.

    `days` is 7 unless given. Rotations by whole weeks name the weekday; where `first` is missing they run from the
    first such day of 2024. Others need `first`. InvalidInput names the key.
    """
    if not isinstance(spec, Mapping) or not spec.keys() <= set(_KEYS):
        raise InvalidInput(f"{spec!r:.60} is not a rotation", place=place, expected=", ".join(_KEYS))
    members = spec.get("members")
    if not isinstance(members, list | tuple) or not all(isinstance(member, str) and member for member in members):
        raise InvalidInput(
            f"{members!r:.60} does not name people", place=f"{place}.members", expected="a list of users"
        )
    name = spec.get("zone", "")
    zone.load(name, f"{place}.zone")
    days = spec.get("days", 7)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise InvalidInput(
            f"{days!r:.40} is not a length", place=f"{place}.days", expected=f"days from 1 to {MOST_DAYS}"
        )
    weekday, handoff = _handoff(spec.get("handoff"), f"{place}.handoff")
    first = _first(spec.get("first"), weekday, days, place)
    return Rotation(members=tuple(members), zone=name, first=first, handoff=handoff, days=days)


def _handoff(value: Any, place: str) -> tuple[int | None, int]:
    words = value.split() if isinstance(value, str) else []
    if len(words) == 2 and words[0].lower() in hours.WEEKDAYS:
        return hours.WEEKDAYS.index(words[0].lower()), hours.time_of_day(words[1], place)
    if len(words) == 1:
        return None, hours.time_of_day(words[0], place)
    raise InvalidInput(f"{value!r:.40} is not a handoff", place=place, expected=_HANDOFF)


def _first(value: Any, weekday: int | None, days: int, place: str) -> date:
    if weekday is not None and days % 7:
        raise InvalidInput(
            f"a rotation of {days} days has no fixed weekday", place=f"{place}.handoff", expected="a time such as 09:00"
        )
    if value is None:
        if weekday is None:
            raise InvalidInput(
                "nothing says when the rotation begins", place=f"{place}.first", expected="a day such as 2026-01-05"
            )
        return _FIRST_MONDAY + timedelta(days=weekday)
    first = dates.read(value, f"{place}.first")
    if weekday is not None and first.weekday() != weekday:
        raise InvalidInput(
            f"{first} is not a {hours.WEEKDAYS[weekday]}", place=f"{place}.first", expected="the weekday of the handoff"
        )
    return first
