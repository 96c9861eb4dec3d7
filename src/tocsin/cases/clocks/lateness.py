"""By how much a missed target was missed: until what it asks for happened, or until now. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from tocsin.cases.aggregate import CLAIMED_IN_TIME, Aggregate, RunningClock
from tocsin.clocks import kinds
from tocsin.clocks.kinds import CONTAIN


class Lateness(NamedTuple):
    """`by`: microseconds. `grows`: what the target asks for has not happened yet."""

    by: int
    grows: bool


def lateness(state: Aggregate, run: RunningClock, happened: Iterable[tuple[str, int]], now: int) -> Lateness | None:
    """How late it is with this run of a clock; None where it was not missed. `happened`: kind and time of the case's
    events."""
    if run.outcome != "breached":
        return None
    if run.excused_by == CLAIMED_IN_TIME:
        return Lateness(0, False)
    ends = [at for kind, at in happened if kind in kinds.ends(run.clock)]
    ends += [other.started_at for other in state.clocks if other.clock == run.clock and other.cycle == run.cycle + 1]
    ends += [at for at in (run.done_at, *_known(state, run)) if at is not None]
    if run.settled_at is not None and run.settled_at > run.due_at:  # it was stopped late, instead of running out
        ends = [run.settled_at]
    end = min((at for at in ends if at >= run.due_at), default=None)
    return Lateness(now - run.due_at, True) if end is None else Lateness(end - run.due_at, False)


def undone(state: Aggregate, run: RunningClock) -> bool:
    """Whether what a missed target asks for is still to be done, by the case alone. `run`: the clock's newest."""
    case = state.case
    stopped_late = run.settled_at is not None and run.settled_at > run.due_at
    if run.outcome != "breached" or stopped_late or not run.owed:
        return False
    kind = kinds.of(run.clock)
    return kind is None or (case.state == "open" and not case.has_done(kind.done))


def ended(state: Aggregate) -> int | None:
    """When the case ceased to be open; None while it is."""
    case = state.case
    return None if case.state == "open" else case.resolved_at or case.closed_at or case.updated_at


def _known(state: Aggregate, run: RunningClock) -> list[int | None]:
    """Ends that the case itself remembers: a claim that was confirmed counts from when it was made."""
    case = state.case
    return [case.contained_at if run.clock == CONTAIN else None, ended(state)]
