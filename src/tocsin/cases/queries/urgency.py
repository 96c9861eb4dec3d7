"""Which open escalations come first, and how near each is to missing a target. Pure."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.clocks import lateness
from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.policy.levels import LEVELS

Risk = Literal["late", "high", "some", "low"]
_LAST = 1 << 62


class Standing(NamedTuple):
    """How a case stands. `next`: the clock that runs out first. `late`: those that did, in their newest cycle, the
    first to do so first; `undone`: those of them whose deed is still to come. `missed_at`: since when it has been late:
    where nobody has answered, with the answer; else by its first clock."""

    unanswered: bool
    waits: bool  # for a senior's word, or for the customer; nobody waits while people are paged
    next: RunningClock | None
    late: tuple[RunningClock, ...]
    undone: tuple[RunningClock, ...]
    risk: Risk
    missed_at: int | None


def standing(state: Aggregate, now: int) -> Standing:
    ticking = [run for run in state.clocks if run.ticking]
    first = min(ticking, key=lambda run: run.due_at, default=None)
    newest = _newest(state)
    late = tuple(sorted((run for run in newest if _breached(run)), key=lambda run: run.due_at))
    case = state.case
    unanswered = (
        case.state == "open" and case.level != "standard" and case.acknowledged_at is None and case.parent is None
    )
    waits = not unanswered and (case.held_at is not None or case.said_to_be_over)
    over = [run for run in newest if _breached(run) or (run.ticking and run.due_at < now)]
    counted = [run.due_at for run in over if not unanswered or run.clock == ACKNOWLEDGE]
    undone = tuple(run for run in late if lateness.undone(state, run))
    return Standing(unanswered, waits, first, late, undone, _risk(first, late, now), min(counted, default=None))


def order(state: Aggregate, how: Standing, severities: Mapping[str, int]) -> tuple[int, ...]:
    """Sorts the most urgent first: what nobody answered in time, what nobody has answered yet, what missed another
    target, then the rest; within each by level, severity, since when it has been late, and the next due. What waits for
    somebody else comes last."""
    case = state.case
    severity = severities.get(case.severity, len(severities))
    missed = _LAST if how.missed_at is None else how.missed_at
    due = how.next.due_at if how.next else _LAST
    return (_group(how), -LEVELS.index(case.level), severity, missed, due, case.id)


def _group(how: Standing) -> int:
    if how.waits:
        return 4
    return (0 if how.unanswered else 2) + (how.missed_at is None)


def used(run: RunningClock, now: int) -> float:
    """The share of a clock's time that is over, from 0 to 1."""
    whole = run.due_at - run.started_at
    return 1.0 if whole <= 0 else min(1.0, max(0.0, (now - run.started_at) / whole))


def _risk(first: RunningClock | None, late: tuple[RunningClock, ...], now: int) -> Risk:
    if late or (first is not None and first.due_at < now):
        return "late"
    share = used(first, now) if first is not None else 0.0
    return "high" if share >= 0.8 else "some" if share >= 0.5 else "low"


def _breached(run: RunningClock) -> bool:
    return run.outcome == "breached" and run.excused_by is None


def _newest(state: Aggregate) -> list[RunningClock]:
    newest: dict[str, RunningClock] = {}
    for run in state.clocks:
        if run.clock not in newest or newest[run.clock].cycle < run.cycle:
            newest[run.clock] = run
    return list(newest.values())
