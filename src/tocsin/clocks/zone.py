"""Wall time and instants in an IANA time zone.

The rules come from the tzdata package of the lock file and not from the machine, so that every node of an
installation gives the same answer. Daylight saving is settled here: a wall time in a gap moves by the gap's
length, a repeated one is the first. These are what PEP 495 gives for fold=0. Rotations use the gap's end instead.
"""

import difflib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Listed, Said, say

_EPOCH = datetime(1970, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_NOTHING = timedelta()
_MIDNIGHT = datetime.min.time()


@cache
def names() -> frozenset[str]:
    """Every zone name of the tzdata package."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text().split())


def load(name: str, place: str = "zone") -> ZoneInfo:
    """The zone of that name; InvalidInput suggests the nearest where there is none."""
    if not isinstance(name, str) or name not in names():
        raise InvalidInput(
            say("{name} is not a time zone", name=repr(str(name)[:60])),
            place=place,
            expected=_suggestion(str(name)[:60]),
        )
    return _load(name)


@cache
def _load(name: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def _suggestion(name: str) -> Said:
    by_folded = {known.casefold(): known for known in names()}
    by_city: dict[str, str] = {}
    for known in sorted(names()):
        by_city.setdefault(known.rpartition("/")[2].casefold(), known)
    wanted = name.strip().replace(" ", "_").casefold()
    found = [by_folded[near] for near in difflib.get_close_matches(wanted, by_folded, n=2, cutoff=0.8)]
    city = wanted.rpartition("/")[2]
    found += [by_city[near] for near in difflib.get_close_matches(city, by_city, n=2, cutoff=0.8)]
    if not found:
        return say("an IANA name such as Europe/Berlin or UTC")
    return say("{names}", names=Listed(tuple(dict.fromkeys(found[:3])), " or "))


def local(instant: int, zone: ZoneInfo) -> datetime:
    """The wall time at an instant, as a datetime without a zone."""
    utc = (_EPOCH + timedelta(microseconds=instant)).replace(tzinfo=UTC)
    return utc.astimezone(zone).replace(tzinfo=None)


def instant_of(day: date, minutes: int, zone: ZoneInfo) -> int:
    """The instant of a wall time, given in minutes from midnight (0 to 1440, which is the next midnight)."""
    return instant_of_wall(datetime.combine(day, _MIDNIGHT) + timedelta(minutes=minutes), zone)


def instant_of_wall(wall: datetime, zone: ZoneInfo) -> int:
    """The instant of a wall time: the first of a repeated one; one in a gap moves by the gap's length."""
    return (wall - _EPOCH) // _MICROSECOND - _offset(wall, zone)


def after_gap(day: date, minutes: int, zone: ZoneInfo) -> int:
    """As instant_of, but a wall time in a gap gives the instant at which the gap ends: the rule of rotations."""
    wall = datetime.combine(day, _MIDNIGHT) + timedelta(minutes=minutes)
    instant = instant_of_wall(wall, zone)
    if local(instant, zone) == wall:
        return instant
    # In a gap the reading with the later offset lies before the change and the one with the earlier offset after it.
    before = (wall - _EPOCH) // _MICROSECOND - _offset(wall.replace(fold=1), zone)
    return _change(before, instant, zone)


def exists(day: date, zone: ZoneInfo) -> bool:
    """Whether the zone has that day at all: Samoa has no 30 December 2011."""
    return local(instant_of(day, 0, zone), zone).date() == day


def _offset(wall: datetime, zone: ZoneInfo) -> int:
    return (zone.utcoffset(wall) or _NOTHING) // _MICROSECOND


def _change(before: int, after: int, zone: ZoneInfo) -> int:
    """The instant, between two that have different offsets, from which the later one holds."""

    def offset_at(instant: int) -> int:
        wall = local(instant, zone)
        return (wall - _EPOCH) // _MICROSECOND - instant

    target = offset_at(after)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(middle) == target:
            after = middle
        else:
            before = middle
    return after
