"""Pages under proof: whoever a step of a path named has a notification, every notification but a notice was asked for
by a step, those that failed are those that the journal says failed, none was cancelled while its path waited for an
answer, and what is to be sent stands in the queue and is sent in time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.ledger import backlog
from tocsin.ledger.chain import thing_of
from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.ledger.walk import StoredEvent
from tocsin.notify import audit_page
from tocsin.notify.audit_page import HEARD, Concerned, PageRow, Said
from tocsin.notify.events import DESTINATIONS
from tocsin.notify.jobs import KIND
from tocsin.storage.transaction import Tx, marks, padded

_ENDED = DESTINATIONS.kind("ended")

_AT_ONCE = 1000  # ids that are looked for in one statement


@dataclass(slots=True)
class Pages:
    """A witness. A case that lost the payload of a step or of a failure to an erasure is not compared. Destinations are
    heard before cases, since their chains have lower numbers; `_ended`: when each ended last."""

    _stored: dict[int, list[PageRow]] = field(default_factory=dict)
    _ended: dict[int, int] = field(default_factory=dict)
    _said: Said = field(default_factory=Said)
    _unknown: bool = False

    def look(self, tx: Tx, low: int, high: int) -> None:
        self._stored = audit_page.stored(tx, low, high)

    def hear(self, event: StoredEvent) -> None:
        if event.kind == _ENDED and (thing := thing_of(event.chain)) is not None:
            self._ended[thing] = event.at
        if event.kind not in HEARD:
            return
        try:
            if event.body is None:
                self._unknown = True
            else:
                self._said.take(event, event.body)
        except (ValueError, InvalidInput, msgspec.MsgspecError):
            self._unknown = True

    def judge(self, chain: int, sound: bool) -> Iterator[Finding]:
        said, unknown = self._said, self._unknown
        self._said, self._unknown = Said(), False
        pages = self._stored.pop(chain, [])
        if not sound or unknown:
            return
        for page in pages:
            what = page.fault(said, self._ended.get(page.destination or 0, 0))
            if what:
                yield Finding(RecordPlace("notifications", chain, row=f"page {ids.to_text(page.id)}"), what)
        for missing in sorted(said.asked - {page.asked for page in pages}, key=_text):
            yield Finding(RecordPlace("notifications", chain, row=_text(missing)), "the notification is missing")

    def leftovers(self) -> Iterator[Finding]:
        for chain in self._stored:
            yield Finding(
                RecordPlace("notifications", chain, row="without history"), "the row belongs to no case of the journal"
            )

    def conclude(self, tx: Tx) -> Iterator[Finding]:
        for page in _without(tx, sorted(backlog.subjects(tx, KIND))):
            yield Finding(
                RecordPlace("work", row=f"page {ids.to_text(page)}"), "the queue contains a page that does not exist"
            )


def _without(tx: Tx, queued: Sequence[int]) -> Iterator[int]:
    """Those of these ids that no notification has."""
    for start in range(0, len(queued), _AT_ONCE):
        chosen = queued[start : start + _AT_ONCE]
        ids_of = padded(chosen)
        held = {row[0] for row in tx.rows(f"SELECT id FROM notifications WHERE id IN ({marks(ids_of)})", ids_of)}
        yield from (one for one in chosen if one not in held)


def _text(asked: Concerned) -> str:
    user = f"user {ids.to_text(asked.user)}"
    if asked.escalation is None or asked.step is None:
        return f"call-in {ids.to_text(asked.cause)}, attempt {asked.passed}, {user}"
    return f"escalation {ids.to_text(asked.escalation)}, pass {asked.passed + 1}, step {asked.step + 1}, {user}"
