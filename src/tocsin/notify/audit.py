"""Pages under proof: whoever a step of a path named has a notification, every notification but a notice was asked for
by a step, those that failed are those that the journal says failed, and what is to be sent stands in the queue."""

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.ledger.findings import Finding, Place
from tocsin.ledger.walk import Stored
from tocsin.notify.jobs import KIND
from tocsin.notify.tables import STATES
from tocsin.storage.transaction import Tx

Asked = tuple[int, int, int, int]  # escalation, pass, step, user


class _Person(msgspec.Struct):
    user: str


class _Step(msgspec.Struct):
    escalation: str
    passed: int = msgspec.field(name="pass")
    step: int
    notified: list[_Person]


class _Failed(msgspec.Struct):
    page: str


_step = msgspec.json.Decoder(_Step)
_failed = msgspec.json.Decoder(_Failed)


class _Page(NamedTuple):
    """A page; whom its destination belongs to; whether it stands in the queue, was set aside, and has a path that
    still runs."""

    id: int
    kind: str
    asked: Asked
    state: str
    reached: int | None
    queued: bool
    aside: bool
    live: bool

    def fault(self, failed: Set[int]) -> str | None:
        """What is wrong with it. `failed`: the pages that the journal says failed."""
        if self.kind != "page":
            return "no step of a path asked for the notification"
        if self.reached != self.asked[3]:
            return "it went to a destination of somebody else"
        if self.state not in STATES:
            return f"{self.state!r} is not a state of a page"
        if (self.state == "failed") != (self.id in failed):
            return f"it is {self.state}, and the journal says otherwise"
        if (self.queued, self.aside) not in self._queue():
            return f"it is {self.state}, and the queue says otherwise"
        return None

    def _queue(self) -> tuple[tuple[bool, bool], ...]:
        """What the queue may say: one that failed is kept there, set aside, as long as its path runs."""
        if self.state == "failed":
            return ((True, True),) if self.live else ((True, True), (False, False))
        return ((self.state == "queued", False),)


@dataclass(slots=True)
class Pages:
    """A witness. A case that lost the payload of a step or of a failure to an erasure is not compared."""

    _stored: dict[int, list[_Page]] = field(default_factory=dict)
    _asked: set[Asked] = field(default_factory=set)
    _failed: set[int] = field(default_factory=set)
    _unknown: bool = False

    def look(self, tx: Tx, low: int, high: int) -> None:
        self._stored = {}
        for case, page, kind, *asked, state, reached, queued, aside, live in tx.rows(
            "SELECT n.case_id, n.id, n.kind, n.escalation, n.pass, n.step, n.user_id, n.state, d.user_id,"
            " w.subject IS NOT NULL, w.aside_at IS NOT NULL, e.state IN ('climbing', 'exhausted', 'unheard')"
            " FROM notifications n LEFT JOIN escalations e ON e.id = n.escalation"
            " LEFT JOIN destinations d ON d.id = n.destination"
            f" LEFT JOIN work w ON w.kind = '{KIND}' AND w.subject = n.id"
            " WHERE n.case_id >= ? AND n.case_id <= ? AND n.kind <> 'notice'",
            (low, high),
        ):
            escalation, passed, step, user = asked
            place = (escalation, passed, step, user)
            found = _Page(page, kind, place, state, reached, bool(queued), bool(aside), bool(live))
            self._stored.setdefault(case, []).append(found)

    def hear(self, event: Stored) -> None:
        if event.kind not in ("path.stepped", "path.declined", "page.failed"):
            return
        try:
            if event.body is None:
                self._unknown = True
            elif event.kind != "page.failed":
                self._asked |= _asked(event.body)
            else:
                self._failed.add(ids.from_text(_failed.decode(event.body).page))
        except (ValueError, InvalidInput, msgspec.MsgspecError):
            self._unknown = True

    def judge(self, chain: int, sound: bool) -> Iterator[Finding]:
        asked, failed, unknown = self._asked, self._failed, self._unknown
        self._asked, self._failed, self._unknown = set(), set(), False
        pages = self._stored.pop(chain, [])
        if not sound or unknown:
            return
        for page in pages:
            what = page.fault(failed) if page.asked in asked else "no step of a path asked for the notification"
            if what:
                yield Finding(Place("notifications", chain, row=f"page {ids.to_text(page.id)}"), what)
        for missing in sorted(asked - {page.asked for page in pages}):
            yield Finding(Place("notifications", chain, row=_text(missing)), "the notification is missing")

    def leftovers(self) -> Iterator[Finding]:
        for chain in self._stored:
            yield Finding(
                Place("notifications", chain, row="without history"), "the row belongs to no case of the journal"
            )

    def conclude(self, tx: Tx) -> Iterator[Finding]:
        for (page,) in tx.rows(
            "SELECT w.subject FROM work w LEFT JOIN notifications n ON n.id = w.subject"
            " WHERE w.kind = ? AND n.id IS NULL ORDER BY w.subject",
            (KIND,),
        ):
            yield Finding(
                Place("work", row=f"page {ids.to_text(page)}"), "the queue contains a page that does not exist"
            )


def _asked(body: bytes) -> set[Asked]:
    """Whom a step notified, or whoever passed it on."""
    step = _step.decode(body)
    escalation = ids.from_text(step.escalation)
    return {(escalation, step.passed, step.step, ids.from_text(person.user)) for person in step.notified}


def _text(asked: Asked) -> str:
    escalation, passed, step, user = asked
    return f"escalation {ids.to_text(escalation)}, pass {passed + 1}, step {step + 1}, user {ids.to_text(user)}"
