"""Answering what the policy asked a person, and putting it off."""

from typing import Annotated

from tocsin.cases import guarding, raising
from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.judging import Overridden, Triaged, TriageSnoozed
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.paths import stepping
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import AREA, TYPE, Asks, MaybeWhy, Why
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.escalation import LOWERING, lowered, may_raise, overridden
from tocsin.cases.verbs.override import check_classification
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.clocks import durations
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, marked, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Override
from tocsin.policy.levels import LevelName, named, raised

_ANSWERED = "answered in triage"
SNOOZES = (
    ("15m", marked("15 minutes")),
    ("1h", marked("an hour")),
    ("4h", marked("4 hours")),
)
_LASTS = Asks("How long nobody is asked", "choice", "For", SNOOZES, option="for", none="")


class TriageAnswer(Arguments, frozen=True):
    """`level`: the one that the case has, or another; None: the one that follows from what else is set right."""

    level: Annotated[
        str | None, Asks("standard, senior or executive", "level", "The level that is right", argument="LEVEL")
    ] = None
    reason: MaybeWhy = None
    severity: Annotated[str | None, Asks("The severity that is right", "severity", "Severity")] = None
    type: Annotated[str | None, TYPE] = None
    product_area: Annotated[str | None, AREA] = None


class Snooze(Arguments, frozen=True):
    reason: Why
    lasts: Annotated[str, _LASTS] = "15m"


def _answer(viewer: Viewer, said: TriageAnswer, state: Aggregate, scene: Scene) -> list[Event]:
    """A level alone sets it. What the case is sets that, and the level that follows, unless another is said."""
    corrects = any(value is not None for value in (said.severity, said.type, said.product_area))
    if said.level is None and not corrects:
        raise InvalidInput(
            say("no answer is given"), place="level", expected=say("a level, or the right severity, type or area")
        )
    check_classification(viewer, said, state, scene.around.policies.at(scene.now).document)
    right = Override(
        reason=said.reason or _ANSWERED,
        by=viewer.actor,
        severity=said.severity,
        type=said.type,
        product_area=said.product_area,
    )
    level = _following(state, scene, right) if said.level is None else named(said.level)
    draft = Draft(state, scene.now)
    if corrects or level != state.case.level:
        draft.add_all(_set(viewer, state, scene, right, level, said=said.level is not None))
    draft.add(_label(said, level, state, scene).event(viewer.actor))
    if level == state.case.level:
        for climb in [climb for climb in draft.state.climbing() if _held(climb)]:
            draft.add_all(stepping.take(scene.again(draft.state), draft.state, climb))
    return draft.events


def _set(
    viewer: Viewer, state: Aggregate, scene: Scene, right: Override, level: LevelName, *, said: bool
) -> list[Event]:
    """What the answer sets. `said`: the level itself, which then stands whatever comes."""
    if raised(state.case.level, level):
        may_raise(viewer, level)
    if raised(level, state.case.level):
        viewer.require("cases.lower")
        right = right.at(level)
        return [overridden(right, viewer), *lowered(viewer, state, scene, right)]
    right = right.at(level) if said and level != state.case.level else right
    return [overridden(right, viewer), *raising.decided(scene, state, right, viewer.actor)]


def _following(state: Aggregate, scene: Scene, right: Override) -> LevelName:
    """The level that the policy gives the case once this is set right."""
    last = scene.last()
    if last is None:  # its facts were erased
        return state.case.level
    policy = scene.around.policies.at(scene.now)
    joined, opened_at = raising.joined(last, right), state.case.opened_at
    return guarding.decided(
        scene.around, policy, last.facts, state.case.account, scene.now, joined, opened_at=opened_at
    ).level


def _label(said: TriageAnswer, level: LevelName, state: Aggregate, scene: Scene) -> Triaged:
    last = scene.last()
    return Triaged(
        answer=level,
        reason=said.reason or "",
        asks=[] if last is None or last.triage is None else list(last.triage.asks),
        was=state.case.level,
        otherwise=state.case.triage_level or state.case.level,
        type=said.type,
        product_area=said.product_area,
        severity=said.severity,
    )


def _held(climb: Escalation) -> bool:
    """Whether the path waits for triage alone: one that may wake people, and has not begun."""
    return climb.hours is None and climb.passed == climb.step == 0


def _snooze(viewer: Viewer, said: Snooze, state: Aggregate, scene: Scene) -> list[Event]:
    why = required(said.reason, "reason")
    if said.lasts not in dict(SNOOZES):
        raise InvalidInput(
            say("a question is not put off for {lasts}", lasts=repr(said.lasts[:40])),
            place="lasts",
            expected=say("one of {choices}", choices=", ".join(dict(SNOOZES))),
        )
    until = scene.now + durations.parse(said.lasts).microseconds
    return [TriageSnoozed(until=until, reason=why).event(viewer.actor)]


def _to_answer(state: Aggregate) -> Said | None:
    return None if state.case.triage_at is not None else say("the case is not in triage")


answer_triage = Verb(
    "answer-triage",
    "Answer triage with the level that is right, the one that the case has or another, or with what the case is",
    TriageAnswer,
    _answer,
    Route("triage"),
    Command("is answered in triage", "answer-triage 17 senior --reason 'they cannot work'", ("triage",)),
    Form("Answer triage", "Triage answered."),
    allowed=Allowed(live=True, unless=_to_answer),
    answers=True,
    who="levels as for `raise` and `lower`",
    undo=Undo((Triaged,), (Overridden, *LOWERING)),
)
snooze_triage = Verb(
    "snooze-triage",
    "Put a question of triage off for some minutes; its clock runs on",
    Snooze,
    _snooze,
    Route("triage-snooze"),
    Command("is asked about later", "snooze-triage 17 --for 15m --reason 'they call back at ten'"),
    Form("Ask me later", "It is asked again later."),
    allowed=Allowed(live=True, unless=_to_answer),
)
