"""What other teams owe a case: somebody asks one, and it answers. The case stays where it is."""

from tocsin.cases import alerting
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import AnsweredTeam, AskedTeam
from tocsin.cases.lifecycle import Verb
from tocsin.cases.paths import climbing
from tocsin.cases.paths.climbing import Named
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, required
from tocsin.core.errors import InvalidInput
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def ask_team(viewer: Viewer, team: str, question: str) -> Plan:
    """Ask another team: its lead and whoever is on call for it hear of it."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.ASK_TEAM, state)
        asked = _people(scene, team)
        text = required(question, "question", "what the team should answer")
        told = alerting.alert(scene, "asked", f"{viewer.name} asks team {team}: {text}", asked)
        notified, unreachable = told.payload.notified, told.payload.unreachable
        event = AskedTeam(team=team, question=text, notified=notified, unreachable=unreachable)
        return [event.event(viewer.actor), told]

    return plan


def answer_team(viewer: Viewer, answer: str) -> Plan:
    """Answer what a team was asked."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.ANSWER_TEAM, state)
        said = required(answer, "answer", "what the team answers")
        people = [person for person in alerting.workers(scene) if f"user:{_name(scene, person)}" != viewer.actor]
        says = f"{viewer.name} answers: {said}"
        return [AnsweredTeam(answer=said).event(viewer.actor), alerting.alert(scene, "answered", says, people)]

    return plan


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
