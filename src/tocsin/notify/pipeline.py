"""The stations of a notification: queued with what asked for it, claimed, sent, and its outcome recorded.

Queueing happens inside the transaction of the cause (`queue_pages` in that of the step). Sending happens outside of any
transaction: a notification is claimed under a lease, its reason is checked again, it is handed to its channel, and the
outcome is written down. A process that dies in between leaves a lease that ends: the message goes out again with the
same id, by which a receiver knows a duplicate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from tocsin.cases.aggregate import LIVE
from tocsin.core import ids
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.ledger import work
from tocsin.ledger.chain import PLATFORM
from tocsin.ledger.journal import Event, Journal
from tocsin.ledger.subscribers import Happened
from tocsin.ledger.tables import work as work_table
from tocsin.notify import destinations, messages
from tocsin.notify.channels.port import Outcome, Sender
from tocsin.notify.destinations import Destinations
from tocsin.notify.messages import About
from tocsin.notify.sending import Sent
from tocsin.notify.tables import notifications
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Row, Tx, marks, padded

KIND = "page"  # of work: whatever the kind of the notification

_PENDING = (
    "SELECT n.id, n.kind, n.state, n.case_id, n.queued_at, n.content, u.name, d.id, d.channel, d.address, d.secret,"
    " e.state, c.number, c.external_id, c.subject, c.level, c.severity, c.opened_at, e.path, e.kind, n.pass, n.step"
    " FROM notifications n LEFT JOIN escalations e ON e.id = n.escalation LEFT JOIN users u ON u.id = n.user_id"
    " LEFT JOIN destinations d ON d.id = n.destination LEFT JOIN cases c ON c.id = n.case_id"
)


class Target(NamedTuple):
    """Where the synthetic page goes. `secret` signs it."""

    channel: str
    address: str
    secret: str


class Page(NamedTuple):
    """A notification that is to be sent now. `secret` is sealed for `destination`; None: the synthetic page's own."""

    item: work.Item
    kind: str
    case: int | None
    destination: int | None
    channel: str
    address: str
    secret: bytes | None
    body: bytes
    lane: int = 0


class _Pending(NamedTuple):
    id: int
    kind: str
    state: str
    case: int | None
    queued_at: int
    content: bytes | None
    user: str | None
    destination: int | None
    channel: str | None
    address: str | None
    secret: bytes | None
    path_state: str | None
    about: tuple[object, ...]

    @classmethod
    def of(cls, row: Row) -> "_Pending":
        return cls._make((*row[:12], row[12:]))

    @property
    def wanted(self) -> bool:
        """Whether the reason still holds: a page is for nobody once its path has stopped."""
        alive = self.kind != "page" or self.path_state in LIVE
        return self.state == "queued" and alive and (self.kind == "synthetic" or self.destination is not None)


@dataclass(slots=True)
class Pipeline:
    """A `Courier`. `channels` by name; `synthetic` where the synthetic page goes."""

    mint: IdMint
    journal: Journal
    destinations: Cached[Destinations]
    channels: Mapping[str, Sender]
    base_url: str
    holder: str
    vault: Vault
    synthetic: Target
    chance: Random = field(default_factory=Random)

    def queue_pages(self, tx: Tx, happened: Sequence[Happened]) -> None:
        """Within subscriber of `path.stepped`: a page for every destination of everyone named."""
        rows: list[Row] = []
        for case, step in happened:
            place = (case, ids.from_text(step["escalation"]), step["pass"], step["step"])
            people = (ids.from_text(person["user"]) for person in step["notified"])
            rows += self._rows(tx, "page", place, people, None)
        self._queue(tx, rows)

    def queue_alarm(self, tx: Tx, people: Iterable[int], content: bytes) -> int:
        """A digest of alarms for every destination of these people; how many messages."""
        rows = self._rows(tx, "alarm", (None, None, None, None), people, content)
        self._queue(tx, rows)
        return len(rows)

    def queue_synthetic(self, tx: Tx) -> int:
        """The page that only proves the way; its id."""
        page = self.mint.new(tx.now)
        nowhere = (None,) * 6
        self._queue(tx, [(page, "synthetic", *nowhere, "queued", 0, tx.now, None, None, None, None)])
        return page

    def claim(self, tx: Tx, limit: int, busy: Mapping[int, int]) -> list[Page]:
        """Take what is due. What has lost its reason meanwhile is cancelled instead."""
        items = {item.subject: item for item in work.claim(tx, KIND, self.holder, limit)}
        if not items:
            return []
        wanted = padded(list(items))
        rows = tx.rows(f"{_PENDING} WHERE n.id IN ({marks(wanted)})", wanted)
        pending = [found for found in map(_Pending.of, rows) if found.wanted]
        self._cancel(tx, [item for item in items.values() if item.subject not in {found.id for found in pending}])
        if pending:
            going = padded([found.id for found in pending])
            tx.run(
                f"UPDATE notifications SET attempts = attempts + 1, sent_at = ? WHERE id IN ({marks(going)})",
                (tx.now, *going),
            )
        return [self._page(found, items[found.id]) for found in pending]

    async def send(self, page: Page, now: int) -> Outcome:
        """Hand a notification to its channel."""
        channel = self.channels.get(page.channel)
        if channel is None:
            return Outcome(False, f"there is no channel {page.channel!r}", final=True)
        if page.secret is None or page.destination is None:
            secret = self.synthetic.secret
        else:
            secret = self.vault.open(page.secret, destinations.place(page.destination))
        return await channel.send(page.address, secret, ids.to_text(page.item.subject), now, page.body)

    def record(self, tx: Tx, sent: Sent[Page]) -> None:
        """Write down what became of what this process still holds. Conflict where a failure cannot be written to the
        case's history, because that was changed from outside."""
        page, outcome = sent
        if not work.holds(tx, page.item):
            return  # the lease ended and another worker has it: its outcome counts
        if outcome.delivered:
            self._settle(tx, page, "delivered", None)
            work.finish(tx, [page.item])
        elif outcome.final or page.item.attempt >= work.ATTEMPTS:
            self._settle(tx, page, "failed", outcome.error[:500])
            self._give_up(tx, page, outcome.error)
        else:
            work.retry(tx, page.item, outcome.error, after=work.backoff(page.item.attempt, self.chance))
            tx.run("UPDATE notifications SET error = ? WHERE id = ?", (outcome.error[:500], page.item.subject))

    def set_aside(self, tx: Tx, page: Page, error: str) -> None:
        """Failed, and only the queue says why: the auditor raises it."""
        if work.holds(tx, page.item):
            self._settle(tx, page, "failed", error[:500])
            work.set_aside(tx, KIND, page.item.subject, error)

    def _give_up(self, tx: Tx, page: Page, error: str) -> None:
        """A page is set aside, which the auditor raises. An alarm is told again within the hour anyway."""
        reference = ids.to_text(page.item.subject)
        if page.kind == "page" and page.case is not None:
            work.set_aside(tx, KIND, page.item.subject, error)
            self.journal.append(tx, page.case, [Event("page.failed", {"page": reference, "error": error})])
            return
        work.finish(tx, [page.item])
        if page.kind == "alarm":
            self.journal.append(tx, PLATFORM, [Event("alarm.failed", {"notification": reference, "error": error})])

    def _rows(
        self, tx: Tx, kind: str, place: tuple[int | None, ...], people: Iterable[int], content: bytes | None
    ) -> list[Row]:
        reach = self.destinations.get(tx)
        return [
            (self.mint.new(tx.now), kind, *place, user, destination.id, "queued", 0, tx.now, None, None, None, content)
            for user in people
            for destination in reach.get(user, ())
        ]

    def _queue(self, tx: Tx, rows: list[Row]) -> None:
        tx.insert(notifications, rows)
        tx.insert(work_table, [work.row(KIND, row[0], tx.now) for row in rows])

    def _cancel(self, tx: Tx, items: list[work.Item]) -> None:
        if not items:
            return
        gone = padded([item.subject for item in items])
        tx.run(
            "UPDATE notifications SET state = 'cancelled', settled_at = ?"
            f" WHERE state = 'queued' AND id IN ({marks(gone)})",
            (tx.now, *gone),
        )
        work.finish(tx, items)

    @staticmethod
    def _settle(tx: Tx, page: Page, state: str, error: str | None) -> None:
        tx.run(
            "UPDATE notifications SET state = ?, settled_at = ?, error = ? WHERE id = ?",
            (state, tx.now, error, page.item.subject),
        )

    def _page(self, found: _Pending, item: work.Item) -> Page:
        channel, address, to = found.channel or "", found.address or "", found.user or ""
        if found.kind == "synthetic":
            channel, address = self.synthetic.channel, self.synthetic.address
            body = messages.synthetic(found.id, found.queued_at)
        elif found.kind == "alarm":
            body = messages.alarm(found.id, to, item.attempt, bytes(found.content or b"{}"))
        else:
            about = About(*found.about)  # type: ignore[arg-type]
            body = messages.page(found.id, found.case or 0, to, item.attempt, about, self.base_url)
        secret = None if found.secret is None else bytes(found.secret)
        return Page(item, found.kind, found.case, found.destination, channel, address, secret, body)
