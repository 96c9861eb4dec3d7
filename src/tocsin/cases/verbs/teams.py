"""What other teams owe a case: somebody asks one, and it answers. The case stays where it is."""

from typing import Annotated

from tocsin.cases import alerting
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import AnsweredTeam, AskedTeam
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.paths import climbing
from tocsin.cases.paths.climbing import Named
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.core.errors import InvalidInput
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class Question(Arguments, frozen=True):
    """`team`: by its name."""

    team: Annotated[str, Asks("The team that is asked", "team", "Team", argument="TEAM")]
    question: Annotated[str, Asks("What the team should answer", "area", "What", argument="TEXT")]


class TeamAnswer(Arguments, frozen=True):
    """`answer`: in the words of the team."""

    answer: Annotated[str, Asks("What the team answers", "area", "What the team answers", argument="TEXT")]


def _ask(viewer: Viewer, said: Question, state: Aggregate, scene: Scene) -> list[Event]:
    asked = _people(scene, said.team)
    text = required(said.question, "question", "what the team should answer")
    told = alerting.alert(scene, "asked", f"{viewer.name} asks team {said.team}: {text}", asked)
    notified, unreachable = told.payload.notified, told.payload.unreachable
    event = AskedTeam(team=said.team, question=text, notified=notified, unreachable=unreachable)
    return [event.event(viewer.actor), told]


def _answer(viewer: Viewer, said: TeamAnswer, state: Aggregate, scene: Scene) -> list[Event]:
    text = required(said.answer, "answer", "what the team answers")
    people = [person for person in alerting.workers(scene) if f"user:{_name(scene, person)}" != viewer.actor]
    says = f"{viewer.name} answers: {text}"
    return [AnsweredTeam(answer=text).event(viewer.actor), alerting.alert(scene, "answered", says, people)]


def _people(scene: Scene, team: str) -> list[Named]:
    found = scene.around.directory.teams.get(team)
    if found is None:
        raise InvalidInput(f"there is no team {team[:40]!r}", place="team", expected="the name of a team")
    named = [Named(user, f"lead of {team}") for user in climbing.resolve(f"lead:{team}", scene)]
    if found.roster is not None:
        called = climbing.resolve(f"oncall:{found.roster}", scene)
        named += [Named(user, f"on call for {team}") for user in called]
    return named


def _name(scene: Scene, person: Named) -> str | None:
    return scene.around.directory.name_of(person.user)


ask_team = Verb(
    "ask-team",
    "Ask another team: its lead and whoever is on call for it hear of it; the case stays where it is",
    Question,
    _ask,
    Route("questions"),
    Command("waits for team {team}", "ask-team 17 engineering 'Which release has the repair?'"),
    Form("Ask a team", "Asked. The case stays where it is."),
    allowed=Allowed(live=True),
)
answer_team = Verb(
    "answer-team",
    "Answer what a team was asked; those who work on the case hear of it",
    TeamAnswer,
    _answer,
    Route("answers"),
    Command("has the answer of the team", "answer-team 17 'The one of Tuesday.'"),
    Form("Answer for a team", "Answered."),
    allowed=Allowed(live=True),
)
