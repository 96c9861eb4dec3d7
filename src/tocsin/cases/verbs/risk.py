"""Saying something to the risk of a case: that it was seen, that it can wait, or that it is none."""

from typing import Annotated

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.judging import RiskAnswered
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks, MaybeWhy
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.clocks import durations
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Said, marked, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer

_ANSWERS = (("seen", marked("Seen")), ("snoozed", marked("It can wait")), ("disagreed", marked("It is none")))
_LASTS = (("4h", marked("4 hours")), ("24h", marked("a day")), ("72h", marked("3 days")))


class RiskAnswer(Arguments, frozen=True):
    """`lasts`, `reason`: of what can wait; what is none needs a reason too."""

    answer: Annotated[
        str, Asks("seen, snoozed or disagreed", "choice", "What you say to it", _ANSWERS, argument="ANSWER")
    ]
    lasts: Annotated[str, Asks("How long it is not shown", "choice", "For", _LASTS, option="for", none="")] = "24h"
    reason: MaybeWhy = None


def _plan(viewer: Viewer, said: RiskAnswer, state: Aggregate, scene: Scene) -> list[Event]:
    for place, value, choices in (("answer", said.answer, _ANSWERS), ("lasts", said.lasts, _LASTS)):
        if value not in dict(choices):
            raise InvalidInput(
                say("{given} is no answer to a risk", given=repr(value[:40])),
                place=place,
                expected=say("one of {choices}", choices=", ".join(dict(choices))),
            )
    reason = required(said.reason, "reason") if said.answer != "seen" else said.reason
    until = scene.now + durations.parse(said.lasts).microseconds if said.answer == "snoozed" else None
    return [RiskAnswered(answer=said.answer, until=until, reason=reason).event(viewer.actor)]


def _below(state: Aggregate) -> Said | None:
    return None if state.case.level == "standard" else say("the case is escalated already")


answer_risk = Verb(
    "answer-risk",
    "Say to the risk of a case that it was seen, that it can wait for some time, or that it is none",
    RiskAnswer,
    _plan,
    Route("risk"),
    Command("has an answer to its risk", "answer-risk 17 snoozed --for 24h --reason 'they test until Friday'"),
    Form("Answer the risk", "Written down."),
    allowed=Allowed(live=True, unless=_below),
    undo=Undo((RiskAnswered,)),
)
