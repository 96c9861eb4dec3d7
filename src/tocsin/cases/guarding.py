"""What guards mean for cases: what they add to the facts of a decision, which rules they mute, and whose paths they
keep from paging. Pure."""

from typing import Any

from tocsin.cases.aggregate import Aggregate, Escalation, RunningClock
from tocsin.cases.clocks import ticking
from tocsin.cases.context import Around
from tocsin.cases.happenings.guarding import PathHeld, PathReleased, Windowed
from tocsin.cases.happenings.parts import ClockChange
from tocsin.cases.scene import Scene
from tocsin.clocks import pauses, targets
from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.core import ids
from tocsin.guards.guard import Guard, Of
from tocsin.guards.kinds import QUIET
from tocsin.ledger.journal import Event
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision, Override
from tocsin.policy.facts import GUARDS, Facts


def decided(
    around: Around,
    policy: Policy,
    facts: Facts,
    account: int | None,
    now: int,
    override: Override | None = None,
    *,
    opened_at: int | None = None,
) -> Decision:
    """The decision of a case under the guards that stand. `account`: its customer."""
    return decide(
        policy,
        under(around, facts, account),
        now,
        override,
        opened_at=opened_at,
        muted=around.guards.muted(around.now),
    )


def under(around: Around, facts: Facts, account: int | None) -> Facts:
    """The facts with what guards say now, in the place of what they said before."""
    said = _said(around, account)
    if said:
        return {**facts, GUARDS: said}
    return {name: value for name, value in facts.items() if name != GUARDS} if GUARDS in facts else facts


def _said(around: Around, account: int | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    off, watch = around.guards.automation_off(around.now), around.guards.watch(account, around.now)
    if off is not None:
        found["off"] = {"guard": ids.to_text(off.id), "reason": off.reason}
    if watch is not None:
        found["watch"] = {"guard": ids.to_text(watch.id), "level": watch.scope.level, "reason": watch.reason}
    return found


def windowed(around: Around, state: Aggregate, decision: Decision) -> list[Event]:
    """`case.windowed` for each maintenance window in which a case begins."""
    of = Of(decision.product_area, state.case.account, _tags(decision), around.now)
    return [_windowed(guard).event() for guard in around.guards.windows(of, around.now)]


def _windowed(guard: Guard) -> Windowed:
    mode = guard.scope.mode or QUIET
    return Windowed(guard=ids.to_text(guard.id), reason=guard.reason, mode=mode, until=guard.until)


def hush(scene: Scene, escalation: Escalation) -> Guard | None:
    """The guard that keeps a path from paging now; None for what is grave, which nothing hides."""
    guards, case = scene.around.guards, scene.case
    if not guards.every or _is_grave(scene):
        return None
    last = scene.last()
    tags = () if last is None else _tags(last)
    return guards.hush(Of(case.product_area, case.account, tags, escalation.started_at), scene.now)


def held(scene: Scene, state: Aggregate, escalation: Escalation, guard: Guard) -> list[Event]:
    """`path.held`: the path goes on when the guard ends, and as long nobody is late with the answer."""
    assert guard.until is not None
    run = state.running(ACKNOWLEDGE)
    waits = run is not None and run.ticking and escalation.kind == state.case.kind
    clocks = [change for change in [_put_off(scene, run, guard.until)] if change] if waits and run else []
    until = _opens(scene, escalation, guard.until)
    if (escalation.held_by, escalation.next_at) == (guard.id, until):
        return []
    return [
        PathHeld(
            escalation=ids.to_text(escalation.id),
            guard=ids.to_text(guard.id),
            kind=guard.kind,
            reason=guard.reason,
            by=guard.author,
            until=until,
            clocks=clocks,
        ).event()
    ]


def released(scene: Scene, state: Aggregate) -> list[Event]:
    """`path.released` for each path that waits for a guard which holds no more, or that nothing may hold: its step is
    due now, and pages unless another guard keeps it back."""
    events: list[Event] = []
    for climb in state.climbing():
        waits = climb.held_by is not None and climb.next_at is not None and climb.next_at > scene.now
        guard = scene.around.guards.of(climb.held_by)
        stands = guard is not None and guard.holds(scene.now)
        if not waits or (stands and hush(scene, climb) is not None):
            continue
        run = state.running(ACKNOWLEDGE)
        clocks = [change for change in [_brought_forward(scene, run)] if change] if run is not None else []
        at = _opens(scene, climb, scene.now)
        events.append(PathReleased(escalation=ids.to_text(climb.id), next_at=at, clocks=clocks).event())
    return events


def _put_off(scene: Scene, run: RunningClock, until: int) -> ClockChange | None:
    before = targets.pause(ticking.running(run, scene.around), scene.now)
    after = targets.resume(before, until)
    warn_at = targets.resumed_warning(before, after, ticking.warnings(run, scene.around.policies))
    return ticking.change(run, after, scene.around, scene.now, warn_at=warn_at)


def _brought_forward(scene: Scene, run: RunningClock) -> ClockChange | None:
    """The clock as though the pause that is to last longer ended now."""
    before = ticking.running(run, scene.around)
    if not run.ticking or not before.pauses or before.pauses[-1][1] <= scene.now:
        return None
    begun, until = before.pauses[-1]
    unit = before.duration.unit
    left = pauses.left(unit, before.calendar, until, before.due_at)
    after = ticking.moved(run, scene.around, pauses.due_at(unit, before.calendar, scene.now, left))
    after = targets.with_pauses(after, (*before.pauses[:-1], (begun, scene.now)))
    return ticking.change(run, after, scene.around, scene.now)


def _opens(scene: Scene, escalation: Escalation, at: int) -> int:
    """That instant, or when the hours of the path begin after it."""
    if escalation.hours is None:
        return at
    begun = scene.around.policies.compiled(escalation.policy_version)
    return begun.document.calendars[escalation.hours].next_open(at)


def _is_grave(scene: Scene) -> bool:
    kind = scene.policy.document.types.get(scene.case.type or "")
    return kind is not None and kind.grave


def _tags(decision: Decision) -> tuple[str, ...]:
    return tuple(decision.facts["case"].get("tags") or ())
