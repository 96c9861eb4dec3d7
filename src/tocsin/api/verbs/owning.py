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
    decline: bool = Field(default=False, description="Hand the page on to the backup instead")
    reason: Text | None = Field(default=None, description="Why it is declined")


@router.post("/cases/{case}/assignment")
def assign(case: str, body: Assignment, here: Here, who: Who, again: Again) -> Response:
    """Give the case to a person."""
    return act(here, who, again, case, verbs.assign(who, body.owner))


@router.post("/cases/{case}/acknowledgement")
def acknowledge(case: str, here: Here, who: Who, again: Again, body: Acknowledgement | None = None) -> Response:
    """Answer the page, which stops the path; or decline it, which hands it on."""
    if body is not None and body.decline:
        return act(here, who, again, case, verbs.decline(who, body.reason))
    if body is not None and body.reason is not None:
        raise InvalidInput("an acknowledgement has no reason", place="reason", expected="a note, or `decline`: true")
    return act(here, who, again, case, verbs.acknowledge(who))
