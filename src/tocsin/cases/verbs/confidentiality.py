"""Legal, security, press: a case that only those named may see."""

from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.people import Confided
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import active_user, begin, required
from tocsin.core import ids
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer


def confide(viewer: Viewer, names: list[str], reason: str) -> Plan:
    """Only these may see the case from now on, whoever works on it, whoever is being paged about it, and
    whoever says so; with no names, everybody."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.confide", Verb.CONFIDE, state)
        people = scene.around.directory
        named = [active_user(people, name, "names").id for name in names]
        case = state.case
        if named:
            named += [
                user
                for user in (viewer.user, case.owner, case.technical_lead, case.escalation_manager)
                if user is not None
            ]
            named += [user for users in scene.paged().values() for user in users]
        wanted = [ids.to_text(user) for user in dict.fromkeys(named)]
        return [Confided(named=wanted, reason=required(reason, "reason")).event(viewer.actor)]

    return plan
