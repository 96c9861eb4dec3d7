"""A rotation: people in order, each on call for the same number of days.

Handoffs are wall times in the roster's zone, so a shift may last an hour more or less. Where the wall time
falls into a daylight-saving gap, the handoff is the gap's end; where it is repeated, the first.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from tocsin.clocks import dates, hours, zone
from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say, verbatim

MOST_DAYS = 366
_KEYS = ("members", "zone", "handoff", "days", "first", "anchor")
_FIRST_MONDAY = date(2024, 1, 1)
_HANDOFF = say("a day and a time such as mon 09:00, or a time such as 09:00 for a rotation that is not by weeks")


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """Whose shift runs at an instant: the member at this place of the list, from 0. The others come in its order, after
    and before. Written with each change, so that a place in a list is not the schedule."""

    at: int
    place: int


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """`first` is a local day on which the first member takes over, unless `anchor` says whose shift runs; before it the
    rotation runs backwards."""

    members: tuple[str, ...]
    zone: str
    first: date
    handoff: int
    """Minutes from midnight."""
    days: int = 7
    anchor: Anchor | None = None

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
        return self.members[self._place(shift)] if self.members else None

    def following(self, shift: int) -> tuple[str, ...]:
        """The members in the order in which they come after a shift, each once, the shift's own last."""
        if not self.members:
            return ()
        place = self._place(shift) + 1
        return tuple(dict.fromkeys(self.members[place:] + self.members[:place]))

    def continuing(self, before: "Rotation", at: int) -> "Rotation":
        """This rotation in the place of another, at an instant of the other's: whoever has the running shift keeps it
        to its end, and the new order goes on behind them. Where they are gone, the next of the old order who is still
        there takes over; where nobody is, the first."""
        if not self.members or not before.members:
            return self
        if msgspec.structs.replace(self, anchor=before.anchor) == before:
            return before
        place = before._place(before.shift_at(at))
        due = before.members[place:] + before.members[:place]
        return msgspec.structs.replace(self, anchor=Anchor(at=at, place=_taken_up(due, self.members)))

    def _place(self, shift: int) -> int:
        if self.anchor is None:
            return shift % len(self.members)
        return (shift - self.shift_at(self.anchor.at) + self.anchor.place) % len(self.members)


def _taken_up(due: tuple[str, ...], members: tuple[str, ...]) -> int:
    """The place in a new list of the first who is due by the old order; of several the one behind which it changes
    least."""
    for turn, person in enumerate(due):
        places = [place for place, member in enumerate(members) if member == person]
        rest = due[turn:] + due[:turn]
        if places:
            return max(places, key=lambda place: _alike(members[place:] + members[:place], rest))
    return 0


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many of two lists are the same from the beginning."""
    return next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))


def read(spec: Any, place: str = "rotation") -> Rotation:
    """From `{members: [anna, bo], zone: Europe/Berlin, handoff: mon 09:00, days: 7, first: 2026-01-05}`.

    `anchor: {at: 2026-03-23T08:00:00Z, place: 1}` is written by changes. `days` is 7 unless given. Rotations by whole
    weeks name the weekday; where `first` is missing they run from the first such day of 2024. Others need `first`.
    InvalidInput names the key.
    """
    if not isinstance(spec, Mapping) or not spec.keys() <= set(_KEYS):
        raise InvalidInput(
            say("{spec} is not a rotation", spec=f"{spec!r:.60}"), place=place, expected=verbatim(", ".join(_KEYS))
        )
    members = spec.get("members")
    if not isinstance(members, list | tuple) or not all(isinstance(member, str) and member for member in members):
        raise InvalidInput(
            say("{members} does not name people", members=f"{members!r:.60}"),
            place=f"{place}.members",
            expected=say("a list of users"),
        )
    name = spec.get("zone", "")
    zone.load(name, f"{place}.zone")
    days = spec.get("days", 7)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise InvalidInput(
            say("{days} is not a length", days=f"{days!r:.40}"),
            place=f"{place}.days",
            expected=say("days from 1 to {most_days}", most_days=MOST_DAYS),
        )
    weekday, handoff = _handoff(spec.get("handoff"), f"{place}.handoff")
    first = _first(spec.get("first"), weekday, days, place)
    anchor = _anchor(spec.get("anchor"), len(members), f"{place}.anchor")
    return Rotation(members=tuple(members), zone=name, first=first, handoff=handoff, days=days, anchor=anchor)


def _anchor(value: Any, members: int, place: str) -> Anchor | None:
    if value is None:
        return None
    found: Any = value.get("place") if isinstance(value, Mapping) and set(value) == {"at", "place"} else None
    sound = isinstance(found, int) and not isinstance(found, bool) and 0 <= found < members
    if not sound or not isinstance(value["at"], str):
        expected = say("{{at, place}}: an instant, and a place from 0 to {last}; or none", last=members - 1)
        raise InvalidInput(
            say("{value} does not say whose shift runs", value=f"{value!r:.60}"), place=place, expected=expected
        )
    return Anchor(at=instants.from_text(value["at"], f"{place}.at"), place=found)


def _handoff(value: Any, place: str) -> tuple[int | None, int]:
    words = value.split() if isinstance(value, str) else []
    if len(words) == 2 and words[0].lower() in hours.WEEKDAYS:
        return hours.WEEKDAYS.index(words[0].lower()), hours.time_of_day(words[1], place)
    if len(words) == 1:
        return None, hours.time_of_day(words[0], place)
    raise InvalidInput(say("{value} is not a handoff", value=f"{value!r:.40}"), place=place, expected=_HANDOFF)


def _first(value: Any, weekday: int | None, days: int, place: str) -> date:
    if weekday is not None and days % 7:
        raise InvalidInput(
            say("a rotation of {days} days has no fixed weekday", days=days),
            place=f"{place}.handoff",
            expected=say("a time such as 09:00"),
        )
    if value is None:
        if weekday is None:
            raise InvalidInput(
                say("nothing says when the rotation begins"),
                place=f"{place}.first",
                expected=say("a day such as 2026-01-05"),
            )
        return _FIRST_MONDAY + timedelta(days=weekday)
    first = dates.read(value, f"{place}.first")
    if weekday is not None and first.weekday() != weekday:
        raise InvalidInput(
            say("{first} is not a {weekdays}", first=first, weekdays=hours.WEEKDAYS[weekday]),
            place=f"{place}.first",
            expected=say("the weekday of the handoff"),
        )
    return first
