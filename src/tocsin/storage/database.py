"""One database, SQLite or PostgreSQL, opened so that what it acknowledges is durable.

This module, `postgresql.py`, `transaction.py` and `seam.py` are the only places that know which of the two it is.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from tocsin.core.errors import Misconfigured, Unavailable
from tocsin.core.logging import log
from tocsin.core.wording import Said, say
from tocsin.storage.place import DatabaseFile
from tocsin.storage.seam import is_lost, reason
from tocsin.storage.transaction import Dialect, Tx

Access = Literal["write", "read"]

# Every release from 3.7.0 to 3.51.2 can corrupt a file when a checkpoint meets a WAL reset.
_SOUND_SQLITE = (3, 51, 3)
_BUSY_SECONDS = 10
_POOL_SECONDS = 5


class Database:
    """A place to keep things. `url`: `sqlite:///path` or `postgresql://user:password@host/name`. `longest`: seconds
    that a statement may take on PostgreSQL; 0: as many as it likes. `copy`: a file that is only read, and stays one
    file, also where nothing can be written."""

    def __init__(self, url: str, *, longest: int = 0, copy: bool = False) -> None:
        self.url = _parse(url)
        self._longest = longest
        self._copy = copy
        self.dialect: Dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self._place = DatabaseFile(Path(self.url.database or "")) if self.dialect == "sqlite" else None

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database."""
        return None if self._place is None else self._place.path

    @property
    def shown(self) -> str:
        """The URL as a person wrote it, without the password."""
        return self.url.set(drivername=self.dialect).render_as_string(hide_password=True)

    @cached_property
    def writer(self) -> Engine:
        """Connections that may write. On SQLite only one thread at a time uses it: the group writer's."""
        return self._engine("write")

    @cached_property
    def reader(self) -> Engine:
        """Connections that cannot write."""
        return self._engine("read")

    @contextmanager
    def reading(self, now: int = 0) -> Iterator[Tx]:
        """A transaction that sees one snapshot and changes nothing. Unavailable where the database cannot be read."""
        try:
            with self.reader.connect() as connection:
                try:
                    with Tx(connection, self.dialect, now) as tx:
                        yield tx
                finally:
                    connection.rollback()
        except Exception as error:
            if not is_lost(error):
                raise
            log.warning("read.failed", why=reason(error))
            raise Unavailable(
                say("the database does not answer"), expected=say("another try in a few seconds")
            ) from error

    def require_place(self) -> None:
        """Unavailable where the file that was opened is not in its place any more."""
        if self._place is not None:
            self._place.require()

    def close(self) -> None:
        for name in ("writer", "reader"):
            if name in self.__dict__:
                self.__dict__.pop(name).dispose()
        if self._place is not None:
            self._place.opened = None

    def _engine(self, access: Access) -> Engine:
        if self._place is not None:
            return _sqlite_engine(self.url, self._place, access, copy=self._copy)
        from tocsin.storage import postgresql  # whose driver takes long to import

        return postgresql.engine(self.url, access, self._longest)


def _parse(text: str) -> URL:
    """Misconfigured never shows a password."""
    try:
        url = make_url(text)
    except ArgumentError:
        scheme, apart, _ = text.partition("://")
        wrong = (
            say("{scheme} begins no database URL", scheme=repr(scheme)) if apart else say("this is not a database URL")
        )
        raise _misconfigured(wrong) from None
    except ValueError:
        raise _misconfigured(say("the host and the port of this database URL cannot be told apart")) from None
    if url.port is not None and not 0 < url.port < 65536:
        raise _misconfigured(say("{port} is no port of this database URL's host", port=url.port))
    match url.get_backend_name():
        case "sqlite" if url.database and url.database != ":memory:":
            return url.set(drivername="sqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+psycopg")
    shown = url.render_as_string(hide_password=True)
    raise _misconfigured(say("{url} names no database that Tocsin can use", url=repr(shown)))


def _misconfigured(fault: Said) -> Misconfigured:
    return Misconfigured(
        fault,
        place="TOCSIN_DATABASE_URL",
        expected=say(
            "sqlite:///path or postgresql://user:password@host:port/name, with an IPv6 host in brackets, such as"
            " [::1], and a port from 1 to 65535"
        ),
    )


def sqlite_module() -> Any:
    """The DB-API module of a SQLite that is sound; Misconfigured where there is none."""
    try:
        import pysqlite3 as module
    except ImportError:  # a platform without the bundled library
        import sqlite3 as module
    if module.sqlite_version_info < _SOUND_SQLITE:
        raise Misconfigured(
            say("SQLite {sqlite_version} can corrupt a database in WAL mode", sqlite_version=module.sqlite_version),
            expected=say(
                "SQLite {choices} or later, as the package pysqlite3 brings it",
                choices=".".join(map(str, _SOUND_SQLITE)),
            ),
        )
    return module


def _create(path: Path) -> None:
    """A file that only its owner may read, where there is none; SQLite gives its companions the same mode."""
    with suppress(OSError):  # it is there, or cannot be made, and then SQLite says why
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _sqlite_engine(url: URL, place: DatabaseFile, access: Access, *, copy: bool) -> Engine:
    if access == "write" and not copy and place.opened is None:
        _create(place.path)
    engine = create_engine(
        url,
        module=sqlite_module(),
        poolclass=QueuePool,
        pool_size=1 if access == "write" else 8,
        max_overflow=0 if access == "write" else 8,
        pool_timeout=_POOL_SECONDS,
        connect_args={"check_same_thread": False, "timeout": _BUSY_SECONDS, "cached_statements": 512},
    )
    begin = "BEGIN IMMEDIATE" if access == "write" else "BEGIN"

    @event.listens_for(engine, "do_connect")
    def look(_: Any, __: Any, arguments: list[Any], named: dict[str, Any]) -> None:
        place.open()
        if copy:
            arguments[0], named["uri"] = f"{place.path.resolve().as_uri()}?mode=ro", True

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        for pragma in (
            *(() if copy else ("journal_mode=WAL",)),
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-65536",
            "mmap_size=0",
            f"query_only={'OFF' if access == 'write' else 'ON'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
