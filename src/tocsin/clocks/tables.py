"""Table of the clocks: one row for each run of a clock of a case."""

from sqlalchemy import Index, PrimaryKeyConstraint, Table
from sqlalchemy import text as sql

from tocsin.storage.schema import instant, metadata, number, text

clocks = Table(
    "clocks",
    metadata,
    number("case_id"),
    text("clock"),
    number("cycle"),
    number("policy_version"),
    text("calendar"),
    text("target"),
    text("origin"),
    instant("started_at"),
    instant("due_at"),
    instant("original_due_at"),
    instant("paused_at", optional=True),
    text("outcome", optional=True),  # met, breached, cancelled; null while it runs
    instant("settled_at", optional=True),
    number("generation"),
    instant("warn_at", optional=True),
    instant("claimed_at", optional=True),
    text("pauses"),
    text("cancelled_because", optional=True),
    text("excused_by", optional=True),
    instant("contested_at", optional=True),
    instant("confirmed_at", optional=True),
    instant("done_at", optional=True),
    PrimaryKeyConstraint("case_id", "clock", "cycle"),
    sqlite_with_rowid=False,
)
_OWED = "outcome = 'breached' AND done_at IS NULL AND cancelled_because IS NULL"
Index("ix_clocks_owed", clocks.c.case_id, sqlite_where=sql(_OWED), postgresql_where=sql(_OWED))
