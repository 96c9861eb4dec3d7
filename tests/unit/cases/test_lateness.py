"""By how much a target was missed."""

from typing import Any

import msgspec
import pytest

from tocsin.cases.aggregate import Aggregate, Case, RunningClock
from tocsin.cases.clocks.lateness import Lateness, ended, lateness
from tocsin.clocks.kinds import ClockName
from tocsin.core.clock import HOUR, MINUTE

DUE = 1_780_000_000_000_000
NOW = DUE + HOUR


def clock(name: str = "acknowledge", cycle: int = 1, **fields: Any) -> RunningClock:
    made = RunningClock(ClockName(name), cycle, 1, "always", "1h", "start", DUE - HOUR, DUE, DUE, outcome="breached")
    return msgspec.structs.replace(made, **({"settled_at": DUE} | fields))


def case(*clocks: RunningClock, **fields: Any) -> Aggregate:
    return Aggregate(msgspec.structs.replace(Case(7, 1, "api", None, None, "x"), **fields), list(clocks), [])


def test_nobody_has_answered_yet() -> None:
    run = clock()
    assert lateness(case(run), run, [("case.acknowledged", DUE - MINUTE)], NOW) == Lateness(HOUR, True)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("acknowledge", "case.acknowledged"),
        ("assign", "case.assigned"),
        ("contain", "case.contained"),
        ("resolve", "case.resolved"),
    ],
)
def test_it_ends_with_what_it_asks_for(name: str, kind: str) -> None:
    run = clock(name)
    happened = [("case.noted", DUE + 1), (kind, DUE + 5 * MINUTE), (kind, DUE + 9 * MINUTE)]
    assert lateness(case(run), run, happened, NOW) == Lateness(5 * MINUTE, False)


def test_silence_ends_with_the_next_cycle() -> None:
    run, following = clock("idle"), clock("idle", 2, started_at=DUE + 3 * MINUTE, outcome=None)
    assert lateness(case(run, following), run, [], NOW) == Lateness(3 * MINUTE, False)


def test_a_confirmed_claim_counts_from_when_it_was_made() -> None:
    run = clock("contain")
    state = case(run, contained_at=DUE + MINUTE)
    assert lateness(state, run, [("case.contained", DUE + 9 * MINUTE)], NOW) == Lateness(MINUTE, False)


def test_what_was_stopped_late_says_so_itself() -> None:
    run = clock(settled_at=DUE + 2 * MINUTE)
    assert lateness(case(run), run, [], NOW) == Lateness(2 * MINUTE, False)


def test_nothing_is_later_than_the_end_of_the_case() -> None:
    run = clock()
    closed = case(run, state="closed", closed_at=DUE + 4 * MINUTE)
    assert lateness(closed, run, [], NOW) == Lateness(4 * MINUTE, False)
    assert (ended(closed), ended(case())) == (DUE + 4 * MINUTE, None)


def test_what_was_met_is_not_late() -> None:
    run = clock(outcome="met")
    assert lateness(case(run), run, [], NOW) is None
