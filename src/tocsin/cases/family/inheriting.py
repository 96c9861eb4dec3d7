"""Who has a case has the one that stands for it, or speaks for it, from now on: nobody is paged again. Pure."""

from tocsin.cases import ownership
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.family import gravity
from tocsin.cases.happenings.people import Acknowledged
from tocsin.cases.mentions import called
from tocsin.cases.paths import answering
from tocsin.cases.paths.escalating import stopped
from tocsin.cases.scene import Scene
from tocsin.clocks.kinds import ACKNOWLEDGE
from tocsin.core import ids
from tocsin.core.wording import plain, say
from tocsin.ledger.journal import Event


def taken_over(scene: Scene, state: Aggregate, other: Aggregate, actor: str) -> list[Event]:
    """What the people of the other case have answered, for one that is no graver than that; and its escalation manager,
    where this one wants one."""
    draft = Draft(state, scene.now)
    mine, theirs = state.case, other.case
    if mine.state != "open" or mine.imported or mine.level == "standard":
        return []
    kind = theirs.kind or "technical"
    holder = _holder(other, kind)
    heard = theirs.acknowledged_at is not None and gravity.covers(scene, other, state) and _there(scene, holder)
    if heard and mine.acknowledged_at is None and _may_stop(scene, state, kind, holder):
        draft.add_all(_answered(state, other, kind, actor, theirs.acknowledgement_lasts))
    manager = theirs.escalation_manager
    beside = [climb for climb in draft.state.live() if draft.state.case.beside(climb.kind)]
    if kind == "technical" and beside and manager is not None and _there(scene, manager):
        draft.add_all(_answered(draft.state, other, "relationship", actor, None))
    return draft.events


def owner(scene: Scene, state: Aggregate, other: Aggregate, actor: str) -> list[Event]:
    """A case that nobody owns is the owner's of the one for which it stands."""
    user = scene.around.directory.users.get(other.case.owner or 0)
    if state.case.owner is not None or user is None or not ownership.may_own(user):
        return []
    why = say("owns {case}, for which it stands", case=called(other.case))
    return [ownership.assignment(scene.around, state, user.id, why, actor)]


def _answered(state: Aggregate, other: Aggregate, kind: str, actor: str, lasts: int | None) -> list[Event]:
    holder = _holder(other, kind)
    run = state.running(ACKNOWLEDGE)
    acknowledged = Acknowledged(
        lead=ids.to_text(holder) if holder is not None else None,
        kind=kind,
        stops=[(run.clock, run.cycle)] if run is not None and lasts is not None else [],
        lasts=lasts,
        beside=plain(called(other.case)),
    )
    over = [climb for climb in state.live() if climb.kind == kind]
    return [acknowledged.event(actor), *(stopped(climb, "acknowledged", actor) for climb in over)]


def _holder(other: Aggregate, kind: str) -> int | None:
    return other.case.escalation_manager if kind == "relationship" else other.case.technical_lead


def _may_stop(scene: Scene, state: Aggregate, kind: str, holder: int | None) -> bool:
    """Whether the paging may end that had begun before: by somebody who may answer it."""
    before = [climb for climb in state.live() if climb.kind == kind and climb.started_at < scene.now]
    return all(answering.may(holder, scene, climb) for climb in before)


def _there(scene: Scene, holder: int | None) -> bool:
    """Whether whoever answered still works on cases. An answer by a machine has no person behind it."""
    user = scene.around.directory.users.get(holder) if holder is not None else None
    return holder is None or (user is not None and user.may("cases.work"))
