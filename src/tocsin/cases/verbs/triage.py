"""Answering what the policy asked a person."""

from tocsin.cases import raising
from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.happenings.judging import Triaged
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.paths import stepping
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Level, Why
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.escalation import lowered, may_raise, overridden
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Override
from tocsin.policy.levels import named, raised


class TriageAnswer(Arguments, frozen=True):
    """`level`: the one that the case has, or another."""

    level: Level
    reason: Why


def _answer(viewer: Viewer, said: TriageAnswer, state: Aggregate, scene: Scene) -> list[Event]:
    level = named(said.level)
    why = required(said.reason, "reason")
    answer = Triaged(answer=level, reason=why).event(viewer.actor)
    override = Override(reason=why, by=viewer.actor, level=level)
    if raised(state.case.level, level):
        may_raise(viewer, level)
        return [overridden(override, viewer), *raising.decided(scene, state, override, viewer.actor), answer]
    if raised(level, state.case.level):
        viewer.require("cases.lower")
        return [overridden(override, viewer), *lowered(viewer, state, scene, override), answer]
    held = [climb for climb in state.climbing() if _held(climb)]
    return [answer, *(event for climb in held for event in stepping.take(scene, state, climb))]


def _held(climb: Escalation) -> bool:
    """Whether the path waits for triage alone: one that may wake people, and has not begun."""
    return climb.hours is None and climb.passed == climb.step == 0


def _to_answer(state: Aggregate) -> Said | None:
    return None if state.case.triage_at is not None else say("the case is not in triage")


answer_triage = Verb(
    "answer-triage",
    "Answer triage with the level that is right: the one that the case has, or another",
    TriageAnswer,
    _answer,
    Route("triage"),
    Command("is answered in triage", "answer-triage 17 senior --reason 'they cannot work'", ("triage",)),
    Form("Answer triage", "Triage answered."),
    allowed=Allowed(live=True, unless=_to_answer),
    answers=True,
    who="levels as for `raise` and `lower`",
)
