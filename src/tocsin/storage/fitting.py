"""SQLite stores a text in a column of numbers if it is told to. Whoever proves a record has to look for that first."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Float, LargeBinary, Table, Text

from tocsin.storage.transaction import Row, Tx


class Misfit(NamedTuple):
    """A value of another type than its column's; `key`: the row's primary key."""

    table: str
    column: str
    key: Row
    found: str


def misfits(tx: Tx, table: Table) -> Iterator[Misfit]:
    """Values that are of no type that Tocsin writes there. PostgreSQL does not let them in."""
    if tx.dialect != "sqlite":
        return
    names = [column.name for column in table.columns]
    key = [column.name for column in table.primary_key.columns]
    allowed = [_types(column) for column in table.columns]
    fits = " AND ".join(
        f"typeof({name}) IN ({', '.join(map(repr, sorted(types)))})" for name, types in zip(names, allowed, strict=True)
    )
    typeof = ", ".join(f"typeof({name})" for name in names)
    for row in tx.rows(f"SELECT {', '.join(key)}, {typeof} FROM {table.name} WHERE NOT ({fits})"):
        for name, types, found in zip(names, allowed, row[len(key) :], strict=True):
            if found not in types:
                yield Misfit(table.name, name, row[: len(key)], found)


def _types(column: Column[Any]) -> set[str]:
    return {_type(column.type)} | ({"null"} if column.nullable else set())


def _type(kind: Any) -> str:
    if isinstance(kind, Text):
        return "text"
    if isinstance(kind, LargeBinary):
        return "blob"
    return "real" if isinstance(kind, Float) else "integer"
