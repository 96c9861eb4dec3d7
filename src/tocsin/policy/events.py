"""The kinds of events of the policy."""

from tocsin.ledger.kinds import EventKind

EVENTS = (
    EventKind("policy.stored", "A version of the policy was written", ("version", "name", "digest", "created_at")),
    EventKind(
        "policy.activated",
        "A version of the policy was put in force",
        ("activation", "version", "digest", "effective_at", "reason"),
    ),
    EventKind("policy.reverted", "An activation was withdrawn", ("activation", "version", "reason")),
)
