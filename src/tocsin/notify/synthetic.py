"""The synthetic page: goes the whole way of a page (queue, claim, channel, record) on a schedule, to no person and
about no case. The way that nobody has needed for a week is known to work before somebody needs it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tocsin.core import ids, instants
from tocsin.core.clock import DAY, SECOND
from tocsin.core.wording import Said, say
from tocsin.storage.transaction import Tx
from tocsin.tools.alarms import Alarm

SLOW = 60 * SECOND
KEPT = 30 * DAY


class Run(NamedTuple):
    """One synthetic page. Times in microseconds."""

    id: int
    state: str
    queued_at: int
    settled_at: int | None
    error: str | None

    @property
    def latency(self) -> int | None:
        """From the queue to the receiver's acceptance: the time to first page, less the decision."""
        return self.settled_at - self.queued_at if self.state == "delivered" and self.settled_at is not None else None

    def show(self) -> dict[str, Any]:
        return {
            "id": ids.to_text(self.id),
            "state": self.state,
            "queued_at": instants.to_text(self.queued_at),
            "latency_seconds": None if self.latency is None else self.latency / SECOND,
            "error": self.error,
        }


def runs(tx: Tx, limit: int, *, decided_by: int | None = None) -> Sequence[Run]:
    """The newest runs; `decided_by`: only those that are settled, or were queued so long ago that they count as late
    at that instant."""
    decided, parameters = "", ()
    if decided_by is not None:
        decided, parameters = " AND (settled_at IS NOT NULL OR queued_at < ?)", (decided_by - SLOW,)  # type: ignore[assignment]
    rows = tx.rows(
        "SELECT id, state, queued_at, settled_at, error FROM notifications"
        f" WHERE kind = 'synthetic'{decided} ORDER BY queued_at DESC LIMIT ?",
        (*parameters, limit),
    )
    return [Run(*row) for row in rows]


def judge(tx: Tx, now: int) -> list[Alarm]:
    """An alarm where the newest synthetic page failed, came late, or has not arrived."""
    found = runs(tx, 1, decided_by=now)
    if not found:
        return []
    [run] = found
    if run.latency is not None and run.latency <= SLOW:
        return []
    says = say("the synthetic page shows that paging does not work: {what}", what=_wrong(run, now))
    return [Alarm("synthetic", "synthetic.late", says)]


def _wrong(run: Run, now: int) -> Said:
    if run.latency is not None:
        return say("it took {seconds} s", seconds=run.latency // SECOND)
    if run.state == "failed":
        return say("it failed: {error}", error=run.error)
    late = say("it has not arrived after {seconds} s", seconds=(now - run.queued_at) // SECOND)
    return say("{what}: {error}", what=late, error=run.error) if run.error else late


def sweep(tx: Tx) -> int:
    """Forget runs older than 30 days; how many."""
    return tx.run(
        "DELETE FROM notifications WHERE kind = 'synthetic' AND queued_at <= ? AND settled_at IS NOT NULL",
        (tx.now - KEPT,),
    )
