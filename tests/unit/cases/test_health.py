"""What the auditor takes for wrong, and what it leaves alone."""

from typing import Any

import msgspec
import pytest

from tocsin.cases import attention
from tocsin.cases.aggregate import Aggregate, Case, Escalation, RunningClock
from tocsin.cases.record.health import PATIENCE, Timer, examine
from tocsin.clocks.kinds import ClockName
from tocsin.core.clock import HOUR, MINUTE
from tocsin.people.directory import Directory, User

NOW = 1_780_000_000_000_000
PEOPLE = Directory({1: User(1, "anna", "Anna", None, "agent", True), 2: User(2, "bo", "Bo", None, "agent", False)})


def clock(name: str, cycle: int = 1, outcome: str | None = None, due_in: int = HOUR) -> RunningClock:
    return RunningClock(
        ClockName(name), cycle, 1, "always", "1h", "start", NOW, NOW + due_in, NOW + due_in, outcome=outcome
    )


def climb(state: str = "climbing", next_at: int | None = NOW + MINUTE) -> Escalation:
    return Escalation(9, "technical", "senior", 1, state, 0, 1, next_at, NOW)


def case(*parts: RunningClock | Escalation, **fields: Any) -> Aggregate:
    return Aggregate(
        msgspec.structs.replace(Case(7, 1, "api", None, None, "x"), **fields),
        [part for part in parts if isinstance(part, RunningClock)],
        [part for part in parts if isinstance(part, Escalation)],
    )


def found(state: Aggregate, *, timer: Timer | str | None = "right") -> list[str]:
    if timer == "right":
        at = attention.next_instant(state)
        timer = None if at is None else Timer(at, False)
    assert not isinstance(timer, str)
    return [finding.what for finding in examine(state, timer, PEOPLE, NOW)]


IDLE, MET, BREACHED = clock("idle"), clock("assign", outcome="met"), clock("assign", outcome="breached")
ESCALATED = {"owner": 1, "level": "senior"}


@pytest.mark.parametrize(
    "healthy",
    [
        case(IDLE, MET, owner=1),
        case(IDLE, clock("assign")),
        case(IDLE, BREACHED),
        case(IDLE, MET, clock("assign", 2)),
        case(MET, owner=1),
        case(IDLE, MET, climb(), **ESCALATED),
        case(IDLE, MET, climb("exhausted", None), climb(), **ESCALATED),
        case(IDLE, MET, climb("acknowledged", None), acknowledged_at=NOW, **ESCALATED),
        case(IDLE, MET, climb("stopped", None), climb(), **ESCALATED),
        case(IDLE, MET, climb(next_at=NOW - PATIENCE), **ESCALATED),
        case(state="resolved"),
        case(state="open", imported=True, level="senior"),
    ],
)
def test_nothing_is_wrong_with_a_healthy_case(healthy: Aggregate) -> None:
    assert found(healthy) == []


@pytest.mark.parametrize(
    ("state", "timer", "expected"),
    [
        (case(IDLE, MET, owner=1), None, ["timer"]),
        (case(IDLE, MET, owner=1), Timer(IDLE.due_at, False), ["timer"]),  # a stop exactly then would be met
        (case(IDLE, MET, owner=1), Timer(IDLE.due_at + 1, False), []),
        (case(IDLE, MET, owner=1), Timer(NOW, True), []),  # set aside, which is raised as such
        (
            case(MET, owner=1),
            Timer(NOW, False),
            ["timer"],
        ),  # somebody is to hear that it is still open, at another time
        (case(IDLE, MET), "right", ["owner"]),
        (case(IDLE), "right", ["owner"]),
        (case(IDLE, BREACHED, clock("assign", 2, "met")), "right", ["owner"]),
        (case(IDLE, MET, owner=2), "right", ["owner_away"]),
        (case(IDLE, MET, owner=3), "right", ["owner_away"]),
        (case(IDLE, MET, **ESCALATED), "right", ["path"]),
        (case(IDLE, MET, climb("stopped", None), **ESCALATED), "right", ["path"]),
        (case(IDLE, MET, climb(next_at=None), **ESCALATED), "right", ["path"]),
        (case(IDLE, MET, climb(next_at=NOW - PATIENCE - 1), **ESCALATED), "right", ["path"]),
        (case(IDLE, MET, climb("exhausted", None), **ESCALATED), "right", ["unanswered"]),
        (case(IDLE, MET, climb("unheard", None), **ESCALATED), "right", ["unheard"]),
        (case(level="senior"), None, ["timer", "owner", "path"]),
    ],
)
def test_what_is_wrong_is_named(state: Aggregate, timer: Any, expected: list[str]) -> None:
    assert found(state, timer=timer) == expected
