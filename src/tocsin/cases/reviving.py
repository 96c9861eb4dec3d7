"""A case that begins again: it was resolved and is open once more, or it was imported and is worked on from now on.

It gets what a new case gets: clocks, and, while its level is above standard, a path that pages people. What it has
already goes on. Pure.
"""

from typing import Any

from tocsin.cases import arming
from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.context import Around, Desk
from tocsin.cases.drafting import Draft
from tocsin.cases.opening import escalate
from tocsin.core import ids
from tocsin.ledger.journal import Event
from tocsin.policy.decision import ChosenTarget, Decision
from tocsin.policy.model import ClockName


def revive(draft: Draft, desk: Desk, around: Around, decision: Decision, *, again: bool) -> None:
    """Add what the case lacks. `decision`: its last one. `again`: clocks that have come to their end run once more;
    otherwise only those start that never ran."""
    state = draft.state
    clocks = _clocks(state, around, decision, _lacking(state, again), draft.now)
    if clocks:
        draft.add(Event("clocks.started", {"clocks": clocks}))
    if state.case.level == "standard" or state.case.acknowledged_at is not None or state.climbing():
        return
    if decision.level == state.case.level:
        events = escalate(around.policies.compiled(decision.policy_version), decision, desk, draft.now)
    else:  # decided lower since, but only a person lowers a case
        events = path_of_level(desk, around, state, draft.now)
    for event in events:
        draft.add(event)


def path_of_level(desk: Desk, around: Around, state: Aggregate, now: int) -> list[Event]:
    """The path that the case's policy has for its level, from its first step, now."""
    case = state.case
    level = around.policies.compiled(case.policy_version).document.levels.get(case.level)  # type: ignore[call-overload]
    if level is None:
        return []
    path = level.relationship if case.kind == "relationship" and level.relationship else level.path
    payload = {
        "escalation": ids.to_text(desk.mint.new(now)),
        "level": case.level,
        "kind": case.kind or "technical",
        "path": path,
        "policy_version": case.policy_version,
        "first_at": now,
    }
    return [Event("case.escalated", payload)]


def _lacking(state: Aggregate, again: bool) -> list[ClockName]:
    case = state.case
    wanted: list[ClockName] = [clock for clock in arming.AT_OPENING if clock != "assign" or case.owner is None]
    if case.level != "standard":
        wanted += arming.AT_ESCALATION
    held = {run.clock for run in state.clocks if run.outcome is None or not again}
    return [clock for clock in wanted if clock not in held]


def _clocks(
    state: Aggregate, around: Around, decision: Decision, wanted: list[ClockName], now: int
) -> list[dict[str, Any]]:
    """By the decision's targets; a clock that it has none for, because it was decided lower since, by its last one."""
    cycles, opened_at = arming.next_cycles(state), state.case.opened_at
    policy = around.policies.compiled(decision.policy_version)
    found = arming.starts(policy, decision, wanted, now, opened_at, cycles)
    for clock in wanted:
        last = max((run for run in state.clocks if run.clock == clock), key=lambda run: run.cycle, default=None)
        if clock not in decision.targets and last is not None:
            found.append(_once_more(last, around, cycles[clock], now, opened_at))
    return found


def _once_more(run: RunningClock, around: Around, cycle: int, now: int, opened_at: int) -> dict[str, Any]:
    table = around.policies.compiled(run.policy_version).targets
    target = ChosenTarget(run.target, run.calendar, run.origin, "as before")  # type: ignore[arg-type]
    return {
        "clock": run.clock,
        "cycle": cycle,
        "policy_version": run.policy_version,
        "calendar": run.calendar,
        "target": run.target,
        "origin": run.origin,
        "started_at": opened_at if run.origin == "opened" else now,
        "due_at": table.due(target, now, opened_at),
    }
