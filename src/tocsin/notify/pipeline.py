"""The stations of a page: queued with the step that asked for it, claimed, sent, and its outcome recorded.

Queueing happens inside the transaction of the step (`queue_pages`). Sending happens outside of any transaction: a
page is claimed under a lease, its reason is checked again, it is handed to its channel, and the outcome is written
down. A process that dies in between leaves a lease that ends: the page goes out again with the same message id, by
which a receiver knows a duplicate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from tocsin.core import canonical, ids, instants
from tocsin.core.ids import IdMint
from tocsin.core.logging import log
from tocsin.ledger import work
from tocsin.ledger.journal import Event, Journal
from tocsin.ledger.subscribers import Happened
from tocsin.ledger.tables import work as work_table
from tocsin.notify.channels.webhook import Outcome, Sender
from tocsin.notify.destinations import Destinations
from tocsin.notify.tables import notifications
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Row, Tx, marks, padded

KIND = "page"


class Page(NamedTuple):
    """A page that is to be sent now."""

    item: work.Item
    case: int
    channel: str
    address: str
    secret: str
    body: bytes


class Sent(NamedTuple):
    page: Page
    outcome: Outcome


def _queued(now: int) -> Row:
    """State, attempts and times of a notification that nobody has tried to send yet."""
    return ("queued", 0, now, None, None, None)


@dataclass(slots=True)
class Pipeline:
    """What `step` needs; `channels` by name."""

    mint: IdMint
    journal: Journal
    destinations: Cached[Destinations]
    channels: Mapping[str, Sender]
    base_url: str
    holder: str
    chance: Random = field(default_factory=Random)

    def queue_pages(self, tx: Tx, happened: Sequence[Happened]) -> None:
        """Within subscriber of `path.stepped`: a notification and a row of work for every destination of everyone
        named."""
        reach = self.destinations.get(tx)
        rows: list[Row] = []
        jobs: list[Row] = []
        for case, step in happened:
            escalation = ids.from_text(step["escalation"])
            for person in step["notified"]:
                user = ids.from_text(person["user"])
                for destination in reach.get(user, ()):
                    page = self.mint.new(tx.now)
                    rows.append(
                        (page, case, escalation, step["pass"], step["step"], user, destination.id, *_queued(tx.now))
                    )
                    jobs.append(work.row(KIND, page, tx.now))
        tx.insert(notifications, rows)
        tx.insert(work_table, jobs)

    def claim(self, tx: Tx, limit: int) -> list[Page]:
        """Take the pages that are due. Those whose path has stopped meanwhile are cancelled instead."""
        items = {item.subject: item for item in work.claim(tx, KIND, self.holder, limit)}
        if not items:
            return []
        wanted = padded(list(items))
        rows = tx.rows(
            "SELECT n.id, n.case_id, n.pass, n.step, n.state, e.state, e.path, e.kind, u.name,"
            " d.channel, d.address, d.secret, c.number, c.external_id, c.subject, c.level, c.severity, c.opened_at"
            " FROM notifications n JOIN escalations e ON e.id = n.escalation JOIN users u ON u.id = n.user_id"
            " JOIN destinations d ON d.id = n.destination JOIN cases c ON c.id = n.case_id"
            f" WHERE n.id IN ({marks(wanted)})",
            wanted,
        )
        pages, lost = [], set(items)
        for row in rows:
            lost.discard(row[0])
            if row[4] != "queued" or row[5] not in ("climbing", "exhausted"):
                lost.add(row[0])
                continue
            pages.append(Page(items[row[0]], row[1], row[9], row[10], row[11], self._message(row, items[row[0]])))
        if lost:
            gone = padded(sorted(lost))
            tx.run(
                "UPDATE notifications SET state = 'cancelled', settled_at = ?"
                f" WHERE state = 'queued' AND id IN ({marks(gone)})",
                (tx.now, *gone),
            )
            work.finish(tx, [items[page] for page in lost])
        if pages:
            going = padded([page.item.subject for page in pages])
            tx.run(
                f"UPDATE notifications SET attempts = attempts + 1, sent_at = ? WHERE id IN ({marks(going)})",
                (tx.now, *going),
            )
        return pages

    def send(self, page: Page, now: int) -> Sent:
        """Hand a page to its channel; outside of any transaction."""
        channel = self.channels.get(page.channel)
        if channel is None:
            return Sent(page, Outcome(False, f"there is no channel {page.channel!r}", final=True))
        try:
            outcome = channel.send(page.address, page.secret, ids.to_text(page.item.subject), now, page.body)
        except Exception as error:  # a fault in a channel must not take the others with it
            log.exception("page.channel_fault", channel=page.channel)
            outcome = Outcome(False, f"{type(error).__name__}: {error}")
        return Sent(page, outcome)

    def record(self, tx: Tx, sent: Sequence[Sent]) -> None:
        """Write down what became of pages that this process still holds."""
        for page, outcome in sent:
            if not work.holds(tx, page.item):
                continue  # the lease ended and another worker has it: its outcome counts
            if outcome.delivered:
                self._settle(tx, page, "delivered", None)
            elif outcome.final or not work.retry(
                tx, page.item, outcome.error, after=work.backoff(page.item.attempt, self.chance)
            ):
                self._settle(tx, page, "failed", outcome.error)
                self.journal.append(
                    tx,
                    page.case,
                    [Event("page.failed", {"page": ids.to_text(page.item.subject), "error": outcome.error})],
                )
            else:
                tx.run("UPDATE notifications SET error = ? WHERE id = ?", (outcome.error[:500], page.item.subject))

    def _settle(self, tx: Tx, page: Page, state: str, error: str | None) -> None:
        tx.run(
            "UPDATE notifications SET state = ?, settled_at = ?, error = ? WHERE id = ?",
            (state, tx.now, error and error[:500], page.item.subject),
        )
        if state == "delivered":
            work.finish(tx, [page.item])
        else:
            work.set_aside(tx, KIND, page.item.subject, error or "")

    def _message(self, row: Row, item: work.Item) -> bytes:
        (
            page,
            case,
            passed,
            step,
            _,
            _,
            path,
            kind,
            user,
            _,
            _,
            _,
            number,
            external_id,
            subject,
            level,
            severity,
            opened,
        ) = row
        case_ref = ids.to_text(case)
        return canonical.encode(
            {
                "type": "page",
                "id": ids.to_text(page),
                "to": user,
                "attempt": item.attempt,
                "case": {
                    "id": case_ref,
                    "number": number,
                    "external_id": external_id,
                    "subject": subject,
                    "level": level,
                    "severity": severity,
                    "opened_at": instants.to_text(opened),
                    "url": f"{self.base_url}/cases/{case_ref}",
                },
                "path": {"name": path, "kind": kind, "pass": passed + 1, "step": step + 1},
                "acknowledge": f"{self.base_url}/api/v1/cases/{case_ref}/acknowledgement",
            }
        )
