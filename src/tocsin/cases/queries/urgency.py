"""Which open escalations come first, and how near each is to missing a target. Pure."""

from collections.abc import Mapping, Sequence
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
    case, first = state.case, _first(state)
    unanswered = (
        case.state == "open" and case.level != "standard" and case.acknowledged_at is None and case.parent is None
    )
    waits = not unanswered and (case.held_at is not None or case.said_to_be_over)
    late, missed = list[RunningClock](), list[int]()
    for run in _newest(state):
        breached = _breached(run)
        if breached:
            late.append(run)
        if (breached or (run.due_at < now and run.ticking)) and (not unanswered or run.clock == ACKNOWLEDGE):
            missed.append(run.due_at)
    late.sort(key=lambda run: run.due_at)
    undone = tuple(run for run in late if lateness.undone(state, run))
    how = _risk(first, late, now)
    return Standing(unanswered, waits, first, tuple(late), undone, how, min(missed, default=None))


def _first(state: Aggregate) -> RunningClock | None:
    """The clock that runs out first."""
    first = None
    for run in state.clocks:
        if run.outcome is None and (first is None or run.due_at < first.due_at) and run.ticking:
            first = run
    return first


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


def _risk(first: RunningClock | None, late: Sequence[RunningClock], now: int) -> Risk:
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
