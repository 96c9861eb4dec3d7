"""Table of guards: what people set for a time over what happens by itself."""

from sqlalchemy import Index, Table
from sqlalchemy import text as sql

from tocsin.storage.schema import binary, identifier, instant, metadata, text

guards = Table(
    "guards",
    metadata,
    identifier(),
    text("kind"),  # one of kinds.KINDS
    text("reason"),
    text("author"),  # an actor of the journal
    binary("scope"),  # what it is about, as canonical JSON
    instant("starts_at"),
    instant("ends_at", optional=True),  # null: until somebody ends it
    instant("created_at"),
    instant("ended_at", optional=True),  # when somebody ended it before its time
    instant("begun_told_at", optional=True),  # when it was said that it has begun
    instant("over_told_at", optional=True),  # and that it is over
)
_STANDING = "over_told_at IS NULL"
Index("ix_guards_standing", guards.c.id, sqlite_where=sql(_STANDING), postgresql_where=sql(_STANDING))
