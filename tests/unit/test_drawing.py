"""What pages draw: how long a fuse is, and where on the axis of time things stand."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.cases.aggregate import RunningClock
from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.core.clock import HOUR, MINUTE
from tocsin.web.drawing import fuses, horizon, icons, sparks
from tocsin.web.drawing.horizon import Due

NOW = 1_000 * HOUR


def clock(started: int, due: int, **more: object) -> RunningClock:
    run = RunningClock(ACKNOWLEDGE, 1, 1, "always", "1h", "start", NOW + started, NOW + due, NOW + due)
    for name, value in more.items():
        setattr(run, name, value)
    return run


@pytest.mark.parametrize(
    ("run", "state", "left"),
    [
        (clock(-15 * MINUTE, 45 * MINUTE), "calm", 75.0),
        (clock(-48 * MINUTE, 12 * MINUTE), "risk", 20.0),
        (clock(-59 * MINUTE - 50 * 1_000_000, 10 * 1_000_000), "risk", 1.5),
        (clock(-2 * HOUR, -MINUTE), "late", 100.0),
        (clock(-2 * HOUR, -MINUTE, outcome="breached"), "late", 100.0),
        (clock(-2 * HOUR, -MINUTE, outcome="breached", excused_by="false_alarm"), "met", 0.0),
        (clock(-2 * HOUR, -MINUTE, outcome="breached", done_at=NOW), "met", 0.0),
        (clock(-HOUR, HOUR, outcome="met"), "met", 0.0),
        (clock(-HOUR, HOUR, outcome="cancelled"), "met", 0.0),
        (clock(-HOUR, HOUR, paused_at=NOW - 30 * MINUTE), "paused", 75.0),
        (clock(-HOUR, HOUR, claimed_at=NOW - 30 * MINUTE), "claimed", 75.0),
        (clock(-HOUR, HOUR, claimed_at=NOW - 30 * MINUTE, contested_at=NOW), "calm", 50.0),
    ],
)
def test_a_fuse_shows_what_is_left(run: RunningClock, state: str, left: float) -> None:
    fuse = fuses.of(run, (0.8,), NOW)
    assert (fuse.state, fuse.left) == (state, left)
    assert fuse.ticks == ((pytest.approx(20.0),) if state in ("calm", "risk") else ())


def test_a_clock_warns_by_its_own_shares() -> None:
    run = clock(-30 * MINUTE, 30 * MINUTE)
    assert fuses.of(run, (0.4, 0.9), NOW).state == "risk"
    assert fuses.of(run, (), NOW).state == "calm"
    assert fuses.of(run, (), NOW).ticks == ()


@pytest.mark.parametrize(
    ("minutes", "x"), [(-600, 0), (-60, 0), (-30, 5.5), (0, 11), (15, 35), (60, 59), (240, 81), (720, 100), (5000, 100)]
)
def test_the_axis_gives_the_next_quarter_as_much_room_as_the_hour_after_it(minutes: int, x: float) -> None:
    assert horizon.place(minutes * MINUTE) == x


@given(st.lists(st.integers(-90, 1000), max_size=60))
def test_pins_stand_in_order_and_beside_each_other_where_there_is_room(minutes: list[int]) -> None:
    due = [Due("Update", f"HD-{at}", "#", NOW + at * MINUTE, "calm") for at in minutes]
    found = horizon.pins(due, NOW)
    shown = sorted(one.at for pin in found for one in (pin.due, *pin.others))
    assert shown == [NOW + at * MINUTE for at in sorted(minutes) if at <= 720], "none is left out"
    assert len(found) <= horizon.MOST
    assert all((pin.lane == horizon.LANES) if pin.silent else (0 <= pin.lane < horizon.LANES) for pin in found)
    assert all(0 <= pin.x <= 100 for pin in found)
    spoken = [(pin.lane, pin.x) for pin in found if not pin.silent]
    assert len(set(spoken)) == len(spoken), "no two words stand at one place"
    assert all(not pin.silent for pin in found[: horizon.LANES])
    for lane in range(horizon.LANES + 1):
        marks = sorted(pin.x for pin in found if pin.lane == lane)
        assert all(after - before >= horizon.MARK for before, after in pairwise(marks)), "no mark covers another"


def test_many_at_one_time_are_one_mark_that_says_how_many() -> None:
    due = [Due("Update", f"HD-{number}", "#", NOW + 14 * MINUTE, "calm") for number in range(73)]
    found = horizon.pins(due, NOW)
    assert [(pin.silent, len(pin.others)) for pin in found] == [*[(False, 0)] * horizon.LANES, (True, 69)]


def test_words_at_the_end_of_the_axis_stand_before_their_mark() -> None:
    [near, far] = horizon.pins([Due("Update", "1", "#", NOW + span, "calm") for span in (MINUTE, 12 * HOUR)], NOW)
    assert (near.left, far.left) == (False, True)


def test_an_icon_that_nobody_listed_is_a_fault_at_once() -> None:
    assert 'aria-hidden="true"' in icons.icon("/x.svg", "bell")
    assert 'aria-label="a &lt;bell&gt;"' in icons.icon("/x.svg", "bell", "a <bell>")
    with pytest.raises(KeyError, match=r"icons\.txt"):
        icons.icon("/x.svg", "no-such-icon")


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=48))
def test_a_line_of_a_day_stays_within_its_picture_and_rises_with_its_values(values: list[int]) -> None:
    found = [tuple(map(float, point.split(","))) for point in sparks.points(values).split(" ")]
    assert [x for x, _ in found] == sorted(x for x, _ in found)
    assert all(0 <= x <= sparks.WIDTH and 0 <= y <= sparks.HEIGHT for x, y in found)
    assert min(y for _, y in found) == found[values.index(max(values))][1]


def test_of_one_value_there_is_no_line() -> None:
    assert sparks.points([7]) == sparks.points([]) == ""
