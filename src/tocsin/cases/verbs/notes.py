"""Writing something down."""

from typing import Annotated

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import Noted
from tocsin.cases.lifecycle import EVER, Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.common import required
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


class Note(Arguments, frozen=True):
    """`text`: for colleagues."""

    text: Annotated[str, Asks("What colleagues should know", "area", "For colleagues", argument="TEXT")]


def _note(viewer: Viewer, said: Note, state: Aggregate, scene: Scene) -> list[Event]:
    text = required(said.text, "text", "what colleagues should know")
    return [Noted(text=text, audience="internal").event(viewer.actor)]


note = Verb(
    "note",
    "Add a note for colleagues",
    Note,
    _note,
    Route("notes"),
    Command("has the note", "note 17 'The vendor is on it.'"),
    Form("Note", "Note added."),
    allowed=Allowed(EVER),
)
