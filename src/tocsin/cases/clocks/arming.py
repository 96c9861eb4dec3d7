"""Which clocks start, and when a path takes its first step. Pure."""

from collections.abc import Iterable, Mapping

import msgspec

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.parts import ClockStart
from tocsin.clocks.kinds import BUILT_IN, ClockName
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import ChosenTarget, Decision
from tocsin.policy.hours import hours_of

_RESTING = frozenset(kind.name for kind in BUILT_IN.values() if kind.rests)


def starts(
    policy: Policy,
    decision: Decision,
    clocks: Iterable[ClockName],
    now: int,
    opened_at: int,
    cycles: Mapping[str, int] | None = None,
) -> list[ClockStart]:
    """What `clocks.started` says of each of these clocks that the decision has a target for. `cycles`: as
    `next_cycles` gives them, where some have run already."""
    found: list[ClockStart] = []
    for clock in clocks:
        target = target_of(policy, decision, clock)
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
                "warn_at": policy.targets.warning(clock, target, now, opened_at),
            }
        )
    return found


def on_hold(policy: Policy, state: Aggregate, clocks: list[ClockStart], now: int) -> list[ClockStart]:
    """What `clocks.started` says of these clocks: while the case is on hold, those that the policy lets pause are
    paused from their beginning."""
    if state.case.held_at is None:
        return clocks
    pausing = policy.document.clocks.pause_clocks
    return [{**clock, "paused_at": now} if clock["clock"] in pausing else clock for clock in clocks]


def target_of(policy: Policy, decision: Decision, clock: ClockName) -> ChosenTarget | None:
    """The decision's target of a clock. Nobody who may not be woken is timed while they sleep: where acknowledgement
    would count day and night, it counts in the hours that the path keeps."""
    target = decision.targets.get(clock)
    if target is None or clock not in _RESTING or (decision.wake and decision.kind != "relationship"):
        return target
    document = policy.document
    if not document.calendars[target.calendar].always:
        return target
    return msgspec.structs.replace(target, calendar=hours_of(document, decision.level, decision.severity))


def next_cycles(state: Aggregate) -> dict[str, int]:
    """The number of the next run of each clock that has run before."""
    found: dict[str, int] = {}
    for run in state.clocks:
        found[run.clock] = max(found.get(run.clock, 1), run.cycle + 1)
    return found


def first_step_at(policy: Policy, decision: Decision, hours: str | None, now: int) -> int:
    """When the path's first step fires. In the team's hours, at once. Outside of them: at once where it may wake
    people (`hours` None), unless only a text speaks for it, which waits a moment for triage (`hold`); else when the
    hours begin."""
    if hours is not None:
        return policy.document.calendars[hours].next_open(now)
    if not decision.hold:
        return now
    team = policy.document.calendars[hours_of(policy.document, decision.level, decision.severity)]
    return now if team.next_open(now) == now else now + decision.hold
