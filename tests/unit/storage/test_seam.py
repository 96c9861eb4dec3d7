"""Which errors mean that the database is away, and which that a statement is wrong."""

import psycopg
import pysqlite3
import pytest
from sqlalchemy import exc

from tocsin.core.errors import NotFound
from tocsin.core.wording import verbatim
from tocsin.storage.seam import is_lost
from tocsin.storage.transaction import Undone

AWAY = [
    psycopg.OperationalError("consuming input failed: server closed the connection unexpectedly"),
    psycopg.InterfaceError("the connection is closed"),
    psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
    psycopg.errors.CrashShutdown("terminating connection because of crash of another server process"),
    psycopg.errors.CannotConnectNow("the database system is starting up"),
    psycopg.errors.IdleInTransactionSessionTimeout("terminating connection due to idle-in-transaction timeout"),
    psycopg.errors.ReadOnlySqlTransaction("cannot execute UPDATE in a read-only transaction"),
    psycopg.errors.QueryCanceled("canceling statement due to statement timeout"),
    psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"),
    psycopg.errors.OutOfMemory("out of memory"),
    psycopg.errors.TooManyConnections("sorry, too many clients already"),
    psycopg.errors.DiskFull("no space left on device"),
    psycopg.errors.SerializationFailure("canceling statement due to conflict with recovery"),
    psycopg.errors.DeadlockDetected("deadlock detected"),
    pysqlite3.OperationalError("database is locked"),
    pysqlite3.OperationalError("disk I/O error"),
    pysqlite3.OperationalError("unable to open database file"),
    exc.TimeoutError("QueuePool limit of size 4 overflow 12 reached"),
    exc.DisconnectionError("gone"),
    exc.PendingRollbackError("Can't reconnect until invalid transaction is rolled back"),
    exc.OperationalError("", None, psycopg.OperationalError("connection refused")),
    Undone("the disk is full"),
]
OTHERS = [
    psycopg.errors.UniqueViolation("duplicate key"),
    psycopg.errors.UndefinedTable("no such table"),
    pysqlite3.IntegrityError("UNIQUE constraint failed"),
    pysqlite3.OperationalError("no such table: cases"),
    pysqlite3.OperationalError('near "SELEC": syntax error'),
    exc.IntegrityError("", None, psycopg.errors.UniqueViolation("duplicate key")),
    NotFound(verbatim("there is no such case")),
    TimeoutError("of something else"),
    RuntimeError("a fault"),
]


@pytest.mark.parametrize("error", AWAY, ids=lambda error: f"{type(error).__name__}: {error}"[:40])
def test_the_database_is_away(error: Exception) -> None:
    assert is_lost(error)


@pytest.mark.parametrize("error", OTHERS, ids=lambda error: f"{type(error).__name__}: {error}"[:40])
def test_it_is_something_else(error: Exception) -> None:
    assert not is_lost(error)
