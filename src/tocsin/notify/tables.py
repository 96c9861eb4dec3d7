"""Tables of notifications: where people can be reached, every message to them with its delivery state, alarms, and the
events that other systems subscribe to."""

from sqlalchemy import ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from tocsin.storage.schema import binary, identifier, instant, metadata, number, text

destinations = Table(
    "destinations",
    metadata,
    identifier(),
    number("user_id", ForeignKey("users.id"), optional=True),  # one of three: a person, a team, a role
    number("team", ForeignKey("teams.id"), optional=True),
    text("role", optional=True),  # as steps of paths name it: role:NAME
    text("channel"),
    text("address"),
    binary("secret"),  # sealed
    binary("options", optional=True),  # canonical JSON: further fields, by the channel
    instant("created_at"),
    instant("ended_at", optional=True),  # from when on nothing goes there
    UniqueConstraint("user_id", "channel", "address"),
    UniqueConstraint("team", "channel", "address"),
    UniqueConstraint("role", "channel", "address"),
)

STATES = frozenset({"queued", "delivered", "failed", "cancelled"})
# queued (`sent_at`: handed to the channel) -> delivered (the receiver took it) or failed; cancelled when it lost its
# reason. Kinds: `page` (a step of a path; it alone has escalation, pass and step), `call` (of a call-in; `pass` counts
# how often its people were paged), `notice` (of a case, asks for
# nothing), `digest` (the notices whose `digest` it is, kept back in a flood), `alarm` (a digest for leads), `synthetic`
# (goes to no user: it only proves the way), `answered` (to where a page went: somebody has answered it),
# `room` (to the destination of a team or a role: who was paged; of its escalation, without pass and step),
# `test` (to one destination, because somebody wanted to see whether it arrives).
notifications = Table(
    "notifications",
    metadata,
    identifier(),
    text("kind"),
    number("case_id", ForeignKey("cases.id"), optional=True),
    number("escalation", ForeignKey("escalations.id"), optional=True),
    number("pass", optional=True),
    number("step", optional=True),
    number("user_id", ForeignKey("users.id"), optional=True),
    number("destination", ForeignKey("destinations.id"), optional=True),
    text("state"),
    number("attempts"),
    instant("queued_at"),
    instant("sent_at", optional=True),
    instant("settled_at", optional=True),
    text("error", optional=True),
    binary("content", optional=True),  # of an alarm or a notice: what it says; a page is written when it is sent
    instant("acknowledged_at", optional=True),  # by the person whom it went to; set once
    number("digest", ForeignKey("notifications.id"), optional=True),  # in which a notice goes out
    instant("declined_at", optional=True),  # by the person whom it went to; set once
    text("reference", optional=True),  # by which the provider knows what it took
    number("call", optional=True),  # the call-in that a `call` is of
    UniqueConstraint("escalation", "pass", "step", "user_id", "destination"),
)
Index("ix_notifications_case", notifications.c.case_id)
Index(
    "ix_notifications_call",
    notifications.c.call,
    notifications.c["pass"],
    notifications.c.user_id,
    notifications.c.destination,
    unique=True,
    sqlite_where=sql("call IS NOT NULL"),
    postgresql_where=sql("call IS NOT NULL"),
)
Index(
    "ix_notifications_queued",
    notifications.c.id,
    sqlite_where=sql("state = 'queued'"),
    postgresql_where=sql("state = 'queued'"),
)
Index(
    "ix_notifications_synthetic",
    notifications.c.queued_at,
    sqlite_where=sql("kind = 'synthetic'"),
    postgresql_where=sql("kind = 'synthetic'"),
)
Index(
    "ix_notifications_notices",
    notifications.c.destination,
    notifications.c.queued_at,
    sqlite_where=sql("kind IN ('notice', 'digest')"),
    postgresql_where=sql("kind IN ('notice', 'digest')"),
)
Index(
    "ix_notifications_digest",
    notifications.c.digest,
    sqlite_where=sql("digest IS NOT NULL"),
    postgresql_where=sql("digest IS NOT NULL"),
)

# One row for each distinct thing that is wrong; it stays when the thing has ended, and counts how often it came back.
alarms = Table(
    "alarms",
    metadata,
    identifier(),
    text("key", unique=True),
    text("kind"),
    number("case_id", ForeignKey("cases.id"), optional=True),
    text("says"),
    number("times"),
    instant("raised_at"),
    instant("told_at", optional=True),
    instant("ended_at", optional=True),
    binary("words", optional=True),  # what it says, to be worded for each reader; an older release has not said it so
)
Index(
    "ix_alarms_open",
    alarms.c.told_at,
    sqlite_where=sql("ended_at IS NULL"),
    postgresql_where=sql("ended_at IS NULL"),
)
Index("ix_alarms_told", alarms.c.told_at)

subscriptions = Table(
    "subscriptions",
    metadata,
    identifier(),
    text("url"),
    binary("kinds"),  # canonical JSON: kinds of events, families such as case.*, or *
    binary("secret"),  # sealed
    instant("created_at"),
    text("created_by"),
    instant("ended_at", optional=True),
)

# queued -> sent (on its way) -> delivered, or failed (set aside); cancelled with its subscription.
deliveries = Table(
    "deliveries",
    metadata,
    identifier(),
    number("subscription", ForeignKey("subscriptions.id")),
    number("chain"),
    number("seq"),
    text("kind"),
    text("state"),
    number("attempts"),
    instant("queued_at"),
    instant("sent_at", optional=True),
    instant("settled_at", optional=True),
    text("error", optional=True),
    UniqueConstraint("subscription", "chain", "seq"),
)
Index("ix_deliveries_subscription", deliveries.c.subscription, deliveries.c.id)
Index(
    "ix_deliveries_waiting",
    deliveries.c.subscription,
    deliveries.c.chain,
    deliveries.c.seq,
    sqlite_where=sql("state IN ('queued', 'sent')"),
    postgresql_where=sql("state IN ('queued', 'sent')"),
)
Index("ix_deliveries_settled", deliveries.c.settled_at)
