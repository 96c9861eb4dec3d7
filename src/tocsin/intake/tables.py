"""Tables of the intake: keys by which a repeated request, or a repeated row of a file, is known; and files that people
brought."""

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, Table

from tocsin.storage.schema import binary, identifier, instant, metadata, number, text

# An Idempotency-Key of a token on a route, with the digest of the body it came with; kept for a day.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    number("token"),
    text("route"),
    text("key"),
    binary("body"),
    number("case_id", ForeignKey("cases.id")),
    instant("at"),
    PrimaryKeyConstraint("token", "route", "key"),
    sqlite_with_rowid=False,
)
Index("ix_idempotency_keys_at", idempotency_keys.c.at)

# What a request that is about no case was answered under its key, without what is secret; kept for a day.
replies = Table(
    "replies",
    metadata,
    number("token"),
    text("route"),
    text("key"),
    binary("body"),
    binary("answer"),
    instant("at"),
    PrimaryKeyConstraint("token", "route", "key"),
    sqlite_with_rowid=False,
)
Index("ix_replies_at", replies.c.at)

# The newest that each source said of each of its tickets, whether that has a case or not: an end that comes before its
# beginning is remembered here, and what is older never wins. `word_…`: of the newest that began or ended something.
heard = Table(
    "heard",
    metadata,
    text("source"),
    text("external_id"),
    text("says"),  # as `statements.Says`
    text("status", optional=True),  # the last that was understood
    number("sequence", optional=True),
    instant("occurred_at", optional=True),
    number("word_sequence", optional=True),
    instant("word_at", optional=True),
    instant("at"),
    text("order_text", optional=True),  # in place of `sequence`: an order key that is no whole number
    text("word_order_text", optional=True),
    PrimaryKeyConstraint("source", "external_id"),
    sqlite_with_rowid=False,
)

# What has been taken in from a file, so that taking it in again changes nothing. `key` is a digest of the ticket and
# of everything that the file said of it up to that row.
receipts = Table(
    "receipts",
    metadata,
    binary("key", primary_key=True),
    number("case_id", ForeignKey("cases.id")),
    instant("at"),
    sqlite_with_rowid=False,
)

# Imports by name: who began each, the last line of its file that came, and how many rows became what.
imports = Table(
    "imports",
    metadata,
    text("name", primary_key=True),
    text("begun_by"),
    instant("begun_at"),
    instant("last_at"),
    number("through"),
    number("rows"),
    number("opened"),
    number("changed"),
    number("unchanged"),
    number("recorded"),
    number("live"),
    number("refused"),
    sqlite_with_rowid=False,
)

# Files that people brought on a page, for a week. `run`: the last dry run or import; `beat_at`: while it works, when
# its process was last heard of; `progress`: how far it is, or what came of it; `refused`: the rows that it left out.
uploads = Table(
    "uploads",
    metadata,
    identifier(),
    number("user_id", ForeignKey("users.id")),
    text("name"),
    number("size"),
    instant("at"),
    text("mapping"),
    number("run", optional=True),
    instant("beat_at", optional=True),
    binary("progress", optional=True),
    binary("refused", optional=True),
)

# What stands in each of them: apart, since what changes in a row of the other is written anew as a whole.
upload_data = Table(
    "upload_data",
    metadata,
    number("upload", ForeignKey("uploads.id"), primary_key=True, autoincrement=False),
    binary("data"),
)

# When the last sign of life of each heartbeat came; `missing_at`: since when it is said to be missing.
heartbeats = Table(
    "heartbeats",
    metadata,
    text("trigger", primary_key=True),
    instant("last_at"),
    instant("missing_at", optional=True),
)
