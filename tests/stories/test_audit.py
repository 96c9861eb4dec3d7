"""The proof of the record, tried: a thousand falsifications of a record of some days, each found at its place."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from tests.stories.forgery import rewriting, rows, values
from tests.stories.forgery.made import Edit, Kind, Nothing
from tests.stories.record import story
from tests.testing import SECRET, Databases
from tocsin import audit
from tocsin.audit import Keys, Report
from tocsin.cases.events import EVENTS
from tocsin.core import canonical
from tocsin.events import KINDS
from tocsin.ledger.findings import Finding
from tocsin.storage.database import Database
from tocsin.storage.seam import is_driver_error
from tocsin.storage.transaction import Tx

EDITS = 1000
KEYS = Keys.of(SECRET)


class Undone(Exception):
    """Ends a savepoint."""


@pytest.fixture(scope="module")
def recorded(databases: Databases) -> str:
    """The URL of a database with a record that nobody has touched."""
    url = databases.new()
    story(url).installation.close()
    return url


@pytest.fixture
def forger(recorded: str) -> Iterator[Tx]:
    """A transaction in which no constraint holds a forger up, and which is undone in the end."""
    database = Database(recorded)
    if database.dialect == "sqlite":
        raw: Any = database.writer.raw_connection()
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.close()
    with database.writer.connect() as connection:
        tx = Tx(connection, database.dialect, 0)
        if database.dialect == "postgresql":
            for table, name in tx.rows(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'f'"
            ):
                tx.run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield tx
        connection.rollback()
    database.close()


def prove(tx: Tx) -> list[Finding]:
    return list(audit.verify(tx, KEYS, Report()))


def test_an_untouched_record_has_no_findings(recorded: str) -> None:
    database, report = Database(recorded), Report()
    with database.reading() as tx:
        assert [str(finding) for finding in audit.verify(tx, KEYS, report)] == []
        kinds = {row[0] for row in tx.rows("SELECT DISTINCT kind FROM events")}
    database.close()
    assert {kind.name for kind in EVENTS} - kinds == set()
    assert report.tally.chains > 40
    assert report.tally.events > 400
    assert report.tally.open == 0
    assert report.newest is not None


SELDOM = {("case.claimed", "at"), ("case.claim_rejected", "still")}  # of a parent's claim; of one claim beside another


def test_what_kinds_of_events_say_of_their_fields_is_so(recorded: str) -> None:
    """Every payload of the record has the fields that its kind declares, and no other."""
    database = Database(recorded)
    with database.reading() as tx:
        found = tx.rows("SELECT e.kind, p.body FROM events e JOIN payloads p ON p.chain = e.chain AND p.seq = e.seq")
    database.close()
    written: dict[str, set[str]] = {}
    for kind, body in found:
        written.setdefault(kind, set()).update(canonical.decode(bytes(body)))
    declared = {kind: set(KINDS[kind].fields) for kind in written}
    assert {(kind, field) for kind in written for field in written[kind] - declared[kind]} == set()
    assert {(kind, field) for kind in written for field in declared[kind] - written[kind]} <= SELDOM


def test_a_thousand_falsifications_are_found_where_they_are(forger: Tx) -> None:
    seed = int(os.environ.get("TOCSIN_TEST_SEED") or Random().randrange(1 << 32))
    chance = Random(seed)
    kinds = [*values.kinds(), *rows.kinds(), *rewriting.kinds()]
    done: Counter[str] = Counter()
    for number in range(EDITS):
        kind = kinds[number % len(kinds)]
        edit, findings = _tried(forger, kind, chance)
        done[kind.name] += 1
        told = f"TOCSIN_TEST_SEED={seed}: edit {number}, {kind.name}: {edit}\n" + "\n".join(map(str, findings[:20]))
        assert any(edit.found_by(finding) for finding in findings), told
        if edit.touched is not None:
            elsewhere = {finding.place.chain for finding in findings} - edit.touched - {None}
            assert not elsewhere, f"{told}\nfalse findings in {elsewhere}"
    assert prove(forger) == []
    print(f"seed {seed}: {EDITS} falsifications of {len(kinds)} kinds, at least {min(done.values())} of each")
    assert set(done) == {kind.name for kind in kinds}
    assert min(done.values()) >= 5


def _tried(tx: Tx, kind: Kind, chance: Random) -> tuple[Edit, list[Finding]]:
    """A falsification that the database lets through, and what the proof says of it; undone."""
    for _ in range(100):
        try:
            result: list[tuple[Edit, list[Finding]]] = []
            with suppress(Undone), tx.savepoint("forgery"):
                edit = kind.do(tx, chance)
                result.append((edit, prove(tx)))
                raise Undone
            return result[0]
        except Nothing:
            pass
        except Exception as error:
            if not is_driver_error(error, "IntegrityError"):  # a number that is taken, or out of range
                raise
    raise AssertionError(f"{kind.name} could not be done")
