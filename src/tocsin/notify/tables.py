"""Tables of notifications: where people can be reached, and every message to them with its delivery state."""

from sqlalchemy import ForeignKey, Index, Table, UniqueConstraint

from tocsin.storage.schema import identifier, instant, metadata, number, text

destinations = Table(
    "destinations",
    metadata,
    identifier(),
    number("user_id", ForeignKey("users.id")),
    text("channel"),
    text("address"),
    text("secret"),
    instant("created_at"),
    UniqueConstraint("user_id", "channel", "address"),
)

STATES = frozenset({"queued", "sent", "delivered", "failed", "cancelled"})
# queued -> sent (handed to the channel) -> delivered (the receiver took it) or failed; cancelled when it lost its
# reason.
notifications = Table(
    "notifications",
    metadata,
    identifier(),
    number("case_id", ForeignKey("cases.id")),
    number("escalation", ForeignKey("escalations.id")),
    number("pass"),
    number("step"),
    number("user_id", ForeignKey("users.id")),
    number("destination", ForeignKey("destinations.id")),
    text("state"),
    number("attempts"),
    instant("queued_at"),
    instant("sent_at", optional=True),
    instant("settled_at", optional=True),
    text("error", optional=True),
    UniqueConstraint("escalation", "pass", "step", "user_id", "destination"),
)
Index("ix_notifications_case", notifications.c.case_id)
