"""What the customer or the source of a case that follows another says against what its parent waits with. Pure."""

from collections.abc import Callable, Sequence

from tocsin.cases import alerting, claims, expiring, reclassifying
from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.base import CaseEvent
from tocsin.cases.happenings.messages import FiredAgain
from tocsin.cases.happenings.people import Alerted
from tocsin.cases.mentions import called
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.core.wording import say
from tocsin.ledger.journal import Event


def objected(events: Sequence[Event]) -> Event | None:
    """What somebody outside said of a case, by which a claim that its parent waits with may be wrong."""
    return next((event for event in events if isinstance(event.payload, CaseEvent) and event.payload.OBJECTS), None)


def contested(before: Case, child: Aggregate, happened: Sequence[Event]) -> Callable[[Aggregate, Scene], list[Event]]:
    """A plan for the parent of a case of which that was said: it contests a claim that speaks for the child, too; a
    hold of the parent ends; and where it is contained, or was on hold, those of its people are told whom the child did
    not tell. `before`: the child then; what its source repeats is no news. `happened`: to the child."""
    objection = objected(happened)
    fires = objection is not None and isinstance(objection.payload, FiredAgain)
    if fires:
        says = say("the source of {case} says that it is broken", case=called(child.case))
    else:
        says = say("the customer of {case} wrote", case=called(child.case))
    told = _told(happened)

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        case, draft = state.case, Draft(state, scene.now)
        if case.state != "open":
            return []
        held, contained = case.held_at is not None, case.contained_at is not None
        waits = [at for what, at in claims.waiting(state).items() if what != "containment" or _shared(at, child.case)]
        if waits and (case.contested_at or 0) < max(waits):
            draft.add_all(claims.contested(scene, state, says, reclassifying.ENGINE, told=told))
        if held:
            here = scene.again(draft.state)
            draft.add(expiring.released(here, draft.state, scene.now, says, reclassifying.ENGINE))
        repeats = fires and before.broken_at is not None
        if not waits and (held or (contained and not repeats)):
            here = scene.again(draft.state)
            if contained:
                news = say("{says}, though this case is contained", says=says)
            else:
                news = say("{says}, so this case is on hold no more", says=says)
            people = [one for one in alerting.workers(here) + alerting.lead(here) if one.user not in told]
            if people:
                draft.add(alerting.alert(here, "broken" if fires else "replied", news, people))
        return draft.events

    return plan


def _told(happened: Sequence[Event]) -> frozenset[int]:
    """Who was told something by these events."""
    alerts = [event.payload for event in happened if isinstance(event.payload, Alerted)]
    return frozenset(ids.from_text(person["user"]) for alert in alerts for person in alert.notified)


def _shared(claimed: int, child: Case) -> bool:
    """Whether a containment that is claimed for a parent is that of its child: one that has no own."""
    own = child.containment_claimed_at
    return own == claimed or (own is None and child.contained_at is None)
