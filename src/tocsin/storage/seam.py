"""Where SQLite and PostgreSQL differ, in one place."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import exc
from sqlalchemy.engine import Connection

from tocsin.core.clock import Clock, SystemClock
from tocsin.storage.transaction import Dialect, Tx, Undone

_COLLISIONS = {"40001", "40P01"}  # serialization failure, deadlock
_AWAY = {"25006", "25P03"}  # a standby that took over from the server, or will; a transaction that was idle too long
_NO_CONNECTION = (exc.TimeoutError, exc.DisconnectionError, exc.PendingRollbackError)
_MISTAKES = ("no such", "near ", "Could not decode")  # of a statement or a value: SQLite calls them operational too


def read_clock(connection: Connection, dialect: Dialect, clock: Clock) -> int:
    """The transaction's instant: on a live PostgreSQL the database's own, so that all nodes agree."""
    if dialect == "postgresql" and isinstance(clock, SystemClock):
        row = connection.exec_driver_sql("SELECT (extract(epoch from clock_timestamp()) * 1000000)::bigint").one()
        return int(row[0])
    return clock.now()


def lock_rows(tx: Tx, table: str, wanted: Iterable[int]) -> None:
    """Hold the rows with these ids until the transaction ends. In the order of ids, so that two groups cannot block
    each other. SQLite has one writer anyway."""
    chosen = sorted(set(wanted))
    if tx.dialect == "postgresql" and chosen:
        tx.rows(f"SELECT id FROM {table} WHERE id = ANY(?) ORDER BY id FOR UPDATE", (chosen,))


def take_turn(tx: Tx, name: str) -> bool:
    """Be the only one to do this until the transaction ends; False where another node is at it. SQLite has one writer
    anyway."""
    if tx.dialect != "postgresql":
        return True
    row = tx.row("SELECT pg_try_advisory_xact_lock(hashtext(?))", (name,))
    return row is not None and bool(row[0])


def lock_platform(tx: Tx) -> None:
    """Hold the chain of events that belong to no case until the transaction ends: nodes that extend it take turns."""
    if tx.dialect == "postgresql":
        tx.rows("SELECT pg_advisory_xact_lock(7464)")


def take_numbers(tx: Tx, counter: str, amount: int) -> list[int]:
    """The next `amount` numbers of a counter. PostgreSQL's sequence never makes nodes wait, but may leave gaps."""
    if tx.dialect == "postgresql":
        return [row[0] for row in tx.rows(f"SELECT nextval('{counter}') FROM generate_series(1, ?)", (amount,))]
    row = tx.row(
        "INSERT INTO counters (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value",
        (counter, amount),
    )
    assert row is not None
    return list(range(row[0] - amount + 1, row[0] + 1))


def driver_error(error: BaseException) -> BaseException:
    """The driver's own error, whether SQLAlchemy or we wrapped it or not."""
    if isinstance(error, Undone) and error.__cause__ is not None:
        error = error.__cause__
    return getattr(error, "orig", None) or error


def is_driver_error(error: BaseException, name: str) -> bool:
    """Whether it is the driver's error of that DB-API name, such as IntegrityError."""
    return any(kind.__name__ == name for kind in type(driver_error(error)).__mro__)


def is_collision(error: BaseException) -> bool:
    """Two nodes met in one place: running the group again is all it takes."""
    return getattr(driver_error(error), "sqlstate", None) in _COLLISIONS


def may_have_come_second(tx: Tx, error: BaseException) -> bool:
    """A constraint stood against a row that another node may have committed meanwhile. SQLite has one writer."""
    return tx.dialect == "postgresql" and is_driver_error(error, "IntegrityError")


def is_lost(error: BaseException) -> bool:
    """The transaction itself cannot go on: collision, no or a broken connection, full or failing disk."""
    if isinstance(error, (Undone, *_NO_CONNECTION)) or is_collision(error):
        return True
    if getattr(driver_error(error), "sqlstate", None) in _AWAY:
        return True
    if is_driver_error(error, "OperationalError") or is_driver_error(error, "InterfaceError"):
        return not str(driver_error(error)).startswith(_MISTAKES)
    return False


def is_no_database(error: BaseException) -> bool:
    """A file that SQLite did not make."""
    return getattr(driver_error(error), "sqlite_errorname", None) == "SQLITE_NOTADB"


def reason(error: BaseException) -> str:
    """Why the database refused, without the names of hosts and users that PostgreSQL's own words may hold."""
    found = driver_error(error)
    return str(found).splitlines()[0] if hasattr(found, "sqlite_errorcode") else type(found).__name__


def product(tx: Tx) -> str:
    """The database's name and version."""
    name, version = ("SQLite", "sqlite_version()")
    if tx.dialect == "postgresql":
        name, version = ("PostgreSQL", "current_setting('server_version')")
    row = tx.row(f"SELECT {version}")
    assert row is not None
    return f"{name} {row[0]}"


def durability(connection: Connection, dialect: Dialect) -> list[str]:
    """Settings under which an acknowledged write might be lost; empty when all is well."""
    if dialect == "sqlite":
        found = {
            "journal_mode": _pragma(connection, "journal_mode"),
            "synchronous": _pragma(connection, "synchronous"),
        }
        wanted: dict[str, set[Any]] = {"journal_mode": {"wal"}, "synchronous": {2, 3}}
    else:
        names = ("fsync", "full_page_writes", "synchronous_commit")
        found = {name: connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names}
        wanted = {
            "fsync": {"on"},
            "full_page_writes": {"on"},
            "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
        }
    return [f"{name} is {value}" for name, value in found.items() if value not in wanted[name]]


def _pragma(connection: Connection, name: str) -> Any:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
