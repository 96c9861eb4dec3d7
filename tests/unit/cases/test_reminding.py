"""There is always an instant at which somebody hears of an open case."""

from typing import Any

import msgspec
import pytest

from tocsin.cases import attention, reminding
from tocsin.cases.aggregate import Aggregate, Case, Escalation, RunningClock
from tocsin.clocks.kinds import ClockName
from tocsin.core.clock import DAY, HOUR

NOW = 1_780_000_000_000_000


def case(*clocks: RunningClock, climbs: tuple[Escalation, ...] = (), **fields: Any) -> Aggregate:
    made = msgspec.structs.replace(Case(7, 1, "api", None, None, "x", opened_at=NOW, updated_at=NOW), **fields)
    return Aggregate(made, list(clocks), list(climbs))


def clock(name: str, outcome: str | None = None, due_in: int = 3 * HOUR) -> RunningClock:
    return RunningClock(
        ClockName(name), 1, 1, "always", "1h", "start", NOW, NOW + due_in, NOW + due_in, outcome=outcome
    )


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (case(clock("resolve", "breached"), clock("assign", "met")), DAY),
        (case(clock("resolve", "met")), DAY),
        (case(level="senior"), 4 * HOUR),
        (case(level="executive", acknowledged_at=NOW), 2 * HOUR),
        (case(clock("resolve")), 3 * HOUR + 1),
        (case(clock("resolve"), clock("idle", "breached")), 3 * HOUR + 1),
        (case(held_until=NOW + 72 * HOUR), 72 * HOUR),
        (case(state="resolved"), None),
        (case(state="merged", parent=3), None),
        (case(parent=3), None),
        (case(imported=True), None),
    ],
)
def test_where_nothing_else_is_due_somebody_is_told(state: Aggregate, after: int | None) -> None:
    assert attention.next_instant(state) == (None if after is None else NOW + after)


def test_it_counts_from_whatever_happened_last() -> None:
    assert reminding.due_at(case(updated_at=NOW + HOUR)) == NOW + HOUR + DAY


def test_where_nobody_works_on_it_for_a_day_once_a_day_is_enough() -> None:
    assert reminding.due_at(case(level="executive", updated_at=NOW + DAY)) == NOW + 2 * DAY
    worked = case(level="executive", updated_at=NOW + DAY, active_at=NOW + DAY - HOUR)
    assert reminding.due_at(worked) == NOW + DAY + 2 * HOUR
