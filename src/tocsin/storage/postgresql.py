"""Connections to PostgreSQL that never wait for long for a server that is gone.

A server that was stopped refuses, and its socket says so. One whose packets are lost says nothing: so connecting has a
limit, the operating system gives up what nobody confirms, and where an answer stays out the server is asked over
another connection whether it is still at it. A statement that only takes long goes on.
"""

from typing import Any

import psycopg
from psycopg.errors import _WaitTimeout
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

CONNECT = 3  # seconds until a server must have let us in
SILENCE = 2.0  # seconds without an answer after which it is asked for
_MOMENT = 0.5  # seconds in which an answer may still arrive that was under way when it was asked for
_POOL = 5  # seconds until a connection must be free
_TCP = {
    "connect_timeout": CONNECT,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,  # milliseconds
}


def engine(url: URL, access: str, longest: int) -> Engine:
    """`access`: write or read. `longest`: seconds that a statement may take, 0 for as many as it likes."""
    options = f"-c timezone=UTC -c idle_in_transaction_session_timeout=60s -c statement_timeout={longest}s"
    if access == "read":
        options += " -c default_transaction_read_only=on"
    given = {name: value for name, value in _TCP.items() if name not in url.query}  # the URL may say otherwise
    made = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=12,
        pool_timeout=_POOL,
        pool_pre_ping=access == "read",
        isolation_level="READ COMMITTED" if access == "write" else "REPEATABLE READ",
        connect_args={"options": options, "application_name": f"tocsin {access}", "prepare_threshold": 2, **given},
    )

    @event.listens_for(made, "do_connect")
    def connect(_: Any, __: Any, arguments: Any, named: dict[str, Any]) -> Any:
        connection = _Patient.connect(*arguments, **named)
        connection.reached_by = named
        return connection

    return made


class _Brief(psycopg.Connection[Any]):
    """For one short question."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        return super().wait(gen, interval, timeout or SILENCE)


class _Patient(psycopg.Connection[Any]):
    """Waits for an answer for as long as the server is at it. `reached_by`: how it was connected."""

    reached_by: dict[str, Any]

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        while True:
            try:
                return super().wait(gen, interval, SILENCE)
            except _WaitTimeout:
                if self._at_work():
                    continue
            try:
                return super().wait(gen, interval, _MOMENT)
            except _WaitTimeout:
                self.close()
                raise psycopg.OperationalError("the database does not answer") from None

    def _at_work(self) -> bool:
        """Whether the server still works on what it was asked, or at least cannot be asked."""
        try:
            with _Brief.connect(**self.reached_by, autocommit=True) as other:
                row = other.execute(
                    "SELECT state FROM pg_stat_activity WHERE pid = %s", (self.info.backend_pid,)
                ).fetchone()
        except psycopg.Error as error:
            return "FATAL" in str(error)  # it refuses us, as it does when it has no place left: so it lives
        return row is not None and not str(row[0]).startswith("idle")
