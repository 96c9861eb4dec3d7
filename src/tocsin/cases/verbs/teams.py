"""What other teams owe a case: somebody asks one, and it answers. The case stays where it is."""

from collections.abc import Collection
from typing import Annotated

from tocsin.cases import addressing, alerting, questions
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import AnsweredTeam, AskedTeam
from tocsin.cases.lifecycle import Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.core.errors import InvalidInput, NotAllowed
from tocsin.core.wording import UserName, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class TeamQuestion(Arguments, frozen=True):
    """`team`: by its name."""

    team: Annotated[str, Asks("The team that is asked", "team", "Team", argument="TEAM")]
    question: Annotated[str, Asks("What the team should answer", "area", "What", argument="TEXT")]


class TeamAnswer(Arguments, frozen=True):
    """`answer`: in the words of the team. `team`: which, by its name; None: the one that was asked."""

    answer: Annotated[str, Asks("What the team answers", "area", "What the team answers", argument="TEXT")]
    team: Annotated[str | None, Asks("Which team answers, where several were asked", "team", "Team")] = None


def _ask(viewer: Viewer, said: TeamQuestion, state: Aggregate, scene: Scene) -> list[Event]:
    asked = _people(scene, said.team)
    text = required(said.question, "question", say("what the team should answer"))
    told = alerting.alert(
        scene,
        "asked",
        say("{name} asks team {team}: {text}", name=UserName(viewer.name), team=said.team, text=text),
        asked,
    )
    notified, unreachable = told.payload.notified, told.payload.unreachable
    event = AskedTeam(team=said.team, question=text, notified=notified, unreachable=unreachable)
    return [event.event(viewer.actor), told]


def _answer(viewer: Viewer, said: TeamAnswer, state: Aggregate, scene: Scene) -> list[Event]:
    text = required(said.answer, "answer", say("what the team answers"))
    waits = questions.waiting(scene.history())
    team = _answers(viewer, said.team, scene, waits)
    asker = scene.around.directory.by_name.get(waits[team].actor.removeprefix("user:"))
    told = [*([Named(asker.id, "asked")] if asker is not None and asker.active else []), *alerting.workers(scene)]
    people = [person for person in told if f"user:{_name(scene, person)}" != viewer.actor]
    says = say("{name} answers for team {team}: {text}", name=UserName(viewer.name), team=team, text=text)
    return [AnsweredTeam(answer=text, team=team).event(viewer.actor), alerting.alert(scene, "answered", says, people)]


def _answers(viewer: Viewer, team: str | None, scene: Scene, waits: Collection[str]) -> str:
    """The team whose question this answers: the one that is named, the only one, else the viewer's own."""
    if team is None and len(waits) > 1:
        known = scene.around.directory.teams
        own = [name for name in waits if name in known and viewer.user in (known[name].lead, *known[name].members)]
        if len(own) != 1:
            expected = say("which of them answers: {teams}", teams=", ".join(sorted(waits)))
            raise InvalidInput(say("several teams were asked"), place="team", expected=expected)
        return own[0]
    _require_question(waits, team)
    return team if team is not None else next(iter(waits))


def _require_question(waits: Collection[str], team: str | None = None) -> None:
    if not waits or (team is not None and team not in waits):
        if team is None:
            says = say("no question to any team waits for an answer")
        else:
            says = say("no question to team {team} waits for an answer", team=team[:40])
        raise NotAllowed(says, place="answer-team", expected=say("a question first (ask-team), or a note"))


def _people(scene: Scene, team: str) -> list[Named]:
    found = scene.around.directory.teams.get(team)
    if found is None:
        raise InvalidInput(
            say("there is no team {team}", team=repr(team[:40])), place="team", expected=say("the name of a team")
        )
    named = [Named(user, f"lead of {team}") for user in addressing.resolve(f"lead:{team}", scene)]
    if found.roster is not None:
        called = addressing.resolve(f"oncall:{found.roster}", scene)
        named += [Named(user, f"on call for {team}") for user in called]
    return named


def _name(scene: Scene, person: Named) -> str | None:
    return scene.around.directory.name_of(person.user)


ask_team = Verb(
    "ask-team",
    "Ask another team: its lead and whoever is on call for it hear of it; the case stays where it is",
    TeamQuestion,
    _ask,
    Route("questions"),
    Command("waits for team {team}", "ask-team 17 engineering 'Which release has the repair?'"),
    Form("Ask a team", "Asked. The case stays where it is."),
    allowed=Allowed(live=True),
)
answer_team = Verb(
    "answer-team",
    "Answer what a team was asked; whoever asked hears of it, and those who work on the case",
    TeamAnswer,
    _answer,
    Route("answers"),
    Command("has the answer of the team", "answer-team 17 'The one of Tuesday.'"),
    Form("Answer for a team", "Answered."),
    allowed=Allowed(live=True),
    requires=lambda viewer, state, scene: _require_question(questions.waiting(scene.history())),
)
