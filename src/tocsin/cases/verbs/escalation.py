"""More attention or less than the policy gives: raised, requested, lowered by people, each with a reason."""

from typing import NamedTuple

from tocsin.cases import alerting, claims, raising
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import LEVELS, Aggregate, raised
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.judging import Lowered, Overridden, RequestAnswered, Requested
from tocsin.cases.lifecycle import Verb
from tocsin.cases.paths import answering, climbing, escalating
from tocsin.cases.paths.climbing import Named
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, required, stopped_paths
from tocsin.cases.verbs.containment import confirmed
from tocsin.cases.verbs.resolution import ended
from tocsin.core.errors import Forbidden, InvalidInput, NotAllowed
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Override


class Request(NamedTuple):
    """Why somebody should see to a case: who is hurt, what the customer wants, and by when (microseconds)."""

    level: str
    reason: str
    hurt: str | None = None
    wants: str | None = None
    needed_by: int | None = None


def raise_to(viewer: Viewer, level: str, reason: str, kind: str | None = None) -> Plan:
    """Raise a case: any agent to senior, a lead or account owner to executive. The engine does not undo it."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.RAISE, state)
        check_level(level)
        may_raise(viewer, level)
        if not raised(state.case.level, level):
            raise NotAllowed(f"the case is at {state.case.level} already", place="level", expected="a higher level")
        why = required(reason, "reason")
        said = Override(reason=why, by=viewer.actor, level=level, kind=kind)  # type: ignore[arg-type]
        answer = answered(viewer, state, said)
        return [*answer, overridden(said, viewer), *raising.decided(scene, state, said, viewer.actor)]

    return plan


def answered(viewer: Viewer, state: Aggregate, said: Override) -> list[Event]:
    """Whoever raises a case as far as somebody had asked has answered that."""
    wanted = state.case.requested_level
    if wanted is None or said.level is None or raised(said.level, wanted):
        return []
    return [RequestAnswered(accepted=True, reason=said.reason).event(viewer.actor)]


def request(viewer: Viewer, wanted: Request) -> Plan:
    """Ask for a higher level; whoever may raise to it answers in the policy's time, and silence accepts."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.REQUEST, state)
        check_level(wanted.level)
        if not raised(state.case.level, wanted.level):
            raise NotAllowed(f"the case is at {state.case.level} already", place="level", expected="a higher level")
        due_at = scene.now + scene.policy.document.cases.request_answer.microseconds
        reason = required(wanted.reason, "reason")
        asked = Requested(
            level=wanted.level,
            hurt=wanted.hurt,
            wants=wanted.wants,
            needed_by=wanted.needed_by,
            reason=reason,
            due_at=due_at,
        ).event(viewer.actor)
        says = f"{viewer.name} asks for {wanted.level}: {wanted.reason}"
        return [asked, alerting.alert(scene, "request", says, _answerers(scene))]

    return plan


def answer_request(viewer: Viewer, accept: bool, reason: str | None = None) -> Plan:
    """Accept a request, which raises the case, or decline it with a reason."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.ANSWER, state)
        level = state.case.requested_level or "senior"
        viewer.require("cases.raise")
        why = reason if accept else required(reason, "reason")
        answer = RequestAnswered(accepted=accept, reason=why).event(viewer.actor)
        if not accept or not raised(state.case.level, level):
            return [answer]
        said = Override(reason=why or "the request was accepted", by=viewer.actor, level=level)  # type: ignore[arg-type]
        return [answer, overridden(said, viewer), *raising.decided(scene, state, said, viewer.actor)]

    return plan


def lower(viewer: Viewer, level: str, reason: str) -> Plan:
    """Lower a case, with a justification. Its clocks keep their stricter times; its path stops, and where the level is
    still above standard and nobody has acknowledged, that level's path begins."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.lower", Verb.LOWER, state)
        check_level(level, least=0)
        if not raised(level, state.case.level):
            raise NotAllowed(f"the case is at {state.case.level}", place="level", expected="a lower level")
        why = required(reason, "reason")
        said = Override(reason=why, by=viewer.actor, level=level)  # type: ignore[arg-type]
        draft = Draft(state, scene.now)
        draft.add_all(lowered(viewer, state, scene, said))
        if level == "standard" and _unobjected(draft.state, "resolution"):
            draft.add_all(ended(viewer, draft.state, scene.again(draft.state), _ENOUGH))
        return draft.events

    return plan


def lowered(viewer: Viewer, state: Aggregate, scene: Scene, said: Override) -> list[Event]:
    """The events of lowering a case to the level that is said; Forbidden, while people are paged, for whoever may not
    end that."""
    require_lowering(viewer, state, scene)
    level = said.level or "standard"
    kind = state.case.kind if level != "standard" else None
    draft = Draft(state, scene.now)
    draft.add(Lowered(level=level, kind=kind, reason=said.reason).event(viewer.actor))
    draft.add_all(stopped_paths(state, "stopped", viewer.actor))
    if state.case.requested_level is not None:
        why = f"the case was lowered: {said.reason}"
        draft.add(RequestAnswered(accepted=False, reason=why).event(viewer.actor))
    decision = raising.decide_again(draft, scene.again(draft.state), said, viewer.actor)
    if level == "standard" and _unobjected(draft.state, "containment"):
        draft.add_all(confirmed(viewer, draft.state, scene.again(draft.state), _ENOUGH))
    if level == "standard" or state.case.acknowledged_at is not None or state.case.parent is not None:
        return draft.events
    if decision is None or decision.level != level:
        draft.add_all(escalating.path_of(scene.again(draft.state), draft.state, level))
    else:
        policy = scene.around.policies.compiled(decision.policy_version)
        draft.add_all(escalating.escalate(policy, decision, scene.mint, scene.now))
    return draft.events


def require_lowering(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """Forbidden, with whom to ask, where lowering would end a paging that this viewer may not end."""
    answering.require_end(viewer, state, scene, "level", "cases.lower")


_ENOUGH = "it was claimed before, and the case was lowered to standard, where that is enough"


def _unobjected(state: Aggregate, what: str) -> bool:
    """Whether that is claimed, and nobody said otherwise: then, on a case on which anybody's word is enough, it counts
    as of the claim."""
    return what in claims.waiting(state) and state.case.contested_at is None


def overridden(said: Override, viewer: Viewer) -> Event:
    """`case.overridden`: what a person set, and why."""
    overridden = Overridden(
        severity=said.severity,
        level=said.level,
        kind=said.kind,
        owner=said.owner,
        team=said.team,
        reason=said.reason,
    )
    return overridden.event(viewer.actor)


def may_raise(viewer: Viewer, level: str) -> None:
    """Forbidden for an agent above senior."""
    if level != "senior" and not viewer.may("cases.raise"):
        raise Forbidden(f"{viewer.capacity} cannot raise a case to {level}", expected="a request, which a lead answers")


def check_level(level: str, least: int = 1) -> None:
    if level not in LEVELS[least:]:
        raise InvalidInput(
            f"there is no level {level[:40]!r}", place="level", expected="one of " + ", ".join(LEVELS[least:])
        )


def _answerers(scene: Scene) -> list[Named]:
    duty = "role:escalation-manager"
    return [Named(user, duty) for user in climbing.resolve(duty, scene)] + alerting.lead(scene)
