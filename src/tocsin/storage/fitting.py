"""SQLite stores a text in a column of numbers if it is told to, and a text that is none. Whoever proves a record has to
look for that first, and read the rest all the same."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Column, Float, LargeBinary, Table, Text

from tocsin.storage.transaction import Row, Tx


class Misfit(NamedTuple):
    """A value of another type than its column's; `key`: the row's primary key."""

    table: str
    column: str
    key: Row
    found: str


@contextmanager
def legible(tx: Tx, tables: Sequence[Table]) -> Iterator[list[Misfit]]:
    """What does not fit in these tables. Meanwhile every value can be read: one that does not fit as the nearest that
    does, and bytes that are no UTF-8 as `\\xed`, which no writer of Tocsin has put there."""
    if tx.dialect != "sqlite":
        yield []
        return
    connection: Any = tx.connection.connection.dbapi_connection
    before, connection.text_factory = connection.text_factory, _text
    covered: list[Table] = []
    try:
        found = {table: list(misfits(tx, table)) for table in tables}
        covered = [table for table, those in found.items() if those]
        _cover(tx, [_view(table) for table in covered])
        yield [misfit for those in found.values() for misfit in those]
    finally:
        connection.text_factory = before
        _cover(tx, [f"DROP VIEW IF EXISTS temp.{table.name}" for table in covered])


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


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "backslashreplace")


def _cover(tx: Tx, statements: Sequence[str]) -> None:
    """Change views that only this connection sees, which one that only reads must be allowed to."""
    if not statements:
        return
    guarded = tx.row("PRAGMA query_only")
    tx.run("PRAGMA query_only=OFF")
    for statement in statements:
        tx.run(statement)
    if guarded == (1,):
        tx.run("PRAGMA query_only=ON")


def _view(table: Table) -> str:
    """In the place of a table, on this connection: its rows, with values of the types that its columns have."""
    columns = ", ".join(_fitted(column) for column in table.columns)
    return f"CREATE TEMP VIEW {table.name} AS SELECT {columns} FROM main.{table.name}"


def _fitted(column: Column[Any]) -> str:
    name, kind = column.name, _type(column.type)
    allowed = ", ".join(map(repr, sorted(_types(column))))
    return (
        f"CASE WHEN typeof({name}) IN ({allowed}) THEN {name} ELSE CAST(coalesce({name}, '') AS {kind}) END AS {name}"
    )
