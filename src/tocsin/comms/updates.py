"""Writing to the customer about a case: how it stands, and what the cause was.

Tocsin keeps the text and hands it to whoever listens (webhooks); the help desk brings it to the customer.
"""

from tocsin.cases.acting import Plan
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import CustomerUpdated, Explained
from tocsin.cases.lifecycle import Verb
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.common import begin
from tocsin.comms.texts import CustomerText
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer

_AUDIENCE = "customer"


def send_update(viewer: Viewer, text: CustomerText) -> Plan:
    """Tell the customer how the case stands."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.SEND_UPDATE, state)
        return [CustomerUpdated(text=text.text, audience=_AUDIENCE, by=None).event(viewer.actor)]

    return plan


def explain(viewer: Viewer, text: CustomerText) -> Plan:
    """Tell the customer what the cause was. It is a message to them, too."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        begin(viewer, "cases.work", Verb.EXPLAIN, state)
        return [
            Explained(text=text.text, audience=_AUDIENCE).event(viewer.actor),
            CustomerUpdated(text=None, audience=_AUDIENCE, by=None).event(viewer.actor),
        ]

    return plan
