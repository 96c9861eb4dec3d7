"""The fuse: one promise as a line that burns from right to left. The same for every clock of a case. Pure."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from tocsin.cases.aggregate import RunningClock
from tocsin.cases.queries.urgency import used

FuseState = Literal["calm", "risk", "late", "paused", "claimed", "met"]
WARNS = 0.8  # the share of its time behind which a clock without warnings of its own is near
_LEAST = 1.5  # per cent that are drawn of what is nearly over, so that it is seen


class Fuse(NamedTuple):
    """`left`: how much of the line is there, in per cent. `ticks`: where it warns, likewise. `started_at`, `due_at`
    (microseconds): from when to when it burns."""

    state: FuseState
    left: float
    ticks: tuple[float, ...]
    started_at: int
    due_at: int


def of(run: RunningClock, warnings: Iterable[float], now: int) -> Fuse:
    """The fuse of a clock; `warnings`: the shares of its time at which it warns."""
    chosen = tuple(warnings)
    state = _state(run, min(chosen, default=WARNS), now)
    at = run.paused_at or (run.claimed_at if run.stands else None) or now
    left = 100 * (1 - used(run, at))
    shown = 100.0 if state == "late" else 0.0 if state == "met" else max(_LEAST, left)
    ticks = tuple(100 * (1 - share) for share in chosen) if state in ("calm", "risk") else ()
    return Fuse(state, round(shown, 1), ticks, run.started_at, run.due_at)


def _state(run: RunningClock, warns: float, now: int) -> FuseState:
    if run.outcome is not None:
        return "late" if run.outcome == "breached" and run.owed and run.excused_by is None else "met"
    if run.paused_at is not None:
        return "paused"
    if run.stands:
        return "claimed"
    if run.due_at < now:
        return "late"
    return "risk" if used(run, now) >= warns else "calm"
