"""The kinds of events of cases, and what their payloads hold. Ids are text, instants are microseconds."""

from tocsin.ledger.kinds import EventKind

_DECISION = (
    "policy_version",
    "severity",
    "level",
    "kind",
    "type",
    "product_area",
    "score",
    "team",
)

EVENTS = (
    EventKind(
        "case.opened",
        "A ticket became a case",
        ("number", "source", "external_id", "account", "subject", "occurred_at", "imported", "linked_to"),
    ),
    EventKind("case.decided", "The policy decided what to do with it; the payload is the whole decision", _DECISION),
    EventKind("case.reclassified", "Its facts changed and it was decided again; the whole decision", _DECISION),
    EventKind("case.assigned", "It has a new owner", ("owner", "name", "reason", "stops")),
    EventKind(
        "case.escalated",
        "A path began to climb",
        ("escalation", "level", "kind", "path", "policy_version", "first_at"),
    ),
    EventKind("case.acknowledged", "Somebody took it on", ("lead", "stops")),
    EventKind("case.resolved", "It is solved", ("note", "stops")),
    EventKind("case.reopened", "It is open again", ("reason",)),
    EventKind("case.taken_live", "It was imported, and is worked on from now on", ("reason",)),
    EventKind("case.noted", "Somebody wrote something down for colleagues", ("text", "audience")),
    EventKind("case.replied", "The customer wrote", ("text", "audience")),
    EventKind(
        "case.alerted",
        "People were told of something that asks for no acknowledgement",
        ("why", "clock", "cycle", "due_at", "says", "notified", "unreachable"),
    ),
    EventKind("clocks.started", "Clocks began to run", ("clocks",)),
    EventKind("clocks.superseded", "Running clocks got stricter targets", ("clocks",)),
    EventKind("clock.breached", "A clock passed its time", ("clock", "cycle", "due_at", "late")),
    EventKind(
        "path.stepped",
        "A step of a path notified people, or found nobody",
        ("escalation", "pass", "step", "notified", "unreachable", "nobody", "team", "next"),
    ),
    EventKind(
        "path.declined",
        "Somebody who was paged passed it on to others",
        ("escalation", "by", "pass", "step", "notified", "unreachable", "next_at"),
    ),
    EventKind("path.stopped", "A path climbs no more", ("escalation", "state")),
    EventKind("audit.repaired", "The auditor found something wrong and put it right", ("found",)),
)
