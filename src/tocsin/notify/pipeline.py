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

import msgspec

from tocsin.cases.context import Desk
from tocsin.cases.happenings.calls import CallPaged
from tocsin.cases.happenings.paths import PathDeclined, PathStepped, Step
from tocsin.core import canonical, ids
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.ledger import work
from tocsin.ledger.chain import PLATFORM
from tocsin.ledger.journal import Journal
from tocsin.ledger.subscribers import Happened
from tocsin.notify import destinations, jobs, messages, notices, pending, trying, writing
from tocsin.notify import updates as updating
from tocsin.notify.channels.port import NO_OPTIONS, Message, Options, Place, Sender
from tocsin.notify.destinations import Destinations, Rooms
from tocsin.notify.events import AlarmFailed, NoticeFailed, PageFailed
from tocsin.notify.jobs import KIND, Notification
from tocsin.notify.links import Links
from tocsin.notify.pending import Pending
from tocsin.notify.updates import Updates
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Row, Tx, marks, padded
from tocsin.tools.lanes import Lanes, Room
from tocsin.tools.outgoing import Outcome
from tocsin.tools.sending import Sent


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
    options: Options = NO_OPTIONS
    thread: str = ""  # the reference of the first message about its case to this destination
    updates: str = ""  # the reference of the page that it updates

    @property
    def lane(self) -> int:
        return self.destination or 0


@dataclass(slots=True)
class Pipeline:
    """A `Courier`. `channels` by name; `synthetic` where the synthetic page goes."""

    mint: IdMint
    journal: Journal
    destinations: Cached[Destinations]
    channels: Mapping[str, Sender]
    links: Links
    holder: str
    vault: Vault
    synthetic: Target
    desk: Desk
    updates: Updates
    rooms: Cached[Rooms]
    chance: Random = field(default_factory=Random)

    @property
    def base_url(self) -> str:
        return self.links.base_url

    def queue_pages(self, tx: Tx, happened: Sequence[Happened[Step]]) -> None:
        """Within subscriber of `path.stepped`: a page for every destination of everyone named."""
        rows: list[Row] = []
        for case, step in happened:
            page = Notification("page", case, ids.from_text(step.escalation), step.passed, step.step)
            for person in step.notified:
                named = page._replace(content=messages.named(person, step))
                rows += self._rows(tx, named, (ids.from_text(person["user"]),))
            rows += self._rows_of_rooms(tx, case, step)
        jobs.queue(tx, rows)

    def queue_calls(self, tx: Tx, happened: Sequence[Happened[CallPaged]]) -> None:
        """Within subscriber of `call.paged`: a page for every destination of everyone called."""
        rows: list[Row] = []
        for case, paged in happened:
            page = Notification("call", case, passed=paged.round, call=ids.from_text(paged.call))
            for person in paged.notified:
                called = page._replace(content=messages.called(person))
                rows += self._rows(tx, called, (ids.from_text(person["user"]),))
        jobs.queue(tx, rows)

    def queue_declined(self, tx: Tx, happened: Sequence[Happened[PathDeclined]]) -> None:
        """Within subscriber of `path.declined`: as for a step, but for those who were paged by that step already."""
        self.queue_pages(tx, [(case, _unpaged(tx, declined)) for case, declined in happened])

    def queue_alarm(self, tx: Tx, people: Iterable[int], content: bytes) -> int:
        """A digest of alarms for every destination of these people; how many messages."""
        rows = self._rows(tx, Notification("alarm", content=content), people)
        jobs.queue(tx, rows)
        return len(rows)

    def queue_synthetic(self, tx: Tx) -> int:
        """The page that only proves the way; its id."""
        page = self.mint.new(tx.now)
        jobs.queue(tx, [Notification("synthetic").to(page, None, None, tx.now)])
        return page

    def claim(self, tx: Tx, lanes: Lanes) -> list[Page]:
        """Take what is due, as far as its receiver has room: pages before all else. What has lost its reason meanwhile
        is cancelled instead."""
        items = {item.subject: item for item in self._due(tx, lanes.room(tx.now))}
        if not items:
            return []
        wanted = [found for found in pending.read(tx, list(items)) if found.wanted]
        kept = notices.take(tx, [found.id for found in wanted if found.kind == "digest"])
        going = [found for found in wanted if found.kind != "digest" or found.id in kept]
        self._cancel(tx, [item for item in items.values() if item.subject not in {found.id for found in going}])
        if going:
            chosen = padded([found.id for found in going])
            tx.run(
                "UPDATE notifications SET attempts = attempts + 1, sent_at = ?, error = NULL"
                f" WHERE id IN ({marks(chosen)})",
                (tx.now, *chosen),
            )
        known = writing.known(tx, self.desk, going)
        bodies = (writing.written(found, items[found.id].attempt, kept, self.links, known) for found in going)
        return [self._page(found, items[found.id], body) for found, body in zip(going, bodies, strict=True)]

    def _due(self, tx: Tx, room: Room) -> list[work.Item]:
        waiting = work.waiting(tx, KIND)
        channels = destinations.channels(tx, {lane.receiver for lane, _ in waiting})
        items: list[work.Item] = []
        for lane, _ in waiting:
            channel = channels.get(lane.receiver, self.synthetic.channel)
            free = room.of(lane.receiver, channel, urgent=lane.urgency == work.URGENT)
            if free > 0:
                found = work.claim_lane(tx, KIND, lane, self.holder, free)
                room.take(lane.receiver, channel, len(found))
                items += found
        return items

    async def send(self, page: Page, now: int) -> Outcome:
        """Hand a notification to its channel."""
        channel = self.channels.get(page.channel)
        if channel is None:
            return Outcome(False, f"there is no channel {page.channel!r}", final=True)
        if page.secret is None or page.destination is None:
            secret = self.synthetic.secret
        else:
            secret = self.vault.open(page.secret, destinations.place(page.destination))
        place = Place(page.address, secret, page.options)
        message = Message(ids.to_text(page.item.subject), page.body, page.thread)
        if page.updates:
            return await channel.update(place, page.updates, message, now)
        return await channel.send(place, message, now)

    def record(self, tx: Tx, sent: Sent[Page]) -> None:
        """Write down what became of what this process still holds. Conflict where a failure cannot be written to the
        case's history, because that was changed from outside."""
        page, outcome = sent
        if not work.holds(tx, page.item):
            return  # the lease ended and another worker has it: its outcome counts
        if outcome.delivered:
            self._settle(tx, page, "delivered", None, outcome.reference)
            work.finish(tx, [page.item])
            if page.kind in ("page", "room", "call"):
                self.updates.late(tx, page.item.subject)
        elif outcome.final or page.kind == trying.KIND or page.item.attempt >= work.ATTEMPTS:
            self._settle(tx, page, "failed", outcome.error[:500])
            self._give_up(tx, page, outcome.error)
        else:
            late = max(0, tx.now - page.item.due_at)  # what is written down after its lease has waited already
            pause = max(outcome.after, work.backoff(page.item.attempt, self.chance))
            work.retry(tx, page.item, outcome.error, after=max(0, pause - late))
            self._failed_for_now(tx, page, outcome.error[:500])

    def set_aside(self, tx: Tx, page: Page, error: str) -> None:
        """Failed, and only the queue says why: the auditor raises it."""
        if work.holds(tx, page.item):
            self._settle(tx, page, "failed", error[:500])
            work.set_aside(tx, KIND, page.item.subject, error)

    def _give_up(self, tx: Tx, page: Page, error: str) -> None:
        """A page or a notice is set aside, which the auditor raises. An alarm is told again within the hour anyway."""
        reference = ids.to_text(page.item.subject)
        if page.kind in ("page", "call", "notice", "digest"):
            work.set_aside(tx, KIND, page.item.subject, error)
        else:
            work.finish(tx, [page.item])
        chain = PLATFORM if page.case is None else page.case
        to = pending.receiver(tx, page.item.subject)
        if page.kind in ("page", "call"):
            failed = PageFailed(page=reference, error=error, to=to)
            self.journal.append(tx, chain, [failed.event()])
            self.journal.subscribers.tell(tx, PageFailed.KIND, [(chain, failed)])
        elif page.kind in ("notice", "digest"):
            self.journal.append(tx, chain, [NoticeFailed(notice=reference, error=error, to=to).event()])
        elif page.kind == "alarm":
            self.journal.append(tx, chain, [AlarmFailed(notification=reference, error=error, to=to).event()])

    def _rows(self, tx: Tx, what: Notification, people: Iterable[int]) -> list[Row]:
        """One for every destination of these people."""
        reach = self.destinations.get(tx)
        return [
            what.to(self.mint.new(tx.now), user, destination.id, tx.now)
            for user in people
            for destination in reach.get(user, ())
        ]

    def _rows_of_rooms(self, tx: Tx, case: int, step: Step) -> list[Row]:
        """A message for each destination of the case's team, and of the roles by which somebody was named."""
        if not step.notified:
            return []
        rooms, content = self.rooms.get(tx), messages.paged(step)
        team = [f"team:{step.team}"] if isinstance(step, PathStepped) else []
        keys = [*team, *(person["why"] for person in step.notified)]
        told = Notification("room", case, ids.from_text(step.escalation), content=content)
        return [
            told.to(self.mint.new(tx.now), None, destination.id, tx.now)
            for key in dict.fromkeys(keys)
            for destination in rooms.get(key, ())
        ]

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
    def _failed_for_now(tx: Tx, page: Page, error: str) -> None:
        tx.run("UPDATE notifications SET error = ? WHERE id = ?", (error, page.item.subject))
        if page.kind == "digest":
            notices.failed_for_now(tx, page.item.subject, error)

    @staticmethod
    def _settle(tx: Tx, page: Page, state: str, error: str | None, reference: str = "") -> None:
        tx.run(
            "UPDATE notifications SET state = ?, settled_at = ?, error = ?, reference = ? WHERE id = ?",
            (state, tx.now, error, reference or None, page.item.subject),
        )
        if page.kind == "digest":
            notices.settle(tx, page.item.subject, state, error)

    def _page(self, found: Pending, item: work.Item, body: bytes) -> Page:
        channel, address = found.channel or "", found.address or ""
        if found.kind == "synthetic":
            channel, address = self.synthetic.channel, self.synthetic.address
        secret = None if found.secret is None else bytes(found.secret)
        updates = canonical.decode(bytes(found.content or b"{}"))["reference"] if found.kind == updating.KIND else ""
        options = canonical.decode(bytes(found.options or b"{}"))
        return Page(
            item,
            found.kind,
            found.case,
            found.destination,
            channel,
            address,
            secret,
            body,
            options,
            found.thread or "",
            updates,
        )


def _unpaged(tx: Tx, step: PathDeclined) -> PathDeclined:
    """The step without those who have a page of it."""
    place = (ids.from_text(step.escalation), step.passed, step.step)
    rows = tx.rows("SELECT user_id FROM notifications WHERE escalation = ? AND pass = ? AND step = ?", place)
    paged = {row[0] for row in rows}
    left = [one for one in step.notified if ids.from_text(one["user"]) not in paged]
    return msgspec.structs.replace(step, notified=left)
