"""The clocks of a case: begun, changed, stopped by no deed, warned of, run out."""

from collections.abc import Mapping
from typing import Any

from tocsin.cases.aggregate import CLAIMED_IN_TIME, Aggregate, RunningClock
from tocsin.cases.happenings.base import CLOCKS, CaseEvent, lost
from tocsin.cases.happenings.parts import ClockChange, ClockStart, Run, because, change, clock, run_of, runs_of, stop
from tocsin.clocks import kinds, saying
from tocsin.clocks.kinds import ClockName
from tocsin.core.wording import Instant, Listed, Promise, Said, say


class ClocksStarted(CaseEvent):
    KIND, TITLE = "clocks.started", "Clocks began to run"
    LOSES = lost(CLOCKS, "contained_at")

    clocks: list[ClockStart]

    def apply(self, state: Aggregate, at: int) -> None:
        for run in self.clocks:
            state.clocks.append(RunningClock(original_due_at=run["due_at"], **run))
            kind = kinds.of(run["clock"])
            if kind is not None and kind.anew:
                setattr(state.case, kind.done, None)

    def reads(self) -> Said:
        return say("clocks started: {clocks}", clocks=Listed([_promised(run["clock"], run) for run in self.clocks]))


class _ClocksChanged(CaseEvent):
    LOSES = lost(CLOCKS)

    clocks: list[ClockChange]

    def apply(self, state: Aggregate, at: int) -> None:
        change(state, self.clocks)


class ClocksSuperseded(_ClocksChanged):
    KIND, TITLE = "clocks.superseded", "Running clocks got stricter targets"

    def reads(self) -> Said:
        return say("stricter targets: {clocks}", clocks=Listed([_tightened(run) for run in self.clocks]))


class ClocksCorrected(_ClocksChanged):
    KIND, TITLE = "clocks.corrected", "Targets of running clocks were corrected"

    def reads(self) -> Said:
        return say("targets corrected: {clocks}", clocks=_names(self.clocks))


class ClocksRelieved(_ClocksChanged):
    KIND, TITLE = "clocks.relieved", "A clock was given more time"
    WORK = True

    reason: str

    def reads(self) -> Said:
        return say("more time for {clocks}{why}", clocks=_names(self.clocks), why=because(self.reason))


class ClocksRestarted(_ClocksChanged):
    KIND, TITLE = "clocks.restarted", "Clocks that watch for silence were restarted"

    def reads(self) -> Said:
        return say("restarted: {clocks}", clocks=_names(self.clocks))


class ClocksMet(CaseEvent):
    """`late`: those that had run out before."""

    KIND, TITLE = "clocks.met", "What clocks wait for was done"
    FOLLOWED = True
    LOSES = lost(CLOCKS)

    clocks: list[Run]
    late: list[Run]

    def apply(self, state: Aggregate, at: int) -> None:
        stop(state, self.clocks, at)
        for run in runs_of(state, self.late):
            run.done_at = at

    def reads(self) -> Said:
        return say("done: {clocks}", clocks=_named([*self.clocks, *self.late]))


class ClocksCancelled(CaseEvent):
    """A missed one stays missed, and is no longer owed."""

    KIND, TITLE = "clocks.cancelled", "Clocks that no longer apply were cancelled"
    LOSES = lost(CLOCKS)

    clocks: list[Run]
    because: str

    def apply(self, state: Aggregate, at: int) -> None:
        for run in runs_of(state, self.clocks):
            run.cancelled_because = self.because
            if run.outcome is None:
                run.outcome, run.settled_at = "cancelled", at
            run.paused_at = run.claimed_at = run.contested_at = None

    def reads(self) -> Said:
        return say("clocks cancelled: {clocks}{why}", clocks=_named(self.clocks), why=because(None, self.because))


class ClocksExcused(CaseEvent):
    """`by`: for which mistake, or that a claim was made in time."""

    KIND, TITLE = "clocks.excused", "Missed targets were excused"
    LOSES = lost(CLOCKS)

    clocks: list[Run]
    by: str

    def apply(self, state: Aggregate, at: int) -> None:
        for run in runs_of(state, self.clocks):
            run.excused_by = self.by
            run.confirmed_at = at if self.by == CLAIMED_IN_TIME else None

    def reads(self) -> Said:
        return say("breach excused: {clocks}", clocks=_named(self.clocks))


class ClockWarned(CaseEvent):
    KIND, TITLE = "clock.warned", "A share of a clock's time is used up"
    LOSES = lost(CLOCKS)

    clock: ClockName
    cycle: int
    due_at: int
    next: int | None

    def apply(self, state: Aggregate, at: int) -> None:
        run_of(state, self.clock, self.cycle).warn_at = self.next

    def reads(self) -> Said:
        return say("target due soon: {clock}", clock=clock(self.clock))


class ClockBreached(CaseEvent):
    KIND, TITLE = "clock.breached", "A target was missed"
    LOSES = lost(CLOCKS, "alert_at")

    clock: ClockName
    cycle: int
    due_at: int
    late: int
    again: int | None

    def apply(self, state: Aggregate, at: int) -> None:
        run = run_of(state, self.clock, self.cycle)
        run.outcome, run.settled_at = "breached", run.due_at
        kind = kinds.of(run.clock)
        if kind is not None and kind.nags:
            state.case.alert_at = self.again

    def reads(self) -> Said:
        return say("target missed: {clock}", clock=clock(self.clock))


def _tightened(run: ClockChange) -> Said | Promise:
    """Only what is new of a clock stands in the event: its target, or no more than when it is due."""
    name = clock(run["clock"])
    if "target" in run:
        return _promised(run["clock"], run)
    return say("{clock} due at {time}", clock=name, time=Instant(run["due_at"])) if "due_at" in run else name


def _promised(name: str, run: Mapping[str, Any]) -> Said:
    return say("{clock} {target}", clock=clock(name), target=saying.duration(run["target"]))


def _names(runs: list[ClockChange]) -> Listed:
    return Listed([clock(run["clock"]) for run in runs])


def _named(runs: list[Run]) -> Listed:
    return Listed([clock(run[0]) for run in runs])
