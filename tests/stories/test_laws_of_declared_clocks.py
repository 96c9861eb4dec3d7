"""Laws that hold for every clock that a policy may declare, over random declarations and random lives of a case."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import OUTAGE, act, at, events, link, opened, signal, state
from tests.testing import World
from tocsin.cases import queries, verbs
from tocsin.cases.aggregate import RunningClock
from tocsin.clocks import kinds
from tocsin.comms import updates
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import TocsinError
from tocsin.people.permissions import SYSTEM
from tocsin.policy.decision import Decision, from_bytes

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
    "P1": lambda here, case: signal(here, **TICKET, priority="P1"),
    "P4": lambda here, case: signal(here, **TICKET, priority="P4"),
    "lower": lambda here, case: act(here, case, verbs.lower(here.viewer("lea"), "standard", "There is a way around.")),
}
OF_PARENT: dict[str, Callable[[World, int], object]] = {
    "mark of the parent": lambda here, case: act(here, case, verbs.mark_milestone(here.viewer("lea"), "told")),
    "update of the parent": lambda here, case: act(here, case, updates.send_update(here.viewer("lea"), "We know.")),
}
MOMENTS = {
    "acknowledge": "acknowledged",
    "contain": "contained",
    "resolve": "resolved",
    "mark": "marked:told",
    "update": "customer_update",
    "reply": "customer_reply",
}
WHENS = (None, None, 'case.priority == "p1"', 'decision.level != "standard"', 'case.severity == "critical"')


def declared(chance: Random) -> dict[str, dict[str, Any]]:
    """A few kinds of clocks, as a policy writes them."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("one", "two", "three", "four"):
        start = chance.choice(STARTS)
        stops = chance.sample([stop for stop in STOPS if stop != start], chance.randint(1, 2))
        found[name] = {"title": f"Promise {name}", "start": start, "stop": stops}
        found[name] |= {"restart": chance.random() < 0.5, "pause": chance.random() < 0.5}
        found[name]["followers"] = chance.choice(("own", "parent"))
        if (when := chance.choice(WHENS)) is not None:
            found[name]["when"] = when
    return found


def written(declarations: dict[str, dict[str, Any]], chance: Random) -> tuple[tuple[str, str], ...]:
    """The same as changes of the policy of the process."""

    def plain(value: Any) -> str:
        if isinstance(value, list):
            return "[" + ", ".join(f'"{one}"' for one in value) + "]"
        if isinstance(value, str) and '"' in value:
            return f"'{value}'"
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
    if MOMENTS.get(did) in kind["stop"]:
        assert after.outcome == "met", f"{did} is what it waits for"


def decision(here: World, case: int) -> Decision:
    """The newest."""
    with here.installation.database.reading() as tx:
        return from_bytes(queries.decision_bytes(tx, SYSTEM, case) or b"")


def moments(here: World, case: int) -> set[str]:
    """All that has happened to a case, as clocks name it. What is solved is contained."""
    found = {moment for event in events(here, case) for moment in kinds.moments_of(event.kind)}
    found |= {kinds.marked(event.payload["milestone"]) for event in events(here, case, "case.marked")}
    return found | ({"contained"} if "resolved" in found else set())


def assert_conditional(here: World, case: int, declarations: dict[str, dict[str, Any]]) -> None:
    """A clock with a condition runs while the newest decision says that it holds, and then as soon as it is owed. What
    ended with a resolution does not begin again with it."""
    rules, state_now, happened = decision(here, case).rules, state(here, case), moments(here, case)
    for name, kind in declarations.items():
        runs = [run for run in state_now.clocks if run.clock == name]
        assert "when" in kind or all(run.cancelled_because != "when" for run in runs)
        if "when" not in kind:
            continue
        live = [run for run in runs if run.outcome is None]
        holds = f"clocks.{name}" in rules
        assert holds or not live, f"{name} runs, and its condition does not hold"
        begun = (
            ("opened", "classified") if state_now.case.level == "standard" else ("opened", "classified", "escalated")
        )
        owed = kind["start"] in begun and not happened.intersection((*kind["stop"], "resolved"))
        if holds and owed:
            done = "met" if kind["followers"] == "parent" and state_now.case.parent is not None else None
            assert any(run.outcome in (None, "breached", done) for run in runs), f"{name} is owed and does not run"


def assert_shared(
    declarations: dict[str, dict[str, Any]],
    parents: tuple[dict[Run, RunningClock], dict[Run, RunningClock]],
    before: dict[Run, RunningClock],
    after: dict[Run, RunningClock],
) -> None:
    """What is done for a parent's clock is done for that of a case that follows it, where the clock is shared; else the
    follower's goes on untouched."""
    met = {
        name
        for (name, cycle), run in parents[1].items()
        if run.outcome == "met" and parents[0].get((name, cycle)) != run
    }
    for place, run in before.items():
        if run.outcome is not None:
            continue
        if place[0] in met and declarations[place[0]]["followers"] == "parent":
            assert after[place].outcome == "met", f"{place[0]} is met with that of its parent"
        else:
            assert after[place] == run, f"{place[0]} is its own"


@pytest.mark.parametrize("seed", range(12))
def test_a_declared_clock_keeps_the_laws_whatever_happens(stage: Stage, seed: int) -> None:
    chance = Random(seed)
    declarations = declared(chance)
    here = stage(*written(declarations, chance), start=NINE)
    case = opened(here, OUTAGE | TICKET)
    parent = opened(here, {**OUTAGE, "subject": "Checkout, everywhere"})
    rules = decision(here, case).rules
    holding = {name for name, kind in declarations.items() if "when" not in kind or f"clocks.{name}" in rules}
    started = {name for name in holding if declarations[name]["start"] in ("opened", "classified", "escalated")}
    assert {name for name, _ in own(here, case)} == started
    held_at, follows = 0, False
    for _ in range(16):
        here.forward(chance.randint(1, 90) * MINUTE)
        if not follows and chance.random() < 0.15 and state(here, case).case.state == "open":
            link(here, "lea", case, "parent", parent)
            follows = True
            assert_lawful(own(here, case), here.clock.now())
        did = chance.choice([*ACTS, *(OF_PARENT if follows else ())])
        before = own(here, case)
        if did in OF_PARENT:
            theirs = own(here, parent)
            OF_PARENT[did](here, parent)
            assert_shared(declarations, (theirs, own(here, parent)), before, own(here, case))
            continue
        try:
            ACTS[did](here, case)
        except TocsinError:
            assert own(here, case) == before, f"{did} was refused, and moved a clock"
            continue
        after = own(here, case)
        assert_conditional(here, case, declarations)
        held_at = here.clock.now() if did == "hold" else held_at
        for place, run in before.items():
            assert_follows(did, declarations[place[0]], run, after.get(place), here.clock.now() - held_at)
        assert_lawful(after, here.clock.now())
    here.forward(30 * HOUR)
    assert_lawful(own(here, case), here.clock.now())
