"""Laws of business time, over random calendars in zones that change in every way a zone can."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from importlib import resources

import pytest
import whenever
from hypothesis import given
from hypothesis import strategies as st
from whenever import PlainDateTime

from tests.examples import examples
from tests.unit.clocks.strategies import amounts, calendars, instants, office_calendars
from tocsin.clocks import zone
from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import Duration
from tocsin.clocks.rules import DayRules
from tocsin.core.clock import DAY, HOUR


@pytest.fixture(scope="module")
def same_zone_data() -> Iterator[None]:
    """The other library reads the machine's zones unless told; those may be of another year."""
    whenever.reset_tzpath([str(resources.files("tzdata").joinpath("zoneinfo"))])
    whenever.clear_tzcache()
    yield
    whenever.reset_tzpath()
    whenever.clear_tzcache()


quick = examples(80)


@quick
@given(calendars, instants, amounts)
def test_what_was_added_is_measured(calendar: Calendar, start: int, amount: int) -> None:
    assert calendar.between(start, calendar.add_working(start, amount)) == amount


@quick
@given(calendars, instants, amounts)
def test_subtracting_inverts_adding(calendar: Calendar, at: int, amount: int) -> None:
    start = calendar.next_open(at)
    assert calendar.subtract(calendar.add_working(start, amount), amount) == start


@quick
@given(calendars, instants, amounts)
def test_what_was_subtracted_is_measured(calendar: Calendar, end: int, amount: int) -> None:
    begin = calendar.subtract(end, amount)
    assert calendar.between(begin, end) == amount
    assert calendar.is_open(begin)


@quick
@given(calendars, instants, amounts, amounts)
def test_amounts_add_up(calendar: Calendar, start: int, first: int, second: int) -> None:
    assert calendar.add_working(calendar.add_working(start, first), second) == calendar.add_working(
        start, first + second
    )


@quick
@given(calendars, instants, amounts, st.integers(0, 10 * DAY))
def test_a_later_start_is_never_due_earlier(calendar: Calendar, start: int, amount: int, later: int) -> None:
    assert calendar.add_working(start, amount) <= calendar.add_working(start + later, amount)


@quick
@given(calendars, instants, st.integers(0, 30 * HOUR), st.integers(0, 30 * HOUR))
def test_a_longer_duration_is_due_later(calendar: Calendar, start: int, amount: int, more: int) -> None:
    sooner, later = calendar.add_working(start, amount), calendar.add_working(start, amount + more)
    assert sooner <= later
    if amount and more:
        assert sooner < later


@quick
@given(calendars, instants, st.integers(0, 40 * DAY), st.integers(0, 40 * DAY))
def test_spans_add_up(calendar: Calendar, start: int, first: int, second: int) -> None:
    middle, end = start + first, start + first + second
    assert calendar.between(start, end) == calendar.between(start, middle) + calendar.between(middle, end)


@quick
@given(office_calendars, instants)
def test_intervals_are_apart_and_open(calendar: Calendar, start: int) -> None:
    before = start
    for opening, closing in itertools.islice(calendar.intervals(start), 6):
        assert before <= opening < closing
        assert calendar.next_open(before) == opening
        assert calendar.is_open(opening)
        assert calendar.is_open(closing - 1)
        assert not calendar.is_open(closing)
        before = closing


@quick
@given(calendars, instants, st.integers(0, 20))
def test_business_days_are_counted(calendar: Calendar, at: int, days: int) -> None:
    """The due time lies within the hours of an open day; one day more is later."""
    start = calendar.next_open(at)
    due = calendar.add(at, Duration("business_days", days))
    assert due >= start
    assert calendar.add(at, Duration("business_days", days + 1)) > due
    assert calendar.is_open(due) or calendar.is_open(due - 1)
    assert calendar.add(start, Duration("business_days", days)) == due


@pytest.mark.usefixtures("same_zone_data")
@examples(60)
@given(office_calendars, instants, st.integers(1, 12 * DAY))
def test_an_independent_count_agrees(calendar: Calendar, start: int, length: int) -> None:
    """Day by day, with another library's time zones, and no windows, caches or bisection."""
    end = start + length
    found: list[tuple[int, int]] = []
    tz = calendar.rules.zone
    days = DayRules(calendar.rules)
    day = zone.local(start, zone.load(tz)).date() - timedelta(days=2)
    for _ in range(length // DAY + 6):
        midnight = PlainDateTime(day.year, day.month, day.day)
        if midnight.assume_tz(tz, disambiguation="compatible").day == day.day:
            for span in days.ranges(day):
                opening, closing = (
                    midnight.add(minutes=minutes, naive_arithmetic_ok=True)
                    .assume_tz(tz, disambiguation="compatible")
                    .timestamp(unit="nanosecond")
                    // 1000
                    for minutes in span
                )
                found.append((max(opening, start), min(closing, end)))
        day += timedelta(days=1)
    total, reached = 0, start
    for opening, closing in sorted(found):
        total += max(0, closing - max(opening, reached))
        reached = max(reached, closing)
    assert calendar.between(start, end) == total
