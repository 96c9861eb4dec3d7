"""A transaction as the upper floors see it: raw statements for hot paths, SQLAlchemy Core for the rest, one `now`.

Raw statements are written with `?` for every parameter and run on both databases. Nobody outside the storage floor
commits: a transaction ends where its owner (the group writer, or `Database.reading`) ends it. From then on a `Tx` is of
no use, whoever still holds it: its connection is somebody else's.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import chain
from typing import Any, Literal, cast

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.engine import CursorResult

Dialect = Literal["sqlite", "postgresql"]
Row = tuple[Any, ...]

# Rows in one INSERT. Powers of two up to this keep the number of different statements, each prepared once, small.
_HEIGHT = 64


class Undone(Exception):
    """The database undid the whole transaction by itself, as SQLite does when the disk is full, or lost it; the cause
    says why. Nothing may be written before another one begins."""


class Ended(RuntimeError):
    """A mistake of ours: a transaction was used after its block."""


class _Ended:
    """Stands where the connection and the cursor of a transaction that has ended were."""

    def __getattr__(self, name: str) -> Any:
        raise Ended("this transaction has ended; expected its use within the block that began it")


_ENDED: Any = _Ended()


class Tx:
    """`now` is the instant of the whole transaction (microseconds, UTC), read once from the clock. A context manager:
    after its block every method raises Ended."""

    __slots__ = ("_cursor", "_results", "connection", "dialect", "now", "revisions")

    def __init__(self, connection: Connection, dialect: Dialect, now: int) -> None:
        self.connection = connection
        self.dialect = dialect
        self.now = now
        self.revisions: dict[str, int] | None = None  # as `storage.revisions` read them; None: not yet, or not any more
        if not connection.in_transaction():
            connection.begin()
        self._cursor = _cursor(connection, dialect)
        self._results: list[CursorResult[Any]] = []

    def __enter__(self) -> "Tx":
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the connection. A cursor that lived on would reset the statements of whoever has it next."""
        cursor, results = self._cursor, self._results
        self._cursor = self.connection = _ENDED
        self._results, self.revisions = [], None
        for one in (*results, cursor):
            with suppress(Exception):  # of a connection that is gone
                one.close()

    @contextmanager
    def at(self, instant: int) -> "Iterator[Tx]":
        """The same transaction at another instant, within the block."""
        with Tx(self.connection, self.dialect, instant) as tx:
            tx.revisions = self.revisions
            yield tx
            self.revisions = tx.revisions

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Every row of a raw query."""
        self._cursor.execute(_native(statement, self.dialect), parameters)
        return list(self._cursor.fetchall())

    def row(self, statement: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a raw query, or None."""
        self._cursor.execute(_native(statement, self.dialect), parameters)
        found: Row | None = self._cursor.fetchone()
        return found

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """A raw change; how many rows it touched."""
        self._cursor.execute(_native(statement, self.dialect), parameters)
        return int(self._cursor.rowcount)

    def run_many(self, statement: str, parameters: Sequence[Sequence[Any]]) -> int:
        """A raw change, once for each set of parameters; how many rows all of them touched."""
        if not parameters:
            return 0
        self._cursor.executemany(_native(statement, self.dialect), parameters)
        return int(self._cursor.rowcount)

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert tuples that have a value for every column, in the table's order: one statement for many rows.

        Columns in which none of the rows says anything are left to be null: half of a new case says nothing yet.
        """
        if not rows:
            return
        columns = [
            (name, values)
            for name, values in zip(table.columns.keys(), zip(*rows, strict=True), strict=True)
            if _says(values)
        ]
        names = tuple([name for name, _ in columns])
        told = list(zip(*[values for _, values in columns], strict=True))
        start = 0
        while start < len(told):
            height = min(_HEIGHT, 1 << (len(told) - start).bit_length() - 1)
            part = told[start : start + height]
            self._cursor.execute(_insert(table.name, names, height, self.dialect), list(chain.from_iterable(part)))
            start += height

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """A statement of SQLAlchemy Core, in the same transaction, with which its rows end."""
        result = self.connection.execute(statement, parameters)
        if result.returns_rows:
            self._results.append(result)
        return result

    @contextmanager
    def savepoint(self, name: str = "job") -> Iterator[None]:
        """What happens inside is undone as a whole when it raises. Undone where the transaction is gone, too."""
        self._cursor.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException as error:
            self.revisions = None
            try:
                self._cursor.execute(f"ROLLBACK TO SAVEPOINT {name}")
                self._cursor.execute(f"RELEASE SAVEPOINT {name}")
            except Exception:
                raise Undone(str(error)) from error
            raise
        self._cursor.execute(f"RELEASE SAVEPOINT {name}")


def _cursor(connection: Connection, dialect: Dialect) -> Any:
    if dialect == "sqlite":
        return connection.connection.cursor()
    # The usual cursor looks for its placeholders in a long statement anew each time, which costs more than running it.
    from psycopg import RawCursor

    return RawCursor(cast(Any, connection.connection.driver_connection))


@lru_cache(maxsize=4096)
def _native(statement: str, dialect: Dialect) -> str:
    """The statement with the placeholders of the driver: `?`, or `$1`, `$2`, ..."""
    if dialect == "sqlite":
        return statement
    head, *tail = statement.split("?")
    return head + "".join(f"${number}{part}" for number, part in enumerate(tail, 1))


def _says(values: Row) -> bool:
    return values[0] is not None or values.count(None) < len(values)


@lru_cache(maxsize=4096)
def _insert(table: str, columns: tuple[str, ...], height: int, dialect: Dialect) -> str:
    row = "(" + ",".join("?" * len(columns)) + ")"
    names = ",".join([f'"{name}"' for name in columns])
    return _native(f"INSERT INTO {table} ({names}) VALUES " + ",".join([row] * height), dialect)


def marks(values: Sequence[Any]) -> str:
    """`?,?,?` for an IN list. Pad with `padded` so that few different statements exist."""
    return ",".join("?" * len(values))


def padded(values: Sequence[Any]) -> list[Any]:
    """The values, the last repeated up to a power of two: an IN list of few different lengths."""
    size = 1 << max(0, len(values) - 1).bit_length()
    return [*values, *([values[-1]] * (size - len(values)))] if values else []
