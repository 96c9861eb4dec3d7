"""Which escalation comes first on Now."""

from typing import Any

import msgspec

from tocsin.cases.aggregate import Aggregate, Case, RunningClock
from tocsin.cases.queries.urgency import order, standing
from tocsin.clocks.kinds import ClockName
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.policy.levels import EXECUTIVE, SENIOR

NOW = 1_780_000_000_000_000
SEVERITIES = {"critical": 0, "high": 1}


def clock(name: str, due_in: int, outcome: str | None = None, cycle: int = 1) -> RunningClock:
    due = NOW + due_in
    return RunningClock(ClockName(name), cycle, 1, "always", "1h", "start", due - HOUR, due, due, outcome=outcome)


def case(number: int, *clocks: RunningClock, **fields: Any) -> Aggregate:
    made = Case(number, number, "api", None, None, "x", level=SENIOR, severity="high")
    return Aggregate(msgspec.structs.replace(made, **fields), list(clocks), [])


def sorted_numbers(*cases: Aggregate) -> list[int]:
    found = sorted(cases, key=lambda state: order(state, standing(state, NOW), SEVERITIES))
    return [state.case.number for state in found]


def missed(by: int, **fields: Any) -> Aggregate:
    """Number 1: nobody answered in time, and the next clock is that of silence, a day away."""
    return case(1, clock("acknowledge", -by, "breached"), clock("idle", DAY), **fields)


def test_a_case_that_nobody_answered_in_time_comes_before_one_that_still_has_time() -> None:
    ahead = case(2, clock("acknowledge", MINUTE), clock("idle", DAY))
    assert sorted_numbers(ahead, missed(5 * MINUTE)) == [1, 2]


def test_it_does_so_whatever_the_level_and_severity_of_the_other() -> None:
    ahead = case(2, clock("acknowledge", MINUTE), level=EXECUTIVE, severity="critical")
    assert sorted_numbers(ahead, missed(MINUTE)) == [1, 2]


def test_of_those_that_are_late_the_graver_comes_first_and_then_the_later() -> None:
    later = case(2, clock("acknowledge", -HOUR, "breached"), clock("idle", 2 * DAY))
    graver = case(3, clock("acknowledge", -MINUTE, "breached"), level=EXECUTIVE)
    assert sorted_numbers(missed(MINUTE), later, graver) == [3, 2, 1]


def test_a_clock_that_ran_out_counts_as_missed_before_anybody_wrote_it_down() -> None:
    ahead = case(2, clock("acknowledge", MINUTE))
    over = case(3, clock("acknowledge", -MINUTE))
    assert sorted_numbers(ahead, over) == [3, 2]


def test_what_is_answered_and_late_comes_by_how_late_it_is() -> None:
    some = case(1, clock("contain", -MINUTE, "breached"), clock("resolve", HOUR), acknowledged_at=NOW - HOUR)
    more = case(2, clock("contain", -HOUR, "breached"), clock("resolve", DAY), acknowledged_at=NOW - HOUR)
    none = case(3, clock("contain", MINUTE), acknowledged_at=NOW - HOUR)
    assert sorted_numbers(none, some, more) == [2, 1, 3]


def test_another_target_that_is_missed_does_not_make_an_answer_overdue() -> None:
    fresh = case(1, clock("resolve", -DAY, "breached"), clock("acknowledge", HOUR))
    assert sorted_numbers(fresh, case(2, clock("acknowledge", -MINUTE, "breached"))) == [2, 1]


def test_a_newer_cycle_forgets_that_the_last_one_was_late() -> None:
    again = case(1, clock("acknowledge", -DAY, "breached"), clock("acknowledge", HOUR, cycle=2))
    assert standing(again, NOW).missed_at is None
    assert sorted_numbers(again, case(2, clock("acknowledge", MINUTE))) == [2, 1]


def test_an_excused_breach_is_none() -> None:
    excused = clock("acknowledge", -HOUR, "breached")
    excused.excused_by = "wrong_severity"
    assert standing(case(1, excused), NOW).missed_at is None


def test_what_waits_for_somebody_else_comes_last() -> None:
    held = missed(HOUR, held_at=NOW, acknowledged_at=NOW)
    assert sorted_numbers(held, case(2, clock("resolve", DAY), acknowledged_at=NOW)) == [2, 1]


def test_what_nobody_has_answered_waits_for_nobody_else() -> None:
    answered = case(2, clock("resolve", -HOUR, "breached"), acknowledged_at=NOW)
    for since in ({"held_at": NOW}, {"resolution_claimed_at": NOW}):
        assert sorted_numbers(answered, missed(HOUR, **since)) == [1, 2]


def test_each_missed_target_says_when_it_was_missed() -> None:
    late = case(1, clock("contain", -HOUR, "breached"), clock("acknowledge", -2 * HOUR, "breached"))
    found = standing(late, NOW).late
    assert [(run.clock, NOW - run.due_at) for run in found] == [("acknowledge", 2 * HOUR), ("contain", HOUR)]
