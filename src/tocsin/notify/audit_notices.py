"""Notices under proof: whoever was told of something has a notice with those words, every notice was asked for, and
what is still to be sent stands in the queue, by itself or in a digest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.cases.happenings.people import Alerted
from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.ledger import backlog
from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.ledger.walk import StoredEvent
from tocsin.notify import messages
from tocsin.notify.events import NoticeFailed
from tocsin.notify.jobs import KIND
from tocsin.notify.tables import STATES
from tocsin.storage.transaction import Tx

Asked = tuple[int, bytes]  # the user, and what was to be said


class _Notice(NamedTuple):
    id: int
    asked: Asked
    state: str
    reached: int | None  # whom its destination belongs to
    digest: int | None
    queued: bool
    aside: bool

    def fault(self, failed: set[int]) -> str | None:
        """What is wrong with it. `failed`: the notices that the journal says failed."""
        if self.reached != self.asked[0]:
            return "it went to a destination of somebody else"
        if self.state not in STATES:
            return f"{self.state!r} is not a state of a notice"
        if self.digest is None and (self.state == "failed") != (self.id in failed):
            return f"it is {self.state}, and the journal says otherwise"
        if (self.queued, self.aside) not in self._queue():
            return f"it is {self.state}, and the queue says otherwise"
        return None

    def _queue(self) -> tuple[tuple[bool, bool], ...]:
        """What the queue may say: one that failed stays there, set aside, until its case is settled; one that was kept
        goes with its digest."""
        if self.digest is not None:
            return ((False, False),)
        return ((True, True), (False, False)) if self.state == "failed" else ((self.state == "queued", False),)


@dataclass(slots=True)
class NoticeWitness:
    """A witness. A case that lost the payload of an alert or of a failure to an erasure is not compared."""

    _stored: dict[int, list[_Notice]] = field(default_factory=dict)
    _asked: set[Asked] = field(default_factory=set)
    _failed: set[int] = field(default_factory=set)
    _unknown: bool = False

    def look(self, tx: Tx, low: int, high: int) -> None:
        self._stored = {}
        rows = tx.rows(
            "SELECT n.case_id, n.id, n.user_id, n.content, n.state, d.user_id, n.digest"
            " FROM notifications n LEFT JOIN destinations d ON d.id = n.destination"
            " WHERE n.case_id >= ? AND n.case_id <= ? AND n.kind = 'notice'",
            (low, high),
        )
        queue = backlog.queued(tx, KIND, (row[1] for row in rows))
        for case, notice, user, content, state, reached, digest in rows:
            asked, queued = (user, bytes(content or b"")), queue.get(notice)
            aside = queued is not None and queued.aside_at is not None
            found = _Notice(notice, asked, state, reached, digest, queued is not None, aside)
            self._stored.setdefault(case, []).append(found)

    def hear(self, event: StoredEvent) -> None:
        if event.kind not in (Alerted.KIND, NoticeFailed.KIND):
            return
        try:
            if event.body is None:
                self._unknown = True
                return
            if event.kind == Alerted.KIND:
                alert = Alerted.read(event.body)
                content = messages.told(alert)
                self._asked |= {(ids.from_text(person["user"]), content) for person in alert.notified}
            else:
                self._failed.add(ids.from_text(NoticeFailed.read(event.body).notice))
        except (ValueError, KeyError, TypeError, AttributeError, InvalidInput):
            self._unknown = True

    def judge(self, chain: int, sound: bool) -> Iterator[Finding]:
        asked, failed, unknown = self._asked, self._failed, self._unknown
        self._asked, self._failed, self._unknown = set(), set(), False
        found = self._stored.pop(chain, [])
        if not sound or unknown:
            return
        for notice in found:
            what = notice.fault(failed) if notice.asked in asked else "no alert asked for the notice"
            if what:
                yield Finding(RecordPlace("notifications", chain, row=f"notice {ids.to_text(notice.id)}"), what)
        for user, _ in sorted(asked - {notice.asked for notice in found}):
            yield Finding(RecordPlace("notifications", chain, row=f"user {ids.to_text(user)}"), "the notice is missing")

    def leftovers(self) -> Iterator[Finding]:
        for chain in self._stored:
            yield Finding(
                RecordPlace("notifications", chain, row="without history"), "the row belongs to no case of the journal"
            )

    def conclude(self, tx: Tx) -> Iterator[Finding]:
        yield from ()
