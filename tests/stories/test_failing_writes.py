"""A disk that is full: nothing is written, which the watchers say without the database, and see when it is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.stories.outside import HEARTBEAT, Outside
from tests.stories.starter import STARTER, alarms
from tests.testing import World, world
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.core.errors import Unavailable
from tocsin.runtime import Installation, Options

FULL = """
CREATE OR REPLACE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
"""


@contextmanager
def full_disk(installation: Installation) -> Iterator[None]:
    """No page more than the file has; or no row more in these tables."""
    fill = _fill_file if installation.database.dialect == "sqlite" else _fill_tables
    with fill(installation):
        yield


@contextmanager
def _fill_file(installation: Installation) -> Iterator[None]:
    """The limit is each connection's own, and the writer takes another one after a failure."""
    most = 1

    def limit(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={most}")

    event.listen(installation.database.writer, "connect", limit)
    installation.writer.close()
    yield
    most = 1_000_000_000
    installation.writer.close()


@contextmanager
def _fill_tables(installation: Installation) -> Iterator[None]:
    def run(*statements: str) -> None:
        with installation.database.writer.connect() as connection, connection.begin():
            for statement in statements:
                connection.exec_driver_sql(statement)

    tables = ("cases", "nodes")
    run(FULL, *(f"CREATE TRIGGER f BEFORE INSERT ON {one} EXECUTE FUNCTION full_disk()" for one in tables))
    yield
    run(*(f"DROP TRIGGER f ON {one}" for one in tables))


def fails(here: World) -> None:
    with pytest.raises(Unavailable, match="did not take the write"):
        here.open(subject="nobody will read this", body="a page is not enough for it\n" * 1000)


def test_writes_that_fail_are_known_until_one_succeeds_again(database_url: str) -> None:
    outside = Outside()
    here = world(database_url, STARTER, watching=True, options=Options(heartbeat_url=HEARTBEAT, call=outside))
    here.forward(MINUTE)
    writing, writer = here.installation.watch.writing, here.installation.writer
    assert writing.alarm() is None
    assert writer.tally.failed == 0
    with full_disk(here.installation):
        began = here.clock.now()
        fails(here)
        called = len(outside.calls)
        here.forward(5 * MINUTE)
        assert writer.failure is not None
        assert writer.failure.since == began
        assert "full" in writer.failure.why.lower()
        found = writing.alarm()
        assert found is not None
        assert (found.kind, found.raised_at) == ("work.not_written", began)
        assert writer.tally.failed > 1, "it is tried again and again"
        status = here.installation.watch.status(here.clock.now())
        assert status["writes"]["failing_since"] == "2026-03-02T10:01:00Z"
        assert len(outside.calls) == called, "whoever waits for the heartbeat hears nothing"
        assert "nothing can be written" in status["heartbeat"]["failure"]
    here.forward(3 * SECOND)
    assert writer.failure is None
    assert writing.alarm() is None
    assert here.installation.watch.status(here.clock.now())["writes"]["failing_since"] is None
    here.forward(MINUTE)
    [told] = alarms(here)
    assert told["counts"] == {"work.not_written": 1}
    assert told["alarms"][0]["says"].startswith(
        "from 05:01 on Mon 2 Mar (America/New_York) to 05:06 on Mon 2 Mar (America/New_York) nothing could be written: "
    )
    assert len(outside.calls) > called
    assert here.open(subject="is it well again?")["number"]
    here.forward(2 * HOUR, look=5 * MINUTE)
    assert len(alarms(here)) == 1, "it is over"
    here.installation.close()


def test_what_writes_nothing_does_not_make_writes_well(database_url: str) -> None:
    """The loops look for work five times a second; where there is none, their commits touch no disk."""
    here = world(database_url, STARTER)
    with full_disk(here.installation):
        fails(here)
        here.installation.writer.write(lambda tx: None)
        assert here.installation.writer.failure is not None
    here.installation.close()


def test_a_lease_that_could_not_be_renewed_for_long_ends_no_process(database_url: str) -> None:
    """It is proved in every group that nobody else has the number; by the lock of a file, too."""
    here = world(database_url, STARTER, watching=True)
    here.forward(MINUTE)
    keeper, ended = here.installation.watch.keeper, []
    keeper.on_lost = lambda: ended.append(True)
    here.clock.advance(HOUR)
    assert keeper.step(here.clock.now()) == 1
    assert not keeper.lost
    assert ended == []
    assert here.open(subject="it goes on")["number"]
    here.installation.close()
