"""`tocsin bench timers`: how fast durable timers fire while a million wait, how late one is, and how long a page takes.

The queue is measured by itself: timers are claimed in one transaction, checked again and finished in the next, as a
worker does it, and nothing else happens. The lateness is that of a loop that looks as often as the one of a server.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from tocsin.cli.bench.machine import spread
from tocsin.cli.bench.reference import commits
from tocsin.core.clock import SECOND, SystemClock, stopwatch
from tocsin.ledger import work
from tocsin.storage import migrate
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

KIND = "bench"
BATCH = 500
POLL = 0.2  # seconds between two looks of an idle loop, as in a server
A_SECOND = 50  # timers that fall due while the lateness is measured
FAR = 365 * 24 * 3600 * SECOND
_SCATTER = 0.618034  # multiples of the golden section spread evenly, and alike in every run
MARK_FIRED, MARK_LATE = 10_000, 1.0


@dataclass(slots=True)
class Result:
    """Figures by run. `pending`: timers that wait meanwhile."""

    pending: int
    reference: list[float] = field(default_factory=list)
    fired: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)  # seconds, the 99th percentile of a run

    def lines(self) -> list[str]:
        return [
            f"durable one-row SQLite commits: {spread(self.reference, 'per second')}",
            f"timers fired while {self.pending:,} wait: {spread(self.fired, 'per second')}"
            f" (mark: at least {MARK_FIRED:,})",
            f"lateness of a timer, 99th percentile: {spread([1e3 * value for value in self.late], 'ms')}"
            f" (mark: under {1e3 * MARK_LATE:,.0f} ms)",
        ]


def run(url: str | None = None, *, pending: int = 1_000_000, runs: int = 3, seconds: float = 5.0) -> Result:
    """Measure on a database of its own, or on the empty one at `url`."""
    result = Result(pending)
    with TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        database = Database(url or f"sqlite:///{folder / 'bench.db'}")
        migrate.upgrade(database)
        writer = GroupWriter(database, SystemClock())
        _fill(writer, range(1, pending + 1))
        for _ in range(runs):
            result.reference.append(commits(folder, min(2.0, seconds)))
            result.fired.append(_fire(writer, pending, int(seconds * MARK_FIRED)))
            result.late.append(_lateness(writer, pending, seconds))
        writer.close()
        database.close()
    return result


def _fill(writer: GroupWriter, subjects: range, due: Callable[[int, int], int] | None = None) -> None:
    """Timers for these subjects; `due`: when, by the present time and the subject. None: in a year or later."""
    for start in range(0, len(subjects), 50_000):
        part = subjects[start : start + 50_000]

        def write(tx: Tx, part: range = part) -> None:
            rows = [work.row(KIND, one, tx.now + FAR + one if due is None else due(tx.now, one)) for one in part]
            work.enqueue(tx, rows)

        writer.write(write)


def _fire(writer: GroupWriter, pending: int, amount: int) -> float:
    """Timers a second, of so many that are due."""
    _fill(writer, range(pending + 1, pending + amount + 1), lambda now, one: now - SECOND)
    begun = stopwatch()
    fired = 0
    while found := _take(writer):
        fired += len(found)
    assert fired == amount, f"{fired} of {amount} timers fired"
    return fired / (stopwatch() - begun)


def _lateness(writer: GroupWriter, pending: int, seconds: float) -> float:
    """Seconds by which the 99th of a hundred timers is late, when they fall due at scattered moments."""
    amount = int(A_SECOND * seconds)
    due: dict[int, int] = {}

    def scattered(now: int, one: int) -> int:
        due[one] = now + SECOND // 2 + int(one * _SCATTER % 1 * seconds * SECOND)
        return due[one]

    _fill(writer, range(pending + 1, pending + amount + 1), scattered)
    late: list[float] = []
    while len(late) < amount:
        found = _take(writer)
        now = writer.clock.now()
        late += [(now - due[item.subject]) / SECOND for item in found]
        if not found:
            Event().wait(POLL)
    return sorted(late)[int(0.99 * len(late))]


def _take(writer: GroupWriter) -> Sequence[work.Item]:
    """One batch: claimed, checked again, done with."""
    found = writer.write(lambda tx: work.claim(tx, KIND, "bench", BATCH))
    if found:
        writer.write(lambda tx: work.finish(tx, found))
    return found
