"""Writing to the customer about a case: how it stands, and what the cause was.

Tocsin keeps the text and hands it to whoever listens (webhooks); the help desk brings it to the customer.
"""

from typing import Annotated

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.messages import CustomerUpdated, Explained
from tocsin.cases.lifecycle import UNMERGED, Allowed
from tocsin.cases.scene import Scene
from tocsin.cases.verbs.asks import Asks
from tocsin.cases.verbs.verb import Arguments, Command, Form, Route, Verb
from tocsin.comms import texts
from tocsin.ledger.journal import Event
from tocsin.people.permissions import Viewer

_AUDIENCE = "customer"


class CustomerMessage(Arguments, frozen=True):
    """`text`: as somebody wrote it for the customer."""

    text: Annotated[str, Asks("Plain text for the customer", "area", "For the customer", argument="TEXT")]


def _send_update(viewer: Viewer, said: CustomerMessage, state: Aggregate, scene: Scene) -> list[Event]:
    message = texts.written(said.text)
    return [CustomerUpdated(text=message.text, audience=_AUDIENCE, by=None).event(viewer.actor)]


def _explain(viewer: Viewer, said: CustomerMessage, state: Aggregate, scene: Scene) -> list[Event]:
    """It is a message to the customer, too."""
    message = texts.written(said.text)
    return [
        Explained(text=message.text, audience=_AUDIENCE).event(viewer.actor),
        CustomerUpdated(text=None, audience=_AUDIENCE, by=None).event(viewer.actor),
    ]


send_update = Verb(
    "send-update",
    "Write to the customer how the case stands; the text is kept and handed to webhooks, and sent nowhere by Tocsin",
    CustomerMessage,
    _send_update,
    Route("updates"),
    Command("has a message for its customer", "send-update 17 'We have found the cause, and repair it now.'"),
    Form("Write to the customer", "Kept for the customer, and handed to webhooks."),
    allowed=Allowed(UNMERGED),
    more="[What leaves](cases.md#writing-to-the-customer)",
)
explain = Verb(
    "explain",
    "Write to the customer what the cause was; it counts as an update, too",
    CustomerMessage,
    _explain,
    Route("explanation"),
    Command("is explained to its customer", "explain 17 'A certificate had expired.'"),
    Form("Explain the cause to the customer", "Kept for the customer, and handed to webhooks."),
    allowed=Allowed(UNMERGED),
)
