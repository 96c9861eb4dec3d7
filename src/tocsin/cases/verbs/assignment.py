"""Who owns a case."""

from typing import Annotated

from tocsin.cases import ownership, reviving
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.happenings.deciding import TakenLive
from tocsin.cases.happenings.people import Assigned
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.common import owner_named
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Undo, Verb
from tocsin.core.wording import UserName, say
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class Assignment(Arguments, frozen=True):
    """`owner`: the name of a user."""

    owner: Annotated[str, Asks("The name of a user, who owns the case from now on", "user", "To", argument="OWNER")]


def _assign(viewer: Viewer, said: Assignment, state: Aggregate, scene: Scene) -> list[Event]:
    user = owner_named(scene.around.directory, said.owner)
    reason = say("assigned by {name}", name=UserName(viewer.name))
    draft = Draft(state, scene.now)
    draft.add(ownership.assignment(scene.around, state, user.id, reason, viewer.actor))
    if not state.case.practice:
        reviving.take_live(draft, scene.again(draft.state), reason, viewer.actor)
    return draft.events


assign = Verb(
    "assign",
    "Give the case to a person; an imported one is worked on from now on",
    Assignment,
    _assign,
    Route("assignment"),
    Command("belongs to {owner}", "assign 17 dana"),
    Form("Assign", "Assigned."),
    more="The owner is somebody active whose role works on cases; a route finds nobody else either",
    undo=Undo((Assigned,), (TakenLive,)),
)
