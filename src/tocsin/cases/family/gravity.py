"""What a case takes upon itself when it speaks for another, which follows it or was merged into it: it is as grave, and
has no more time. Pure."""

from collections.abc import Collection

import msgspec

from tocsin.cases import raising, reclassifying
from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.clocks import arming, ticking
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.clocks import ClocksStarted, ClocksSuperseded
from tocsin.cases.happenings.parts import ClockChange, ClockStart
from tocsin.cases.paths import escalating
from tocsin.cases.scene import Scene
from tocsin.clocks import kinds, targets
from tocsin.core.wording import Said, plain
from tocsin.ledger.journal import Event
from tocsin.policy.decision import FAMILY, SILENCE, Override
from tocsin.policy.levels import raised
from tocsin.policy.model import Kind


def covers(scene: Scene, one: Aggregate, other: Aggregate) -> bool:
    """Whether the one case is at least as grave as the other: in level, in severity, and in whether it wakes people."""
    return not (
        raised(one.case.level, other.case.level)
        or _graver(scene, one, other)
        or _engineers(one, other)
        or _wakes_more(one, other)
    )


def lifted(scene: Scene, state: Aggregate, other: Aggregate, why: Said, actor: str) -> list[Event]:
    """The events by which a case becomes as grave as the other: decided again, it gets that one's level and severity,
    and pages as that one would have. None where it is so already."""
    mine, theirs = state.case, other.case
    if mine.state != "open" or covers(scene, state, other):
        return []
    rises, worse = raised(mine.level, theirs.level), _graver(scene, state, other)
    level = theirs.level if rises else mine.level
    said = Override(
        reason=plain(why),
        by=FAMILY if worse else SILENCE,
        severity=theirs.severity if worse else None,
        level=None if level == "standard" else level,
        kind=_kind(state, other) if level != "standard" else None,
    )
    draft = Draft(state, scene.now)
    decision = raising.decide_again(draft, scene, said, actor)
    here = scene.again(draft.state)
    if decision is None:  # its facts were erased: only the level can be followed
        draft.add_all(escalating.path_of(here, draft.state, level) if rises else ())
    elif theirs.level != "standard" and not mine.imported:
        unheard = mine.acknowledged_at is not None and theirs.acknowledged_at is None and worse
        again = not raised(mine.level, draft.state.case.level) and (unheard or _engineers(state, other))
        if again or _wakes_more(draft.state, other):
            wakes = decision.wake or _wakes(other)
            policy = scene.around.policies.compiled(decision.policy_version)
            reclassifying.rise(draft, here, policy, msgspec.structs.replace(decision, wake=wakes))
    return draft.events


def hurried(scene: Scene, state: Aggregate, other: Aggregate, clocks: Collection[str] | None = None) -> list[Event]:
    """The stricter of the running clocks of both: one that both have falls due when the first of them does, and one
    that only the other has starts here, due when it is there. `clocks`: only these."""
    changed: list[ClockChange] = []
    started: list[ClockStart] = []
    if state.case.imported:
        return []
    for run in other.clocks:
        if run.outcome is not None or (clocks is not None and run.clock not in clocks):
            continue
        kind = kinds.of(run.clock)
        if kind is not None and not kind.anew and state.case.has_done(kind.done):
            continue
        there = targets.resume(ticking.running(run, scene.around), scene.now)
        mine = state.running(run.clock)
        if mine is None:
            started.append(_started(scene, state, run, there))
            continue
        here = targets.resume(ticking.running(mine, scene.around), scene.now)
        if there.due_at < here.due_at:
            paused_at = None if mine.paused_at is None else scene.now
            after = msgspec.structs.replace(here, due_at=there.due_at, paused_at=paused_at)
            change = ticking.change(mine, after, scene.around, scene.now)
            assert change is not None
            changed.append({**change, "old_due_at": mine.due_at})
    events = []
    if changed:
        events.append(ClocksSuperseded(clocks=changed).event())
    if started:
        events.append(ClocksStarted(clocks=started).event())
    return events


def _started(scene: Scene, state: Aggregate, run: RunningClock, there: targets.Running) -> ClockStart:
    started: ClockStart = {
        "clock": run.clock,
        "cycle": arming.next_cycles(state).get(run.clock, 1),
        "policy_version": run.policy_version,
        "calendar": run.calendar,
        "target": run.target,
        "origin": run.origin,
        "started_at": run.started_at,
        "due_at": there.due_at,
        "pauses": ticking.text(there.pauses),
        "warn_at": ticking.next_warning(scene.around, run.policy_version, there, scene.now),
    }
    [found] = arming.on_hold(scene.policy, state, [started], scene.now)
    return found


def _kind(state: Aggregate, other: Aggregate) -> Kind | None:
    """Technical where either is: its engineers are wanted."""
    kinds = (state.case.kind, other.case.kind)
    return "technical" if "technical" in kinds else state.case.kind or other.case.kind


def _engineers(one: Aggregate, other: Aggregate) -> bool:
    return one.case.kind == "relationship" and other.case.kind == "technical"


def _graver(scene: Scene, one: Aggregate, other: Aggregate) -> bool:
    order = list(scene.around.policies.at(scene.now).document.severities)
    theirs, mine = other.case.severity, one.case.severity
    return theirs in order and (mine not in order or order.index(theirs) < order.index(mine))


def _wakes(state: Aggregate) -> bool:
    """Whether the newest path of its engineers does not wait for anybody's hours."""
    if state.case.level == "standard":
        return False
    climbs = [climb for climb in state.escalations if climb.kind == "technical"]
    return bool(climbs) and climbs[-1].hours is None


def _wakes_more(one: Aggregate, other: Aggregate) -> bool:
    """A path that somebody has answered asks for nobody's sleep."""
    return _wakes(other) and not _wakes(one) and one.case.acknowledged_at is None
