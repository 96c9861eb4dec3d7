"""Laws of running clocks, over random calendars and histories."""

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.clocks.strategies import amounts, calendars, even_calendars, instants
from tocsin.clocks import pauses, targets
from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import Duration, Unit
from tocsin.clocks.kinds import RESOLVE
from tocsin.clocks.targets import Running
from tocsin.core.clock import DAY, HOUR, MINUTE

quick = examples(80)
spans = st.integers(0, 5 * DAY)
durations = st.one_of(
    amounts.map(lambda amount: Duration("working", amount)),
    st.integers(1, 7).map(lambda days: Duration("days", days)),
    st.integers(1, 5).map(lambda days: Duration("business_days", days)),
)


def clock(calendar: Calendar, now: int, duration: Duration) -> Running:
    return targets.start(RESOLVE, duration, calendar, now)


def within(running: Running, part: float) -> int:
    """An instant between the start and the due time."""
    return running.started_at + round((running.due_at - running.started_at) * part)


@quick
@given(calendars, instants, durations, st.floats(0, 1), spans)
def test_what_is_left_when_a_clock_is_held_is_left_when_it_resumes(
    calendar: Calendar, start: int, duration: Duration, part: float, length: int
) -> None:
    running = clock(calendar, start, duration)
    paused_at = within(running, part)
    now = paused_at + length
    resumed = targets.resume(targets.pause(running, paused_at), now)
    assert resumed.due_at >= max(running.due_at, now)
    assert not targets.breached(resumed, now)
    before = pauses.left(duration.unit, calendar, paused_at, running.due_at)
    begin = calendar.add(now, Duration("business_days", before.days)) if before.days else now
    unit: Unit = "days" if duration.unit == "days" else "working"
    assert pauses.left(unit, calendar, begin, resumed.due_at).rest == before.rest


@quick
@given(calendars, instants, durations, st.floats(0, 1), st.lists(st.floats(0, 1), max_size=3))
def test_a_pause_of_no_time_changes_nothing(
    calendar: Calendar, start: int, duration: Duration, part: float, fractions: list[float]
) -> None:
    running = clock(calendar, start, duration)
    now = within(running, part)
    held = targets.pause(running, now)
    resumed = targets.resume(held, now)
    assert (resumed.due_at, resumed.generation) == (running.due_at, running.generation)
    assert targets.resumed_warning(held, resumed, fractions) == targets.next_warning(running, fractions, now)


@quick
@given(calendars, instants, durations, st.floats(0, 1), st.floats(0, 1))
def test_time_in_which_nothing_elapses_costs_and_gives_nothing(
    calendar: Calendar, start: int, duration: Duration, part: float, share: float
) -> None:
    """Held and resumed within one night or holiday, a clock in working time or business days is due when it was."""
    running = clock(calendar, start, duration)
    paused_at = within(running, part)
    now = paused_at + round((calendar.next_open(paused_at) - paused_at) * share)
    resumed = targets.resume(targets.pause(running, paused_at), now)
    moved = now - paused_at if duration.unit == "days" else 0
    late = running.due_at < now and duration.unit != "days"  # elapsed time asks no calendar
    assert resumed.due_at == max(running.due_at + moved, calendar.next_open(now) if late else now)


@quick
@given(calendars, instants, durations, st.floats(0, 1), spans, spans)
def test_pauses_add_up(
    calendar: Calendar, start: int, duration: Duration, part: float, first: int, second: int
) -> None:
    """Two pauses on end move the due time as one. Where days are of unequal length, so are those that are left."""
    running = clock(calendar, start, duration)
    begin = within(running, part)
    middle, end = begin + first, begin + first + second
    once = targets.resume(targets.pause(running, begin), end)
    twice = targets.resume(targets.pause(targets.resume(targets.pause(running, begin), middle), middle), end)
    if duration.unit != "business_days":
        assert twice.due_at == once.due_at
    assert twice.due_at >= max(running.due_at, end)


@quick
@given(even_calendars, instants, st.integers(1, 9), st.floats(0, 1), st.lists(st.tuples(spans, spans), max_size=4))
def test_business_days_are_left_through_any_number_of_pauses(
    calendar: Calendar, start: int, days: int, part: float, holds: list[tuple[int, int]]
) -> None:
    """Where all days are alike: what was used up between the pauses, and nothing else, is gone at their end."""
    running = clock(calendar, start, Duration("business_days", days))
    now, day = start, 8 * HOUR
    whole = calendar.between(start, running.due_at)
    used = 0
    for run, hold in holds:
        paused_at = min(now + run, running.due_at)
        used += calendar.between(now, paused_at)
        now = paused_at + hold
        running = targets.resume(targets.pause(running, paused_at), now)
        left = pauses.left("business_days", calendar, now, running.due_at)
        assert left.days * day + left.rest == calendar.between(now, running.due_at) == whole - used


@quick
@given(calendars, instants, durations, st.lists(st.floats(0.01, 0.99), min_size=1, max_size=4), st.floats(0, 1), spans)
def test_a_share_of_the_time_is_used_up_when_its_warning_comes_whatever_was_held(
    calendar: Calendar, start: int, duration: Duration, fractions: list[float], part: float, length: int
) -> None:
    running = clock(calendar, start, duration)
    paused_at = within(running, part)
    held = targets.pause(running, paused_at)
    resumed = targets.resume(held, paused_at + length)
    coming = [at for at in targets.warnings(running, fractions) if at > paused_at]
    warn_at = targets.resumed_warning(held, resumed, fractions)
    assert (warn_at is None) == (not coming)
    if warn_at is not None and duration.unit != "business_days":
        assert warn_at >= paused_at + length
        elapsed = (lambda a, b: b - a) if duration.unit == "days" else calendar.between
        assert elapsed(warn_at, resumed.due_at) == elapsed(coming[0], running.due_at)


@quick
@given(calendars, calendars, instants, durations, durations, st.floats(0, 1), st.booleans(), st.integers(0, HOUR))
def test_superseding_only_tightens_and_leaves_the_grace(
    calendar: Calendar,
    other: Calendar,
    start: int,
    old: Duration,
    new: Duration,
    part: float,
    paused: bool,
    wait: int,
) -> None:
    running = clock(calendar, start, old)
    now = within(running, part)
    before = targets.pause(running, now) if paused else running
    now += wait if paused else 0
    untouched = targets.resume(before, now)
    changed = targets.supersede(before, new, other, now, grace=10 * MINUTE)
    assert changed.due_at <= untouched.due_at
    assert changed.due_at >= min(untouched.due_at, now + 10 * MINUTE)
    assert (changed.paused_at is not None) is paused
    assert changed.original_due_at == running.original_due_at
    again = targets.supersede(changed, new, other, now, grace=10 * MINUTE)
    assert again.due_at == changed.due_at


@quick
@given(calendars, instants, durations, st.lists(st.tuples(spans, spans), max_size=3), st.booleans())
def test_the_generation_tells_due_times_apart(
    calendar: Calendar, start: int, duration: Duration, holds: list[tuple[int, int]], tighten: bool
) -> None:
    running, now = clock(calendar, start, duration), start
    due_of = {running.generation: running.due_at}
    for run, hold in holds:
        now = min(now + run, running.due_at)
        running = targets.resume(targets.pause(running, now), now + hold)
        now += hold
        assert due_of.setdefault(running.generation, running.due_at) == running.due_at
    if tighten:
        running = targets.supersede(running, Duration("working", HOUR), calendar, now, grace=0)
        assert due_of.setdefault(running.generation, running.due_at) == running.due_at
    assert len(set(due_of.values())) == len(due_of)


@quick
@given(calendars, instants, durations, st.lists(st.floats(0.01, 0.99), max_size=4), st.floats(0, 1), spans)
def test_warnings_lie_between_start_and_due(
    calendar: Calendar, start: int, duration: Duration, fractions: list[float], part: float, length: int
) -> None:
    running = clock(calendar, start, duration)
    held_at = within(running, part)
    running = targets.resume(targets.pause(running, held_at), held_at + length)
    found = targets.warnings(running, fractions)
    assert list(found) == sorted(set(found))
    assert all(running.started_at <= instant <= running.due_at for instant in found)
    now, seen = start - 1, 0
    while (coming := targets.next_instant(running, fractions, now)) is not None:
        assert coming > now
        now, seen = coming, seen + 1
    assert now == running.due_at + 1
    assert seen == len(set(found)) + 1
