"""Who owns a case."""

from tocsin.cases import ownership
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, owner_named
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def assign(viewer: Viewer, owner: str) -> Plan:
    """Give the case to a person, by name."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.ASSIGN, state)
        user = owner_named(scene.around.directory, owner)
        return [ownership.assignment(scene.around, state, user.id, f"assigned by {viewer.actor}", viewer.actor)]

    return plan
