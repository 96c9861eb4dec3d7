"""How a case ends: contained, resolved, closed; and how it begins again."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who
from tocsin.api.bodies import Body
from tocsin.api.verbs.common import Text, act
from tocsin.cases import verbs
from tocsin.core.errors import InvalidInput

router = APIRouter()


class Claim(Body):
    note: Text | None = Field(default=None, description="How, as a note for colleagues")
    verdict: Literal["confirm", "reject"] | None = Field(
        default=None, description="Confirm or reject what somebody else claimed"
    )
    reason: Text | None = Field(default=None, description="Needed to reject")


class Reopening(Body):
    reason: Text


class Closure(Body):
    note: Text | None = None


@router.post("/cases/{case}/containment")
def contain(case: str, here: Here, who: Who, again: Again, body: Claim | None = None) -> Response:
    """Mark the case as contained; or with `verdict` confirm or reject that claim."""
    said = _checked(body or Claim())
    if said.verdict is not None:
        return act(here, who, again, case, verbs.confirm_containment(who, said.verdict == "confirm", said.reason))
    return act(here, who, again, case, verbs.contain(who, said.note))


@router.post("/cases/{case}/resolution")
def resolve(case: str, here: Here, who: Who, again: Again, body: Claim | None = None) -> Response:
    """Mark the case as resolved; or with `verdict` confirm or reject that claim."""
    said = _checked(body or Claim())
    if said.verdict is not None:
        return act(here, who, again, case, verbs.confirm_resolution(who, said.verdict == "confirm", said.reason))
    return act(here, who, again, case, verbs.resolve(who, said.note))


@router.post("/cases/{case}/reopening")
def reopen(case: str, body: Reopening, here: Here, who: Who, again: Again) -> Response:
    """Reopen the case."""
    return act(here, who, again, case, verbs.reopen(who, body.reason))


@router.post("/cases/{case}/closure")
def close(case: str, here: Here, who: Who, again: Again, body: Closure | None = None) -> Response:
    """Close a resolved case."""
    return act(here, who, again, case, verbs.close(who, body.note if body else None))


def _checked(said: Claim) -> Claim:
    """A claim has a note and a verdict a reason; what would be lost without a word is refused."""
    if said.verdict is None and said.reason is not None:
        raise InvalidInput("a claim takes a note instead of a reason", place="reason", expected="note, or a verdict")
    if said.verdict is not None and said.note is not None:
        raise InvalidInput("a verdict takes a reason instead of a note", place="note", expected="reason")
    return said
