"""Notices: what people should know of a case and need not answer. In a flood they are kept, as rows of their own, and
go out in a digest, so that neither a restart nor another node loses one.

Who adds to a digest and who sends it take turns by the lock of its destination: a digest that goes out is closed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tocsin.cases.happenings.people import Alerted
from tocsin.core import ids
from tocsin.core.clock import DAY
from tocsin.core.ids import IdMint
from tocsin.ledger import backlog, work
from tocsin.ledger.subscribers import Happened
from tocsin.notify import flood, jobs, messages, pending
from tocsin.notify.destinations import Destination, Destinations
from tocsin.notify.flood import Begins, Flow, Joins, WaitingDigest
from tocsin.notify.jobs import KIND, Notification
from tocsin.notify.messages import KeptNotice
from tocsin.notify.tables import notifications
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Row, Tx, marks, padded


@dataclass(frozen=True, slots=True)
class Notices:
    mint: IdMint
    destinations: Cached[Destinations]

    def __call__(self, tx: Tx, happened: Sequence[Happened[Alerted]]) -> None:
        """Within subscriber of `case.alerted`: a notice for every destination of everyone notified."""
        reach = self.destinations.get(tx)
        wanted = [
            (case, messages.told(alert), destination)
            for case, alert in happened
            for person in alert.notified
            for destination in reach.get(ids.from_text(person["user"]), ())
        ]
        flows = _flows(tx, {destination.id for _, _, destination in wanted})
        rows: list[Row] = []
        queued: list[Row] = []
        for case, content, destination in wanted:
            self._queue(tx, flows[destination.id], case, content, destination, rows, queued)
        tx.insert(notifications, rows)
        work.enqueue(tx, queued)

    def _queue(
        self, tx: Tx, flow: Flow, case: int, content: bytes, to: Destination, rows: list[Row], queued: list[Row]
    ) -> None:
        """The rows of one notice, and of its digest where it begins one, which must come first."""
        verdict = flow.judge(tx.now)
        digest = verdict.digest if isinstance(verdict, Joins) else None
        if isinstance(verdict, Begins):
            digest = self.mint.new(tx.now)
            rows.append(Notification("digest").to(digest, to.user, to.id, tx.now))
            queued.append(jobs.job(digest, "digest", to.id, verdict.due_at))
            flow.waits(digest, verdict.due_at)
        elif digest is not None and flow.waiting is not None:
            flow.waits(digest, flow.waiting.due_at)
        notice = self.mint.new(tx.now)
        told = Notification("notice", case, content=content, digest=digest)
        rows.append(told.to(notice, to.user, to.id, tx.now))
        if digest is None:
            queued.append(jobs.job(notice, "notice", to.id, tx.now))
            flow.went(tx.now)


def take(tx: Tx, digests: Collection[int]) -> dict[int, list[KeptNotice]]:
    """The notices of these digests, which are about to go out, oldest first; those whose case is settled meanwhile are
    cancelled. A digest without any is left out."""
    if not digests:
        return {}
    chosen = padded(sorted(digests))
    within = f"IN ({marks(chosen)})"
    _lock(tx, {row[0] for row in tx.rows(f"SELECT destination FROM notifications WHERE id {within}", chosen)})
    digest_of: dict[int, int] = dict(
        tx.rows(
            f"SELECT id, digest FROM notifications WHERE digest {within} AND state = 'queued' ORDER BY queued_at, id",
            chosen,
        )
    )
    found: dict[int, list[KeptNotice]] = {}
    settled: list[int] = []
    for notice in pending.read(tx, list(digest_of)):
        if notice.case is None or not notice.holds:
            settled.append(notice.id)
        else:
            kept = KeptNotice(notice.case, notice.about, bytes(notice.content or b""), notice.queued_at)
            found.setdefault(digest_of[notice.id], []).append(kept)
    tx.run_many(
        "UPDATE notifications SET state = 'cancelled', settled_at = ? WHERE id = ?",
        [(tx.now, notice) for notice in settled],
    )
    tx.run(
        "UPDATE notifications SET attempts = attempts + 1, sent_at = ?, error = NULL"
        f" WHERE digest {within} AND state = 'queued'",
        (tx.now, *chosen),
    )
    return found


def unsettled(tx: Tx, digest: int) -> int:
    """How many notices of a digest still hold."""
    kept = [row[0] for row in tx.rows("SELECT id FROM notifications WHERE digest = ?", (digest,))]
    return sum(notice.holds for notice in pending.read(tx, kept))


def settle(tx: Tx, digest: int, state: str, error: str | None) -> None:
    """What became of a digest became of its notices."""
    tx.run(
        "UPDATE notifications SET state = ?, settled_at = ?, error = ? WHERE digest = ? AND state = 'queued'",
        (state, tx.now, error, digest),
    )


def failed_for_now(tx: Tx, digest: int, error: str) -> None:
    """The digest is tried again, and its notices with it."""
    tx.run("UPDATE notifications SET error = ? WHERE digest = ? AND state = 'queued'", (error, digest))


def _flows(tx: Tx, wanted: Collection[int]) -> dict[int, Flow]:
    """What went to these destinations within the last window, and what waits for them, held until the transaction
    ends."""
    _lock(tx, wanted)
    flows = {destination: Flow([]) for destination in wanted}
    if not wanted:
        return flows
    chosen = padded(sorted(wanted))
    for destination, at in tx.rows(
        "SELECT destination, coalesce(sent_at, queued_at) FROM notifications WHERE kind IN ('notice', 'digest')"
        f" AND destination IN ({marks(chosen)}) AND queued_at > ? AND digest IS NULL"
        " AND state <> 'cancelled'",
        (*chosen, tx.now - 2 * flood.WINDOW),  # a digest may go out a window after it was begun
    ):
        flows[destination].gone.append(at)
    digests = tx.rows(
        "SELECT d.destination, d.id, (SELECT count(*) FROM notifications n WHERE n.digest = d.id)"
        f" FROM notifications d WHERE d.kind IN ('notice', 'digest') AND d.destination IN ({marks(chosen)})"
        " AND d.queued_at > ? AND d.kind = 'digest' AND d.state = 'queued' AND d.sent_at IS NULL ORDER BY d.id",
        (*chosen, tx.now - DAY),  # as the index has it; in a day every digest has been tried
    )
    queue = backlog.queued(tx, KIND, (row[1] for row in digests))
    for destination, digest, size in digests:
        if digest in queue:
            flows[destination].waiting = WaitingDigest(digest, queue[digest].due_at, size)
    return flows


def _lock(tx: Tx, destinations: Iterable[int]) -> None:
    """Take turns with other nodes, in the order of ids. SQLite has one writer anyway."""
    wanted = sorted(set(destinations))
    if tx.dialect == "postgresql" and wanted:
        tx.rows("SELECT id FROM destinations WHERE id = ANY(?) ORDER BY id FOR NO KEY UPDATE", (wanted,))
