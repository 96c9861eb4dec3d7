"""Telling people something that asks for no answer: warnings, breaches, requests. Pure."""

from collections.abc import Iterable

from tocsin.cases import addressing
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.cases.happenings.people import Alerted
from tocsin.cases.scene import Scene
from tocsin.clocks import saying
from tocsin.clocks.kinds import ClockKind
from tocsin.core import instants
from tocsin.core.wording import Said, packed, plain
from tocsin.ledger.journal import Event


def alert(
    scene: Scene,
    why: str,
    says: Said,
    people: Iterable[Named],
    run: RunningClock | None = None,
    again: int | None = None,
    *,
    lasts: bool = False,
) -> Event:
    """`case.alerted` for these people, each once; where none of them can be reached, for every lead who can, and where
    there is none, for administrators. `lasts`: it holds once the case is over, as does all that is told later."""
    around = scene.around
    named = list({person.user: person for person in reversed(list(people))}.values())[::-1]
    reached = [person for person in named if person.user in around.reachable]
    missed = [person for person in named if person.user not in around.reachable]
    if not reached:
        reached = [person for person in addressing.everybody(around) if person.user in around.reachable]
    alerted = Alerted(
        why=why,
        clock=run.clock if run else None,
        cycle=run.cycle if run else None,
        due_at=run.due_at if run else None,
        says=plain(says),
        words=packed(says),
        notified=[addressing.person(around, one) for one in reached],
        unreachable=[addressing.person(around, one) for one in missed],
        again=again,
        lasts=lasts or scene.case.state != "open",
    )
    return alerted.event()


def workers(scene: Scene) -> list[Named]:
    """Those who work on the case, its owner first."""
    case = scene.case
    found = [
        (case.owner, "owner"),
        (case.technical_lead, "technical lead"),
        (case.escalation_manager, "escalation manager"),
    ]
    users = scene.around.directory.users
    return [Named(user, why) for user, why in found if user is not None and user in users and users[user].active]


def responder(scene: Scene) -> list[Named]:
    """Whoever acknowledged the case."""
    why = "escalation manager" if scene.case.kind == "relationship" else "technical lead"
    return [person for person in workers(scene) if person.why == why]


def lead(scene: Scene) -> list[Named]:
    """The lead of the case's team."""
    return [Named(user, "lead:team") for user in addressing.resolve("lead:team", scene)]


def leader(scene: Scene, state: Aggregate) -> list[Named]:
    """Whoever answers for the case's newest path; without one, the lead of its team."""
    for climb in reversed(state.escalations):
        begun = scene._replace(policy=scene.around.policies.compiled(climb.policy_version))
        target = begun.policy.document.paths[climb.path].leader
        found = [Named(user, target) for user in addressing.resolve(target, begun)]
        if found:
            return found
    return lead(scene)


def confirmers(scene: Scene, state: Aggregate) -> list[Named]:
    """Who confirms or rejects a claim: whoever acknowledged, where they may, else whoever answers for the path. For a
    relationship, those who may confirm it: the escalation managers on duty, then whoever acknowledged."""
    users, technical = scene.around.directory.users, scene.case.technical_lead
    if scene.case.kind == "relationship":
        duty = "role:escalation-manager"
        asked = [Named(user, duty) for user in addressing.resolve(duty, scene)] + responder(scene)
        able = [person for person in asked if users[person.user].may("cases.confirm_relationship")]
        return able or leader(scene, state)
    if technical in users and users[technical].may("cases.confirm"):
        return [Named(technical, "technical lead")]
    return leader(scene, state)


def due(run: RunningClock, kind: ClockKind) -> Said:
    """When a clock is due, as a person reads it."""
    return saying.is_due(Said(saying.called(kind), {}), instants.whole(run.due_at))
