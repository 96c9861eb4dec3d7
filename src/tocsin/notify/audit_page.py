"""A page under proof: its row, and its row in the queue, held against what the journal says of it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.cases import store
from tocsin.cases.aggregate import LIVE
from tocsin.cases.happenings.calls import CallDeclined, CallPaged
from tocsin.cases.happenings.paths import PathDeclined, PathStepped
from tocsin.cases.happenings.repairs import Repaired
from tocsin.core import ids
from tocsin.ledger import backlog, work
from tocsin.ledger.walk import StoredEvent
from tocsin.notify.events import PageFailed
from tocsin.notify.jobs import KIND
from tocsin.notify.tables import STATES
from tocsin.storage.transaction import Tx


class Concerned(NamedTuple):
    """What asked for a page: a step of an escalation, or an attempt of a call-in, which has `passed` alone."""

    escalation: int | None
    call: int | None
    passed: int
    step: int | None
    user: int

    @property
    def cause(self) -> int:
        return self.escalation or self.call or 0


HEARD = (
    *(PathStepped.KIND, PathDeclined.KIND, CallPaged.KIND, CallDeclined.KIND),
    *(PageFailed.KIND, Repaired.KIND),
)
_SELECTED = (
    "SELECT n.case_id, n.id, n.kind, n.escalation, n.call, n.pass, n.step, n.user_id, n.state, n.attempts,"
    " n.queued_at, n.sent_at, n.declined_at, n.destination, d.user_id"
    " FROM notifications n LEFT JOIN destinations d ON d.id = n.destination"
    " WHERE n.case_id >= ? AND n.case_id <= ? AND n.kind NOT IN ('notice', 'answered', 'room')"
)
_NOT_QUEUED = (None, None, None)
_LONGEST = work.LONGEST + work.LEASE  # from a try to the next


@dataclass(slots=True)
class Said:
    """What the journal of a case says of its pages: who was asked for, which pages failed, who declined which path, and
    when the auditor last queued one anew. `declined`: by escalation or call-in."""

    asked: set[Concerned] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    declined: set[tuple[int, int]] = field(default_factory=set)
    repaired: int = 0

    def take(self, event: StoredEvent, body: bytes) -> None:
        """One of the events that are `HEARD`. ValueError, InvalidInput or MsgspecError where it cannot be read."""
        if event.kind == Repaired.KIND:
            self.repaired = event.at
        elif event.kind == PageFailed.KIND:
            self.failed.add(ids.from_text(PageFailed.read(body).page))
        elif event.kind == CallDeclined.KIND:
            declined = CallDeclined.read(body)
            self.declined.add((ids.from_text(declined.call), ids.from_text(declined.by)))
        elif event.kind == CallPaged.KIND:
            paged = CallPaged.read(body)
            called = (ids.from_text(person["user"]) for person in paged.notified)
            self.asked |= {Concerned(None, ids.from_text(paged.call), paged.round, None, user) for user in called}
        else:
            kind = PathDeclined if event.kind == PathDeclined.KIND else PathStepped
            step: PathDeclined | PathStepped = kind.read(body)
            escalation = ids.from_text(step.escalation)
            people = (ids.from_text(person["user"]) for person in step.notified)
            self.asked |= {Concerned(escalation, None, step.passed, step.step, user) for user in people}
            if isinstance(step, PathDeclined):
                self.declined.add((escalation, ids.from_text(step.by)))


class PageRow(NamedTuple):
    """`reached`: whom its destination belongs to; `waits`: whether its path or call-in does; `due_at`,
    `attempt`, `aside_at` of its row in the queue, where it has one."""

    id: int
    kind: str
    asked: Concerned
    state: str
    attempts: int
    queued_at: int
    sent_at: int | None
    declined_at: int | None
    destination: int | None
    reached: int | None
    waits: bool
    due_at: int | None
    attempt: int | None
    aside_at: int | None

    def fault(self, said: Said, ended: int) -> str | None:
        """What is wrong with it. `ended`: when its destination ended last; 0: never."""
        if self.kind != ("page" if self.asked.call is None else "call") or self.asked not in said.asked:
            return "no step of a path and no call-in asked for the notification"
        if self.reached != self.asked.user:
            return "it went to a destination of somebody else"
        if self.state not in STATES:
            return f"{self.state!r} is not a state of a page"
        if (self.state == "failed") != (self.id in said.failed):
            return f"it is {self.state}, and the journal says otherwise"
        if self.state == "cancelled" and self.waits and ended < self.queued_at:
            return "it is cancelled, though an answer is still waited for and its destination was not ended"
        if self.declined_at is not None and (self.asked.cause, self.asked.user) not in said.declined:
            return "it is declined, and the journal says otherwise"
        return self._queue(said.repaired)

    def _queue(self, repaired: int) -> str | None:
        """What is wrong with its row in the queue. One that failed is kept there, set aside, as long as its path
        runs; one that the auditor queued anew is tried from the first attempt on."""
        queued, aside = self.due_at is not None, self.aside_at is not None
        fits = [(self.state == "queued", False)]
        if self.state == "failed":
            fits = [(True, True)] if self.waits else [(True, True), (False, False)]
        if (queued, aside) not in fits:
            return f"it is {self.state}, and the queue says otherwise"
        if self.state != "queued" or self.due_at is None or self.attempt is None:
            return None
        if self.due_at > max(self.queued_at, self.sent_at or 0, repaired) + _LONGEST:
            return "the queue sends it later than any pause between two attempts"
        if self.attempt > self.attempts:
            return f"the queue counts {self.attempt} attempts, and {self.attempts} were made"
        return None


def stored(tx: Tx, low: int, high: int) -> dict[int, list[PageRow]]:
    """The pages of these cases, and what claims to be one, by case."""
    found: dict[int, list[PageRow]] = {}
    rows, states = tx.rows(_SELECTED, (low, high)), store.path_states_between(tx, low, high)
    waiting = {climb for climb, state in states.items() if state in LIVE}
    waiting |= {call.id for _, call in store.calls_between(tx, low, high) if call.state == "calling"}
    queue = backlog.queued(tx, KIND, (row[1] for row in rows))
    for case, page, kind, escalation, call, passed, step, user, *rest in rows:
        asked = Concerned(escalation, call, passed, step, user)
        queued = queue.get(page, _NOT_QUEUED)
        found.setdefault(case, []).append(PageRow._make((page, kind, asked, *rest, asked.cause in waiting, *queued)))
    return found
