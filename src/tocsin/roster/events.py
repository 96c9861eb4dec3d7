"""The kinds of events of rosters."""

from tocsin.ledger.kinds import EventKind

EVENTS = (EventKind("roster.changed", "A roster was made or replaced", ("roster", "name", "definition")),)
