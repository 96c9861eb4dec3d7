"""The files of a SQLite database: for their owner alone, unless somebody decided otherwise; and in their place."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tocsin.core.clock import VirtualClock
from tocsin.core.errors import Unavailable
from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.storage.lock import FileLock
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter


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


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[GroupWriter]:
    database = Database(f"sqlite:///{tmp_path / 'tocsin.db'}")
    migrate.upgrade(database)
    writer = GroupWriter(database, VirtualClock(10**15))
    yield writer
    writer.close()
    database.close()


def put(name: str) -> Callable[[Tx], int]:
    return lambda tx: tx.run("INSERT INTO revisions (name, value) VALUES (?, 1)", (name,))


def test_nothing_is_acknowledged_that_went_into_a_file_without_a_place(writer: GroupWriter, tmp_path: Path) -> None:
    path = tmp_path / "tocsin.db"

    def lose_it(tx: Tx) -> None:
        put("a")(tx)
        path.unlink()

    with pytest.raises(Unavailable, match="moved, deleted or replaced") as refused:
        writer.write(lose_it)
    assert refused.value.place == str(path)
    assert "put back" in (refused.value.expected or "")
    assert writer.failure is not None
    assert str(path) not in writer.failure.why, "anybody may ask whether a server is ready"
    with pytest.raises(Unavailable), writer.database.reader.connect():
        pass
    assert not path.exists(), "nobody makes an empty one in its place"


def test_a_file_that_is_put_back_is_written_again_and_another_one_is_not(writer: GroupWriter, tmp_path: Path) -> None:
    path, away = tmp_path / "tocsin.db", tmp_path / "away.db"
    writer.write(put("a"))
    path.rename(away)
    with pytest.raises(Unavailable):
        writer.write(put("b"))
    shutil.copy(away, path)
    with pytest.raises(Unavailable):
        writer.write(put("b"))
    away.replace(path)
    writer.write(put("c"))
    with writer.database.reading() as tx:
        assert tx.rows("SELECT name FROM revisions ORDER BY name") == [("a",), ("c",)]
