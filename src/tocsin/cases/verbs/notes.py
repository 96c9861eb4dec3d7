"""Writing something down."""

from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import Noted
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, required
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def note(viewer: Viewer, text: str) -> Plan:
    """Add a note for colleagues."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.NOTE, state)
        said = required(text, "text", "what colleagues should know")
        return [Noted(text=said, audience="internal").event(viewer.actor)]

    return plan
