"""Notifications that are to be sent now, read from the database."""

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.cases import queries
from tocsin.cases.aggregate import LIVE
from tocsin.cases.relations import CALLS, CASES, PATHS
from tocsin.ledger import journal
from tocsin.notify import messages
from tocsin.notify.messages import PathPlace, Subject
from tocsin.people.relations import ACCOUNTS, TEAMS, USERS
from tocsin.storage.transaction import Row, Tx, marks, padded

_CASE = (
    "c.number, c.external_id, c.subject, c.level, c.severity, c.opened_at, c.confidential,"
    f" a.external_id, a.facts, CASE WHEN c.account IS NULL THEN {journal.newest_body('c.id', queries.DECIDING)} END"
)
_PATH = "e.path, e.kind, n.pass, n.step, n.escalation"

# The first message about the case that went to the destination, as its provider knows it.
_THREAD = (
    "(SELECT f.reference FROM notifications f WHERE f.case_id = n.case_id AND f.destination = n.destination"
    " AND f.reference IS NOT NULL ORDER BY f.id LIMIT 1)"
)
_PENDING = (
    "SELECT n.id, n.kind, n.state, n.case_id, n.queued_at, n.content, n.user_id, coalesce(u.name, t.name, d.role),"
    " CASE WHEN d.ended_at IS NULL OR n.kind = 'digest' THEN d.id END, d.channel, d.address,"
    f" d.secret, d.options, {_THREAD}, e.state, c.state, n.call, i.state, {_CASE}, {_PATH}"
    f" FROM notifications n LEFT JOIN {PATHS} e ON e.id = n.escalation LEFT JOIN {USERS} u ON u.id = n.user_id"
    f" LEFT JOIN destinations d ON d.id = n.destination LEFT JOIN {TEAMS} t ON t.id = d.team"
    f" LEFT JOIN {CASES} c ON c.id = n.case_id LEFT JOIN {ACCOUNTS} a ON a.id = c.account"
    f" LEFT JOIN {CALLS} i ON i.id = n.call"
)
_OWN = 18  # columns before those of the case
_WIDTH = len(Subject._fields)


class Pending(NamedTuple):
    """`about` of a case and `place` on a path are only there for those kinds that have them."""

    id: int
    kind: str
    state: str
    case: int | None
    queued_at: int
    content: bytes | None
    user: int | None
    name: str | None
    destination: int | None
    channel: str | None
    address: str | None
    secret: bytes | None
    options: bytes | None
    thread: str | None
    path_state: str | None
    case_state: str | None
    call: int | None
    call_state: str | None
    about: Subject
    place: PathPlace

    @classmethod
    def of(cls, row: Row) -> "Pending":
        about = Subject._make(row[_OWN : _OWN + _WIDTH])
        return cls._make((*row[:_OWN], about, PathPlace._make(row[_OWN + _WIDTH :])))

    @property
    def wanted(self) -> bool:
        """Whether the reason still holds: a page is for nobody once its path has stopped or its call-in ended, a
        notice once its case is settled, unless it lasts, and nothing goes where its user is not reached any more, but
        for what was gathered already."""
        if self.state != "queued" or (self.destination is None and self.kind != "synthetic"):
            return False
        if self.kind in ("page", "room", "call"):
            return self.waits
        return self.kind != "notice" or self.holds

    @property
    def waits(self) -> bool:
        """Whether what a page asks for has not been answered."""
        return self.call_state == "calling" if self.kind == "call" else self.path_state in LIVE

    @property
    def holds(self) -> bool:
        """Whether what a notice says is still of use: its case is open, or it lasts."""
        return self.case_state == "open" or messages.lasts(self.content)


def receiver(tx: Tx, notification: int) -> str | None:
    """The name of whoever a notification is for."""
    return next((found.name for found in read(tx, [notification])), None)


def read(tx: Tx, notifications: Sequence[int]) -> list[Pending]:
    """Those that there are of these notifications, in their order."""
    if not notifications:
        return []
    chosen = padded(list(notifications))
    found = {row[0]: Pending.of(row) for row in tx.rows(f"{_PENDING} WHERE n.id IN ({marks(chosen)})", chosen)}
    return [found[one] for one in notifications if one in found]
