"""A connection whose packets are lost hangs nothing for long; a statement that only takes long goes on."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.forwarder import Forwarder
from tests.testing import PostgreSQL
from tocsin.core.clock import VirtualClock, stopwatch
from tocsin.core.errors import Unavailable
from tocsin.storage.database import Database
from tocsin.storage.writer import GroupWriter

LIMIT = 15.0  # seconds; without timeouts it is minutes


@pytest.fixture
def network(postgresql: PostgreSQL) -> Iterator[Forwarder]:
    with closing(Forwarder(postgresql.database("network"))) as made:
        yield made


@pytest.fixture
def writer(network: Forwarder) -> Iterator[GroupWriter]:
    database = Database(network.url, longest=30)
    writer = GroupWriter(database, VirtualClock(10**15))
    write(writer)
    read(writer)
    yield writer
    writer.close()
    database.close()


def write(writer: GroupWriter) -> None:
    writer.write(
        lambda tx: tx.run(
            "INSERT INTO counters (name, value) VALUES ('n', 1) ON CONFLICT (name) DO UPDATE"
            " SET value = counters.value + 1"
        )
    )


def read(writer: GroupWriter) -> int:
    with writer.database.reading() as tx:
        row = tx.row("SELECT value FROM counters WHERE name = 'n'")
    assert row is not None
    return int(row[0])


@pytest.mark.long
def test_where_nothing_arrives_writes_and_reads_are_refused_soon(network: Forwarder, writer: GroupWriter) -> None:
    network.swallow()
    for use in (write, read, write, read):
        begun = stopwatch()
        with pytest.raises(Unavailable):
            use(writer)
        assert stopwatch() - begun < LIMIT
    assert writer.failure is not None
    network.resume()
    before = read(writer)
    write(writer)
    assert read(writer) == before + 1


def test_a_single_connection_that_is_lost_is_replaced(network: Forwarder, writer: GroupWriter) -> None:
    network.lose()
    begun = stopwatch()
    assert read(writer) >= 1, "it is found out before anything is asked"
    with pytest.raises(Unavailable):
        write(writer)
    assert stopwatch() - begun < LIMIT
    write(writer)


def test_what_only_takes_long_goes_on(writer: GroupWriter) -> None:
    assert writer.write(lambda tx: tx.row("SELECT 7 FROM pg_sleep(3)")) == (7,)
    with writer.database.reading() as tx:
        assert tx.row("SELECT 8 FROM pg_sleep(3)") == (8,)


def test_what_takes_too_long_is_ended(postgresql: PostgreSQL) -> None:
    database = Database(postgresql.database("too_long"), longest=1)
    with closing(database):
        writer = GroupWriter(database, VirtualClock(10**15))
        with pytest.raises(Unavailable):
            writer.write(lambda tx: tx.row("SELECT 7 FROM pg_sleep(20)"))
        with pytest.raises(Unavailable), database.reading() as tx:
            tx.row("SELECT 7 FROM pg_sleep(20)")
        writer.close()


def test_what_has_no_limit_has_none(postgresql: PostgreSQL) -> None:
    """Migrations, proofs and copies take as long as they take."""
    with closing(Database(postgresql.database("no_limit"))) as database, database.reading() as tx:
        assert tx.row("SHOW statement_timeout") == ("0",)


def test_more_readers_than_there_are_connections_are_refused_and_no_fault(database_url: str) -> None:
    with closing(Database(database_url)) as database:
        database.reader.pool._timeout = 0.05  # type: ignore[attr-defined]
        held = [database.reader.connect() for _ in range(16)]
        with pytest.raises(Unavailable), database.reading():
            pass
        for connection in held:
            connection.close()
        with database.reading() as tx:
            assert tx.row("SELECT 1") == (1,)
