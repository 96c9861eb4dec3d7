"""Answering what the policy asked a person."""

from tocsin.cases import raising
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate, Escalation, raised
from tocsin.cases.happenings.judging import Triaged
from tocsin.cases.lifecycle import Verb
from tocsin.cases.paths import stepping
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, required
from tocsin.cases.verbs.escalation import check_level, lowered, may_raise, overridden
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Override


def answer_triage(viewer: Viewer, level: str, reason: str) -> Plan:
    """Say which level is right: the one that the case has, or another."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.TRIAGE, state)
        check_level(level, least=0)
        why = required(reason, "reason")
        answer = Triaged(answer=level, reason=why).event(viewer.actor)
        said = Override(reason=why, by=viewer.actor, level=level)  # type: ignore[arg-type]
        if raised(state.case.level, level):
            may_raise(viewer, level)
            return [overridden(said, viewer), *raising.decided(scene, state, said, viewer.actor), answer]
        if raised(level, state.case.level):
            viewer.require("cases.lower")
            return [overridden(said, viewer), *lowered(viewer, state, scene, said), answer]
        return [answer, *(event for climb in state.climbing() if _held(climb) for event in stepping.take(scene, climb))]

    return plan


def _held(climb: Escalation) -> bool:
    """Whether the path waits for triage alone: one that may wake people, and has not begun."""
    return climb.hours is None and climb.passed == climb.step == 0
