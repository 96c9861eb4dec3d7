"""More attention or less than the policy gives: raised, requested, lowered by people, each with a reason."""

from typing import Annotated

from tocsin.cases import addressing, alerting, claims, raising
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.base import CaseEvent
from tocsin.cases.happenings.clocks import ClocksExcused
from tocsin.cases.happenings.deciding import TakenLive
from tocsin.cases.happenings.judging import Lowered, Overridden, RequestAnswered, Requested
from tocsin.cases.happenings.paths import PathStopped
from tocsin.cases.happenings.people import Assigned
from tocsin.cases.happenings.progress import Contained, Resolved
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.paths import answering, escalating
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import DOWN, ISSUE, UP, Asks, MaybeWhy, Why
from tocsin.cases.verbs.common import required, stopped_paths
from tocsin.cases.verbs.containment import confirmed
from tocsin.cases.verbs.resolution import ended
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.core.errors import Forbidden, NotAllowed
from tocsin.core.wording import Said, UserName, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Override
from tocsin.policy.levels import ESCALATED, SENIOR, STANDARD, LevelName, named, raised
from tocsin.policy.model import Kind


class Raise(Arguments, frozen=True):
    """`kind`: technical or relationship; None: as the policy says."""

    level: Annotated[str, UP]
    reason: Why
    kind: Annotated[Kind | None, ISSUE] = None


class Request(Arguments, frozen=True):
    """Why somebody should see to a case: who is hurt, what the customer wants, and by when (microseconds)."""

    level: Annotated[str, UP]
    reason: Why
    hurt: Annotated[str | None, Asks("Who is affected", "line", "Who is affected")] = None
    wants: Annotated[str | None, Asks("What the customer wants", "line", "What the customer wants")] = None
    needed_by: Annotated[int | None, Asks("Until when, such as 2026-11-22T16:00:00Z", "instant", option="by")] = None


class RequestAnswer(Arguments, frozen=True):
    """`reason`: needed to decline."""

    accept: Annotated[bool, Asks("Accept it, which raises the case, or decline it", "accept", "Raise it")]
    reason: MaybeWhy = None


class Lowering(Arguments, frozen=True):
    """`level`: below that of the case."""

    level: Annotated[str, DOWN]
    reason: Why


def _raise(viewer: Viewer, said: Raise, state: Aggregate, scene: Scene) -> list[Event]:
    level = named(said.level, ESCALATED)
    may_raise(viewer, level)
    if not raised(state.case.level, level):
        raise NotAllowed(
            say("the case is at {level} already", level=state.case.level), place="level", expected=say("a higher level")
        )
    why = required(said.reason, "reason")
    override = Override(reason=why, by=viewer.actor, level=level, kind=said.kind)
    answer = answered(viewer, state, override)
    return [*answer, overridden(override, viewer), *raising.decided(scene, state, override, viewer.actor)]


def answered(viewer: Viewer, state: Aggregate, said: Override) -> list[Event]:
    """Whoever raises a case as far as somebody had asked has answered that."""
    wanted = state.case.requested_level
    if wanted is None or said.level is None or raised(said.level, wanted):
        return []
    return [RequestAnswered(accepted=True, reason=said.reason).event(viewer.actor)]


def _request(viewer: Viewer, said: Request, state: Aggregate, scene: Scene) -> list[Event]:
    level = named(said.level, ESCALATED)
    if not raised(state.case.level, level):
        raise NotAllowed(
            say("the case is at {level} already", level=state.case.level), place="level", expected=say("a higher level")
        )
    due_at = scene.now + scene.policy.document.cases.request_answer.microseconds
    reason = required(said.reason, "reason")
    asked = Requested(
        level=level,
        hurt=said.hurt,
        wants=said.wants,
        needed_by=said.needed_by,
        reason=reason,
        due_at=due_at,
    ).event(viewer.actor)
    says = say("{name} asks for {level}: {reason}", name=UserName(viewer.name), level=level, reason=said.reason)
    return [asked, alerting.alert(scene, "request", says, _answerers(scene))]


def _answer(viewer: Viewer, said: RequestAnswer, state: Aggregate, scene: Scene) -> list[Event]:
    """To accept a request raises the case."""
    level = state.case.requested_level or SENIOR
    viewer.require("cases.raise")
    why = said.reason if said.accept else required(said.reason, "reason")
    answer = RequestAnswered(accepted=said.accept, reason=why).event(viewer.actor)
    if not said.accept or not raised(state.case.level, level):
        return [answer]
    override = Override(reason=why or "the request was accepted", by=viewer.actor, level=level)
    return [answer, overridden(override, viewer), *raising.decided(scene, state, override, viewer.actor)]


def _lower(viewer: Viewer, said: Lowering, state: Aggregate, scene: Scene) -> list[Event]:
    """Its clocks keep their stricter times; its path stops, and where the level is still above standard and nobody has
    acknowledged, that level's path begins."""
    level = named(said.level)
    if not raised(level, state.case.level):
        raise NotAllowed(
            say("the case is at {level}", level=state.case.level), place="level", expected=say("a lower level")
        )
    why = required(said.reason, "reason")
    override = Override(reason=why, by=viewer.actor, level=level)
    draft = Draft(state, scene.now)
    draft.add_all(lowered(viewer, state, scene, override))
    if level == STANDARD and _unobjected(draft.state, "resolution"):
        draft.add_all(ended(viewer, draft.state, scene.again(draft.state), _ENOUGH))
    return draft.events


def lowered(viewer: Viewer, state: Aggregate, scene: Scene, said: Override) -> list[Event]:
    """The events of lowering a case to the level that is said; Forbidden, while people are paged, for whoever may not
    end that."""
    require_lowering(viewer, state, scene)
    level = said.level or STANDARD
    kind = state.case.kind if level != "standard" else None
    draft = Draft(state, scene.now)
    draft.add(Lowered(level=level, kind=kind, reason=said.reason).event(viewer.actor))
    draft.add_all(stopped_paths(state, "stopped", viewer.actor))
    if state.case.requested_level is not None:
        why = f"the case was lowered: {said.reason}"
        draft.add(RequestAnswered(accepted=False, reason=why).event(viewer.actor))
    decision = raising.decide_again(draft, scene.again(draft.state), said, viewer.actor)
    if level == "standard" and _unobjected(draft.state, "containment"):
        draft.add_all(confirmed(viewer, draft.state, scene.again(draft.state), _ENOUGH))
    if level == "standard" or state.case.acknowledged_at is not None or state.case.parent is not None:
        return draft.events
    if decision is None or decision.level != level:
        draft.add_all(escalating.path_of(scene.again(draft.state), draft.state, level))
    else:
        policy = scene.around.policies.compiled(decision.policy_version)
        draft.add_all(escalating.escalate(policy, decision, scene.mint, scene.now))
    return draft.events


def require_lowering(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """Forbidden, with whom to ask, where lowering would end a paging that this viewer may not end."""
    answering.require_end(viewer, state, scene, "level", "cases.lower")


LOWERING: tuple[type[CaseEvent], ...] = (PathStopped, RequestAnswered, Contained, Resolved, ClocksExcused, Assigned)
"""What comes with lowering, in the name of whoever does it."""

_ENOUGH = "it was claimed before, and the case was lowered to standard, where that is enough"


def _unobjected(state: Aggregate, what: str) -> bool:
    """Whether that is claimed, and nobody said otherwise: then, on a case on which anybody's word is enough, it counts
    as of the claim."""
    return what in claims.waiting(state) and state.case.contested_at is None


def overridden(said: Override, viewer: Viewer) -> Event:
    """`case.overridden`: what a person set, and why."""
    overridden = Overridden(
        severity=said.severity,
        level=said.level,
        kind=said.kind,
        owner=said.owner,
        team=said.team,
        reason=said.reason,
        type=said.type,
        product_area=said.product_area,
    )
    return overridden.event(viewer.actor)


def may_raise(viewer: Viewer, level: LevelName) -> None:
    """Forbidden for an agent above senior."""
    if level != "senior" and not viewer.may("cases.raise"):
        raise Forbidden(
            say("{capacity} cannot raise a case to {level}", capacity=viewer.capacity, level=level),
            expected=say("a request, which a lead answers"),
        )


def _answerers(scene: Scene) -> list[Named]:
    duty = "role:escalation-manager"
    return [Named(user, duty) for user in addressing.resolve(duty, scene)] + alerting.lead(scene)


def _to_raise(state: Aggregate) -> Said | None:
    return say("the case is at the highest level already") if state.case.level == "executive" else None


def _to_request(state: Aggregate) -> Said | None:
    if state.case.requested_level is not None:
        return say("an escalation is requested already, and waits for an answer")
    return _to_raise(state)


def _to_answer(state: Aggregate) -> Said | None:
    return None if state.case.requested_level is not None else say("no escalation is requested")


def _to_lower(state: Aggregate) -> Said | None:
    return say("the case is not escalated") if state.case.level == "standard" else None


def _require_raising(viewer: Viewer, state: Aggregate, scene: Scene) -> None:
    """What is above senior is raised by those who may."""
    if state.case.level == "senior":
        viewer.require("cases.raise")


raise_ = Verb(
    "raise",
    "Raise the case to a higher level; the engine does not undo it",
    Raise,
    _raise,
    Route("escalation"),
    Command("is raised", "raise 17 senior --reason 'the launch is tomorrow'"),
    Form("Raise", "Raised."),
    allowed=Allowed(unless=_to_raise),
    requires=_require_raising,
    undo=Undo((Overridden,), (RequestAnswered, TakenLive), dict.fromkeys(("severity", "owner", "team"), (None,))),
    who="to senior everybody; to executive escalation managers, leads, account owners",
)
request = Verb(
    "request",
    "Request a higher level; without an answer in the policy's time it is accepted",
    Request,
    _request,
    Route("escalation", ("request", True), "Request the level instead of raising at once"),
    Command(
        "waits for an answer: {level} is requested",
        "request 17 executive --reason 'the board asks' --hurt 'all of Acme'",
    ),
    Form("Request an escalation", "Requested. If no lead answers in time, it is accepted."),
    allowed=Allowed(live=True, unless=_to_request),
    more="A body with `hurt`, `wants` or `needed_by`, which only a request has, is one, too, where the role may not"
    " raise so far",
)
answer_request = Verb(
    "answer-request",
    "Accept a request for a higher level, or decline it with a reason",
    RequestAnswer,
    _answer,
    Route("escalation/answer"),
    Command(
        lambda told: "has the requested level" if told["accept"] else "stays at its level",
        "answer-request 17 --decline --reason 'a call will do'",
        ("answer",),
    ),
    Form("Answer the request", "Request answered."),
    allowed=Allowed(unless=_to_answer),
    requires=lambda viewer, state, scene: viewer.require("cases.raise"),
    answers=True,
    who="who may raise to executive",
)
lower = Verb(
    "lower",
    "Lower the case to a lower level; its clocks keep their stricter times",
    Lowering,
    _lower,
    Route("deescalation"),
    Command("is lowered", "lower 17 standard --reason 'it was a test system'"),
    Form("Lower", "Lowered; its clocks keep their due times."),
    permission="cases.lower",
    allowed=Allowed(unless=_to_lower),
    requires=require_lowering,
    who="escalation managers, leads; while people are paged, those of them who"
    " [may answer](cases.md#who-ends-the-paging)",
    undo=Undo((Lowered,), LOWERING),
)
