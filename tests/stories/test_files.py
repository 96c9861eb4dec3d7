"""The files of a SQLite database: for their owner's eyes only, unless somebody decided otherwise."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.storage.lock import FileLock


@pytest.fixture
def careless() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("careless")
def test_a_new_database_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "tocsin.db"
    lock = FileLock.take(path, "a test")
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    with database.writer.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    database.close()
    lock.release()
    assert {"tocsin.db", "tocsin.db-wal", "tocsin.db-shm", "tocsin.db.lock"} <= modes.keys()
    assert set(modes.values()) == {0o600}, modes


@pytest.mark.usefixtures("careless")
def test_the_mode_of_a_database_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "tocsin.db"
    path.touch()
    path.chmod(0o640)
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.close()
    assert path.stat().st_mode & 0o777 == 0o640
