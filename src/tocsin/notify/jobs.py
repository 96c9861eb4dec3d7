"""Notifications that wait to be sent: their rows, and the rows of work behind them: of one kind, with a lane for each
destination, in which pages go first."""

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.ledger import work
from tocsin.ledger.work import URGENT, USUAL, Lane
from tocsin.notify.tables import notifications
from tocsin.storage.transaction import Row, Tx

KIND = "page"  # of work: whatever the kind of the notification
_URGENT_KINDS = ("page", "call", "synthetic", "test")
_NOWHERE = 0  # the synthetic page goes to no destination of anybody
_DESTINATION = list(notifications.columns.keys()).index("destination")


class Notification(NamedTuple):
    """What is to be sent, whoever gets it; its fields are columns of the table. `passed`, `step`: of the escalation's
    path; for a call-in `passed` counts how often its people were paged."""

    kind: str
    case: int | None = None
    escalation: int | None = None
    passed: int | None = None
    step: int | None = None
    content: bytes | None = None
    digest: int | None = None
    call: int | None = None

    def to(self, identifier: int, user: int | None, destination: int | None, now: int) -> Row:
        """The row of one that waits, in the order of the table's columns. `now`: when it is queued."""
        place = (self.case, self.escalation, self.passed, self.step, user, destination)
        unsent = (None, None, None)  # when it was sent and settled, and why it failed
        answers = (None, self.digest, None, None, self.call)  # when acknowledged and declined, and by what reference
        return (identifier, self.kind, *place, "queued", 0, now, *unsent, self.content, *answers)


def queue(tx: Tx, rows: Sequence[Row]) -> None:
    """Queue new notifications, which are due at once."""
    tx.insert(notifications, rows)
    work.enqueue(tx, [job(row[0], row[1], row[_DESTINATION], tx.now) for row in rows])


def lane(kind: str, destination: int | None) -> Lane:
    """Whose turn a notification of this kind takes."""
    return Lane(destination or _NOWHERE, URGENT if kind in _URGENT_KINDS else USUAL)


def job(notification: int, kind: str, destination: int | None, due_at: int) -> Row:
    """The row of work that sends a notification, for `work.enqueue`."""
    return work.row(KIND, notification, due_at, lane=lane(kind, destination))
