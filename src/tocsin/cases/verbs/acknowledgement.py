"""Somebody has the case, or declines it."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from tocsin.cases import addressing, calling, expiring
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import LIVE, OVER, Aggregate, Call, Escalation
from tocsin.cases.happenings.calls import CallAnswered, CallDeclined
from tocsin.cases.happenings.messages import Noted
from tocsin.cases.happenings.paths import Escalated, PathAnswered, PathDeclined
from tocsin.cases.happenings.people import Acknowledged
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.paths import answering, climbing
from tocsin.cases.paths.escalating import stopped
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.common import required, stops
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.clocks import kinds
from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.core import ids
from tocsin.core.errors import Forbidden, NotAllowed
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import FOR_RELATIONSHIPS, MANAGERS, Viewer


class Acknowledgement(Arguments, frozen=True):
    """`escalation`: the one that is answered, where the answer is to a certain page; else those that the viewer may
    answer and that concern them. `call`: likewise the call-in."""

    escalation: int | None = None
    call: int | None = None


class Decline(Arguments, frozen=True):
    """`escalation`, `call`: as for an acknowledgement."""

    reason: Annotated[str | None, Asks("Why it is declined", "area", "Why")] = None
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
    calls = _open_calls(viewer, state, said.call)
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
    return [answered, *calling.tell_caller(scene, call, say("{name} comes, whom you have called in", name=viewer.name))]


def _unanswered(viewer: Viewer, state: Aggregate, scene: Scene) -> list[Escalation]:
    """The live paths that this viewer may answer and has not."""
    by = f" {_answerer(viewer)} "
    return [climb for climb in state.live() if by not in climb.answers and answering.may(viewer.user, scene, climb)]


def _open_calls(viewer: Viewer, state: Aggregate, wanted: int | None) -> list[Call]:
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


def _decline(viewer: Viewer, said: Decline, state: Aggregate, scene: Scene) -> list[Event]:
    """Hand a page on to the backup of the roster by which it came; where there is none to be reached, or the backup was
    paged already, the next step starts at once. Whoever had acknowledged gives that back. Where they are called in,
    that is declined too; and nothing else, where no path pages them."""
    calls = _to_decline_now(viewer, said, state)
    declines = [_declined_call(viewer, scene, call) for call in calls]
    if calls and (said.call is not None or not _pages(viewer, state, scene)):
        return [*declines, *_why(viewer, said.reason)]
    user, climb = require_page(viewer, state, scene, said.escalation)
    declined = _declined(user, climb, scene)
    events: list[Event] = []
    if climb.state == "acknowledged":
        events = expiring.given_back(scene, state, climb, viewer.actor)
        begun = next(event.payload for event in events if isinstance(event.payload, Escalated))
        declined = msgspec.structs.replace(declined, escalation=begun.escalation)
    return [*events, declined.event(viewer.actor), *declines, *_why(viewer, said.reason)]


def _why(viewer: Viewer, reason: str | None) -> list[Event]:
    return [Noted(text=required(reason, "reason"), audience="internal").event(viewer.actor)] if reason else []


def _to_decline_now(viewer: Viewer, said: Decline, state: Aggregate) -> list[Call]:
    """The call-ins that a decline is of: the one that is named; all of the viewer, where nothing is."""
    found = _open_calls(viewer, state, said.call)
    if said.call is not None:
        return [call for call in found if call.id == said.call]
    return found if said.escalation is None else []


def _pages(viewer: Viewer, state: Aggregate, scene: Scene) -> bool:
    """Whether a path pages this viewer."""
    return viewer.user is not None and any(climbing.named(scene, climb, viewer.user) for climb in state.live())


def _declined_call(viewer: Viewer, scene: Scene, call: Call) -> Event:
    """The next of them are paged at once where everybody who was paged has declined."""
    by = ids.to_text(viewer.user or 0)
    others = set(call.called.split()) - set(call.declined.split()) - {by}
    next_at = call.next_at if others and call.next_at is not None else scene.now
    return CallDeclined(call=ids.to_text(call.id), by=by, next_at=next_at).event(viewer.actor)


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


def require_page(
    viewer: Viewer, state: Aggregate, scene: Scene, escalation: int | None = None
) -> tuple[int, Escalation]:
    """Who declines, and what: the path that pages them; else the one that they have answered; else one that paged them
    before they went off duty. Forbidden for a token that is nobody's, NotAllowed for whoever was not paged."""
    user = viewer.user
    if user is None:
        raise Forbidden(say("a token cannot decline"), expected=say("the token of a person who was paged"))
    live = [climb for climb in state.live() if escalation in (None, climb.id)]
    paged = [climb for climb in live if climbing.named(scene, climb, user)]
    mine = paged or _answered_by(user, state)
    if mine:
        return user, mine[-1]
    if not live and state.escalations:
        raise NotAllowed(say("somebody else has acknowledged the case"), place="decline")
    before = [climb for climb in live if user in scene.paged().get(climb.id, ())]
    if not before:
        raise NotAllowed(
            say("you were not paged about the case"), place="decline", expected=say("a person who was paged")
        )
    return user, before[-1]


def _answered_by(user: int, state: Aggregate) -> list[Escalation]:
    """The escalations that this user has by their answer, that of the case's own kind last."""
    case = state.case
    held = {"technical": case.technical_lead, "relationship": case.escalation_manager}
    last = {climb.kind: climb for climb in state.escalations}
    mine = [climb for kind, climb in last.items() if climb.state == "acknowledged" and held.get(kind) == user]
    return sorted(mine, key=lambda climb: climb.kind == case.kind)


def _declined(user: int, climb: Escalation, scene: Scene) -> PathDeclined:
    found, step = climbing.backups(scene, climb, user)
    asked = scene.paged().get(climb.id, ())  # to decline again and again would put the next step off for ever
    reached = [person for person in found if person.user in scene.around.reachable and person.user not in asked]
    missed = [person for person in found if person.user not in scene.around.reachable]
    passed, place = climbing.last_fired(scene, climb)
    return PathDeclined(
        escalation=ids.to_text(climb.id),
        by=ids.to_text(user),
        passed=-1 - passed,  # beside the path: its own steps may page the same people again
        step=place,
        notified=[addressing.person(scene.around, person) for person in reached],
        unreachable=[addressing.person(scene.around, person) for person in missed],
        next_at=climbing.waited(scene, climb, step if reached else None) if climb.state not in OVER else None,
    )


def require_something(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """As an acknowledgement would refuse it."""
    if not calling.open_for(state, viewer.user):
        require_answer(viewer, state, scene)


def require_decline(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """As a decline would refuse it."""
    if not calling.open_for(state, viewer.user):
        require_page(viewer, state, scene)


def _to_acknowledge(state: Aggregate) -> Said | None:
    return None if state.calling() else _path_answered(state)


def _path_answered(state: Aggregate) -> Said | None:
    if state.case.level == "standard" and state.running(ACKNOWLEDGE) is None:
        return say("the case is not escalated, so there is nothing to acknowledge")
    if state.case.acknowledged_at is not None and not state.live():
        return say("the case is acknowledged already")
    return None


def _to_decline(state: Aggregate) -> Said | None:
    answered = any(climb.state == "acknowledged" for climb in state.escalations)
    if state.live() or answered or state.calling():
        return None
    return say("nobody was paged about the case, so there is nothing to decline")


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
decline = Verb(
    "decline",
    "Decline the page, or give an acknowledgement back: the backup is paged, or the next step",
    Decline,
    _decline,
    Route("acknowledgement", ("decline", True), "Decline instead: the backup or the next step is paged"),
    Command("is declined", "decline 17 --reason 'on a train until four'"),
    Form("Decline", "Declined: the backup or the next step is paged."),
    allowed=Allowed(live=True, unless=_to_decline),
    requires=require_decline,
    more="The backup is paged once; for an acknowledgement that is given back the path is restarted. Answers of others"
    " stay",
    who="a person who was paged, is called in or has answered, not a bare token",
)
