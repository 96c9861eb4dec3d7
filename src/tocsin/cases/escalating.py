"""Beginning to climb a path. Pure."""

from tocsin.cases import arming
from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.core.ids import IdMint
from tocsin.ledger.journal import Event
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision
from tocsin.policy.hours import hours_of


def escalate(policy: Policy, decision: Decision, mint: IdMint, now: int) -> list[Event]:
    """`case.escalated` for the path of the decision, and for that of the relationship where there is one beside it.

    A path that may wake people counts its waits around the clock; any other, and every relationship, in the hours of
    whoever takes the case.
    """
    events = []
    hours = None if decision.wake else hours_of(policy, decision.level)
    for path, kind in ((decision.path, decision.kind), (decision.relationship_path, "relationship")):
        if path is None:
            continue
        keeps = hours_of(policy, decision.level) if kind == "relationship" else hours
        payload = {
            "escalation": ids.to_text(mint.new(now)),
            "level": decision.level,
            "kind": kind,
            "path": path,
            "policy_version": decision.policy_version,
            "first_at": arming.first_step_at(policy, decision, keeps, now),
            "hours": keeps,
        }
        events.append(Event("case.escalated", payload))
    return events


def path_of(scene: Scene, state: Aggregate, level: str) -> list[Event]:
    """The path that the case's policy has for a level, from its first step, now: where the decision says less."""
    case = state.case
    found = scene.policy.document.levels.get(level)  # type: ignore[call-overload]
    if found is None:
        return []
    path = found.relationship if case.kind == "relationship" and found.relationship else found.path
    payload = {
        "escalation": ids.to_text(scene.mint.new(scene.now)),
        "level": level,
        "kind": case.kind or "technical",
        "path": path,
        "policy_version": case.policy_version,
        "first_at": scene.now,
        "hours": None,
    }
    return [Event("case.escalated", payload)]


def again(scene: Scene, climb: Escalation, first_at: int) -> Event:
    """The path of an escalation once more, from its first step, under the version that began it."""
    payload = {
        "escalation": ids.to_text(scene.mint.new(scene.now)),
        "level": scene.case.level,
        "kind": climb.kind,
        "path": climb.path,
        "policy_version": climb.policy_version,
        "first_at": first_at,
        "hours": climb.hours,
    }
    return Event("case.escalated", payload)
