"""Who has a case: assignment, acknowledgement."""

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who
from tocsin.api.bodies import Body
from tocsin.api.verbs.common import Name, Text, act
from tocsin.cases import verbs
from tocsin.core.errors import InvalidInput

router = APIRouter()


class Assignment(Body):
    owner: Name = Field(description="The name of a user")


class Acknowledgement(Body):
    decline: bool = Field(default=False, description="Decline instead: the backup or the next step is paged")
    reason: Text | None = Field(default=None, description="Why it is declined")


@router.post("/cases/{case}/assignment")
def assign(case: str, body: Assignment, here: Here, who: Who, again: Again) -> Response:
    """Give the case to a person."""
    return act(here, who, again, case, verbs.assign(who, body.owner))


@router.post("/cases/{case}/acknowledgement")
def acknowledge(case: str, here: Here, who: Who, again: Again, body: Acknowledgement | None = None) -> Response:
    """Acknowledge the page, which stops the paging; or decline it, which pages the backup or the next step."""
    if body is not None and body.decline:
        return act(here, who, again, case, verbs.decline(who, body.reason))
    if body is not None and body.reason is not None:
        raise InvalidInput("an acknowledgement takes no reason", place="reason", expected="a note, or `decline`: true")
    return act(here, who, again, case, verbs.acknowledge(who))
