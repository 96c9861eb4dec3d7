"""Laws that hold for every clock that a policy may declare, over random declarations and random lives of a case."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, act, at, opened, signal, state
from tests.testing import World
from tocsin.cases import verbs
from tocsin.cases.aggregate import RunningClock
from tocsin.clocks import kinds
from tocsin.comms import updates
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import TocsinError

NINE = at("2026-03-02T08:00:00Z")
TICKET: dict[str, Any] = {"external_id": "T-1", "source": "zendesk"}
STARTS = ("opened", "classified", "escalated", "acknowledged", "contained", "resolved", "reopened", "customer_reply")
STOPS = ("acknowledged", "contained", "resolved", "customer_update", "customer_reply", "marked:told")
NO_KINDS = (
    "clocks: {grace: 10m, pause: {clocks: [resolve, idle], at_most: 72h}, "
    "warnings: {contain: [0.5, 0.8], resolve: [0.5]}}\n"
)
TARGETS = "critical: {calendar: always, targets: {"
Run = tuple[str, int]

ACTS: dict[str, Callable[[World, int], object]] = {
    "acknowledge": lambda here, case: act(here, case, verbs.acknowledge(here.viewer("carl"))),
    "hold": lambda here, case: act(here, case, verbs.hold(here.viewer("carl"), "asked for a log")),
    "resume": lambda here, case: act(here, case, verbs.resume(here.viewer("carl"))),
    "contain": lambda here, case: act(here, case, verbs.contain(here.viewer("carl"))),
    "resolve": lambda here, case: act(here, case, verbs.resolve(here.viewer("carl"))),
    "mark": lambda here, case: act(here, case, verbs.mark_milestone(here.viewer("carl"), "told")),
    "update": lambda here, case: act(here, case, updates.send_update(here.viewer("carl"), "We are on it.")),
    "reply": lambda here, case: signal(here, **TICKET, kind="reply", body="Still down."),
}


def declared(chance: Random) -> dict[str, dict[str, Any]]:
    """A few kinds of clocks, as a policy writes them."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("one", "two", "three", "four"):
        start = chance.choice(STARTS)
        stops = chance.sample([stop for stop in STOPS if stop != start], chance.randint(1, 2))
        found[name] = {"title": f"Promise {name}", "start": start, "stop": stops}
        found[name] |= {"restart": chance.random() < 0.5, "pause": chance.random() < 0.5}
    return found


def written(declarations: dict[str, dict[str, Any]], chance: Random) -> tuple[tuple[str, str], ...]:
    """The same as changes of the policy of the process."""

    def plain(value: Any) -> str:
        if isinstance(value, list):
            return "[" + ", ".join(f'"{one}"' for one in value) + "]"
        return str(value).lower() if isinstance(value, bool) else str(value)

    lines = [
        f"    {name}: {{{', '.join(f'{key}: {plain(value)}' for key, value in kind.items())}}}"
        for name, kind in declarations.items()
    ]
    clocks = "clocks:\n  kinds:\n" + "\n".join(lines) + "\n  grace: 10m\n"
    clocks += "  pause: {clocks: [resolve, idle], at_most: 72h}\n  warnings: {contain: [0.5, 0.8], resolve: [0.5]}\n"
    targets = "".join(f"{name}: {chance.choice(('2h', '6h', '1d'))}, " for name in declarations)
    return (NO_KINDS, clocks), (TARGETS, TARGETS + targets)


def own(here: World, case: int) -> dict[Run, RunningClock]:
    return {(run.clock, run.cycle): run for run in state(here, case).clocks if kinds.of(run.clock) is None}


def assert_lawful(runs: dict[Run, RunningClock], now: int) -> None:
    """Whatever happened: one run at a time, met or breached but never both, and each when it should be."""
    for (name, cycle), run in runs.items():
        live = [other for other in runs if other[0] == name and runs[other].outcome is None]
        assert len(live) <= 1, f"{name} runs {len(live)} times"
        assert run.outcome in (None, "met", "breached", "cancelled")
        assert cycle == 1 or (name, cycle - 1) in runs
        if run.outcome is None:
            assert run.settled_at is None
            assert run.paused_at is not None or run.due_at > now, f"{name} has run out and nothing says so"
        elif run.outcome == "met":
            assert run.settled_at is not None
            assert run.settled_at <= run.due_at
        elif run.outcome == "breached":
            assert run.settled_at is not None
            assert run.settled_at >= run.due_at
        if run.done_at is not None:
            assert run.outcome == "breached", "only what has run out is done late"


def assert_follows(
    did: str, kind: dict[str, Any], before: RunningClock | None, after: RunningClock | None, held: int
) -> None:
    """What one act does to a clock of this kind that ran before it. `held`: microseconds since the hold began."""
    if before is None or before.outcome is not None or after is None:
        return
    if did == "hold":
        assert (after.paused_at is not None) is kind["pause"], "a hold pauses those that say so"
    elif before.paused_at is not None and after.paused_at is None and after.outcome is None:
        assert did in ("resume", "reply"), "a reply of the customer ends a hold, too"
        assert after.due_at - before.due_at == held, "what was left when it was held is left"
    elif after.outcome is None:
        assert after.due_at == before.due_at, "nothing else moves a due time"
    moment = {"acknowledge": "acknowledged", "contain": "contained", "resolve": "resolved", "mark": "marked:told"}.get(
        did, {"update": "customer_update", "reply": "customer_reply"}.get(did, "")
    )
    if moment in kind["stop"]:
        assert after.outcome == "met", f"{did} is what it waits for"


@pytest.mark.parametrize("seed", range(6))
def test_a_declared_clock_keeps_the_laws_whatever_happens(stage: Stage, seed: int) -> None:
    chance = Random(seed)
    declarations = declared(chance)
    here = stage(*written(declarations, chance), start=NINE)
    case = opened(here, OUTAGE | TICKET)
    started = {name for name, kind in declarations.items() if kind["start"] in ("opened", "classified", "escalated")}
    assert {name for name, _ in own(here, case)} == started
    held_at = 0
    for _ in range(14):
        here.forward(chance.randint(1, 90) * MINUTE)
        did = chance.choice(list(ACTS))
        before = own(here, case)
        try:
            ACTS[did](here, case)
        except TocsinError:
            assert own(here, case) == before, f"{did} was refused, and moved a clock"
            continue
        after = own(here, case)
        held_at = here.clock.now() if did == "hold" else held_at
        for place, run in before.items():
            assert_follows(did, declarations[place[0]], run, after.get(place), here.clock.now() - held_at)
        assert_lawful(after, here.clock.now())
    here.forward(30 * HOUR)
    assert_lawful(own(here, case), here.clock.now())
