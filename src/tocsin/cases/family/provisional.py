"""A case that follows another by likelihood alone, for the time in which a mistake is corrected (`correct_within`).

What its parent's people do counts for it like a claim: its clocks stand, and none runs out. If somebody unlinks it,
they run on as though they had never stopped. If nobody does, or somebody says that it is the same problem, it has what
its parent's people did, as of when that counted. Pure.
"""

from collections.abc import Callable, Sequence

from tocsin.cases import alerting, reclassifying
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import moving
from tocsin.cases.drafting import Draft
from tocsin.cases.family import following, gravity
from tocsin.cases.happenings.claims import Claimed
from tocsin.cases.happenings.clocks import ClocksMet
from tocsin.cases.happenings.family import CountedWithParent, Linked, LinkKept
from tocsin.cases.mentions import called
from tocsin.cases.paths.escalating import stopped
from tocsin.cases.scene import Scene
from tocsin.clocks.kinds import ACKNOWLEDGE, CONTAIN
from tocsin.core import ids
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import SYSTEM

Plan = Callable[[Aggregate, Scene], list[Event]]


def linked(parent: Aggregate, likelihood: float, version: int) -> Plan:
    """A plan for a case that is to follow another by likelihood. NotAllowed where that one would have to be raised for
    it, which a person decides."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        case, other = state.case, parent.case
        fits = case.state == other.state == "open" and case.parent is other.parent is None
        if not fits or case.confidential or other.confidential or not gravity.covers(scene, parent, state):
            raise NotAllowed(say("the other case would have to be raised for it"), place="parent")
        until = scene.now + scene.policy.document.cases.correct_within.microseconds
        draft = Draft(state, scene.now)
        told = Linked(
            kind="parent",
            case=ids.to_text(other.id),
            number=other.number,
            likelihood=likelihood,
            until=until,
            policy_version=version,
        )
        draft.add(told.event(reclassifying.ENGINE))
        draft.add_all(_counted(scene.again(draft.state), draft.state, parent))
        own = following.own_paths(state)
        paths = [climb for climb in draft.state.live() if climb.id not in own]
        draft.add_all(stopped(climb, "stopped", reclassifying.ENGINE) for climb in paths)
        return draft.events

    return plan


def linked_back(child: Aggregate) -> Plan:
    """What that means for the parent: whoever has it hears of the other one where people were paged about that."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        told = Linked(kind="child", case=ids.to_text(child.case.id), number=child.case.number)
        events = [told.event(reclassifying.ENGINE)]
        case = state.case
        holder = case.escalation_manager if case.kind == "relationship" else case.technical_lead
        if child.live() and case.acknowledged_at is not None and holder is not None:
            says = say("{case} is likely the same problem, so you have it too", case=called(child.case))
            events.append(alerting.alert(scene, "joined", says, [Named(holder, "has it")]))
        return events

    return plan


def follow(heard: Sequence[Event], parent: Aggregate) -> Plan:
    """A plan for a child of the case that these events happened to, which is as it stands behind them."""
    certain = following.follow(heard, parent.case)

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        if state.case.provisional_until is None:
            return certain(state, scene)
        if not any(happened.payload.lets_go() for happened in heard):
            return _counted(scene, state, parent)
        draft = Draft(state, scene.now)  # its end, to which nobody has objected
        draft.add(LinkKept().event(reclassifying.ENGINE))
        draft.add_all(_settled(scene.again(draft.state), draft.state, parent))
        draft.add_all(certain(draft.state, scene.again(draft.state)))
        return draft.events

    return plan


def counting(parent: Aggregate) -> Plan:
    """A plan for a child of which something new is asked."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        return _counted(scene, state, parent)

    return plan


def kept(scene: Scene, state: Aggregate) -> list[Event]:
    """Nobody has said within the time that it is another problem."""
    return [LinkKept().event(reclassifying.ENGINE)]


def is_kept(before: Aggregate, after: Aggregate) -> bool:
    """Whether a case that followed another provisionally does so for good from now on."""
    was = before.case.provisional_until is not None and after.case.provisional_until is None
    return was and after.case.parent is not None and after.case.parent == before.case.parent


def settled(parent: Aggregate) -> Plan:
    """A plan for a case that follows for good from now on: it has what its parent's people did, as of when that
    counted."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        return _settled(scene, state, parent)

    return plan


def _settled(scene: Scene, state: Aggregate, parent: Aggregate) -> list[Event]:
    draft = Draft(state, scene.now)
    case = state.case
    if case.state == "open":
        if parent.case.contained_at is not None and case.contained_at is None and case.level != "standard":
            draft.add_all(following.contained(state, reclassifying.ENGINE))
        draft.add_all(following.caught_up(scene.again(draft.state), draft.state, parent, SYSTEM))
        draft.add_all(_claimed(draft.state, parent))
    if left := draft.state.stands_by_parent:
        draft.add(CountedWithParent(clocks=[], released=left).event())
    return draft.events


def _claimed(state: Aggregate, parent: Aggregate) -> list[Event]:
    """That the parent is contained waits to be confirmed: so it does here."""
    since, case = parent.case.containment_claimed_at, state.case
    done = case.contained_at is not None or case.containment_claimed_at is not None or case.level == "standard"
    if since is None or done:
        return []
    runs = [(run.clock, run.cycle) for run in state.clocks if run.outcome is None and run.clock == CONTAIN]
    return [Claimed(what="containment", note=following.WITH, clocks=runs, at=since).event(reclassifying.ENGINE)]


def _counted(scene: Scene, state: Aggregate, parent: Aggregate) -> list[Event]:
    """What stands from now on by what the parent's people have done, and what runs on because that is no more so."""
    if state.case.state != "open" or state.case.level == "standard":
        covered = set[str]()
    else:
        covered = _covered(scene, state, parent)
    already = state.stands_by_parent
    runs = [run for run in state.clocks if run.outcome is None and run.claimed_at is None and run.clock in covered]
    released = [run for run in already if run[0] not in covered]
    new = [(run.clock, run.cycle) for run in runs]
    return [CountedWithParent(clocks=new, released=released).event()] if new or released else []


def _covered(scene: Scene, state: Aggregate, parent: Aggregate) -> set[str]:
    case = parent.case
    found: set[str] = set()
    for event in moving.caught_up(scene, state, parent):
        if isinstance(event.payload, ClocksMet):
            found.update(clock for clock, _ in event.payload.clocks)
    if case.acknowledged_at is not None and gravity.covers(scene, parent, state):
        found.add(ACKNOWLEDGE)
    if case.contained_at is not None or case.containment_claimed_at is not None:
        found.add(CONTAIN)
    return found
