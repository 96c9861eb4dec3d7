"""Somebody whom a page reached declines it, or gives an acknowledgement back: the backup is paged, or the next step."""

from typing import Annotated

import msgspec

from tocsin.cases import addressing, calling, expiring
from tocsin.cases.aggregate import OVER, Aggregate, Call, Escalation
from tocsin.cases.happenings.calls import CallDeclined
from tocsin.cases.happenings.messages import Noted
from tocsin.cases.happenings.paths import Escalated, PathDeclined
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.paths import climbing
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.acknowledgement import open_calls
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.core import ids
from tocsin.core.errors import Forbidden, NotAllowed
from tocsin.core.wording import Said, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class Decline(Arguments, frozen=True):
    """`escalation`, `call`: as for an acknowledgement."""

    reason: Annotated[str | None, Asks("Why it is declined", "area", "Why")] = None
    escalation: int | None = None
    call: int | None = None


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


def _to_decline_now(viewer: Viewer, said: Decline, state: Aggregate) -> list[Call]:
    """The call-ins that a decline is of: the one that is named; all of the viewer, where nothing is."""
    found = open_calls(viewer, state, said.call)
    if said.call is not None:
        return [call for call in found if call.id == said.call]
    return found if said.escalation is None else []


def _pages(viewer: Viewer, state: Aggregate, scene: Scene) -> bool:
    """Whether a path pages this viewer."""
    return viewer.user is not None and any(climbing.named(scene, climb, viewer.user) for climb in state.live())


def _why(viewer: Viewer, reason: str | None) -> list[Event]:
    return [Noted(text=required(reason, "reason"), audience="internal").event(viewer.actor)] if reason else []


def _declined_call(viewer: Viewer, scene: Scene, call: Call) -> Event:
    """The next of them are paged at once where everybody who was paged has declined."""
    by = ids.to_text(viewer.user or 0)
    others = set(call.called.split()) - set(call.declined.split()) - {by}
    next_at = call.next_at if others and call.next_at is not None else scene.now
    return CallDeclined(call=ids.to_text(call.id), by=by, next_at=next_at).event(viewer.actor)


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
    reached = climbing.unasked(scene, climb, found)
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


def require_decline(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """As a decline would refuse it."""
    if not calling.open_for(state, viewer.user):
        require_page(viewer, state, scene)


def _to_decline(state: Aggregate) -> Said | None:
    answered = any(climb.state == "acknowledged" for climb in state.escalations)
    if state.live() or answered or state.calling():
        return None
    return say("nobody was paged about the case, so there is nothing to decline")


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
