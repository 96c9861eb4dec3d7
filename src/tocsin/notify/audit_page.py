"""A page under proof: its row, and its row in the queue, held against what the journal says of it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.cases import store
from tocsin.cases.aggregate import LIVE
from tocsin.cases.happenings.paths import PathDeclined, PathStepped
from tocsin.cases.happenings.repairs import Repaired
from tocsin.core import ids
from tocsin.ledger import backlog, work
from tocsin.ledger.walk import StoredEvent
from tocsin.notify.events import PageFailed
from tocsin.notify.jobs import KIND
from tocsin.notify.tables import STATES
from tocsin.storage.transaction import Tx

Asked = tuple[int, int, int, int]  # escalation, pass, step, user

HEARD = (PathStepped.KIND, PathDeclined.KIND, PageFailed.KIND, Repaired.KIND)
_SELECTED = (
    "SELECT n.case_id, n.id, n.kind, n.escalation, n.pass, n.step, n.user_id, n.state, n.attempts, n.queued_at,"
    " n.sent_at, n.declined_at, n.destination, d.user_id"
    " FROM notifications n LEFT JOIN destinations d ON d.id = n.destination"
    " WHERE n.case_id >= ? AND n.case_id <= ? AND n.kind NOT IN ('notice', 'answered', 'room')"
)
_NOT_QUEUED = (None, None, None)
_LONGEST = work.LONGEST + work.LEASE  # from a try to the next


@dataclass(slots=True)
class Said:
    """What the journal of a case says of its pages: who was asked for, which pages failed, who declined which path, and
    when the auditor last queued one anew."""

    asked: set[Asked] = field(default_factory=set)
    failed: set[int] = field(default_factory=set)
    declined: set[tuple[int, int]] = field(default_factory=set)
    repaired: int = 0

    def take(self, event: StoredEvent, body: bytes) -> None:
        """One of the events that are `HEARD`. ValueError, InvalidInput or MsgspecError where it cannot be read."""
        if event.kind == Repaired.KIND:
            self.repaired = event.at
        elif event.kind == PageFailed.KIND:
            self.failed.add(ids.from_text(PageFailed.read(body).page))
        else:
            kind = PathDeclined if event.kind == PathDeclined.KIND else PathStepped
            step: PathDeclined | PathStepped = kind.read(body)
            escalation = ids.from_text(step.escalation)
            people = (ids.from_text(person["user"]) for person in step.notified)
            self.asked |= {(escalation, step.passed, step.step, user) for user in people}
            if isinstance(step, PathDeclined):
                self.declined.add((escalation, ids.from_text(step.by)))


class PageRow(NamedTuple):
    """`reached`: whom its destination belongs to; `path`: the state of its path; `due_at`, `attempt`, `aside_at` of its
    row in the queue, where it has one."""

    id: int
    kind: str
    asked: Asked
    state: str
    attempts: int
    queued_at: int
    sent_at: int | None
    declined_at: int | None
    destination: int | None
    reached: int | None
    path: str | None
    due_at: int | None
    attempt: int | None
    aside_at: int | None

    def fault(self, said: Said, ended: int) -> str | None:
        """What is wrong with it. `ended`: when its destination ended last; 0: never."""
        if self.kind != "page" or self.asked not in said.asked:
            return "no step of a path asked for the notification"
        if self.reached != self.asked[3]:
            return "it went to a destination of somebody else"
        if self.state not in STATES:
            return f"{self.state!r} is not a state of a page"
        if (self.state == "failed") != (self.id in said.failed):
            return f"it is {self.state}, and the journal says otherwise"
        if self.state == "cancelled" and self.path in LIVE and ended < self.queued_at:
            return "it is cancelled, though its path still waits for an answer and its destination was not ended"
        if self.declined_at is not None and (self.asked[0], self.asked[3]) not in said.declined:
            return "it is declined, and the journal says otherwise"
        return self._queue(said.repaired)

    def _queue(self, repaired: int) -> str | None:
        """What is wrong with its row in the queue. One that failed is kept there, set aside, as long as its path
        runs; one that the auditor queued anew is tried from the first attempt on."""
        queued, aside = self.due_at is not None, self.aside_at is not None
        fits = [(self.state == "queued", False)]
        if self.state == "failed":
            fits = [(True, True)] if self.path in LIVE else [(True, True), (False, False)]
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
    rows, paths = tx.rows(_SELECTED, (low, high)), store.path_states_between(tx, low, high)
    queue = backlog.queued(tx, KIND, (row[1] for row in rows))
    for case, page, kind, escalation, passed, step, user, *rest in rows:
        place = (escalation, passed, step, user)
        queued = queue.get(page, _NOT_QUEUED)
        found.setdefault(case, []).append(PageRow._make((page, kind, place, *rest, paths.get(escalation), *queued)))
    return found
