"""The rows of work behind notifications: one kind, with a lane for each destination, in which pages go first."""

from tocsin.ledger import work
from tocsin.ledger.work import URGENT, USUAL, Lane
from tocsin.storage.transaction import Row

KIND = "page"  # of work: whatever the kind of the notification
_URGENT_KINDS = ("page", "call", "synthetic")
_NOWHERE = 0  # the synthetic page goes to no destination of anybody


def lane(kind: str, destination: int | None) -> Lane:
    """Whose turn a notification of this kind takes."""
    return Lane(destination or _NOWHERE, URGENT if kind in _URGENT_KINDS else USUAL)


def job(notification: int, kind: str, destination: int | None, due_at: int) -> Row:
    """The row of work that sends a notification, for `work.enqueue`."""
    return work.row(KIND, notification, due_at, lane=lane(kind, destination))
