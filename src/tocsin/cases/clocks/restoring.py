"""Clocks as they were before somebody's deed: they run on as though they had never been touched. What ran out meanwhile
stays so, and is excused where it would not have run out. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import msgspec

from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.clocks import ticking
from tocsin.cases.happenings.parts import Run
from tocsin.cases.happenings.undoing import ClockRestored
from tocsin.cases.scene import Scene
from tocsin.clocks.kinds import SILENCE

_OF_RUNS = tuple(
    name
    for name in RunningClock.__struct_fields__
    if name not in ("clock", "cycle", "original_due_at", "generation", "warn_at")
)
_STANDS = ("outcome", "paused_at", "claimed_at")


def touched(before: Aggregate, after: Aggregate, state: Aggregate) -> bool:
    """Whether what a deed changed of any clock has changed since."""
    return any(_touched(one, other, now) for one, other, now in _pairs(before, after, state))


def differing(before: Any, after: Any, names: Sequence[str]) -> list[str]:
    """Those of these fields that are not the same."""
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def restored(
    scene: Scene, before: Aggregate, after: Aggregate, state: Aggregate
) -> tuple[list[ClockRestored], list[Run], list[Run]]:
    """What runs have again; those that the deed began, which end; and those that ran out only because of it."""
    again: list[ClockRestored] = []
    excused: list[Run] = []
    for run, behind, now in _pairs(before, after, state):
        if not _kept(run, behind, now):
            again.append(_restored(scene, run, behind, now))
        elif now.outcome == "breached" and not now.excused_by and now.clock != SILENCE and run.due_at >= scene.now:
            excused.append((now.clock, now.cycle))
    ran = {(run.clock, run.cycle) for run in before.clocks}
    began = {(run.clock, run.cycle) for run in after.clocks} - ran
    goes_on = before.case.state == after.case.state == "open"
    runs = [run for run in state.clocks if (run.clock, run.cycle) in began and not (run.clock == SILENCE and goes_on)]
    excused += [(run.clock, run.cycle) for run in runs if run.outcome == "breached" and not run.excused_by]
    return again, [(run.clock, run.cycle) for run in runs if run.outcome is None], excused


_Pair = tuple[RunningClock, RunningClock, RunningClock]


def _pairs(before: Aggregate, after: Aggregate, state: Aggregate) -> Iterator[_Pair]:
    """The runs of clocks that a deed changed: before it, behind it, and now."""
    behind = {(run.clock, run.cycle): run for run in after.clocks}
    now = {(run.clock, run.cycle): run for run in state.clocks}
    for run in before.clocks:
        other = behind[run.clock, run.cycle]
        if differing(run, other, _OF_RUNS):
            yield run, other, now[run.clock, run.cycle]


def _kept(before: RunningClock, after: RunningClock, now: RunningClock) -> bool:
    """Whether a run stays as it is: it came to its end since, it ran out then, or it was only begun anew by work on the
    case."""
    if now.outcome is not None and (after.outcome is None or (after.outcome == "breached" and before.outcome is None)):
        return True
    return before.clock == SILENCE and not differing(before, after, _STANDS)


def _touched(before: RunningClock, after: RunningClock, now: RunningClock) -> bool:
    """Whether what a deed changed of a run has changed since."""
    if _kept(before, after, now):
        return False
    names = [name for name in differing(before, after, _OF_RUNS) if before.clock != SILENCE or name in _STANDS]
    return bool(differing(after, now, names))


def _restored(scene: Scene, before: RunningClock, after: RunningClock, now: RunningClock) -> ClockRestored:
    names = differing(before, after, _OF_RUNS)
    again = msgspec.structs.replace(now, **{name: getattr(before, name) for name in names})
    if again.claimed_at is None:
        again.contested_at = None
    if again.outcome is None:
        running = ticking.running(again, scene.around)
        again.warn_at = ticking.next_warning(scene.around, again.policy_version, running, scene.now)
    new = {name: getattr(again, name) for name in differing(now, again, (*_OF_RUNS, "warn_at"))}
    return cast(ClockRestored, {"clock": before.clock, "cycle": before.cycle, **new})
