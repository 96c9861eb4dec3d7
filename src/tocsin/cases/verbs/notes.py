"""Writing something down, and telling those whom it names."""

import re
from typing import Annotated

from tocsin.cases import alerting
from tocsin.cases.addressing import Named
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import Noted
from tocsin.cases.lifecycle import EVER, Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import UserName, say
from tocsin.ledger.journal import Event
from tocsin.people.directory import User
from tocsin.people.permissions import Viewer

_MENTION = re.compile(r"(?<![\w@])@(\w[\w.-]*)")


class Note(Arguments, frozen=True):
    """`text`: for colleagues. `@name` in it tells that person."""

    text: Annotated[str, Asks("What colleagues should know", "area", "For colleagues", argument="TEXT")]


def _note(viewer: Viewer, said: Note, state: Aggregate, scene: Scene) -> list[Event]:
    text = required(said.text, "text", say("what colleagues should know"))
    noted = Noted(text=text, audience="internal").event(viewer.actor)
    people = [Named(user.id, "mentioned") for user in _mentioned(viewer, text, state, scene)]
    if not any(person.user in scene.around.reachable for person in people):
        return [noted]
    return [
        noted,
        alerting.alert(scene, "mentioned", say("{name} writes: {text}", name=UserName(viewer.name), text=text), people),
    ]


def _mentioned(viewer: Viewer, text: str, state: Aggregate, scene: Scene) -> list[User]:
    """The active users whom a text names, but for whoever writes it. InvalidInput for one who may not see the case: to
    tell them would show it."""
    names = dict.fromkeys(name.rstrip(".-") for name in _MENTION.findall(text))
    known = (scene.around.directory.by_name.get(name) for name in names)
    users = [user for user in known if user is not None and user.active and user.id != viewer.user]
    for user in users:
        if not state.case.sees(user.id):
            says = say("the case is confidential, and {name} may not see it", name=user.name)
            raise InvalidInput(
                says, place="text", expected=say("restrict it to {name}, too, or leave the @ out", name=user.name)
            )
    return users


note = Verb(
    "note",
    "Add a note for colleagues; `@name` in it tells that person",
    Note,
    _note,
    Route("notes"),
    Command("has the note", "note 17 'The vendor is on it, @dana.'"),
    Form("Note", "Note added."),
    allowed=Allowed(EVER),
    more="Nobody is told who cannot be reached; of a confidential case only those who see it can be told",
)
