"""The clocks of a case: put on hold, released, relieved."""

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who
from tocsin.api.bodies import Body
from tocsin.api.verbs.common import Name, Text, Time, act, instant
from tocsin.cases import verbs
from tocsin.core import instants
from tocsin.core.errors import InvalidInput

router = APIRouter()


class Hold(Body):
    reason: Text | None = Field(default=None, description="Needed to hold")
    until: Time | None = None
    release: bool = Field(default=False, description="End the hold instead")


class Relief(Body):
    clock: Name
    due_at: Time
    reason: Text


@router.post("/cases/{case}/hold")
def hold(case: str, body: Hold, here: Here, who: Who, again: Again) -> Response:
    """Put the case on hold while it waits for the customer: clocks pause as the policy says. Or end the hold."""
    until = instant(body.until, "until")
    if not body.release:
        return act(here, who, again, case, verbs.hold(who, body.reason or "", until))
    if until is not None:
        raise InvalidInput("a release takes effect at once", place="until", expected="nothing")
    return act(here, who, again, case, verbs.release(who, body.reason))


@router.post("/cases/{case}/relief")
def relieve(case: str, body: Relief, here: Here, who: Who, again: Again) -> Response:
    """Give a running clock more time."""
    due_at = instants.from_text(body.due_at, "due_at")
    return act(here, who, again, case, verbs.relieve(who, body.clock, due_at, body.reason), "cases.relieve")
