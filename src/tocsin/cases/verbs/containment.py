"""The damage grows no more: anybody may say so, and on an escalated case a senior confirms or rejects it."""

from collections.abc import Mapping
from typing import Any

from tocsin.cases import claims
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.clocks import ticking
from tocsin.cases.confirming import confirms
from tocsin.cases.happenings.claims import Claimed, ClaimRejected
from tocsin.cases.happenings.clocks import ClocksExcused
from tocsin.cases.happenings.paths import PathAnswered, PathStopped
from tocsin.cases.happenings.people import Acknowledged
from tocsin.cases.happenings.progress import Contained
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.acknowledgement import by_confirming
from tocsin.cases.verbs.asks import How, MaybeWhy, Why
from tocsin.cases.verbs.common import became, claimed, require_confirming, required, stops
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.clocks import kinds
from tocsin.clocks.kinds import CONTAIN, ClockName
from tocsin.core.wording import Said, UserName, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class Containment(Arguments, frozen=True):
    """`note`: for colleagues."""

    note: How = None


class Confirmation(Arguments, frozen=True):
    """`reason`: for the record."""

    reason: MaybeWhy = None


class Rejection(Arguments, frozen=True):
    """`reason`: for the record, and for whoever made the claim."""

    reason: Why


def _contain(viewer: Viewer, said: Containment, state: Aggregate, scene: Scene) -> list[Event]:
    """A senior's word counts at once; anybody else's stops the clock until a senior has confirmed or rejected it."""
    if confirms(viewer, state):
        return [*by_confirming(viewer, state, scene), _contained(viewer, state, said.note)]
    clocks, says = (
        state.unclaimed(*_contains(state, scene)),
        say("{name} marked it as contained", name=UserName(viewer.name)),
    )
    return claims.made(scene, state, "containment", said.note, clocks, says, viewer.actor)


def _confirm(viewer: Viewer, said: Confirmation, state: Aggregate, scene: Scene) -> list[Event]:
    """The claim keeps the time at which it was made."""
    require_confirming(viewer, state)
    return [*by_confirming(viewer, state, scene), *confirmed(viewer, state, scene, said.reason)]


def _reject(viewer: Viewer, said: Rejection, state: Aggregate, scene: Scene) -> list[Event]:
    """The clock runs on as though it had never stopped."""
    require_confirming(viewer, state)
    since, solved = state.case.containment_claimed_at, state.case.resolution_claimed_at
    rejected = ClaimRejected(
        what="containment",
        reason=required(said.reason, "reason"),
        clocks=[] if since == solved else claimed(state, since, *_contains(state, scene)),
        since=since,
    )
    return [rejected.event(viewer.actor)]


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


def _to_contain(state: Aggregate) -> Said | None:
    case = state.case
    if case.level == "standard" and state.running(CONTAIN) is None:
        return say("the case is not escalated, so it has no containment target")
    if case.contained_at is not None:
        return say("the case is contained already")
    if case.containment_claimed_at is not None:
        return say("containment is claimed already, and waits to be confirmed")
    return None


def _to_confirm(state: Aggregate) -> Said | None:
    return None if state.case.containment_claimed_at is not None else say("nobody has marked the case as contained")


def _stands(case: Mapping[str, Any]) -> str:
    return became(case["contained"], case["containment_claimed_at"], "contained")


contain = Verb(
    "contain",
    "Mark the case as contained: the damage no longer grows; on an escalated case a senior confirms or rejects it",
    Containment,
    _contain,
    Route("containment"),
    Command(
        _stands,
        "contain 17 --note 'traffic goes to the other region'",
        switches={"confirm": "confirm-containment", "reject": "reject-containment"},
    ),
    Form("Mark as contained", "Marked as contained."),
    allowed=Allowed(live=True, unless=_to_contain),
    more="A senior's word is no claim, and has acknowledged the case too if they [may](cases.md#who-ends-the-paging)",
    undo=Undo(
        (Contained, Claimed),
        (PathAnswered, Acknowledged, PathStopped, ClocksExcused),
        {"what": ("containment",)},
    ),
)
_CONFIRMERS = "seniors, leads, escalation managers; of a relationship only the last"
confirm_containment = Verb(
    "confirm-containment",
    "Confirm that the case is contained, as of the time at which it was claimed",
    Confirmation,
    _confirm,
    Route("containment", ("verdict", "confirm"), "Confirm or reject what somebody else claimed"),
    Command(_stands, "confirm-containment 17"),
    Form("Confirm containment", "Confirmed."),
    allowed=Allowed(unless=_to_confirm),
    requires=lambda viewer, state, scene: require_confirming(viewer, state),
    answers=True,
    who=_CONFIRMERS,
)
reject_containment = Verb(
    "reject-containment",
    "Reject that the case is contained: the clock runs on as though it had never stopped",
    Rejection,
    _reject,
    Route("containment", ("verdict", "reject"), "Confirm or reject what somebody else claimed"),
    Command(_stands, "reject-containment 17 --reason 'it still grows'"),
    Form("Reject containment", "Rejected; the clock runs on."),
    allowed=Allowed(unless=_to_confirm),
    requires=lambda viewer, state, scene: require_confirming(viewer, state),
    answers=True,
    who=_CONFIRMERS,
)
