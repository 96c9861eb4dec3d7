"""Somebody has the case."""

from collections.abc import Sequence

from tocsin.cases import calling
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import LIVE, Aggregate, Call, Escalation
from tocsin.cases.happenings.calls import CallAnswered
from tocsin.cases.happenings.paths import PathAnswered
from tocsin.cases.happenings.people import Acknowledged
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.paths import answering
from tocsin.cases.paths.escalating import stopped
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import stops
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.clocks import kinds
from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.core import ids
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import Said, UserName, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import FOR_RELATIONSHIPS, MANAGERS, Viewer


class Acknowledgement(Arguments, frozen=True):
    """`escalation`: the one that is answered, where the answer is to a certain page; else those that the viewer may
    answer and that concern them. `call`: likewise the call-in."""

    escalation: int | None = None
    call: int | None = None


def _acknowledge(viewer: Viewer, said: Acknowledgement, state: Aggregate, scene: Scene) -> list[Event]:
    """Answer the path: it stops, and so does the acknowledge clock; whoever answers leads the technical work, or for a
    relationship manages the escalation, where the role is one that may. Where a step needs several answers, the last
    of them does it. Who may is said by `paths/answering.py`.

    It answers every call-in of the viewer too. A call-in alone gives nobody the right to end the paging: else whoever
    works on the case could silence it by calling in a friend. So the answer of somebody whom the path does not call
    ends their call-in, and nothing else; that of somebody whom it does call counts for both, since the case has them.
    """
    calls = open_calls(viewer, state, said.call)
    if calls and said.escalation is None:
        mine: list[Escalation | None] = [*_unanswered(viewer, state, scene)]
    else:
        mine = require_answer(viewer, state, scene, said.escalation)
    answers = [event for call in calls for event in _answered_call(viewer, scene, call)]
    if calls and not mine:
        return answers
    return [*answers, *_taken(viewer, state, scene, _concerning(viewer, mine))]


def _answered_call(viewer: Viewer, scene: Scene, call: Call) -> list[Event]:
    answered = CallAnswered(call=ids.to_text(call.id), by=ids.to_text(viewer.user or 0)).event(viewer.actor)
    return [
        answered,
        *calling.tell_caller(scene, call, say("{name} comes, whom you have called in", name=UserName(viewer.name))),
    ]


def _unanswered(viewer: Viewer, state: Aggregate, scene: Scene) -> list[Escalation]:
    """The live paths that this viewer may answer and has not."""
    by = f" {_answerer(viewer)} "
    return [climb for climb in state.live() if by not in climb.answers and answering.may(viewer.user, scene, climb)]


def open_calls(viewer: Viewer, state: Aggregate, wanted: int | None) -> list[Call]:
    """The call-ins that wait for this viewer; NotAllowed where the one that is named does not."""
    found = calling.open_for(state, viewer.user)
    if wanted is not None and not any(call.id == wanted for call in found):
        raise NotAllowed(say("somebody has answered this call-in already, or it has ended"), place="acknowledge")
    return found


def by_confirming(viewer: Viewer, state: Aggregate, scene: Scene) -> list[Event]:
    """Whoever says for good that a case is contained has answered those paths of its kind that they may answer, where
    nobody else has."""
    case = state.case
    if viewer.user is None or case.level == "standard" or case.acknowledged_at is not None or case.parent is not None:
        return []
    by = f" {_answerer(viewer)} "
    waiting = [climb for climb in state.live() if climb.kind == case.kind and by not in climb.answers]
    mine = [climb for climb in waiting if answering.may(viewer.user, scene, climb)]
    return _taken(viewer, state, scene, mine) if mine else []


def taken(viewer: Viewer) -> Plan:
    """The same, as it is told afterwards by the history of another system: that somebody had the case, whoever may."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        acknowledge.begin(viewer, state)
        return _taken(viewer, state, scene, _concerning(viewer, state.live()))

    return plan


def require_answer(
    viewer: Viewer, state: Aggregate, scene: Scene, escalation: int | None = None
) -> list[Escalation | None]:
    """The escalations that this viewer may answer; Forbidden where there are none, NotAllowed where nothing waits, or
    the one that is named is over."""
    if (nothing := _path_answered(state)) is not None:
        raise NotAllowed(nothing, place="acknowledge")
    wanted = answering.newest(state)
    if escalation is not None:
        wanted = [climb for climb in state.live() if climb.id == escalation]
        if not wanted:
            raise NotAllowed(say("this page was acknowledged already, or the paging has stopped"), place="acknowledge")
    return answering.require(viewer, scene, wanted)


def _taken(viewer: Viewer, state: Aggregate, scene: Scene, mine: list[Escalation]) -> list[Event]:
    by = _answerer(viewer)
    given = {climb.id: _given(climb, by) for climb in mine}
    full = [climb for climb in mine if given[climb.id] >= climb.needed]
    events = [_answer(climb, by, given[climb.id], viewer) for climb in mine if climb.needed > 1]
    if not mine or full:
        others = [climb for climb in state.live() if climb not in full]
        events.append(_acknowledged(viewer, state, scene, full, others))
    return [*events, *(stopped(climb, "acknowledged", viewer.actor) for climb in full)]


def _concerning(viewer: Viewer, answered: Sequence[Escalation | None]) -> list[Escalation]:
    """Of the paths that somebody may answer those of the kind that concerns their role, where there are any."""
    wanted = "relationship" if viewer.role in FOR_RELATIONSHIPS else "technical"
    live = [climb for climb in answered if climb is not None and climb.state in LIVE]
    return [climb for climb in live if climb.kind == wanted] or live


def _answerer(viewer: Viewer) -> str:
    """Who answers, as one word: names may hold spaces."""
    if viewer.user is not None:
        return ids.to_text(viewer.user)
    return f"token:{ids.to_text(viewer.token)}" if viewer.token is not None else f"by:{viewer.actor.replace(' ', '-')}"


def _given(climb: Escalation, by: str) -> int:
    if f" {by} " in climb.answers:
        raise NotAllowed(
            say("you have acknowledged already; {needed} people are needed", needed=climb.needed),
            place="acknowledge",
            expected=say("somebody else"),
        )
    return len(climb.answers.split()) + 1


def _answer(climb: Escalation, by: str, given: int, viewer: Viewer) -> Event:
    answered = PathAnswered(escalation=ids.to_text(climb.id), by=by, given=given, needed=climb.needed)
    return answered.event(viewer.actor)


def _acknowledged(
    viewer: Viewer, state: Aggregate, scene: Scene, full: list[Escalation], others: list[Escalation]
) -> Event:
    """While engineers are still wanted, the answer for the relationship stops no clock; nor does it once they have
    answered."""
    rules = scene.policy.document.cases
    lasts = rules.acknowledgement_critical if state.case.severity == "critical" else rules.acknowledgement_other
    kind = full[0].kind if full else state.case.kind or "technical"
    engineers = state.case.acknowledged_at is not None or any(climb.kind == "technical" for climb in others)
    aside = kind == "relationship" and engineers
    leads = kind == "technical" or viewer.role in MANAGERS
    acknowledged = Acknowledged(
        lead=ids.to_text(viewer.user) if viewer.user and leads else None,
        kind=kind,
        stops=[] if aside else stops(state, *kinds.stopped_by("acknowledged")),
        lasts=None if aside else lasts.microseconds,
        beside=None,
    )
    return acknowledged.event(viewer.actor)


def require_something(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """As an acknowledgement would refuse it."""
    if not calling.open_for(state, viewer.user):
        require_answer(viewer, state, scene)


def _to_acknowledge(state: Aggregate) -> Said | None:
    return None if state.calling() else _path_answered(state)


def _path_answered(state: Aggregate) -> Said | None:
    if state.case.level == "standard" and state.running(ACKNOWLEDGE) is None:
        return say("the case is not escalated, so there is nothing to acknowledge")
    if state.case.acknowledged_at is not None and not state.live():
        return say("the case is acknowledged already")
    return None


acknowledge = Verb(
    "acknowledge",
    "Acknowledge the page: the paging stops; you lead the technical work, or manage the relationship",
    Acknowledgement,
    _acknowledge,
    Route("acknowledgement"),
    Command(
        lambda told: "is acknowledged" if told.get("acknowledged", True) else "has your answer",
        "acknowledge 17",
        ("ack",),
    ),
    Form("Acknowledge", "Acknowledged. You are not paged about it any more."),
    allowed=Allowed(live=True, unless=_to_acknowledge),
    requires=require_something,
    answers=True,
    more="Of somebody who is only [called in](cases.md#calling-somebody-in) it says that they come",
    who="[whom the path calls](cases.md#who-ends-the-paging), and whoever is called in",
)
