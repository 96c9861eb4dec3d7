"""Which clocks start, and when a case next needs attention. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from tocsin.cases.aggregate import Aggregate
from tocsin.clocks.calendars import Calendar
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision
from tocsin.policy.model import ClockName

AT_OPENING: tuple[ClockName, ...] = ("assign", "resolve", "idle")
AT_ESCALATION: tuple[ClockName, ...] = ("acknowledge", "contain")


def starts(
    policy: Policy,
    decision: Decision,
    clocks: Iterable[ClockName],
    now: int,
    opened_at: int,
    cycles: Mapping[str, int] | None = None,
) -> list[dict[str, Any]]:
    """What `clocks.started` says of each of these clocks that the decision has a target for. `cycles`: as
    `next_cycles` gives them, where some have run already."""
    found = []
    for clock in clocks:
        target = decision.targets.get(clock)
        if target is None:
            continue
        started = opened_at if target.origin == "opened" else now
        found.append(
            {
                "clock": clock,
                "cycle": (cycles or {}).get(clock, 1),
                "policy_version": decision.policy_version,
                "calendar": target.calendar,
                "target": target.duration,
                "origin": target.origin,
                "started_at": started,
                "due_at": policy.targets.due(target, now, opened_at),
            }
        )
    return found


def next_cycles(state: Aggregate) -> dict[str, int]:
    """The number of the next run of each clock that has run before."""
    found: dict[str, int] = {}
    for run in state.clocks:
        found[run.clock] = max(found.get(run.clock, 1), run.cycle + 1)
    return found


def first_step_at(policy: Policy, decision: Decision, now: int) -> int:
    """When the path's first step fires. In the team's hours, at once. Outside of them: at once where it may wake
    people, unless only a text speaks for it, which waits a moment for triage (`hold`); else when the hours begin."""
    opening = _hours(policy, decision).next_open(now)
    if opening == now:
        return now
    return now + decision.hold if decision.wake else opening


def _hours(policy: Policy, decision: Decision) -> Calendar:
    """The hours of whoever takes the case: the calendar in which its level counts acknowledgement."""
    document = policy.document
    level = document.levels.get(decision.level)
    target = level.targets.get("acknowledge") if level else None
    name = target.calendar if target and target.calendar else document.severities[document.default_severity].calendar
    return document.calendars[name]


def next_instant(state: Aggregate) -> int | None:
    """When something is due on this case: a clock (one microsecond after its time, for a stop exactly then is met) or a
    step of a path. None when nothing will happen by itself."""
    if state.case.state != "open" or state.case.imported:
        return None
    instants = [run.due_at + 1 for run in state.clocks if run.outcome is None and run.paused_at is None]
    instants += [
        climb.next_at for climb in state.escalations if climb.state == "climbing" and climb.next_at is not None
    ]
    return min(instants, default=None)
