"""SQLite stores a text in a column of numbers if it is told to. Whoever proves a record has to look for that first."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Float, LargeBinary, Table, Text

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
    key = [column.name for column in table.primary_key.columns]
    for column in table.columns:
        wanted = f"typeof({column.name}) IN ('{_type(column.type)}'{', ' + repr('null') if column.nullable else ''})"
        for *found, kind in tx.rows(
            f"SELECT {', '.join(key)}, typeof({column.name}) FROM {table.name} WHERE NOT {wanted}"
        ):
            yield Misfit(table.name, column.name, tuple(found), kind)


def _type(kind: Any) -> str:
    if isinstance(kind, Text):
        return "text"
    if isinstance(kind, LargeBinary):
        return "blob"
    return "real" if isinstance(kind, Float) else "integer"
