"""The kinds of events of notifications and alarms."""

from tocsin.ledger.kinds import EventKind

EVENTS = (
    EventKind("page.failed", "A page could not be delivered and was set aside", ("page", "error", "to")),
    EventKind("notice.failed", "A notice could not be delivered and was set aside", ("notice", "error", "to")),
    EventKind("alarm.raised", "Something is wrong that needs a person", ("kind", "says", "case")),
    EventKind("alarm.failed", "An alarm could not be delivered to one person", ("notification", "error", "to")),
)
