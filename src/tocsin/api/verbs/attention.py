"""How much attention a case gets: raised, requested, lowered, overridden, corrected, triaged."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who
from tocsin.api.bodies import Body
from tocsin.api.verbs.common import Name, Text, Time, act, instant
from tocsin.cases import verbs
from tocsin.cases.verbs.correction import MISTAKES
from tocsin.cases.verbs.escalation import Request
from tocsin.core.errors import InvalidInput
from tocsin.people.permissions import Viewer
from tocsin.policy.decision import Override
from tocsin.policy.model import Kind, LevelName

router = APIRouter()


class Escalation(Body):
    level: Literal["senior", "executive"]
    reason: Text
    kind: Kind | None = None
    request: bool = Field(default=False, description="Request the level instead of raising at once")
    hurt: Text | None = Field(default=None, description="Who is affected")
    wants: Text | None = Field(default=None, description="What the customer wants")
    needed_by: Time | None = None


class Answer(Body):
    accept: bool
    reason: Text | None = Field(default=None, description="Needed to decline")


class Lowering(Body):
    level: Literal["standard", "senior"]
    reason: Text


class Overriding(Body):
    reason: Text
    severity: Name | None = None
    level: LevelName | None = None
    kind: Kind | None = None
    owner: Name | None = None
    team: Name | None = None


class Correction(Body):
    what: str = Field(max_length=40, description="One of " + ", ".join(MISTAKES))
    reason: Text
    severity: Name | None = Field(default=None, description="The right one, where it was wrong")


class Triage(Body):
    level: LevelName
    reason: Text


@router.post("/cases/{case}/escalation")
def escalate(case: str, body: Escalation, here: Here, who: Who, again: Again) -> Response:
    """Raise the case. It becomes a request with `request`, or where the role may not raise that far and says why it
    matters."""
    asks = body.request or _can_only_ask(who, body)
    _refuse_what_would_be_lost(body, asks)
    if asks:
        needed_by = instant(body.needed_by, "needed_by")
        plan = verbs.request(who, Request(body.level, body.reason, body.hurt, body.wants, needed_by))
    else:
        plan = verbs.raise_to(who, body.level, body.reason, body.kind)
    return act(here, who, again, case, plan)


@router.post("/cases/{case}/escalation/answer")
def answer(case: str, body: Answer, here: Here, who: Who, again: Again) -> Response:
    """Accept or decline a request for a higher level."""
    return act(here, who, again, case, verbs.answer_request(who, body.accept, body.reason))


@router.post("/cases/{case}/deescalation")
def lower(case: str, body: Lowering, here: Here, who: Who, again: Again) -> Response:
    """Lower the case; its clocks keep their times."""
    return act(here, who, again, case, verbs.lower(who, body.level, body.reason), "cases.lower")


@router.post("/cases/{case}/override")
def override(case: str, body: Overriding, here: Here, who: Who, again: Again) -> Response:
    """Override severity, level, owner or team; later decisions do not undo it."""
    return act(here, who, again, case, verbs.override(who, Override(**body.model_dump())))


@router.post("/cases/{case}/correction")
def correct(case: str, body: Correction, here: Here, who: Who, again: Again) -> Response:
    """Correct an escalation that was a mistake, soon after it began."""
    return act(here, who, again, case, verbs.correct(who, body.what, body.reason, body.severity), "cases.correct")


@router.post("/cases/{case}/triage")
def triage(case: str, body: Triage, here: Here, who: Who, again: Again) -> Response:
    """Answer triage with the right level."""
    return act(here, who, again, case, verbs.answer_triage(who, body.level, body.reason))


def _can_only_ask(who: Viewer, body: Escalation) -> bool:
    """Whether the role may not raise to this level, and the body says what a request says."""
    return bool(_argued(body)) and body.level != "senior" and not who.may("cases.raise")


def _argued(body: Escalation) -> list[str]:
    """What it says that only a request has."""
    return [name for name in ("hurt", "wants", "needed_by") if getattr(body, name) is not None]


def _refuse_what_would_be_lost(body: Escalation, asks: bool) -> None:
    if asks and body.kind is not None:
        raise InvalidInput("a request takes no kind", place="kind", expected="a level and a reason")
    if not asks and (argued := _argued(body)):
        detail = f"{' and '.join(argued)} can only be given with a request; this would raise the case at once"
        raise InvalidInput(detail, place=argued[0], expected="`request`: true, or everything in the reason")
