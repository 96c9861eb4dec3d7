"""A running clock, case by case. Times are minutes past Monday 23 November 2026, 09:00, a working
day of eight hours without a break; an office minute counts only from 0 to 480."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tocsin.clocks import targets
from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import parse
from tocsin.clocks.kinds import ACKNOWLEDGE, CONTAIN, RESOLVE
from tocsin.clocks.targets import Running
from tocsin.core.clock import DAY, MINUTE
from tocsin.core.instants import from_text

MONDAY = from_text("2026-11-23T09:00:00Z")
OFFICE = Calendar.build("office", {"zone": "UTC", "hours": {"mon-fri": ["09:00-17:00"]}})
ALWAYS = Calendar.build("always", {"hours": "24x7"})
GRACE = 10 * MINUTE
NIGHT = 16 * 60


def at(minutes: int) -> int:
    return MONDAY + minutes * MINUTE


def minutes(instant: int) -> float:
    return (instant - MONDAY) / MINUTE


def started(duration: str, calendar: Calendar = OFFICE, now: int = 0) -> Running:
    return targets.start(RESOLVE, parse(duration), calendar, at(now))


def day(text: str) -> int:
    """An instant of 2026: `Fri 11-27 09:00`."""
    _, date, time = text.split()
    return from_text(f"2026-{date}T{time}:00Z")


def text_of(instant: int) -> str:
    return (datetime(1970, 1, 1) + timedelta(microseconds=instant)).strftime("%a %m-%d %H:%M")


def test_starting() -> None:
    clock = started("4h", now=30)
    assert (clock.clock, clock.cycle, clock.generation, clock.paused_at) == ("resolve", 1, 1, None)
    assert clock.started_at == at(30)
    assert clock.due_at == clock.original_due_at == at(270)


def test_starting_from_the_opening() -> None:
    """A contractual target counts from the opening even where escalation comes late, and may be lost by then."""
    clock = targets.start(CONTAIN, parse("1h"), OFFICE, at(90), since=at(0))
    assert clock.started_at == at(0)
    assert clock.due_at == at(60)
    assert targets.breached(clock, at(90))


def test_a_reopened_contractual_clock_is_cumulative() -> None:
    clock = targets.start(RESOLVE, parse("2h"), OFFICE, at(400), cycle=2, since=at(0), pauses=[(at(60), at(400))])
    assert clock.cycle == 2
    assert clock.due_at == at(460)


@pytest.mark.parametrize(
    ("duration", "paused", "resumed", "due"),
    [
        ("4h", 60, 90, 270),  # half an hour later
        ("4h", 60, 60, 240),  # no time at all
        ("7h", 400, 480 + NIGHT, 480 + NIGHT + 20),  # over night only the day's last 80 minutes count
        ("8h", 470, 480 + NIGHT - 60, 480 + NIGHT + 10),  # resumed before the opening
        ("4h", 240, 300, 300),  # paused when due: due on resuming
        ("8h", 480, 480 + NIGHT - 60, 480 + NIGHT),  # nothing left at closing: due when it opens again
        ("8h", 480, 480 + NIGHT + 30, 480 + NIGHT + 30),
    ],
)
def test_a_pause_moves_the_due_time_by_its_working_time(duration: str, paused: int, resumed: int, due: int) -> None:
    clock = started(duration)
    held = targets.pause(clock, at(paused))
    assert held.paused_at == at(paused)
    assert held.due_at == clock.due_at
    assert held.generation == clock.generation
    assert targets.pause(held, at(paused + 1)) == held
    on = targets.resume(held, at(resumed))
    assert minutes(on.due_at) == due
    assert on.original_due_at == clock.due_at
    assert on.paused_at is None
    assert on.pauses == ((at(paused), at(resumed)),)
    assert on.generation == clock.generation + (on.due_at != clock.due_at)
    assert targets.resume(on, at(resumed)) == on


HALF_FRIDAYS = Calendar.build("half", {"zone": "UTC", "hours": {"mon-thu": ["09:00-17:00"], "fri": ["09:00-13:00"]}})
BERLIN = Calendar.build(
    "berlin",
    {
        "zone": "Europe/Berlin",
        "hours": {"mon-fri": ["09:00-12:30", "13:30-18:00"]},
        "holidays": {"country": "DE", "region": "BE"},
    },
)


@pytest.mark.parametrize(
    ("duration", "calendar", "started", "paused", "resumed", "due"),
    [
        # Working time: an hour is left on Friday, and on Monday.
        ("8h", OFFICE, "Fri 11-27 09:00", "Fri 11-27 16:00", "Mon 11-30 09:00", "Mon 11-30 10:00"),
        ("8h", OFFICE, "Fri 11-27 09:00", "Fri 11-27 16:00", "Sat 11-28 12:00", "Mon 11-30 10:00"),
        ("90m", ALWAYS, "Fri 11-27 23:00", "Sat 11-28 00:00", "Sun 11-29 07:00", "Sun 11-29 07:30"),
        # Elapsed time: 44 hours are left, whatever is open.
        ("2d", OFFICE, "Fri 11-27 09:00", "Fri 11-27 13:00", "Mon 11-30 09:00", "Wed 12-02 05:00"),
        ("2d", OFFICE, "Fri 11-27 09:00", "Sat 11-28 13:00", "Sun 11-29 13:00", "Mon 11-30 09:00"),
        ("1d", ALWAYS, "Fri 11-27 09:00", "Sat 11-28 09:00", "Sat 11-28 21:00", "Sat 11-28 21:00"),
        # Business days: one open day is left, and is over at the same wall time one open day later.
        ("2bd", OFFICE, "Mon 11-23 10:00", "Tue 11-24 10:00", "Thu 11-26 14:00", "Fri 11-27 14:00"),
        ("2bd", OFFICE, "Thu 11-26 10:00", "Fri 11-27 10:00", "Sat 11-28 11:00", "Tue 12-01 09:00"),
        (
            "2bd",
            OFFICE,
            "Mon 11-23 10:00",
            "Tue 11-24 09:00",
            "Thu 11-26 15:30",
            "Fri 11-27 16:30",
        ),  # a day and an hour
        ("2bd", OFFICE, "Mon 11-23 10:00", "Tue 11-24 12:00", "Thu 11-26 12:00", "Fri 11-27 10:00"),  # six hours
        ("2bd", OFFICE, "Mon 11-23 10:00", "Tue 11-24 12:00", "Thu 11-26 16:00", "Fri 11-27 14:00"),
        (
            "2bd",
            OFFICE,
            "Mon 11-23 10:00",
            "Tue 11-24 18:00",
            "Tue 11-24 22:00",
            "Wed 11-25 10:00",
        ),  # a night costs nothing
        ("1bd", HALF_FRIDAYS, "Wed 11-25 11:00", "Thu 11-26 09:00", "Fri 11-27 11:00", "Fri 11-27 13:00"),  # two hours
        (
            "2bd",
            HALF_FRIDAYS,
            "Wed 11-25 11:00",
            "Thu 11-26 11:00",
            "Thu 11-26 15:00",
            "Fri 11-27 13:00",
        ),  # within that day's hours
        (
            "1bd",
            BERLIN,
            "Thu 12-24 09:00",
            "Thu 12-24 10:00",
            "Mon 12-28 10:00",
            "Tue 12-29 09:00",
        ),  # of December, with holidays
    ],
)
def test_as_much_is_left_when_it_resumes_as_when_it_was_held(
    duration: str, calendar: Calendar, started: str, paused: str, resumed: str, due: str
) -> None:
    held = targets.pause(targets.start(RESOLVE, parse(duration), calendar, day(started)), day(paused))
    on = targets.resume(held, day(resumed))
    assert text_of(on.due_at) == due
    assert targets.resume(held, held.paused_at or 0).due_at == held.due_at


def test_a_clock_that_was_late_when_it_was_held_stays_as_late() -> None:
    for duration, late in (("1h", 30), ("1d", 30)):
        run = targets.start(RESOLVE, parse(duration), ALWAYS, at(0), cycle=2, since=at(0))
        held = run.due_at + late * MINUTE
        again = targets.start(
            RESOLVE, parse(duration), ALWAYS, held + DAY, cycle=2, since=at(0), pauses=[(held, held + DAY)]
        )
        assert again.due_at == run.due_at + DAY


def test_a_warning_that_had_not_come_when_the_clock_was_held_is_not_lost() -> None:
    """Held at the closing at which half of the time is used up, which is told at the next opening."""
    clock = started("16h")
    held = targets.pause(clock, at(480))
    assert minutes(targets.warnings(held, (0.5,))[0]) == 480 + NIGHT
    for resumed, warned in ((480 + NIGHT, 480 + NIGHT), (480 + NIGHT + 60, 480 + NIGHT + 60)):
        on = targets.resume(held, at(resumed))
        assert targets.resumed_warning(held, on, (0.5,)) == at(warned)


def test_a_clock_that_has_run_out_is_settled_first() -> None:
    clock = started("1h")
    targets.pause(clock, at(60))
    changes: tuple[Callable[[], Running], ...] = (
        lambda: targets.pause(clock, at(60) + 1),
        lambda: targets.supersede(clock, parse("30m"), OFFICE, at(60) + 1, grace=GRACE),
    )
    for change in changes:
        with pytest.raises(ValueError, match="settle the case"):
            change()


@pytest.mark.parametrize(
    ("old", "new", "calendar", "now", "due"),
    [
        ("8h", "4h", OFFICE, 30, 240),  # start + new target
        ("8h", "1h", OFFICE, 30, 60),
        ("8h", "1h", OFFICE, 55, 65),  # now + grace
        ("8h", "1h", OFFICE, 300, 310),
        ("8h", "1h", OFFICE, 475, 480),  # never later than it was
        ("4h", "8h", OFFICE, 30, 240),  # lowering keeps the stricter
        ("3bd", "24h", ALWAYS, 30, 24 * 60),  # another calendar
        ("30m", "24h", ALWAYS, 20, 30),
        ("8h", "0s", OFFICE, 0, 10),
    ],
)
def test_superseding(old: str, new: str, calendar: Calendar, now: int, due: int) -> None:
    clock = started(old)
    changed = targets.supersede(clock, parse(new), calendar, at(now), grace=GRACE)
    assert minutes(changed.due_at) == due
    assert changed.original_due_at == clock.original_due_at
    assert changed.started_at == clock.started_at
    if changed.due_at == clock.due_at:
        assert changed == clock
    else:
        assert changed.generation == 2
        assert (changed.duration, changed.calendar) == (parse(new), calendar)


def test_superseding_from_the_opening() -> None:
    clock = targets.start(ACKNOWLEDGE, parse("4h"), OFFICE, at(60))
    changed = targets.supersede(clock, parse("2h"), OFFICE, at(70), grace=GRACE, since=at(0))
    assert minutes(changed.due_at) == 120


def test_superseding_a_paused_clock_adds_the_pause_so_far_and_pauses_anew() -> None:
    clock = targets.pause(started("4h"), at(60))
    changed = targets.supersede(clock, parse("2h"), OFFICE, at(100), grace=GRACE)
    assert minutes(changed.due_at) == 160  # start + 2 h + the pause of 40 min
    assert changed.paused_at == at(100)
    assert changed.pauses == ((at(60), at(100)),)
    assert minutes(targets.resume(changed, at(130)).due_at) == 190
    kept = targets.supersede(clock, parse("8h"), OFFICE, at(100), grace=GRACE)
    assert minutes(kept.due_at) == 280
    assert kept.paused_at == at(100)


def test_waiting_for_the_customer_does_not_use_up_a_new_target() -> None:
    """Three working days on hold, then critical: a day from then, not ten minutes."""
    waited = targets.resume(targets.pause(started("5bd"), at(5)), at(3 * 24 * 60 + 5))
    critical = targets.supersede(waited, parse("24h"), ALWAYS, at(3 * 24 * 60 + 5), grace=GRACE)
    assert minutes(critical.due_at) == 4 * 24 * 60


@pytest.mark.parametrize(
    ("duration", "fractions", "expected"),
    [
        ("4h", (0.5, 0.8), (120, 192)),
        ("10h", (0.8,), (480 + NIGHT,)),  # two hours are left at the closing, and still at the next opening: then
        ("16h", (0.5, 0.8), (480 + NIGHT, 480 + NIGHT + 288)),
        ("1d", (0.5,), (720,)),  # days are elapsed time
        ("1bd", (0.5,), (240,)),
        ("4h", (0.8, 0.8, 0.5), (120, 192)),
        ("4h", (), ()),
        ("0s", (0.5,), (0,)),
    ],
)
def test_warnings(duration: str, fractions: tuple[float, ...], expected: tuple[int, ...]) -> None:
    found = targets.warnings(started(duration), fractions)
    assert tuple(map(minutes, found)) == expected


def test_warnings_move_with_the_due_time() -> None:
    clock = targets.resume(targets.pause(started("4h"), at(60)), at(90))
    assert tuple(map(minutes, targets.warnings(clock, (0.5, 0.8)))) == (150, 222)
    days = targets.resume(targets.pause(started("1d", ALWAYS), at(60)), at(90))
    assert tuple(map(minutes, targets.warnings(days, (0.5,)))) == (750,)


def test_the_next_instant() -> None:
    clock, fractions = started("4h"), (0.5, 0.8)
    asked, seen = at(0), []
    while (coming := targets.next_instant(clock, fractions, asked)) is not None:
        seen.append(coming)
        asked = coming
    assert seen == [at(120), at(192), at(240) + 1]
    assert targets.next_instant(targets.pause(clock, at(10)), fractions, at(20)) is None
    assert targets.next_instant(clock, (), at(0)) == at(240) + 1
    assert targets.next_instant(clock, fractions, at(0) + DAY) is None
