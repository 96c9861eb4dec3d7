"""Tables of the storage floor: counters for human numbers, revisions for caches, the nodes that are alive."""

from sqlalchemy import Column, Integer, Table

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
