"""Erasing payloads: what was said is gone, that it was said stays provable, and nothing else can hide behind it."""

from contextlib import suppress

import pytest

from tests.stories import record
from tests.stories.record import STARTER
from tests.testing import SECRET, Databases, World, resumed, world
from tocsin import audit
from tocsin.audit import Keys, Report
from tocsin.cases.aggregate import Case
from tocsin.cases.events import EVENTS
from tocsin.cases.happenings.base import EVERYTHING, PARTS, CaseEvent
from tocsin.cases.record.replay import Replay, replay
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.ledger import erasing
from tocsin.ledger.chain import PLATFORM
from tocsin.policy.decision import ENGINE
from tocsin.storage.transaction import Tx

KEYS = Keys.of(SECRET)


class Undone(Exception):
    """Ends a transaction."""


def proved(here: World) -> tuple[list[str], Report]:
    report = Report()
    with here.installation.database.reading() as tx:
        return [str(finding) for finding in audit.verify(tx, KEYS, report)], report


def erase(here: World, chain: int, *seqs: int) -> int:
    journal = here.installation.journal
    return here.installation.writer.write(
        lambda tx: erasing.erase(tx, journal, chain, seqs, by="user:lea", reason="asked to be forgotten"), cases=[chain]
    )


@pytest.mark.long
def test_every_payload_of_a_record_can_be_erased(databases: Databases) -> None:
    here = resumed(databases.filled(record.left))
    with here.installation.database.reading() as tx:
        events = tx.rows("SELECT chain, seq, kind FROM events WHERE chain <> ? ORDER BY chain, seq", (PLATFORM,))
    by_chain: dict[int, list[int]] = {}
    for chain, seq, _ in events:
        by_chain.setdefault(chain, []).append(seq)
    assert sum(erase(here, chain, *seqs) for chain, seqs in by_chain.items()) == len(events)
    findings, report = proved(here)
    assert findings == []
    assert report.tally.erased == len(events)
    assert report.unproved > 10 * len(by_chain)
    outcome = Replay()
    with here.installation.database.reading() as tx:
        assert list(replay(tx, outcome, lambda done: None)) == []
    assert outcome.engines[ENGINE].erased == sum(kind in ("case.decided", "case.reclassified") for _, _, kind in events)
    assert outcome.engines[ENGINE].equal == 0
    here.installation.close()


@pytest.mark.long
def test_the_payloads_of_each_kind_can_be_erased_alone(databases: Databases) -> None:
    here = resumed(databases.filled(record.left))
    journal, found = here.installation.journal, {}

    def write(tx: Tx, kind: str) -> None:
        chains: dict[int, list[int]] = {}
        for chain, seq in tx.rows("SELECT chain, seq FROM events WHERE kind = ? ORDER BY chain, seq", (kind,)):
            chains.setdefault(chain, []).append(seq)
        for chain, seqs in chains.items():
            erasing.erase(tx, journal, chain, seqs, by="user:lea", reason="asked to be forgotten")
        found[kind] = [str(finding) for finding in audit.verify(tx, KEYS, Report())]
        raise Undone

    for kind in (kind.name for kind in EVENTS):
        with suppress(Undone):
            here.installation.writer.write(lambda tx, kind=kind: write(tx, kind))  # type: ignore[misc]
    assert found == {kind.name: [] for kind in EVENTS}
    assert proved(here)[0] == []
    here.installation.close()


def test_the_rest_of_a_case_is_still_compared(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(subject="API is down", users_affected=5000)["id"])
    assert erase(here, case, 1) == 1
    findings, report = proved(here)
    assert findings == []
    assert report.tally.erased == 1
    here.installation.writer.write(lambda tx: tx.run("UPDATE cases SET subject = '(erased)' WHERE id = ?", (case,)))
    assert proved(here)[0] == []
    here.installation.writer.write(lambda tx: tx.run("UPDATE cases SET level = 'standard' WHERE id = ?", (case,)))
    assert proved(here)[0] == [f"case {ids.to_text(case)} (number 1), level: level is not what the events say"]
    here.installation.close()


def test_what_is_missing_without_an_erasure_is_a_finding(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(subject="API is down")["id"])
    here.installation.writer.write(lambda tx: tx.run("DELETE FROM payloads WHERE chain = ? AND seq = 2", (case,)))
    [finding] = proved(here)[0]
    assert "event 2: the payload was removed, and no erasure says so" in finding
    here.installation.close()


def test_what_was_erased_and_came_back_is_a_finding(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(subject="API is down")["id"])
    with here.installation.database.reading() as tx:
        kept = tx.row("SELECT chain, seq, salt, body FROM payloads WHERE chain = ? AND seq = 2", (case,))
    erase(here, case, 2)
    here.installation.writer.write(lambda tx: tx.run("INSERT INTO payloads VALUES (?, ?, ?, ?)", kept or ()))
    [finding] = proved(here)[0]
    assert "event 2: the payload is there, though it was erased" in finding
    here.installation.close()


def test_an_erasure_can_be_asked_for_twice_and_never_erased(database_url: str) -> None:
    here = world(database_url, STARTER)
    case = ids.from_text(here.open(subject="API is down")["id"])
    assert erase(here, case, 1, 2) == 2
    with here.installation.database.reading() as tx:
        [(last,)] = tx.rows("SELECT max(seq) FROM events WHERE chain = ?", (case,))
    assert erase(here, case, 1, 2) == 0
    with pytest.raises(InvalidInput, match="records an erasure"):
        erase(here, case, last)
    with pytest.raises(NotFound, match="has no event 99"):
        erase(here, case, 99)
    assert proved(here)[0] == []
    here.installation.close()


def test_every_kind_of_change_says_what_an_erasure_loses() -> None:
    kinds = [kind.happening for kind in EVENTS if kind.happening is not None and issubclass(kind.happening, CaseEvent)]
    assert [kind.KIND for kind in kinds if kind.changes() and kind.LOSES is EVERYTHING] == []
    fields = set(Case.__struct_fields__) | PARTS
    assert set().union(*(kind.LOSES.names for kind in kinds if kind.LOSES is not EVERYTHING)) <= fields
