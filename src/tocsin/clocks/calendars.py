"""Business calendars: working time added, taken away and measured. Pure; instants are microseconds UTC.

s, m and h are working time, d is 24 elapsed hours, bd the same wall time that many open days later (from
the next opening if closed, within that day's hours). Daylight saving is settled in `zone`, where products differ in
docs/adr/0002. An interval includes its opening and not its closing; a due time may be a closing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.clocks import zone
from tocsin.clocks.durations import Duration
from tocsin.clocks.openings import Interval, Openings, openings
from tocsin.clocks.rules import Rules, read
from tocsin.core.clock import DAY


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours with a name. Immutable; equal by name and rules."""

    name: str
    rules: Rules
    always: bool = field(init=False, compare=False, repr=False)
    _openings: Openings = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "always", self.rules.always)
        object.__setattr__(self, "_openings", openings(self.rules))

    def __reduce__(self) -> tuple[type["Calendar"], tuple[str, Rules]]:
        return Calendar, (self.name, self.rules)

    @classmethod
    def build(cls, name: str, spec: Mapping[str, Any], place: str = "calendar") -> "Calendar":
        """From the policy's mapping: `{hours: 24x7}`, or zone, hours, holidays, closed, special.

        InvalidInput names the key, below `place`, and what was expected there.
        """
        return cls(name, read(spec, place))

    def add(self, start: int, duration: Duration) -> int:
        """When a duration that starts at `start` is over."""
        if duration.unit == "working":
            return start + duration.amount if self.always else self._openings.add(start, duration.amount)
        if duration.unit == "days":
            return start + duration.amount * DAY
        return self._add_business_days(start, duration.amount)

    def add_working(self, start: int, microseconds: int) -> int:
        """The first instant by which so much working time has passed; for none, the next at which it could."""
        return start + microseconds if self.always else self._openings.add(start, microseconds)

    def subtract(self, end: int, microseconds: int) -> int:
        """The last instant from which so much working time passes until `end`; for none, the last at which it could."""
        return end - microseconds if self.always else self._openings.subtract(end, microseconds)

    def between(self, start: int, end: int) -> int:
        """Working microseconds from start to end; 0 where the end comes first."""
        return max(0, end - start) if self.always else self._openings.between(start, end)

    def open_days(self, start: int, end: int) -> int:
        """The most business days that, added to `start`, are over by `end`; 0 where the end comes first."""
        opened, begin = self._openings, self.next_open(start)
        first, last = zone.local(begin, opened.zone).date(), zone.local(end, opened.zone).date()
        days = opened.open_days(first, last)
        return days if not days or self._add_business_days(begin, days) <= end else days - 1

    def is_open(self, at: int) -> bool:
        return self.always or self._openings.is_open(at)

    def next_open(self, at: int) -> int:
        """The instant itself where open, else the next opening."""
        return at if self.always else self._openings.next_open(at)

    def intervals(self, start: int) -> Iterator[Interval]:
        """Open intervals (opening, closing) in order and without end, the first one cut at `start`.

        Ranges that touch are one interval; one that lasts for forty years is cut there.
        """
        return self._openings.intervals(start)

    def _add_business_days(self, start: int, days: int) -> int:
        opened = self._openings
        start = self.next_open(start)
        if not days:
            return start
        wall = zone.local(start, opened.zone)
        day = opened.open_day(wall.date(), days)
        same = zone.instant_of_wall(datetime.combine(day, wall.time()), opened.zone)
        intervals = opened.on_day(day)
        for opening, closing in intervals:
            if same <= closing:
                return max(same, opening)
        return intervals[-1][1]
