"""The kinds of events of notifications, alarms and subscriptions, and which rows follow from them."""

from tocsin.ledger.keeping import Kept, What
from tocsin.ledger.kinds import EventKind
from tocsin.notify.tables import alarms, destinations, subscriptions

DESTINATIONS = Kept(
    destinations,
    "destination",
    "address",
    {
        "created": What("A destination was added"),
        "changed": What("A destination was restored, or got a new secret", ("secret", "options", "ended_at")),
        "ended": What("A destination was removed", ("ended_at",)),
    },
    secret=frozenset({"secret"}),
)
SUBSCRIPTIONS = Kept(
    subscriptions,
    "webhook",
    "url",
    {
        "created": What("Another system subscribed to events"),
        "ended": What("A subscription ended", ("ended_at",)),
    },
    secret=frozenset({"secret"}),
)
ALARMS = Kept(
    alarms,
    "alarm",
    "key",
    {
        "began": What("An alarm began"),
        "returned": What("An alarm that had ended came back", ("says", "times", "raised_at", "ended_at")),
        "told": What("An alarm was sent to those responsible", ("told_at",)),
        "ended": What("An alarm ended", ("ended_at",)),
    },
)

KEPT = (DESTINATIONS, SUBSCRIPTIONS, ALARMS)
EVENTS = (
    EventKind("page.failed", "A page could not be delivered and was set aside", ("page", "error", "to")),
    EventKind("notice.failed", "A notice could not be delivered and was set aside", ("notice", "error", "to")),
    EventKind("alarm.raised", "Something is wrong that needs a person", ("kind", "says", "case")),
    EventKind("alarm.failed", "An alarm could not be delivered to one person", ("notification", "error", "to")),
    *(kind for kept in KEPT for kind in kept.kinds),
)
