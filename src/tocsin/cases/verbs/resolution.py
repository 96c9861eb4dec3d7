"""The problem is solved: anybody may say so, and on an escalated case a senior confirms or rejects it."""

from collections.abc import Mapping
from typing import Any

from tocsin.cases import claims, ownership, reviving
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import ticking
from tocsin.cases.confirming import confirms
from tocsin.cases.happenings.claims import Claimed, ClaimRejected
from tocsin.cases.happenings.clocks import ClocksExcused
from tocsin.cases.happenings.deciding import TakenLive
from tocsin.cases.happenings.paths import PathStopped
from tocsin.cases.happenings.people import Assigned
from tocsin.cases.happenings.progress import Resolved
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.paths import answering
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import How
from tocsin.cases.verbs.common import became, claimed, require_confirming, required, stopped_paths, stops
from tocsin.cases.verbs.containment import Confirmation, Rejection
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.clocks import kinds
from tocsin.core.wording import Said, UserName, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class Resolution(Arguments, frozen=True):
    """`note`: for colleagues. `told`: afterwards, by the history of another system, whose seniors could."""

    note: How = None
    told: bool = False


def _resolve(viewer: Viewer, said: Resolution, state: Aggregate, scene: Scene) -> list[Event]:
    """A senior's word ends an escalated case at once, while people are paged that of one who may answer them; anybody
    else's is a claim. A case that nobody owned is owned by whoever resolves it."""
    if said.told and confirms(viewer, state):
        return ended(viewer, state, scene, said.note)
    return solved(viewer, state, scene, said.note)


def solved(viewer: Viewer, state: Aggregate, scene: Scene, note: str | None, *, sure: bool = True) -> list[Event]:
    """What it means that somebody, or a help desk, says so: the end, or a claim. The word of a machine is a claim,
    whatever its token may (`sure` False). History that was imported ends at anybody's word, for nobody relies on it."""
    if state.case.practice:
        return ended(viewer, state, scene, note)
    if state.case.imported:
        live = reviving.woken(state, scene, "it was resolved", viewer.actor)
        return [live, *ended(viewer, state, scene, note)]
    enough = sure and confirms(viewer, state) and answering.ends(viewer, state, scene)
    if state.case.level == "standard" or enough:
        return ended(viewer, state, scene, note)
    wanted = ticking.stopped_by("resolved", state, scene.around.policies)
    clocks, says = state.unclaimed(*wanted), say("{name} marked it as resolved", name=UserName(viewer.name))
    return claims.made(scene, state, "resolution", note, clocks, says, viewer.actor)


def _confirm(viewer: Viewer, said: Confirmation, state: Aggregate, scene: Scene) -> list[Event]:
    """The claim keeps the time at which it was made."""
    require_able(viewer, state, scene)
    return ended(viewer, state, scene, said.reason)


def _reject(viewer: Viewer, said: Rejection, state: Aggregate, scene: Scene) -> list[Event]:
    """The clocks run on as though they had never stopped."""
    require_able(viewer, state, scene)
    since = state.case.resolution_claimed_at
    over, contained = (ticking.stopped_by(to, state, scene.around.policies) for to in ("resolved", "contained"))
    waits = state.case.containment_claimed_at is not None  # so what that claims goes on waiting, as of its own time
    rejected = ClaimRejected(
        what="resolution",
        reason=required(said.reason, "reason"),
        clocks=claimed(state, since, *(set(over).difference(contained) if waits else over)),
        since=since,
        still=claimed(state, since, *contained) if waits else [],
    )
    return [rejected.event(viewer.actor)]


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


def _to_resolve(state: Aggregate) -> Said | None:
    if state.case.resolution_claimed_at is not None:
        return say("the resolution is claimed already, and waits to be confirmed")
    return None


def _to_confirm(state: Aggregate) -> Said | None:
    return None if state.case.resolution_claimed_at is not None else say("nobody has marked the case as resolved")


def _stands(case: Mapping[str, Any]) -> str:
    return became(case["state"] == "resolved", case["resolution_claimed_at"], "resolved")


resolve = Verb(
    "resolve",
    "Mark the case as resolved; on an escalated case a senior confirms or rejects it",
    Resolution,
    _resolve,
    Route("resolution"),
    Command(
        _stands,
        "resolve 17 --note 'The cache was full.'",
        switches={"confirm": "confirm-resolution", "reject": "reject-resolution"},
    ),
    Form("Mark as resolved", "Marked as resolved."),
    allowed=Allowed(unless=_to_resolve),
    more="A claim like `contain`, and while people are paged unless by a senior who"
    " [may answer](cases.md#who-ends-the-paging)",
    undo=Undo((Resolved, Claimed), (Assigned, ClocksExcused, PathStopped, TakenLive), {"what": ("resolution",)}),
)
confirm_resolution = Verb(
    "confirm-resolution",
    "Confirm that the case is resolved, as of the time at which it was claimed",
    Confirmation,
    _confirm,
    Route("resolution", ("verdict", "confirm"), "Confirm or reject what somebody else claimed"),
    Command(_stands, "confirm-resolution 17"),
    Form("Confirm resolution", "Confirmed."),
    allowed=Allowed(unless=_to_confirm),
    requires=require_able,
    answers=True,
    who="as for `confirm-containment`",
)
reject_resolution = Verb(
    "reject-resolution",
    "Reject that the case is resolved: the clocks run on as though they had never stopped",
    Rejection,
    _reject,
    Route("resolution", ("verdict", "reject"), "Confirm or reject what somebody else claimed"),
    Command(_stands, "reject-resolution 17 --reason 'it is still slow'"),
    Form("Reject resolution", "Rejected; the clocks run on."),
    allowed=Allowed(unless=_to_confirm),
    requires=require_able,
    answers=True,
    who="as for `confirm-containment`",
)
