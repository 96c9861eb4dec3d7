"""What a child takes over from its parent: that somebody has it, or no more, and that it is contained. Pure."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from tocsin.cases import alerting, breaching, claims, expiring, reclassifying, retracing, reviving, undoing
from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.clocks import moving, ticking
from tocsin.cases.confirming import confirms
from tocsin.cases.drafting import Draft
from tocsin.cases.family import gravity
from tocsin.cases.happenings.base import CaseEvent
from tocsin.cases.happenings.claims import Claimed, ClaimRejected, Contested
from tocsin.cases.happenings.clocks import ClocksExcused, ClocksMet
from tocsin.cases.happenings.family import Unlinked
from tocsin.cases.happenings.parts import Run
from tocsin.cases.happenings.paths import Escalated
from tocsin.cases.happenings.people import Acknowledged, AcknowledgementEnded
from tocsin.cases.happenings.progress import Contained
from tocsin.cases.happenings.undoing import Undone
from tocsin.cases.mentions import called
from tocsin.cases.paths import escalating
from tocsin.cases.scene import Scene
from tocsin.clocks import kinds
from tocsin.clocks.kinds import ACKNOWLEDGE, ASSIGN, CONTAIN, ClockName
from tocsin.core import ids
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import Said, UserName, plain, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import SYSTEM, Viewer

WITH = "with its parent"  # the note of what a child has by its parent
_FROM_PARENT = (Contained.KIND, Claimed.KIND)  # what a child has by what is done to its parent
# Which clock an event stops, or excuses.
_CATCHES_UP: dict[Any, str] = {Acknowledged: ACKNOWLEDGE, Contained: CONTAIN, ClocksExcused: CONTAIN}


def heard(events: Sequence[Event]) -> list[Event]:
    """The events that children follow."""
    return [event for event in events if isinstance(event.payload, CaseEvent) and event.payload.followed()]


def follow(heard: Sequence[Event], parent: Case) -> Callable[[Aggregate, Scene], list[Event]]:
    """A plan for a child of the case that these events happened to."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        draft = Draft(state, scene.now)
        for happened in heard:
            if happened.payload.lets_go():
                draft.add_all(_orphaned(draft.state, scene, parent))
            elif isinstance(happened.payload, Claimed | Contested | ClaimRejected):
                draft.add_all(_claims(draft.state, scene, happened, parent.containment_claimed_at or draft.now))
            elif isinstance(happened.payload, ClocksMet):
                draft.add_all(moving.shared(scene, draft.state, happened.payload))
            elif isinstance(happened.payload, Undone):
                draft.add_all(_put_back(draft.state, scene, happened))
            elif draft.state.case.state == "open":
                draft.add_all(_followed(draft.state, happened, parent))
        return draft.events

    return plan


def lifted(child: Aggregate) -> Callable[[Aggregate, Scene], list[Event]]:
    """A plan for the parent of a case that has become graver."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        why = say("{case}, which follows it, has risen", case=called(child.case))
        return as_grave(scene, state, child, why, reclassifying.ENGINE)

    return plan


def as_grave(scene: Scene, state: Aggregate, child: Aggregate, why: Said, actor: str) -> list[Event]:
    """A parent speaks for its child: as grave as that one is, and with no more time to answer, or to contain what is
    not contained yet or is graver than it was. An imported one is worked on from now on, unless its child was imported
    too."""
    draft = Draft(state, scene.now)
    if not child.case.imported:
        reviving.take_live(draft, scene, why, actor)
    graver = gravity.lifted(scene.again(draft.state), draft.state, child, why, actor)
    draft.add_all(graver)
    done = {CONTAIN} if draft.state.case.contained_at is not None and not graver else set()
    if any(climb.held_by is not None for climb in draft.state.climbing()):
        done.add(ACKNOWLEDGE)  # nobody is asked before what holds it ends
    clocks = [clock for clock in moving.of_followers(scene, child) if clock not in done]
    draft.add_all(gravity.hurried(scene.again(draft.state), draft.state, child, clocks))
    return draft.events


def caught_up(scene: Scene, state: Aggregate, other: Aggregate, viewer: Viewer) -> list[Event]:
    """What a case takes over when it begins to follow another: the answer to one that is at least as grave; and that it
    is contained, which somebody has to confirm where the word of whoever says that they are the same is not enough."""
    case, parent, actor, events = state.case, other.case, viewer.actor, moving.caught_up(scene, state, other)
    heard = parent.acknowledged_at is not None and gravity.covers(scene, other, state)
    if heard and case.acknowledged_at is None and case.level != "standard":
        lead = ids.to_text(parent.technical_lead) if parent.technical_lead else None
        kind, lasts = parent.kind or "technical", parent.acknowledgement_lasts
        stops = _stops(state, ACKNOWLEDGE)
        events.append(
            Acknowledged(lead=lead, kind=kind, stops=stops, lasts=lasts, beside=plain(called(parent))).event(actor)
        )
    if parent.contained_at is None or case.contained_at is not None or case.level == "standard":
        return events
    if confirms(viewer, state):
        return [*events, *contained(state, actor)]
    if case.containment_claimed_at is None:
        clocks, says = (
            state.unclaimed(CONTAIN),
            say("{name} marked it as contained, with {case}", name=UserName(viewer.name), case=called(parent)),
        )
        events += claims.made(scene, state, "containment", WITH, clocks, says, actor)
    return events


def newly_asked(before: Aggregate, after: Aggregate) -> frozenset[str]:
    """Which of the clocks that a child shares with its parent have begun on a case that followed it before."""
    if after.case.parent is None or after.case.parent != before.case.parent:
        return frozenset()
    ran = {(run.clock, run.cycle) for run in before.clocks}
    begun = (run for run in after.clocks if run.outcome is None and (run.clock, run.cycle) not in ran)
    return frozenset(run.clock for run in begun if run.clock in kinds.OF_FOLLOWERS or kinds.of(run.clock) is None)


def catching_up(parent: Aggregate, asked: frozenset[str]) -> Callable[[Aggregate, Scene], list[Event]]:
    """A plan for a child of which these clocks ask something: what its parent's people have done stops them. What the
    clocks do not ask anew (a containment that somebody has claimed, or that a senior has rejected) stays."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        if state.case.state != "open" or state.case.parent != parent.case.id:
            return []
        events = caught_up(scene, state, parent, SYSTEM)
        return [event for event in events if _answers(event) & asked]

    return plan


def _answers(event: Event) -> set[str]:
    """The clocks that an event stops, or excuses."""
    said = event.payload
    return {clock for clock, _ in said.clocks} if isinstance(said, ClocksMet) else {_CATCHES_UP[type(said)]}


def own_paths(state: Aggregate) -> list[int]:
    """The escalations that a case keeps while it follows another: those for its customer, beside its engineers' work,
    of which its parent knows nothing."""
    beside = state.case.kind == "technical"
    return [climb.id for climb in state.live() if beside and climb.kind == "relationship"]


def left(scene: Scene, state: Aggregate, kind: str, other: Case, actor: str) -> list[Event]:
    """The end of a link. A case that follows no more speaks for itself again: where nobody has it, its path begins, and
    where nobody owns it, its lead is told until somebody does."""
    draft = Draft(state, scene.now)
    # A parent's people had this one too, so what they answered begins to age here only now.
    worked_at = scene.now if kind == "parent" else None
    assumed = kind == "parent" and state.case.provisional_until is not None
    unlinked = Unlinked(
        kind=kind, case=ids.to_text(other.id), number=other.number, worked_at=worked_at, provisional=assumed
    )
    draft.add(unlinked.event(actor))
    case = draft.state.case
    if kind != "parent" or case.state != "open":
        return draft.events
    here = scene.again(draft.state)
    if case.level != "standard" and case.acknowledged_at is None:
        draft.add_all(escalating.path_of(here, draft.state, case.level))
    if _waits_unwatched(case):
        draft.add_all(claims.unconfirmed(here, draft.state))
    run = ticking.last_run(draft.state, ASSIGN)
    if case.owner is None and run is not None and run.outcome == "breached":
        draft.add_all(breaching.still_unowned(here, draft.state))
    return draft.events


def _orphaned(state: Aggregate, scene: Scene, parent: Case) -> list[Event]:
    """The parent's problem is solved. Whether that of the child is, its own people say."""
    events = left(scene, state, "parent", parent, reclassifying.ENGINE)
    if state.case.state != "open":
        return events
    says = say(
        "{case}, which it followed, is {state}; please check whether this one is resolved too",
        case=called(parent),
        state=Said(parent.state, {}),
    )
    return [*events, alerting.alert(scene, "parent", says, alerting.workers(scene) or alerting.lead(scene))]


def _followed(state: Aggregate, event: Event, parent: Case) -> list[Event]:
    case, said, actor = state.case, event.payload, event.actor
    if isinstance(said, Escalated | AcknowledgementEnded) and parent.beside(said.kind):
        return _manager_gone(state, event) if isinstance(said, AcknowledgementEnded) else []
    if isinstance(said, Acknowledged) and case.acknowledged_at is None and case.level != "standard":
        stops = [] if said.lasts is None else _stops(state, ACKNOWLEDGE)  # None: somebody else is still wanted
        return [msgspec.structs.replace(said, stops=stops).event(actor)]
    if isinstance(said, AcknowledgementEnded) and case.acknowledged_at is not None:
        return [said.event(actor)]
    if isinstance(said, Escalated) and case.acknowledged_at is not None:  # whoever had it answered a lower level
        return [expiring.ended(state, case.kind, "raised", actor)]
    if isinstance(said, Contained) and case.contained_at is None and case.level != "standard":
        return contained(state, actor)
    return []


def _put_back(state: Aggregate, scene: Scene, event: Event) -> list[Event]:
    """What came to a child by what is undone of its parent, unless it has changed since."""
    said: Undone = event.payload
    deed = retracing.of(scene.history(), said.by, said.at)
    if deed is None or not any(happened.kind in _FROM_PARENT for happened in deed.events):
        return []
    try:
        return undoing.back(scene, state, deed, said.verb, deed.first, event.actor)
    except NotAllowed:
        return []


def _manager_gone(state: Aggregate, event: Event) -> list[Event]:
    """The parent's escalation manager has given it back; whoever manages one of the child's own keeps that."""
    own = any(climb.kind == "relationship" for climb in state.escalations)
    if own or not state.case.beside("relationship"):
        return []
    return [event]


def _claims(state: Aggregate, scene: Scene, event: Event, since: int) -> list[Event]:
    """Containment that is claimed for a parent is claimed for its children as of the same instant, and contested or
    rejected for those to which that claim applied."""
    case, said = state.case, event.payload
    claimed = case.containment_claimed_at
    if case.state != "open" or case.level == "standard":
        return []
    if isinstance(said, Contested):
        return claims.contested(scene, state, say(""), event.actor, silent=True) if claimed == since else []
    if said.what != "containment":
        return []
    if isinstance(said, Claimed):
        if case.contained_at is not None or claimed is not None:
            return []
        claim = Claimed(what="containment", note=WITH, clocks=state.unclaimed(CONTAIN), at=since)
        return [claim.event(event.actor)]
    if claimed is None or claimed != said.since:
        return []
    stopped = (
        [] if claimed == case.resolution_claimed_at else [run for run in state.clocks if run.claimed_at == claimed]
    )
    clocks = [(run.clock, run.cycle) for run in stopped if run.clock == CONTAIN]
    return [msgspec.structs.replace(said, clocks=clocks).event(event.actor)]


def _waits_unwatched(case: Case) -> bool:
    """Whether a claim waits that was the parent's matter."""
    waits = case.containment_claimed_at is not None or case.resolution_claimed_at is not None
    return waits and case.claim_alert_at is None


def contained(state: Aggregate, actor: str) -> list[Event]:
    """That it is contained, with its parent, as of when somebody claimed that."""
    since = state.case.containment_claimed_at
    contained = Contained(note=WITH, stops=_stops(state, CONTAIN), claimed_at=since)
    return [contained.event(actor), *claims.excused(state, since, (CONTAIN,), actor)]


def _stops(state: Aggregate, clock: ClockName) -> list[Run]:
    run = state.running(clock)
    return [] if run is None else [(run.clock, run.cycle)]
