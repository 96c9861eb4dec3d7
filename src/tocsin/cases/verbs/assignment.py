"""Who owns a case."""

from tocsin.cases import ownership, reviving
from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.drafting import Draft
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin, owner_named
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def assign(viewer: Viewer, owner: str) -> Plan:
    """Give the case to a person, by name. An imported one is worked on from now on."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.ASSIGN, state)
        user = owner_named(scene.around.directory, owner)
        reason = f"assigned by {viewer.name}"
        draft = Draft(state, scene.now)
        draft.add(ownership.assignment(scene.around, state, user.id, reason, viewer.actor))
        reviving.take_live(draft, scene.again(draft.state), reason, viewer.actor)
        return draft.events

    return plan
