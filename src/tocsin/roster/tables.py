"""Table of the rosters: who is on call, as one document each."""

from sqlalchemy import Table

from tocsin.storage.schema import binary, identifier, instant, metadata, text

rosters = Table(
    "rosters",
    metadata,
    identifier(),
    text("name", unique=True),
    binary("definition"),
    instant("updated_at"),
)
