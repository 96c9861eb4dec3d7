"""Tables of the ledger: the journal's events and payloads, the heads of its chains, checkpoints, and the work queue."""

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table
from sqlalchemy import text as sql

from tocsin.storage.schema import binary, identifier, instant, metadata, number, text

# One row per event, never changed. A chain is a case's id, or 0 for the installation itself.
events = Table(
    "events",
    metadata,
    number("chain"),
    number("seq"),
    text("kind"),
    instant("at"),
    text("actor"),
    binary("digest"),
    binary("hash"),
    PrimaryKeyConstraint("chain", "seq"),
    sqlite_with_rowid=False,
)

# Erasable: the chain holds only the salted digest.
payloads = Table(
    "payloads",
    metadata,
    number("chain"),
    number("seq"),
    binary("salt"),
    binary("body"),
    PrimaryKeyConstraint("chain", "seq"),
    ForeignKeyConstraint(["chain", "seq"], ["events.chain", "events.seq"]),
)

chains = Table(
    "chains",
    metadata,
    number("chain", primary_key=True, autoincrement=False),
    number("count"),
    binary("seal"),  # keyed hash of (chain, count, hash of the last event)
    number("checkpoint", optional=True),  # the last that covers this head; null since it changed
)
Index(
    "ix_chains_open", chains.c.chain, sqlite_where=sql("checkpoint IS NULL"), postgresql_where=sql("checkpoint IS NULL")
)

# Numbered 1, 2, 3 ...; a gap is a removed one.
checkpoints = Table(
    "checkpoints",
    metadata,
    identifier("number"),
    instant("at"),
    binary("heads"),  # packed (chain, count, hash of the head) of every chain changed since the previous one
    binary("signature"),  # keyed hash of all this and of the previous signature
    binary("tip", optional=True),  # keyed too, and on the newest one only, so that its removal shows
)

# Timers and outgoing effects. A row exists while there is something to do; `due_at` of a leased row is its lease's end.
work = Table(
    "work",
    metadata,
    text("kind"),
    number("subject"),
    instant("due_at"),
    number("generation"),
    number("attempt"),
    text("holder", optional=True),
    instant("aside_at", optional=True),
    text("error", optional=True),
    number("lane", optional=True),  # where a kind has lanes: rows of one lane share a receiver
    number("urgency", optional=True),  # of a row with a lane: 0 goes before 1
    PrimaryKeyConstraint("kind", "subject"),
    sqlite_with_rowid=False,
)
Index(
    "ix_work_lanes",
    work.c.kind,
    work.c.lane,
    work.c.urgency,
    work.c.due_at,
    sqlite_where=sql("lane IS NOT NULL AND aside_at IS NULL"),
    postgresql_where=sql("lane IS NOT NULL AND aside_at IS NULL"),
)
Index(
    "ix_work_due",
    work.c.kind,
    work.c.due_at,
    sqlite_where=sql("aside_at IS NULL"),
    postgresql_where=sql("aside_at IS NULL"),
)
Index(
    "ix_work_aside",
    work.c.aside_at,
    sqlite_where=sql("aside_at IS NOT NULL"),
    postgresql_where=sql("aside_at IS NOT NULL"),
)
