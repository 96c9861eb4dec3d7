"""The problem is solved: anybody may say so, and on an escalated case a senior confirms or rejects it."""

from tocsin.cases import claims, ownership, reviving
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import ticking
from tocsin.cases.confirming import confirms
from tocsin.cases.happenings.claims import ClaimRejected
from tocsin.cases.happenings.progress import Resolved
from tocsin.cases.lifecycle import Verb
from tocsin.cases.paths import answering
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, claimed, require_confirming, required, stopped_paths, stops
from tocsin.clocks import kinds
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def resolve(viewer: Viewer, note: str | None = None, *, told: bool = False) -> Plan:
    """Say that the case is solved. A senior's word ends an escalated case at once, while people are paged that of one
    who may answer them; anybody else's is a claim. A case that nobody owned is owned by whoever resolves it. `told`:
    afterwards, by the history of another system, whose seniors could."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.RESOLVE, state)
        if told and confirms(viewer, state):
            return ended(viewer, state, scene, note)
        return solved(viewer, state, scene, note)

    return plan


def solved(viewer: Viewer, state: Aggregate, scene: Scene, note: str | None, *, sure: bool = True) -> list[Event]:
    """What it means that somebody, or a help desk, says so: the end, or a claim. The word of a machine is a claim,
    whatever its token may (`sure` False). History that was imported ends at anybody's word, for nobody relies on it."""
    if state.case.imported:
        live = reviving.woken(state, scene, "it was resolved", viewer.actor)
        return [live, *ended(viewer, state, scene, note)]
    enough = sure and confirms(viewer, state) and answering.ends(viewer, state, scene)
    if state.case.level == "standard" or enough:
        return ended(viewer, state, scene, note)
    wanted = ticking.stopped_by("resolved", state, scene.around.policies)
    clocks, says = state.unclaimed(*wanted), f"{viewer.name} marked it as resolved"
    return claims.made(scene, state, "resolution", note, clocks, says, viewer.actor)


def confirm_resolution(viewer: Viewer, confirm: bool, reason: str | None = None) -> Plan:
    """Confirm a claim, which keeps the time at which it was made, or reject it: then the clocks run on as though they
    had never stopped. A rejection takes a reason."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.CONFIRM_RESOLUTION, state)
        require_able(viewer, state, scene)
        if confirm:
            return ended(viewer, state, scene, reason)
        since = state.case.resolution_claimed_at
        over, contained = (ticking.stopped_by(to, state, scene.around.policies) for to in ("resolved", "contained"))
        waits = state.case.containment_claimed_at is not None  # so what that claims goes on waiting, as of its own time
        rejected = ClaimRejected(
            what="resolution",
            reason=required(reason, "reason"),
            clocks=claimed(state, since, *(set(over).difference(contained) if waits else over)),
            since=since,
            still=claimed(state, since, *contained) if waits else [],
        )
        return [rejected.event(viewer.actor)]

    return plan


def require_able(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """Forbidden for whoever may not confirm on this case, or may not end its paging."""
    require_confirming(viewer, state)
    answering.require_end(viewer, state, scene, "verdict")


def ended(viewer: Viewer, state: Aggregate, scene: Scene, note: str | None) -> list[Event]:
    """It is over, whoever may say so."""
    events = []
    if state.case.owner is None and viewer.user is not None:
        events.append(ownership.assignment(scene.around, state, viewer.user, "resolved it", viewer.actor))
    taken = kinds.stopped_by("assigned") if events else ()
    since = state.case.resolution_claimed_at
    stopped = [stop for stop in stops(state) if kinds.of(stop[0]) is not None and stop[0] not in taken]
    resolved = Resolved(note=note, stops=stopped, claimed_at=since).event(viewer.actor)
    excused = claims.excused(state, since, ticking.stopped_by("resolved", state, scene.around.policies), viewer.actor)
    paths = stopped_paths(state, "stopped", viewer.actor)
    return [*events, resolved, *excused, *paths]
