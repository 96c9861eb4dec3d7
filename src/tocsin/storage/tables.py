"""Tables of the storage floor: counters for human numbers, revisions for caches, the nodes that are alive."""

from sqlalchemy import Column, Integer, Sequence, Table

from tocsin.storage import search
from tocsin.storage.schema import instant, metadata, number, text

counters = Table(
    "counters",
    metadata,
    text("name", primary_key=True),
    number("value"),
)

revisions = Table(
    "revisions",
    metadata,
    text("name", primary_key=True),
    number("value"),
)

nodes = Table(
    "nodes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    text("holder"),
    instant("leased_until"),
)

# PostgreSQL draws human numbers from sequences, which never make nodes wait for each other.
case_number = Sequence("case_number", metadata=metadata)
policy_version = Sequence("policy_version", metadata=metadata)

assert search.CASES  # whose tables each database has of its own kind
