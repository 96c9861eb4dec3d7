"""Beginning to climb a path. Pure."""

from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.clocks import arming
from tocsin.cases.happenings.paths import Escalated, PathStopped
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.core.ids import IdMint
from tocsin.ledger.journal import Event
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision
from tocsin.policy.hours import hours_of
from tocsin.policy.levels import LevelName


def escalate(policy: Policy, decision: Decision, mint: IdMint, now: int) -> list[Event]:
    """`case.escalated` for the path of the decision, and for that of the relationship where there is one beside it.

    A path that may wake people counts its waits around the clock; any other, and every relationship, in the hours of
    whoever takes the case.
    """
    events = []
    rests = hours_of(policy.document, decision.level, decision.severity)
    for path, kind in ((decision.path, decision.kind), (decision.relationship_path, "relationship")):
        if path is None:
            continue
        keeps = None if decision.wake and kind != "relationship" else rests
        begun = Escalated(
            escalation=ids.to_text(mint.new(now)),
            level=decision.level,
            kind=kind or "technical",
            path=path,
            policy_version=decision.policy_version,
            first_at=arming.first_step_at(policy, decision, keeps, now),
            hours=keeps,
        )
        events.append(begun.event())
    return events


def path_of(scene: Scene, state: Aggregate, level: LevelName) -> list[Event]:
    """The path that the case's policy has for a level, from its first step: where the decision says less. It keeps the
    hours that the case's last path kept."""
    case = state.case
    policy = scene.around.policies.compiled(case.policy_version)
    found = policy.document.levels.get(level)
    if found is None:
        return []
    path = found.relationship if case.kind == "relationship" and found.relationship else found.path
    hours = hours_of(policy.document, level, case.severity) if _rests(scene, state) else None
    begun = Escalated(
        escalation=ids.to_text(scene.mint.new(scene.now)),
        level=level,
        kind=case.kind or "technical",
        path=path,
        policy_version=case.policy_version,
        first_at=scene.now if hours is None else policy.document.calendars[hours].next_open(scene.now),
        hours=hours,
    )
    return [begun.event()]


def beside(scene: Scene, state: Aggregate, level: LevelName) -> list[Event]:
    """The path that the case's policy has for the relationship at a level, beside that of the engineers; nothing where
    there is none, or where it is climbed already."""
    policy = scene.around.policies.compiled(state.case.policy_version)
    found = policy.document.levels.get(level)
    if found is None or not found.relationship or any(climb.kind == "relationship" for climb in state.live()):
        return []
    hours = hours_of(policy.document, level, state.case.severity)
    begun = Escalated(
        escalation=ids.to_text(scene.mint.new(scene.now)),
        level=level,
        kind="relationship",
        path=found.relationship,
        policy_version=state.case.policy_version,
        first_at=policy.document.calendars[hours].next_open(scene.now),
        hours=hours,
    )
    return [begun.event()]


def _rests(scene: Scene, state: Aggregate) -> bool:
    """Whether the case's paths wait for somebody's hours: as the last did, else as the decision says."""
    if state.case.kind == "relationship":
        return True
    engineers = [climb for climb in state.escalations if climb.kind == "technical"]
    if engineers:
        return engineers[-1].hours is not None
    last = scene.last()
    return last is not None and last.kind is not None and not last.wake


def again(scene: Scene, climb: Escalation, first_at: int) -> Event:
    """The path of an escalation once more, from its first step, under the version that began it."""
    begun = Escalated(
        escalation=ids.to_text(scene.mint.new(scene.now)),
        level=scene.case.level,
        kind=climb.kind,
        path=climb.path,
        policy_version=climb.policy_version,
        first_at=first_at,
        hours=climb.hours,
    )
    return begun.event()


def stopped(climb: Escalation, how: str, actor: str = "engine") -> Event:
    """`path.stopped`. `how`: acknowledged or stopped."""
    return PathStopped(escalation=ids.to_text(climb.id), state=how).event(actor)
