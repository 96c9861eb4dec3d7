"""Replay: every stored decision comes out the same again, and one that was tampered with does not."""

from collections.abc import Iterator

import pytest

from tests.stories import record
from tests.testing import Databases
from tocsin.cases import decider
from tocsin.cases.record.replay import Replay, count, replay
from tocsin.core import canonical
from tocsin.ledger.findings import Finding
from tocsin.policy.decision import ENGINE
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx


@pytest.fixture(scope="module")
def recorded(databases: Databases) -> str:
    return databases.filled(record.left)


@pytest.fixture
def tx(recorded: str) -> Iterator[Tx]:
    """A transaction that is undone in the end."""
    database = Database(recorded)
    with database.writer.connect() as connection:
        yield Tx(connection, database.dialect, 0)
        connection.rollback()
    database.close()


def again(tx: Tx) -> tuple[Replay, list[Finding]]:
    report, done = Replay(), [0]
    findings = list(replay(tx, report, done.append))
    assert done[-1] == count(tx)
    return report, findings


def test_every_decision_comes_out_the_same(tx: Tx) -> None:
    report, findings = again(tx)
    assert findings == []
    assert not report.failed
    assert set(report.engines) == {ENGINE}
    assert report.engines[ENGINE].equal == count(tx) > 50


def test_a_changed_decision_comes_out_otherwise(tx: Tx) -> None:
    chain, seq, body = tx.rows(
        "SELECT p.chain, p.seq, p.body FROM payloads p JOIN events e ON e.chain = p.chain AND e.seq = p.seq"
        " WHERE e.kind = 'case.reclassified' ORDER BY p.chain LIMIT 1"
    )[0]
    changed = canonical.decode(bytes(body)) | {"level": "executive", "score": 99.0}
    tx.run("UPDATE payloads SET body = ? WHERE chain = ? AND seq = ?", (canonical.encode(changed), chain, seq))
    report, [finding] = again(tx)
    assert report.failed
    assert report.engines[ENGINE].different == 1
    assert (finding.place.chain, finding.place.seq) == (chain, seq)
    assert finding.found == {"level": "executive", "score": 99.0}
    assert set(finding.expected) == {"level", "score"}


def test_what_an_older_engine_decided_is_counted_apart(tx: Tx) -> None:
    tx.run("UPDATE events SET actor = 'engine:0' WHERE kind = 'case.decided'")
    tx.run("UPDATE payloads SET body = ? WHERE seq = 2", (b'{"half":"a decision"}',))
    report, findings = again(tx)
    assert report.engines[0].different == len(findings) > 40
    assert all("engine 0" in finding.what for finding in findings)
    assert not report.failed


@pytest.mark.long
def test_a_policy_whose_text_was_changed_decides_otherwise(tx: Tx) -> None:
    tx.run("UPDATE policy_versions SET source = replace(source, 'weight: 30', 'weight: 29')")
    report, findings = again(tx)
    assert report.failed
    assert findings


@pytest.mark.parametrize(
    ("actor", "version"),
    [
        ("engine:1", 1),
        ("user:dana via engine:12", 12),
        ("engine", None),
        ("user:engine:3", None),
        ("token:x via engine:", None),
    ],
)
def test_the_engine_behind_an_actor(actor: str, version: int | None) -> None:
    assert decider.version(actor) == version


def test_the_engine_names_itself() -> None:
    assert decider.version(decider.actor()) == decider.version(decider.actor("user:dana")) == ENGINE
