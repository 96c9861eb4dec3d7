"""What was answered with success is stored: killed at random moments, and seen from the operating system."""

import random
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from tests.testing import Databases
from tests.victim import Victim
from tocsin.cli.bench.tickets import ticket
from tocsin.storage.database import Database

CLIENTS = 8


@dataclass
class Sender:
    """Posts tickets, one after another, until the server is gone; remembers which were answered with success."""

    server: Victim
    name: str
    accepted: dict[str, str] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    number: int = 0

    def run(self) -> None:
        with self.server.client() as http:
            while True:
                self.number += 1
                reference = f"{self.name}-{self.number}"
                body = ticket(self.number) | {"external_id": reference}
                try:
                    answer = http.post("/api/v1/cases", json=body)
                except httpx2.HTTPError:
                    self.unanswered.append(reference)
                    return
                assert answer.status_code == 201, answer.text
                self.accepted[reference] = answer.json()["id"]


def kill_rounds(folder: Path, url: str, rounds: int, seed: int) -> dict[str, int]:
    """Load, SIGKILL, start again; then every accepted case is there once, decided once, under clocks, with its page."""
    chance = random.Random(seed)
    server = Victim(folder, url)
    senders = [Sender(server, f"S{place}") for place in range(CLIENTS)]
    for _ in range(rounds):
        server.start()
        threads = [threading.Thread(target=sender.run) for sender in senders]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.2, 1.5))
        server.kill()
        for thread in threads:
            thread.join()
    accepted = {reference: case for sender in senders for reference, case in sender.accepted.items()}
    unanswered = [reference for sender in senders for reference in sender.unanswered]

    server.start()
    with server.client() as http:
        for reference in unanswered:  # the sender tries again, as it should
            number = int(reference.split("-")[1])
            answer = http.post("/api/v1/cases", json=ticket(number) | {"external_id": reference})
            assert answer.status_code in (200, 201), answer.text
    server.stop()
    assert accepted, "nothing was accepted before the kills, so nothing was shown"
    check(url, accepted, unanswered)
    return {"accepted": len(accepted), "unanswered": len(unanswered), "kills": rounds}


def check(url: str, accepted: dict[str, str], unanswered: list[str]) -> None:
    from tocsin.core import ids

    database = Database(url)
    with database.reading() as tx:
        keys: dict[str, int] = dict(tx.rows("SELECT external_id, case_id FROM case_keys"))
        lost = [reference for reference, case in accepted.items() if keys.get(reference) != ids.from_text(case)]
        assert not lost, f"{len(lost)} accepted cases lost, such as {lost[:3]}"
        assert set(keys) == set(accepted) | set(unanswered)
        assert tx.row("SELECT count(*), count(DISTINCT external_id) FROM cases") == (len(keys), len(keys))
        decided = "SELECT chain, count(*) FROM events WHERE kind = 'case.decided' GROUP BY chain HAVING count(*) > 1"
        assert tx.rows(decided) == []
        for what, part in {
            "undecided": "SELECT chain FROM events WHERE kind = 'case.decided'",
            "without a resolve clock": "SELECT case_id FROM clocks WHERE clock = 'resolve'",
            "without a timer": "SELECT subject FROM work WHERE kind = 'case'",
        }.items():
            assert tx.rows(f"SELECT id FROM cases WHERE id NOT IN ({part})") == [], what
        paged = "SELECT case_id FROM notifications"
        silent = tx.rows(f"SELECT id FROM cases WHERE level <> 'standard' AND id NOT IN ({paged})")
        assert silent == [], "escalated without a page"
        chained = "SELECT count(*) FROM events e JOIN payloads p ON p.chain = e.chain AND p.seq = e.seq"
        assert tx.row(chained) == tx.row("SELECT count(*) FROM events")
    database.close()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_killed_at_random_moments_nothing_accepted_is_lost_or_decided_twice(database_url: str, tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    print(kill_rounds(tmp_path, database_url, 3, seed))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_fifty_times(database_url: str, tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    print(kill_rounds(tmp_path, database_url, 50, seed))


TRACED = 20


@pytest.mark.timeout(600)
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed: apt-get install strace")
def test_no_success_leaves_before_the_sync_of_its_group(databases: Databases, tmp_path: Path) -> None:
    """SQLite: between the write of a case into the log and its 201 lies a completed sync of the log."""
    if databases.kind != "sqlite":
        pytest.skip("PostgreSQL's own process syncs; the settings that make it do so are required at start")
    trace = tmp_path / "trace"
    calls = "trace=pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync,openat"
    tracer = ["strace", "-f", "-qq", "-y", "-s", "65536", "-e", calls, "-o", str(trace)]
    server = Victim(tmp_path, databases.new(), wrapper=tracer)
    server.start()
    senders = [threading.Thread(target=_post_some, args=(server, f"R{place}x")) for place in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert server.process is not None
    subprocess.run(["pkill", "-KILL", "-P", str(server.process.pid)], check=False)
    server.process.wait(30)

    assert _prove(_completed(trace)) == 4 * TRACED


def _prove(calls: list[str]) -> int:
    """How many answers of success there were, each behind a completed sync that was behind the write of its case."""
    written: dict[str, int] = {}
    begun: dict[str, tuple[int, int]] = {}  # the answers under way by socket: where they began, the last sync by then
    synced = -1
    answered = 0
    for position, call in enumerate(calls):
        if re.match(r"pwrite64\(\d+<[^>]*-wal>", call):
            for reference in re.findall(r"R\dx-\d+;", call):
                written.setdefault(reference, position)
        elif re.match(r"f(data)?sync\(\d+<[^>]*-wal>\)\s*= 0", call):
            synced = position
        elif sent := re.match(r"(?:write|writev|sendto|sendmsg)\((\d+)<(?:TCP|socket)", call):
            if "HTTP/1.1 201" in call:
                begun[sent[1]] = (position, synced)
            for reference in set(re.findall(r"R\dx-\d+;", call)):
                at, synced_before = begun.pop(sent[1])
                assert written[reference] < synced_before < at, f"{reference} was answered before the sync of its group"
                answered += 1
    return answered


def test_the_proof_itself_sees_an_answer_that_came_too_early() -> None:
    write, sync = 'pwrite64(9</x/t.db-wal>, "R0x-1;"', "fdatasync(9</x/t.db-wal>) = 0"
    answer = 'sendto(12<TCP:[1->2]>, "HTTP/1.1 201 Created R0x-1;"'
    assert _prove([write, sync, answer]) == 1
    for wrong in ([write, answer, sync], [sync, write, answer]):
        with pytest.raises(AssertionError, match="before the sync"):
            _prove(wrong)


def test_the_proof_reads_calls_that_others_interrupted(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    trace.write_text(
        '7 pwrite64(9</x/t.db-wal>, "R0x-1;", 4096, 24 <unfinished ...>\n'
        '  8 write(12<socket:[1]>, "HTTP/1.1 201 Created", 20 <unfinished ...>\n'
        "7 <... pwrite64 resumed>)            = 4096\n"
        "7 fsync(9</x/t.db-wal> <unfinished ...>\n"
        "  8 <... write resumed>)             = 20\n"
        "7 <... fsync resumed>)               = 0\n"
        '  8 write(14<socket:[2]>, "HTTP/1.1 201 Created", 20) = 20\n'
        '  8 write(14<socket:[2]>, "R0x-1;", 6) = 6\n'
    )
    assert _prove(_completed(trace)) == 1


def _post_some(server: Victim, name: str) -> None:
    with server.client() as http:
        for number in range(TRACED):
            body = ticket(number) | {"external_id": f"{name}-{number};"}
            assert http.post("/api/v1/cases", json=body).status_code == 201


def _completed(trace: Path) -> list[str]:
    """The calls in the order in which they ended: a call that was interrupted in the trace counts where it resumed, but
    the send of an answer counts where it began."""
    begun: dict[str, str] = {}
    lines: list[str] = []
    for line in trace.read_text(errors="replace").splitlines():
        process, call = line.split(maxsplit=1)  # the tracer pads short numbers of processes
        if call.endswith("<unfinished ...>"):
            head = call.removesuffix("<unfinished ...>").rstrip()
            if "HTTP/1.1 201" in head:
                lines.append(head)
            else:
                begun[process] = head
        elif "resumed>" in call:
            lines.append(begun.pop(process, "") + call.split("resumed>", 1)[1])
        else:
            lines.append(call)
    return lines
