"""The proof of the record, tried: falsifications of every kind of a record of some days, each found at its place."""

import os
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from tests.stories import record
from tests.stories.forgery import rewriting, rows, values
from tests.stories.forgery.proving import KEYS, prove, tried, unguarded
from tests.testing import Databases
from tocsin import audit
from tocsin.audit import Report
from tocsin.cases.events import EVENTS
from tocsin.core import canonical
from tocsin.events import KEPT, KINDS
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx


@pytest.fixture(scope="module")
def recorded(databases: Databases) -> str:
    """The URL of a database with a record that nobody has touched."""
    return databases.filled(record.left)


@pytest.fixture
def forger(recorded: str) -> Iterator[Tx]:
    with unguarded(recorded) as tx:
        yield tx


def test_an_untouched_record_has_no_findings(recorded: str) -> None:
    database, report = Database(recorded), Report()
    with database.reading() as tx:
        assert [str(finding) for finding in audit.verify(tx, KEYS, report)] == []
        kinds = {row[0] for row in tx.rows("SELECT DISTINCT kind FROM events")}
    database.close()
    assert {kind.name for kind in EVENTS} - kinds == set()
    assert {kind.name for kept in KEPT for kind in kept.kinds} - kinds == set()
    assert report.tally.chains > 40
    assert report.tally.events > 400
    assert report.tally.open == 0
    assert report.newest is not None


# Of a parent's claim; of one claim beside another; what is said of a destination, and of a hook, when that is changed.
SELDOM = {
    *(("case.claimed", "at"), ("case.claim_rejected", "still")),
    *(("destination.changed", "options"), ("hook.changed", "settings")),
}


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


@pytest.mark.long
def test_a_falsification_of_each_kind_is_found_where_it_is(forger: Tx) -> None:
    falsify(forger, 1)


@pytest.mark.soak
def test_thousands_of_falsifications_are_found_where_they_are(forger: Tx) -> None:
    falsify(forger, 15)


def falsify(forger: Tx, rounds: int) -> None:
    seed = int(os.environ.get("TOCSIN_TEST_SEED") or Random().randrange(1 << 32))
    chance = Random(seed)
    kinds = [*values.kinds(), *rows.kinds(), *rewriting.kinds()]
    done: Counter[str] = Counter()
    for number, kind in enumerate(kinds * rounds):
        edit, findings = tried(forger, kind, chance)
        done[kind.name] += 1
        told = f"TOCSIN_TEST_SEED={seed}: edit {number}, {kind.name}: {edit}\n" + "\n".join(map(str, findings[:20]))
        assert any(edit.found_by(finding) for finding in findings), told
        if edit.touched is not None:
            elsewhere = {finding.place.chain for finding in findings} - edit.touched - {None}
            assert not elsewhere, f"{told}\nfalse findings in {elsewhere}"
    assert prove(forger) == []
    print(f"seed {seed}: {rounds} falsifications of each of {len(kinds)} kinds")
    assert done == Counter(kind.name for kind in kinds * rounds)
