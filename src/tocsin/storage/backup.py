"""Copies of a whole database: taken while a server writes, checked, and put back.

A file of SQLite is copied by its own backup from one snapshot, page by page; PostgreSQL by its own tools, where they
are installed. A copy gets its name only once it is complete; what one that was killed has left, the next clears away.
"""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tocsin.core.errors import Conflict, InvalidInput, Misconfigured, Unavailable
from tocsin.core.wording import say
from tocsin.storage import partial
from tocsin.storage.database import Database, sqlite_module

Progress = Callable[[int, int], None]  # pages done, pages there are

_PAGES = 2_000  # in one step
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)  # the machine's fault; any other is in the name that was given


def back_up(database: Database, target: Path, progress: Progress) -> None:
    """Copy the database to a file that only its owner may read. Conflict where there is such a file."""
    try:
        if target.exists():
            raise FileExistsError
        with partial.written(target) as copy:
            if database.path is not None:
                _copy(database.path, copy, progress)
            else:
                _run(database, "pg_dump", "--format=custom", f"--file={copy}")
            _sync(copy)
            os.link(copy, target)  # not over a file that somebody has made meanwhile
        partial.keep(target.parent)
    except FileExistsError:
        raise Conflict(say("the file exists already"), place=str(target), expected=say("another name")) from None
    except OSError as error:
        says = say("the copy cannot be written: {why}", why=str(error.strerror or error))
        if error.errno in _FULL:
            raise Unavailable(says, place=str(target), expected=say("room on the disk, or a file elsewhere")) from None
        raise InvalidInput(says, place=str(target), expected=say("a file in a folder that you may write to")) from None


def put_back(
    source: Path, database: Database, progress: Progress, *, force: bool, accept: Callable[[Path], bool] | None = None
) -> bool:
    """Make the database what a copy was, and say whether it is. The caller holds the lock of a file. `accept` looks at
    a copied file before it takes the place of the database's own. Conflict where there is a database, unless forced;
    InvalidInput where the copy is none, or damaged."""
    if not _is_file(source):
        raise InvalidInput(say("there is no such file"), place=str(source), expected=say("a file from `tocsin backup`"))
    if database.path is None:
        _put_back_postgresql(source, database, force=force)
        return True
    check(source)
    path = database.path
    if path.exists() and not force:
        raise Conflict(
            say("there is a database already"), place=str(path), expected=say("--force, to replace it for good")
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    with partial.written(path) as copy:
        _copy(source, copy, progress)
        check(copy)
        if accept is not None and not accept(copy):
            return False
        _sync(copy)
        _finish(path)
        os.replace(copy, path)
    partial.keep(path.parent)
    return True


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # its name cannot be one
        return False


def check(file: Path) -> None:
    """InvalidInput where a file is no sound database of Tocsin."""
    connection = _open(file)
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            raise InvalidInput(
                say("the file is damaged: {found}", found=found[0]), place=str(file), expected=say("another copy")
            )
        if connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (0,):
            raise InvalidInput(
                say("this is not a Tocsin database"), place=str(file), expected=say("a file from `tocsin backup`")
            )
    except sqlite_module().DatabaseError as error:
        raise InvalidInput(
            say("this is not a Tocsin database: {error}", error=error),
            place=str(file),
            expected=say("a file from `tocsin backup`"),
        ) from None
    finally:
        connection.close()


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """One snapshot of a file into an empty one, whoever goes on writing to it."""
    reading = _open(source)
    writing = sqlite_module().connect(str(target), isolation_level=None)
    try:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the snapshot is of now
        reading.backup(writing, pages=_PAGES, progress=lambda _, left, total: progress(total - left, total))
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, without companions
    finally:
        writing.close()
        reading.close()


def _finish(path: Path) -> None:
    """Bring what stands in the companions of a database that is to be replaced into its file. Without them whoever
    dies before it is replaced leaves it whole, and none of them is taken for the new one's."""
    if path.exists():
        with suppress(sqlite_module().Error):  # a damaged one is replaced all the same
            connection = sqlite_module().connect(str(path), isolation_level=None)
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
    for companion in partial.COMPANIONS:
        path.with_name(path.name + companion).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(file: Path) -> Any:
    return sqlite_module().connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=10)


def _put_back_postgresql(source: Path, database: Database, *, force: bool) -> None:
    with database.reader.connect() as connection:
        tables = connection.exec_driver_sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").scalar_one()
        others = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'tocsin write'"
        ).scalar_one()
    database.close()
    if others:
        raise Unavailable(
            say("{others} connections of servers use this database", others=others),
            expected=say("stop every server first"),
        )
    if tables and not force:
        raise Conflict(
            say("there is a database already"), place=database.shown, expected=say("--force, or an empty database")
        )
    how = ["--no-owner", "--single-transaction", "--exit-on-error", *(["--clean", "--if-exists"] if tables else [])]
    _run(database, "pg_restore", *how, f"--dbname={database.url.database}", str(source))


def _run(database: Database, tool: str, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise Misconfigured(
            say("{tool} is not installed here", tool=tool),
            expected=say("the PostgreSQL client tools, or {tool} where the database runs", tool=tool),
        )
    url = database.url
    given = {"PGHOST": url.host or url.query.get("host"), "PGPORT": url.port, "PGUSER": url.username}
    given |= {"PGPASSWORD": url.password, "PGDATABASE": url.database}  # not as arguments, which others may read
    environment = {name: str(value) for name, value in given.items() if value is not None}
    done = subprocess.run(
        [found, *arguments], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Unavailable(say("{tool} failed: {said}", tool=tool, said=said[:300]), place=database.shown)
