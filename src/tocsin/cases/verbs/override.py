"""Human judgement wins: severity, level, owner or team set by a person, with a reason; the engine does not undo it."""

from typing import Annotated, Protocol

from tocsin.cases import ownership, raising, reviving
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.deciding import TakenLive
from tocsin.cases.happenings.judging import Lowered, Overridden
from tocsin.cases.paths import answering
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import AREA, ISSUE, TYPE, Asks, Why
from tocsin.cases.verbs.common import owner_named, required
from tocsin.cases.verbs.escalation import LOWERING, answered, lowered, may_raise, overridden
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Override
from tocsin.policy.levels import named, raised
from tocsin.policy.model import Document, Kind

_CHANGES = ("severity", "level", "owner", "team", "type", "product_area")


class Overriding(Arguments, frozen=True):
    """What is set; None stays as it is. `told`: afterwards, by the history of another system, where whoever did it
    could."""

    reason: Why
    severity: Annotated[str | None, Asks("As the policy names it", "severity", "Severity")] = None
    level: Annotated[str | None, Asks("standard, senior or executive", "level", "Level")] = None
    kind: Annotated[Kind | None, ISSUE._replace(none="as it is")] = None
    owner: Annotated[str | None, Asks("The new owner", "user", "Owner")] = None
    team: Annotated[str | None, Asks("The new team", "team", "Team")] = None
    type: Annotated[str | None, TYPE] = None
    product_area: Annotated[str | None, AREA] = None
    told: bool = False


def _override(viewer: Viewer, said: Overriding, state: Aggregate, scene: Scene) -> list[Event]:
    """Set what the policy decided otherwise. A level is raised and lowered by those who may do that alone, and so is
    the severity of an escalated case lowered; clocks keep their stricter times. While people are paged, another team is
    set by those who may answer, or lower the case."""
    wanted = _checked(viewer, said, state, scene)
    if wanted.team is not None and not said.told:
        answering.require_move(viewer, state, scene, wanted.team, "team")
    draft = Draft(state, scene.now)
    if wanted.level is not None and raised(state.case.level, wanted.level):
        draft.add_all(answered(viewer, state, wanted))
    draft.add(overridden(wanted, viewer))
    if wanted.level is not None and raised(wanted.level, state.case.level):
        draft.add_all(lowered(viewer, draft.state, scene.again(draft.state), wanted))
    elif any(getattr(wanted, name) is not None for name in ("severity", "level", "team", "type", "product_area")):
        draft.add_all(raising.decided(scene.again(draft.state), draft.state, wanted, viewer.actor))
    if wanted.owner is not None:
        user = owner_named(scene.around.directory, wanted.owner)
        draft.add(ownership.assignment(scene.around, draft.state, user.id, wanted.reason, viewer.actor))
        reviving.take_live(draft, scene.again(draft.state), wanted.reason, viewer.actor)
    return draft.events


def _checked(viewer: Viewer, said: Overriding, state: Aggregate, scene: Scene) -> Override:
    why = required(said.reason, "reason")
    if all(getattr(said, name) is None for name in _CHANGES):
        expected = say("at least one of {names}", names=", ".join(_CHANGES))
        raise InvalidInput(say("no change is given"), expected=expected)
    document = scene.around.policies.at(scene.now).document
    check_classification(viewer, said, state, document)
    if said.team is not None and said.team not in scene.around.directory.teams:
        names = ", ".join(scene.around.directory.teams)
        raise InvalidInput(
            say("there is no team {team}", team=repr(said.team[:40])),
            place="team",
            expected=say("one of {names}", names=names),
        )
    if said.owner is not None:
        owner_named(scene.around.directory, said.owner)
    level = None if said.level is None else named(said.level)
    if level is not None:
        if raised(state.case.level, level):
            may_raise(viewer, level)
        elif raised(level, state.case.level):
            viewer.require("cases.lower")
    return Override(
        reason=why,
        by=viewer.actor,
        severity=said.severity,
        level=level,
        kind=said.kind,
        owner=said.owner,
        team=said.team,
        type=said.type,
        product_area=said.product_area,
    )


class Classification(Protocol):
    """What a person says a case is."""

    @property
    def severity(self) -> str | None: ...
    @property
    def type(self) -> str | None: ...
    @property
    def product_area(self) -> str | None: ...


def check_classification(viewer: Viewer, said: Classification, state: Aggregate, document: Document) -> None:
    """InvalidInput for what the policy does not know; Forbidden where a lower severity is not theirs to set."""
    if said.severity is not None:
        _check_severity(viewer, said.severity, state, list(document.severities))
    for name, value, known in (
        ("type", said.type, [*document.types]),
        ("product_area", said.product_area, [*document.product_areas]),
    ):
        if value is not None and value not in known:
            raise InvalidInput(
                say("there is no {field} {value}", field=name, value=repr(value[:40])),
                place=name,
                expected=say("one of {names}", names=", ".join(known)),
            )


def _check_severity(viewer: Viewer, severity: str, state: Aggregate, order: list[str]) -> None:
    if severity not in order:
        names = ", ".join(order)
        raise InvalidInput(
            say("there is no severity {severity}", severity=repr(severity[:40])),
            place="severity",
            expected=say("one of {names}", names=names),
        )
    now = state.case.severity
    if state.case.level != "standard" and now in order and order.index(severity) > order.index(now):
        viewer.require("cases.lower")


override = Verb(
    "override",
    "Override severity, level, kind, owner, team, type or area; later decisions do not undo it",
    Overriding,
    _override,
    Route("override"),
    Command("is overridden", "override 17 --severity high --reason 'only one region'"),
    Form("Override", "Overridden; later decisions do not undo it."),
    who="levels as for `raise` and `lower`; a lower severity of an escalated case as for `lower`; another team, while"
    " people are paged, by [those who may answer](cases.md#who-ends-the-paging)",
    undo=Undo((Overridden,), (*LOWERING, Lowered, TakenLive)),
)
