"""What is said to the customer and asked of other teams, and which milestones are marked."""

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who
from tocsin.api.bodies import Body
from tocsin.api.verbs.common import Name, Text, act
from tocsin.cases import verbs
from tocsin.comms import texts, updates

router = APIRouter()


class CustomerMessage(Body):
    text: Text = Field(description="Plain text for the customer")


class Question(Body):
    team: Name = Field(description="The team that is asked")
    question: Text


class TeamAnswer(Body):
    answer: Text


class Milestone(Body):
    milestone: Name = Field(description="Its name, as clocks of the policy have it: `authority-warned`")
    note: Text | None = Field(default=None, description="For colleagues")


@router.post("/cases/{case}/updates")
def send_update(case: str, body: CustomerMessage, here: Here, who: Who, again: Again) -> Response:
    """Write to the customer how the case stands. The text is kept, and handed to webhooks: Tocsin sends it nowhere
    itself."""
    return act(here, who, again, case, updates.send_update(who, texts.written(body.text)))


@router.post("/cases/{case}/explanation")
def explain(case: str, body: CustomerMessage, here: Here, who: Who, again: Again) -> Response:
    """Write to the customer what the cause was; it counts as an update, too."""
    return act(here, who, again, case, updates.explain(who, texts.written(body.text)))


@router.post("/cases/{case}/questions")
def ask_team(case: str, body: Question, here: Here, who: Who, again: Again) -> Response:
    """Ask another team; its lead and whoever is on call for it hear of it. The case stays where it is."""
    return act(here, who, again, case, verbs.ask_team(who, body.team, body.question))


@router.post("/cases/{case}/answers")
def answer_team(case: str, body: TeamAnswer, here: Here, who: Who, again: Again) -> Response:
    """Answer what a team was asked."""
    return act(here, who, again, case, verbs.answer_team(who, body.answer))


@router.post("/cases/{case}/milestones")
def mark_milestone(case: str, body: Milestone, here: Here, who: Who, again: Again) -> Response:
    """Mark a milestone; clocks of the policy that wait for it stop."""
    return act(here, who, again, case, verbs.mark_milestone(who, body.milestone, body.note))
