"""Tables of connectors: those that were added, and what came in by them."""

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, Table
from sqlalchemy import text as sql

from tocsin.storage.schema import binary, identifier, instant, metadata, number, text

# The connectors of this installation. The token is kept as a hash, the secrets are sealed.
hooks = Table(
    "hooks",
    metadata,
    identifier(),
    text("name", unique=True),
    binary("hash", unique=True),
    binary("mapping"),  # its own keys of the mapping, which come before those of its pack
    binary("secret", optional=True),
    instant("created_at"),
    text("created_by"),
    instant("revoked_at", optional=True),
    text("pack", optional=True),  # null: generic
    binary("former_secret", optional=True),  # holds too, until:
    instant("former_until", optional=True),
    binary("settings", optional=True),  # canonical JSON: which effects go out, and where to
    binary("credential", optional=True),  # sealed: what effects go out with
)

# What became of each signal of a delivery.
hook_deliveries = Table(
    "hook_deliveries",
    metadata,
    identifier(),
    number("hook", ForeignKey("hooks.id")),
    instant("at"),
    text("outcome"),  # opened, changed, unchanged, recorded, ignored, refused
    number("case_id", ForeignKey("cases.id"), optional=True),
    text("error", optional=True),
    number("delivery", optional=True),  # of `kept_deliveries`, while that is kept
    text("replayed_by", optional=True),  # null: as it came in
)
Index("ix_hook_deliveries_hook", hook_deliveries.c.hook, hook_deliveries.c.id)
Index(
    "ix_hook_deliveries_delivery",
    hook_deliveries.c.delivery,
    sqlite_where=sql("delivery IS NOT NULL"),
    postgresql_where=sql("delivery IS NOT NULL"),
)
Index(
    "ix_hook_deliveries_case",
    hook_deliveries.c.case_id,
    sqlite_where=sql("case_id IS NOT NULL"),
    postgresql_where=sql("case_id IS NOT NULL"),
)

# Deliveries of senders that proved who they are, secrets masked. `body` is null where it was too large, could not be
# masked, or was erased.
kept_deliveries = Table(
    "kept_deliveries",
    metadata,
    identifier(),
    number("hook", ForeignKey("hooks.id")),
    instant("at"),
    number("size"),  # bytes, as it came
    binary("headers", optional=True),  # canonical JSON
    binary("body", optional=True),
)
Index("ix_kept_deliveries_hook", kept_deliveries.c.hook, kept_deliveries.c.id)
Index("ix_kept_deliveries_at", kept_deliveries.c.at)

# How far a connector that asks its tool has come. `seen`: digests of the elements of its last answers, which are not
# taken again; `error`: why the last asking was in vain.
pulls = Table(
    "pulls",
    metadata,
    number("hook", ForeignKey("hooks.id"), primary_key=True, autoincrement=False),
    text("cursor", optional=True),
    binary("seen"),
    instant("at", optional=True),  # of the last answer that was taken
    text("error", optional=True),
    sqlite_with_rowid=False,
)

# Our case and their ticket, as its connector last told of it. `facts`: canonical JSON, what effects need to find it.
ticket_links = Table(
    "ticket_links",
    metadata,
    number("hook", ForeignKey("hooks.id")),
    text("source"),
    text("external_id"),
    number("case_id", ForeignKey("cases.id")),
    binary("facts"),
    instant("at"),
    PrimaryKeyConstraint("hook", "source", "external_id"),
    sqlite_with_rowid=False,
)
Index("ix_ticket_links_case", ticket_links.c.case_id)

# What goes out to a ticket's system because of an event: queued -> sending -> sent, or failed; cancelled where it lost
# its reason.
effects = Table(
    "effects",
    metadata,
    identifier(),
    number("hook", ForeignKey("hooks.id")),
    text("name"),
    number("case_id", ForeignKey("cases.id")),
    number("seq"),  # of the event
    text("source"),
    text("external_id"),
    text("state"),
    number("attempts"),
    instant("queued_at"),
    instant("settled_at", optional=True),
    text("error", optional=True),
    binary("said", optional=True),  # canonical JSON: the body that went out last
    text("reference", optional=True),  # by which their system knows what came of it
)
Index("ix_effects_hook", effects.c.hook, effects.c.id)
Index("ix_effects_case", effects.c.case_id, effects.c.hook, effects.c.id)
Index(
    "ix_effects_reference",
    effects.c.hook,
    effects.c.reference,
    sqlite_where=sql("reference IS NOT NULL"),
    postgresql_where=sql("reference IS NOT NULL"),
)
