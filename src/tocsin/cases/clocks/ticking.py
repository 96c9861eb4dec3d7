"""Between the stored row of a clock and the arithmetic of `clocks.targets`: rows in, what is new of them out. Pure."""

from collections.abc import Callable
from typing import Any, cast

import msgspec

from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.context import Around
from tocsin.cases.happenings.parts import ClockChange, ClockStart
from tocsin.clocks import durations, kinds, pauses, targets
from tocsin.clocks.durations import Unit
from tocsin.clocks.kinds import ClockKind, ClockName
from tocsin.clocks.targets import Running
from tocsin.policy.decision import ChosenTarget
from tocsin.policy.versions import Policies

Titles = Callable[[RunningClock], str]


def kind_of(run: RunningClock, policies: Policies) -> ClockKind:
    """The kind of a clock, as the policy had it under which it runs."""
    return kinds.of(run.clock) or policies.compiled(run.policy_version).document.clocks.kinds[run.clock]


def titles(policies: Policies) -> Titles:
    """What people call the clocks of cases: one of a policy's own has the title that its author gave it."""
    return lambda run: kinds.TITLES.get(run.clock) or kind_of(run, policies).title


def stopped_by(moment: str, state: Aggregate, policies: Policies) -> tuple[ClockName, ...]:
    """The clocks that a moment stops, those of the policy's own included that the case has. What is resolved is
    contained."""
    stops = {"resolved", "contained"} if moment == "resolved" else {moment}
    own = [run for run in state.clocks if kinds.of(run.clock) is None]
    named = (run.clock for run in own if stops.intersection(kind_of(run, policies).stop))
    return (*kinds.stopped_by(moment), *dict.fromkeys(named))


def running(run: RunningClock, around: Around) -> Running:
    """The row as a value to compute with."""
    return Running(
        clock=run.clock,
        duration=durations.parse(run.target),
        calendar=around.policies.compiled(run.policy_version).document.calendars[run.calendar],
        started_at=run.started_at,
        due_at=run.due_at,
        original_due_at=run.original_due_at,
        cycle=run.cycle,
        generation=run.generation,
        paused_at=run.paused_at,
        pauses=spans(run.pauses),
    )


def change(run: RunningClock, after: Running, around: Around, now: int, **more: Any) -> ClockChange | None:
    """What is new of a run at `now`, None where nothing is; `more`: columns besides its times. Names of unchanged
    columns are left out."""
    new = {
        "started_at": after.started_at,
        "due_at": after.due_at,
        "paused_at": after.paused_at,
        "pauses": text(after.pauses),
        "warn_at": next_warning(around, more.get("policy_version", run.policy_version), after, now),
        **more,
    }
    found = {name: value for name, value in new.items() if value != getattr(run, name)}
    return cast(ClockChange, {"clock": run.clock, "cycle": run.cycle, **found}) if found else None


def next_warning(around: Around, version: int, run: Running, now: int) -> int | None:
    """When the clock next warns, by the fractions of that version of the policy."""
    return targets.next_warning(run, fractions(around.policies, version, run.clock), now)


def warnings(run: RunningClock, policies: Policies) -> tuple[float, ...]:
    """The shares of its time at which a clock warns, by the policy under which it runs."""
    return fractions(policies, run.policy_version, run.clock)


def fractions(policies: Policies, version: int, clock: ClockName) -> tuple[float, ...]:
    """The same of a clock by its name, by this version of the policy."""
    return tuple(policies.compiled(version).document.clocks.warnings.get(clock, ()))


def spare(run: RunningClock, policies: Policies) -> int | None:
    """What was left of a clock when it was met, in microseconds: of working time, for a target in days of elapsed time,
    as it does itself. None for any other clock."""
    if run.outcome != "met" or run.settled_at is None:
        return None
    calendar = policies.compiled(run.policy_version).document.calendars[run.calendar]
    unit: Unit = "days" if durations.parse(run.target).unit == "days" else "working"
    return pauses.left(unit, calendar, run.settled_at, run.due_at).rest


def resumed(run: RunningClock, around: Around, at: int) -> ClockChange | None:
    """A paused clock runs on from the instant `at`."""
    before = running(run, around)
    after = targets.resume(before, at)
    warn_at = targets.resumed_warning(before, after, warnings(run, around.policies))
    return change(run, after, around, at, warn_at=warn_at)


def moved(run: RunningClock, around: Around, due_at: int) -> Running:
    """The clock, due at another time."""
    return msgspec.structs.replace(running(run, around), due_at=due_at)


def restarted(run: RunningClock, around: Around, now: int) -> ClockChange | None:
    """The clock restarted, by its own target."""
    before = running(run, around)
    return change(run, targets.start(run.clock, before.duration, before.calendar, now), around, now)


def once_more(run: RunningClock, around: Around, cycle: int, now: int, opened_at: int) -> ClockStart:
    """The next cycle of a clock by the target that its last one had, as `clocks.started` says it."""
    table = around.policies.compiled(run.policy_version).targets
    target = ChosenTarget(run.target, run.calendar, run.origin, "as before")
    return {
        "clock": run.clock,
        "cycle": cycle,
        "policy_version": run.policy_version,
        "calendar": run.calendar,
        "target": run.target,
        "origin": run.origin,
        "started_at": opened_at if run.origin == "opened" else now,
        "due_at": table.due(target, now, opened_at),
        "warn_at": table.warning(run.clock, target, now, opened_at),
    }


def last_run(state: Aggregate, clock: ClockName) -> RunningClock | None:
    """The newest cycle of a clock."""
    return max((run for run in state.clocks if run.clock == clock), key=lambda run: run.cycle, default=None)


def spans(stored: str) -> tuple[tuple[int, int], ...]:
    """The pauses of a row, as pairs of instants."""
    pairs = (span.split("-") for span in stored.split())
    return tuple((int(begin), int(end)) for begin, end in pairs)


def text(those: tuple[tuple[int, int], ...]) -> str:
    """Pauses as a row keeps them."""
    return " ".join(f"{begin}-{end}" for begin, end in those)
