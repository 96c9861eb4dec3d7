"""Test pages: one to one destination, sent because somebody wants to see whether it arrives. It goes the whole way of a
page, but is tried only once: who waits for it wants to know why not."""

from typing import NamedTuple

from tocsin.core import canonical
from tocsin.core.clock import DAY
from tocsin.core.ids import IdMint
from tocsin.notify import jobs
from tocsin.notify.destinations import Destination
from tocsin.notify.jobs import Notification
from tocsin.storage.transaction import Tx

KIND = "test"
KEPT = 30 * DAY


class Trial(NamedTuple):
    """What became of one. `state`: queued, delivered (its receiver took it), failed, cancelled; instants in
    microseconds."""

    id: int
    destination: int
    state: str
    queued_at: int
    settled_at: int | None
    error: str | None


def send(tx: Tx, mint: IdMint, to: Destination, by: str) -> int:
    """Queue a test page; its id. `by`: how whoever sends it is called."""
    page = mint.new(tx.now)
    asked = Notification(KIND, content=canonical.encode({"by": by}))
    jobs.queue(tx, [asked.to(page, to.user, to.id, tx.now)])
    return page


def outcome(tx: Tx, page: int) -> Trial | None:
    """None where there is no such test page."""
    row = tx.row(
        "SELECT id, destination, state, queued_at, settled_at, error FROM notifications WHERE id = ? AND kind = ?",
        (page, KIND),
    )
    return None if row is None else Trial(*row)


def sweep(tx: Tx) -> int:
    """Forget test pages older than 30 days; how many. They are about no case, which finds them by an index."""
    return tx.run(
        "DELETE FROM notifications WHERE case_id IS NULL AND kind = ? AND queued_at <= ? AND settled_at IS NOT NULL",
        (KIND, tx.now - KEPT),
    )
