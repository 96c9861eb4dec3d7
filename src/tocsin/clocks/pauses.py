"""What a pause leaves of a clock: as much when it resumes as when it was held, in the unit of its target. Pure.

Working time for s, m and h; elapsed time for d; open days, and working time besides, for bd (docs/adr/0002).
"""

from typing import NamedTuple

from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import Duration, Unit


class Left(NamedTuple):
    """What is left of a clock. `days`: whole open days, for a target in business days alone; `rest`: microseconds, of
    elapsed time for a target in days, else of working time."""

    days: int
    rest: int


def left(unit: Unit, calendar: Calendar, at: int, due: int) -> Left:
    """What is left at an instant of a clock that is due later; nothing of one that is due by then."""
    if unit == "days":
        return Left(0, max(0, due - at))
    days = calendar.open_days(at, due) if unit == "business_days" else 0
    begin = calendar.add(at, Duration("business_days", days)) if days else at
    return Left(days, calendar.between(begin, due))


def due_at(unit: Unit, calendar: Calendar, at: int, rest: Left) -> int:
    """When a clock is due of which so much is left at an instant. Outside working hours nothing elapses: without
    anything left it is due at the next opening."""
    if unit == "days":
        return at + rest.rest
    if not rest.days:
        return calendar.add_working(at, rest.rest)
    begin = calendar.add(at, Duration("business_days", rest.days))
    return calendar.add_working(begin, rest.rest) if rest.rest else begin


def moved(unit: Unit, calendar: Calendar, due: int, begin: int, end: int) -> int:
    """When a clock is due that was held from `begin` to `end`; never earlier than before. One that was late already
    stays as late."""
    if end <= begin:
        return due
    if unit == "days":
        return due + end - begin
    held = calendar.between(begin, end)
    if not held:
        return due if due >= end or due < begin else calendar.next_open(end)
    if due < begin:
        return calendar.add_working(due, held)
    return max(due, due_at(unit, calendar, end, left(unit, calendar, begin, due)))
