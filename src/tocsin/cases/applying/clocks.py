"""What events mean for the clocks of a case."""

from tocsin.cases.aggregate import CLAIMED_IN_TIME, Aggregate, RunningClock
from tocsin.cases.applying.parts import Change, Payload, run_of, runs_of
from tocsin.clocks import kinds


def _clocks_started(state: Aggregate, payload: Payload, at: int) -> None:
    for run in payload["clocks"]:
        state.clocks.append(RunningClock(original_due_at=run["due_at"], **run))
        kind = kinds.of(run["clock"])
        if kind is not None and kind.anew:
            setattr(state.case, kind.done, None)


_MAY_CHANGE = (
    "due_at",
    "target",
    "calendar",
    "origin",
    "policy_version",
    "started_at",
    "paused_at",
    "pauses",
    "warn_at",
)


def changed(state: Aggregate, payload: Payload, at: int) -> None:
    """Each entry names a run and what is new of it; a new due time makes older timers stale."""
    for change in payload["clocks"]:
        run = run_of(state, change["clock"], change["cycle"])
        before = run.due_at
        for name in _MAY_CHANGE:
            if name in change:
                setattr(run, name, change[name])
        if run.due_at != before:
            run.generation += 1


def _clocks_cancelled(state: Aggregate, payload: Payload, at: int) -> None:
    for run in runs_of(state, payload["clocks"]):
        run.outcome, run.settled_at, run.cancelled_because = "cancelled", at, payload["because"]
        run.paused_at = run.claimed_at = run.contested_at = None


def _clocks_excused(state: Aggregate, payload: Payload, at: int) -> None:
    for run in runs_of(state, payload["clocks"]):
        run.excused_by = payload["by"]
        run.confirmed_at = at if payload["by"] == CLAIMED_IN_TIME else None


def _warned(state: Aggregate, payload: Payload, at: int) -> None:
    run_of(state, payload["clock"], payload["cycle"]).warn_at = payload["next"]


def _breached(state: Aggregate, payload: Payload, at: int) -> None:
    run = run_of(state, payload["clock"], payload["cycle"])
    run.outcome, run.settled_at = "breached", run.due_at
    kind = kinds.of(run.clock)
    if kind is not None and kind.nags:
        state.case.alert_at = payload["again"]


CHANGES: dict[str, Change] = {
    "clocks.started": _clocks_started,
    "clocks.superseded": changed,
    "clocks.corrected": changed,
    "clocks.relieved": changed,
    "clocks.restarted": changed,
    "clocks.cancelled": _clocks_cancelled,
    "clocks.excused": _clocks_excused,
    "clock.warned": _warned,
    "clock.breached": _breached,
}
