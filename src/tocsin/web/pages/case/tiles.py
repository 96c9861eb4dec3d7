"""The clocks of a case as tiles: which are seen at first, and how each stands. Pure."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.clocks import lateness, ticking
from tocsin.cases.clocks.lateness import Lateness
from tocsin.clocks import kinds, saying
from tocsin.policy.versions import Policies
from tocsin.web.drawing import fuses
from tocsin.web.drawing.fuses import Fuse

FIRST = 6
TileState = Literal["met", "missed", "cancelled", "paused", "claimed", "runs"]


class Tile(NamedTuple):
    """`took`: how long it ran before it was settled, claimed or paused, in microseconds; None while it runs. `spare`:
    what was left when it was met. `promised`: that the customer hears by then."""

    title: str
    run: RunningClock
    state: TileState
    fuse: Fuse
    took: int | None
    spare: int | None
    late: Lateness | None
    promised: bool


class Tiles(NamedTuple):
    """`first`: those that are seen, by due time; `rest`: the others, folded."""

    first: Sequence[Tile]
    rest: Sequence[Tile]


def tiles(state: Aggregate, policies: Policies, happened: Iterable[tuple[str, int]], now: int) -> Tiles:
    """`happened`: kind and time of the case's events. First come those that are still owed, the next due first, then
    the newest that are not."""
    events = list(happened)
    ranked = sorted(state.clocks, key=_rank)
    newest = {run.clock: run.cycle for run in sorted(state.clocks, key=lambda run: run.cycle)}
    ranked.sort(key=lambda run: not run.owed and run.cycle < newest[run.clock])
    seen, rest = ranked[:FIRST], ranked[FIRST:]
    made = {id(run): _tile(state, run, policies, events, now) for run in state.clocks}
    first, others = (sorted(runs, key=lambda run: run.due_at) for runs in (seen, rest))
    return Tiles([made[id(run)] for run in first], [made[id(run)] for run in others])


def title_of(run: RunningClock, policies: Policies) -> str:
    """What pages call a clock."""
    return saying.name(run.clock, ticking.kind_of(run, policies).title)


def _rank(run: RunningClock) -> tuple[bool, int]:
    return (not run.owed, run.due_at if run.owed else -(run.settled_at or run.due_at))


def _tile(
    state: Aggregate, run: RunningClock, policies: Policies, happened: Iterable[tuple[str, int]], now: int
) -> Tile:
    ends = run.settled_at or (run.claimed_at if run.stands else None) or run.paused_at
    paused = sum(end - begin for begin, end in ticking.spans(run.pauses))
    return Tile(
        title=title_of(run, policies),
        run=run,
        state=_state(run),
        fuse=fuses.of(run, ticking.warnings(run, policies), now),
        took=None if ends is None else max(0, ends - run.started_at - paused),
        spare=ticking.spare(run, policies),
        late=lateness.lateness(state, run, happened, now),
        promised=run.clock == kinds.UPDATE and run.outcome is None,
    )


def _state(run: RunningClock) -> TileState:
    if run.outcome == "breached":
        return "missed"
    if run.outcome is not None:
        return "met" if run.outcome == "met" else "cancelled"
    if run.paused_at is not None:
        return "paused"
    return "claimed" if run.stands else "runs"
