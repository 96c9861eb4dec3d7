"""The rules of a calendar as a value, and how they are read from the policy's YAML."""

import difflib
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tocsin.clocks import dates, hours, publicholidays, zone
from tocsin.clocks.hours import WHOLE_DAY, Ranges
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say, verbatim

_KEYS = ("zone", "hours", "holidays", "closed", "special")
_ALWAYS = "24x7"


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """When a calendar is open, in wall time. Equal rules are equal values."""

    zone: str
    week: tuple[Ranges, ...]
    country: str | None = None
    region: str | None = None
    closed: tuple[date, ...] = ()
    special: tuple[tuple[date, Ranges], ...] = ()

    @property
    def always(self) -> bool:
        """Open at every instant."""
        return all(day == WHOLE_DAY for day in self.week) and not (self.country or self.closed or self.special)

    def load_zone(self) -> ZoneInfo:
        return zone.load(self.zone)


class DayRules:
    """The same rules, made quick to ask by date. A special day wins over a holiday, a holiday over the week."""

    def __init__(self, rules: Rules) -> None:
        self._week = rules.week
        self._country, self._region = rules.country, rules.region
        self._own: dict[date, Ranges] = dict.fromkeys(rules.closed, ()) | dict(rules.special)

    def ranges(self, day: date) -> Ranges:
        """Opening hours of a day in minutes from midnight; empty where it is closed."""
        own = self._own.get(day)
        if own is not None:
            return own
        ranges = self._week[day.weekday()]
        if ranges and self._country and day in publicholidays.of_year(self._country, self._region, day.year):
            return ()
        return ranges


def read(spec: Any, place: str) -> Rules:
    """Rules from `{hours: 24x7}` or `{zone, hours, holidays, closed, special}`. InvalidInput names the key."""
    if not isinstance(spec, Mapping):
        raise InvalidInput(
            say("{spec} is not a calendar", spec=f"{spec!r:.40}"),
            place=place,
            expected=say("{hours: 24x7}, or zone and hours"),
        )
    for key in spec:
        if key not in _KEYS:
            near = difflib.get_close_matches(str(key), _KEYS, n=1)
            raise InvalidInput(
                say("{key} is not known here", key=f"{key!r:.40}"),
                place=place,
                expected=verbatim(near[0] if near else ", ".join(_KEYS)),
            )
    if "hours" not in spec:
        raise InvalidInput(say("hours are missing"), place=place, expected=say("hours: 24x7, or hours by day"))
    if spec["hours"] == _ALWAYS:
        return _read_always(spec, place)
    if "zone" not in spec:
        raise InvalidInput(say("the time zone is missing"), place=place, expected=say("zone, such as Europe/Berlin"))
    zone.load(spec["zone"], f"{place}.zone")
    country, region = _read_holidays(spec.get("holidays"), f"{place}.holidays")
    closed = _read_closed(spec.get("closed"), f"{place}.closed")
    special = _read_special(spec.get("special"), f"{place}.special")
    for day in closed:
        if day in special:
            raise InvalidInput(
                say("{day} is also closed", day=day),
                place=f"{place}.special",
                expected=say("the day in one of the two"),
            )
    return Rules(
        zone=spec["zone"],
        week=hours.weekly(spec["hours"], f"{place}.hours"),
        country=country,
        region=region,
        closed=closed,
        special=tuple(sorted(special.items())),
    )


def _read_always(spec: Mapping[str, Any], place: str) -> Rules:
    for key in ("holidays", "closed", "special"):
        if spec.get(key):
            raise InvalidInput(
                say("a calendar that is open 24x7 never closes"),
                place=f"{place}.{key}",
                expected=say('hours: {mon-sun: ["00:00-24:00"]} where some days are closed'),
            )
    name = spec.get("zone", "UTC")
    zone.load(name, f"{place}.zone")
    return Rules(zone=name, week=(WHOLE_DAY,) * 7)


def _read_holidays(value: Any, place: str) -> tuple[str | None, str | None]:
    if value is None:
        return None, None
    if not isinstance(value, Mapping) or "country" not in value or not value.keys() <= {"country", "region"}:
        raise InvalidInput(
            say("{value} does not name holidays", value=f"{value!r:.60}"),
            place=place,
            expected=say("{country: DE, region: BE}"),
        )
    publicholidays.check(value["country"], value.get("region"), place)
    return value["country"], value.get("region")


def _read_closed(value: Any, place: str) -> tuple[date, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise InvalidInput(
            say("{value} is not a list of days", value=f"{value!r:.40}"),
            place=place,
            expected=say("days such as [2026-12-24]"),
        )
    return tuple(sorted({dates.read(item, f"{place}.{position}") for position, item in enumerate(value)}))


def _read_special(value: Any, place: str) -> dict[date, Ranges]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidInput(
            say("{value} is not a set of days", value=f"{value!r:.40}"),
            place=place,
            expected=say('days with hours, such as {2026-12-31: ["09:00-12:00"]}'),
        )
    special: dict[date, Ranges] = {}
    for key, listed in value.items():
        day, ranges = dates.read(key, place), hours.day_ranges(listed, f"{place}.{key}")
        if not ranges:
            raise InvalidInput(
                say("{day} has no hours", day=day), place=place, expected=say("closed: [{day}]", day=day)
            )
        if day in special:
            raise InvalidInput(say("{day} is given twice", day=day), place=place, expected=say("each day once"))
        special[day] = ranges
    return special
