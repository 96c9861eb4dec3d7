"""The process under SIGKILL: clocks run and pages go out while the server dies, again and again."""

import random
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.faces.quick import POLICY
from tests.testing import SECRET, Databases, Receiver
from tests.victim import Victim
from tocsin import audit
from tocsin.audit import Keys, Report
from tocsin.core import ids
from tocsin.core.clock import SECOND
from tocsin.ledger.work import LEASE
from tocsin.storage.database import Database

SENDERS = 4
PAUSE = 0.1  # seconds between two tickets of one sender: the load goes on for the whole round, and stays bounded
SHORT = 0.04  # the same in `make soak`
_PATIENCE = 90


@dataclass
class Caller:
    """Opens cases and acknowledges every third, until the server is gone; remembers what was answered with success."""

    server: Victim
    name: str
    accepted: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    number: int = 0
    pause: float = PAUSE
    enough: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with self.server.client() as http:
            try:
                while not self.enough.wait(self.pause):
                    self._one(http)
            except httpx2.HTTPError:
                return

    def _one(self, http: httpx2.Client) -> None:
        self.number += 1
        body = {"subject": "All is down", "type": "outage", "external_id": f"{self.name}-{self.number}"}
        opened = http.post("/api/v1/cases", json=body)
        assert opened.status_code == 201, opened.text
        self.accepted.append(opened.json()["id"])
        if self.number % 3 == 0:
            done = http.post(f"/api/v1/cases/{self.accepted[-1]}/acknowledgement")
            assert done.status_code == 200, done.text
            self.acknowledged.append(self.accepted[-1])


def kill_rounds(folder: Path, url: str, rounds: int, pause: float, seed: int) -> dict[str, Any]:
    """Load, SIGKILL, start again; then wait until everything has happened, and count."""
    chance = random.Random(seed)
    with closing(Receiver()) as receiver:
        server = Victim(folder, url, receiver=receiver.url, policy=POLICY)
        callers = [Caller(server, f"C{place}", pause=pause) for place in range(SENDERS)]
        for _ in range(rounds):
            server.start()
            threads = [threading.Thread(target=caller.run) for caller in callers]
            for thread in threads:
                thread.start()
            time.sleep(chance.uniform(0.5, 2))
            server.kill()
            for thread in threads:
                thread.join()
        server.start()
        settled(url)
        server.stop()
        accepted = [case for caller in callers for case in caller.accepted]
        acknowledged = [case for caller in callers for case in caller.acknowledged]
        assert accepted
        counts = check(url, accepted, acknowledged, receiver)
    return {"kills": rounds, "seed": seed} | counts


def settled(url: str) -> None:
    """Wait until no clock is due, no step waits and no page is under way."""
    waiting = {
        "clocks": "SELECT count(*) FROM clocks c JOIN cases k ON k.id = c.case_id WHERE c.outcome IS NULL"
        " AND k.state = 'open'",
        "paths": "SELECT count(*) FROM escalations WHERE state = 'climbing'",
        "pages": "SELECT count(*) FROM notifications WHERE kind = 'page' AND state IN ('queued', 'sent')",
    }
    database = Database(url)
    end = time.monotonic() + _PATIENCE
    while True:
        with database.reading() as tx:
            left = {name: (tx.row(query) or (0,))[0] for name, query in waiting.items()}
        if not any(left.values()):
            database.close()
            return
        assert time.monotonic() < end, f"still waiting: {left}"
        time.sleep(0.3)


def check(url: str, accepted: list[str], acknowledged: list[str], receiver: Receiver) -> dict[str, Any]:
    """Nothing is lost, and nothing happened twice but for pages that were under way at a kill."""
    database = Database(url)
    with database.reading() as tx:
        stored = {ids.to_text(row[0]) for row in tx.rows("SELECT id FROM cases")}
        assert set(accepted) <= stored
        kept = {ids.to_text(row[0]) for row in tx.rows("SELECT id FROM cases WHERE acknowledged_at IS NOT NULL")}
        assert set(acknowledged) <= kept
        twice = "SELECT chain, kind, count(*) FROM events WHERE kind IN ('case.opened', 'case.acknowledged')"
        assert tx.rows(f"{twice} GROUP BY chain, kind HAVING count(*) > 1") == []
        breaches = tx.rows("SELECT chain, count(*) FROM events WHERE kind = 'clock.breached' GROUP BY chain")
        rows = tx.rows("SELECT case_id, count(*) FROM clocks WHERE outcome = 'breached' GROUP BY case_id")
        assert sorted(breaches) == sorted(rows)
        late = tx.rows("SELECT count(*) FROM clocks WHERE outcome IS NULL")
        assert late == [(0,)]
        pages = tx.rows("SELECT id, kind, state, attempts FROM notifications WHERE kind <> 'synthetic'")
        report = Report()
        assert [str(finding) for finding in audit.verify(tx, Keys.of(SECRET), report)] == []
    database.close()
    arrived = Counter(headers["webhook-id"] for headers, _ in receiver.got)
    assert {state for _, kind, state, _ in pages if kind == "page"} <= {"delivered", "cancelled"}
    lost = [page for page, _, state, _ in pages if state == "delivered" and not arrived[ids.to_text(page)]]
    assert lost == []
    tried_again = {ids.to_text(page) for page, _, _, attempts in pages if attempts > 1}
    doubled = {page for page, count in arrived.items() if count > 1}
    assert doubled <= tried_again, "a page went out twice that was not under way at a kill"
    return {
        "accepted": len(accepted),
        "acknowledged": len(acknowledged),
        "breaches": sum(row[1] for row in rows),
        "notifications": dict(Counter(f"{kind} {state}" for _, kind, state, _ in pages)),
        "tried again": len(tried_again),
        "arrived twice": len(doubled),
    }


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_while_clocks_run_nothing_is_lost_and_nothing_happens_twice(database_url: str, tmp_path: Path) -> None:
    print(kill_rounds(tmp_path, database_url, 3, PAUSE, random.randrange(1 << 32)))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_killed_fifty_times_while_clocks_run(database_url: str, tmp_path: Path) -> None:
    print(kill_rounds(tmp_path, database_url, 50, SHORT, random.randrange(1 << 32)))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_work_of_a_node_that_dies_is_taken_over_within_its_lease(databases: Databases, tmp_path: Path) -> None:
    """Two processes on one PostgreSQL; one is killed with pages under way. A claim ends with its lease, 30 s."""
    if databases.kind != "postgresql":
        pytest.skip("a file of SQLite has one server")
    url = databases.new()
    with closing(Receiver(delay=5.0)) as receiver:  # so slow that what a node has claimed it holds for a while
        first = Victim(tmp_path, url, receiver=receiver.url, policy=POLICY)
        second = first.twin()
        first.start()
        second.start()
        callers = [Caller(node, f"N{place}") for place, node in enumerate((first, second))]
        threads = [threading.Thread(target=caller.run, daemon=True) for caller in callers]
        for thread in threads:
            thread.start()
        assert first.process is not None
        patience = time.monotonic() + _PATIENCE
        while not leased(url, first.process.pid):
            assert time.monotonic() < patience, "the node holds nothing, so nothing would be shown"
            time.sleep(0.05)
        first.kill()
        killed = time.monotonic()
        held = leased(url, first.process.pid)
        assert held, "the node held nothing when it was killed, so nothing was shown"
        time.sleep(1)
        callers[1].enough.set()
        receiver.delay = 0.0  # no pile is left before what the node held
        for thread in threads:
            thread.join()
        while leased(url, first.process.pid):
            assert time.monotonic() < killed + LEASE / SECOND + 30, "its lease has ended, and nobody took over"
            time.sleep(0.2)
        taken = time.monotonic() - killed
        settled(url)
        second.stop()
        accepted = [case for caller in callers for case in caller.accepted]
        acknowledged = [case for caller in callers for case in caller.acknowledged]
        counts = check(url, accepted, acknowledged, receiver)
    print({"held at the kill": len(held), "taken over after": f"{taken:.1f} s"} | counts)


def leased(url: str, process: int) -> list[Any]:
    """The rows of work that a process holds."""
    database = Database(url)
    with database.reading() as tx:
        found = tx.rows("SELECT subject FROM work WHERE kind = 'page' AND holder LIKE ?", (f"%:{process}",))
    database.close()
    return found
