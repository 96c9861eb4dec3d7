"""A transaction is of no use after its block, whoever still holds it: its connection is somebody else's by then."""

import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import ResourceClosedError

from tocsin.core.clock import VirtualClock
from tocsin.storage import revisions
from tocsin.storage.database import Database
from tocsin.storage.revisions import Cached
from tocsin.storage.tables import counters
from tocsin.storage.transaction import Ended, Tx
from tocsin.storage.writer import GroupWriter

ROWS = 200
VALUE = "SELECT value FROM counters WHERE name = ?"
THREADS = 16


@pytest.fixture
def writer(database_url: str) -> Iterator[GroupWriter]:
    database = Database(database_url)
    writer = GroupWriter(database, VirtualClock(10**15))
    rows = [(f"n{number}", number) for number in range(ROWS)]
    writer.write(lambda tx: tx.run_many("INSERT INTO counters (name, value) VALUES (?, ?)", rows))
    yield writer
    writer.close()
    database.close()


@contextmanager
def threads_change_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def test_reads_side_by_side_find_their_own_rows(writer: GroupWriter) -> None:
    """Each thread holds its last transaction until it has the next one, as a frame or a traceback does."""
    wrong: list[Any] = []

    def read(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(200):
            number = chance.randrange(ROWS)
            try:
                with writer.database.reading() as tx:
                    row = tx.row(VALUE, (f"n{number}",))
                if row != (number,):
                    wrong.append((number, row))
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(THREADS)]
    with threads_change_often():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def read_by(database: Database) -> Tx:
    with database.reading() as tx:
        assert tx.row(VALUE, ("n7",)) == (7,)
    return tx


def written_by(writer: GroupWriter) -> Tx:
    return writer.write(lambda tx: tx)


def at_another_instant(writer: GroupWriter) -> Tx:
    def look(tx: Tx) -> Tx:
        with tx.at(tx.now + 1) as later:
            assert later.now == tx.now + 1
            assert later.row(VALUE, ("n7",)) == (7,)
        assert tx.row(VALUE, ("n7",)) == (7,), "the transaction itself goes on"
        return later

    return writer.write(look)


def broken_off(writer: GroupWriter) -> Tx:
    return broken_off_by(writer, ZeroDivisionError())


def broken_off_by(writer: GroupWriter, error: BaseException) -> Tx:
    def read(kept: list[Tx]) -> None:
        with writer.database.reading() as tx:
            kept.append(tx)
            tx.row(VALUE, ("n7",))
            raise error

    kept: list[Tx] = []
    with pytest.raises(type(error)):
        read(kept)
    return kept[0]


WAYS: dict[str, Callable[[GroupWriter], Tx]] = {
    "read": lambda writer: read_by(writer.database),
    "broken off": broken_off,
    "written": written_by,
    "at another instant": at_another_instant,
}
USES: dict[str, Callable[[Tx], Any]] = {
    "rows": lambda tx: tx.rows(VALUE, ("n7",)),
    "row": lambda tx: tx.row(VALUE, ("n7",)),
    "run": lambda tx: tx.run("UPDATE counters SET value = 0"),
    "run_many": lambda tx: tx.run_many("UPDATE counters SET value = ?", [(1,)]),
    "insert": lambda tx: tx.insert(counters, [("more", 1)]),
    "execute": lambda tx: tx.execute(select(counters)),
    "savepoint": lambda tx: tx.savepoint().__enter__(),
    "at": lambda tx: tx.at(1).__enter__(),
    "a cached value": lambda tx: Cached("some", lambda tx: 1).get(tx),
    "revisions": revisions.current,
    "connection": lambda tx: tx.connection.exec_driver_sql("SELECT 1"),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("way", WAYS)
def test_every_use_after_the_block_is_refused(writer: GroupWriter, way: str, use: str) -> None:
    tx = WAYS[way](writer)
    with pytest.raises(Ended, match="has ended"):
        USES[use](tx)
    with writer.database.reading() as after:
        assert after.row("SELECT count(*), sum(value) FROM counters") == (ROWS, sum(range(ROWS)))


def test_what_was_revised_is_not_remembered_beyond_the_block(writer: GroupWriter) -> None:
    with writer.database.reading() as tx:
        assert revisions.current(tx) == {}
    with pytest.raises(Ended):
        revisions.current(tx)


def test_rows_that_nobody_fetched_end_with_their_block(writer: GroupWriter) -> None:
    with writer.database.reading() as tx:
        result = tx.execute(select(counters.c.value).order_by(counters.c.value))
        named = tx.execute(select(counters)).mappings()
        assert result.fetchone() == (0,)
    with pytest.raises(ResourceClosedError):
        result.fetchone()
    with pytest.raises(ResourceClosedError):
        list(named)


def test_a_generator_that_is_read_on_after_the_block_is_refused(writer: GroupWriter) -> None:
    def values(tx: Tx) -> Iterator[int]:
        for number in range(ROWS):
            found = tx.row(VALUE, (f"n{number}",))
            assert found is not None
            yield found[0]

    with writer.database.reading() as tx:
        left = values(tx)
        assert next(left) == 0
    with pytest.raises(Ended):
        next(left)


def test_a_connection_that_was_broken_off_is_given_back_clean(writer: GroupWriter) -> None:
    """Whoever was interrupted, in whatever way, leaves no snapshot behind for the next one."""
    for error in (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        broken_off_by(writer, error())
    writer.write(lambda tx: tx.run("UPDATE counters SET value = 8 WHERE name = 'n7'"))
    with writer.database.reading() as tx:
        assert tx.row(VALUE, ("n7",)) == (8,)
