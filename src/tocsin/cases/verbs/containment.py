"""The damage grows no more: anybody may say so, and on an escalated case a senior confirms or rejects it."""

from tocsin.cases import claims
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import ticking
from tocsin.cases.confirming import confirms
from tocsin.cases.happenings.claims import ClaimRejected
from tocsin.cases.happenings.progress import Contained
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.acknowledgement import by_confirming
from tocsin.cases.verbs.common import begin, claimed, require_confirming, required, stops
from tocsin.clocks import kinds
from tocsin.clocks.kinds import ClockName
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def contain(viewer: Viewer, note: str | None = None) -> Plan:
    """Say that the case is contained. A senior's word counts at once; anybody else's stops the clock until a senior
    has confirmed or rejected it."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.CONTAIN, state)
        if confirms(viewer, state):
            return [*by_confirming(viewer, state, scene), _contained(viewer, state, note)]
        clocks, says = state.unclaimed(*_contains(state, scene)), f"{viewer.name} marked it as contained"
        return claims.made(scene, state, "containment", note, clocks, says, viewer.actor)

    return plan


def confirm_containment(viewer: Viewer, confirm: bool, reason: str | None = None) -> Plan:
    """Confirm a claim, which keeps the time at which it was made, or reject it: then the clock runs on as though it had
    never stopped. A rejection takes a reason."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.CONFIRM_CONTAINMENT, state)
        require_confirming(viewer, state)
        if confirm:
            return [*by_confirming(viewer, state, scene), *confirmed(viewer, state, scene, reason)]
        since, solved = state.case.containment_claimed_at, state.case.resolution_claimed_at
        rejected = ClaimRejected(
            what="containment",
            reason=required(reason, "reason"),
            clocks=[] if since == solved else claimed(state, since, *_contains(state, scene)),
            since=since,
        )
        return [rejected.event(viewer.actor)]

    return plan


def confirmed(viewer: Viewer, state: Aggregate, scene: Scene, note: str | None) -> list[Event]:
    """It is contained, as of the claim that waits, and what ran out meanwhile is excused."""
    since = state.case.containment_claimed_at
    return [_contained(viewer, state, note), *claims.excused(state, since, _contains(state, scene), viewer.actor)]


def _contained(viewer: Viewer, state: Aggregate, note: str | None) -> Event:
    """`case.contained`; what was claimed counts as of the claim."""
    since = state.case.containment_claimed_at
    return Contained(note=note, stops=stops(state, *kinds.stopped_by("contained")), claimed_at=since).event(
        viewer.actor
    )


def _contains(state: Aggregate, scene: Scene) -> tuple[ClockName, ...]:
    return ticking.stopped_by("contained", state, scene.around.policies)
