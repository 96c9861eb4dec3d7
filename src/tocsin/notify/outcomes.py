"""What became of messages: of those about one case, of many cases at a glance, of all."""

from collections.abc import Iterable, Sequence
from typing import Any

from tocsin.cases import queries
from tocsin.cases.relations import PATHS
from tocsin.core import ids
from tocsin.core.clock import DAY
from tocsin.core.instants import LATEST
from tocsin.people import directory
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Row, Tx, marks, padded

_NEWEST = 1000  # pages by which it is told how fast they leave


def pages(tx: Tx, viewer: Viewer, case: int, as_of: int | None = None) -> list[dict[str, Any]]:
    """Who was paged or told about a case, and what became of each message. `state`: queued, sent (on its way now),
    delivered (the receiver took it), failed, cancelled; `acknowledged_at`, `declined_at`: its person answered. `as_of`:
    those that were queued by then, with what was known of them. NotFound where there is no such case for this
    viewer."""
    viewer.require("cases.read")
    queries.require(tx, viewer, case)
    rows = tx.rows(
        "SELECT n.id, n.kind, n.user_id, d.team, d.role, d.channel,"
        " CASE WHEN n.state = 'queued' AND n.sent_at IS NOT NULL AND n.error IS NULL THEN 'sent' ELSE n.state END,"
        " n.attempts, n.queued_at, n.sent_at, n.settled_at, n.acknowledged_at, n.declined_at, n.error"
        " FROM notifications n JOIN destinations d ON d.id = n.destination WHERE n.case_id = ? ORDER BY n.id",
        (case,),
    )
    users = directory.user_names(tx, (row[2] for row in rows if row[2] is not None))
    teams = directory.team_names(tx, (row[3] for row in rows if row[3] is not None))
    found = [_page(row, users.get(row[2]), teams.get(row[3])) for row in rows]
    return found if as_of is None else [_then(page, as_of) for page in found if page["queued_at"] <= as_of]


def _then(page: dict[str, Any], at: int) -> dict[str, Any]:
    """A message without what became of it later. How often it had been tried is told by its end alone."""
    later = {name: None for name in _BECAME if page[name] is not None and page[name] > at}
    if "settled_at" not in later and page["settled_at"] is not None:
        return page | later
    sent = page["sent_at"] is not None and page["sent_at"] <= at
    return page | later | {"state": "sent" if sent else "queued", "attempts": int(sent), "error": None}


def _page(row: Row, user: str | None, team: str | None) -> dict[str, Any]:
    page, kind, _, _, role, *rest = row
    receiver = user or (f"team:{team}" if team is not None else f"role:{role}")
    return dict(zip(_PAGE, (ids.to_text(page), kind, receiver, *rest), strict=True))


_PAGE = (
    *("id", "kind", "user", "channel", "state", "attempts"),
    *("queued_at", "sent_at", "settled_at", "acknowledged_at", "declined_at", "error"),
)
_BECAME = ("sent_at", "settled_at", "acknowledged_at", "declined_at")


def paged(tx: Tx, escalations: Sequence[int]) -> dict[int, list[int]]:
    """Whom each of these escalations has paged, the last first, each once; without those whose page was cancelled."""
    if not escalations:
        return {}
    chosen = padded(sorted(escalations))
    found: dict[int, list[int]] = {}
    for escalation, user in tx.rows(
        "SELECT escalation, user_id FROM notifications WHERE kind = 'page' AND state <> 'cancelled'"
        f" AND escalation IN ({marks(chosen)}) GROUP BY escalation, user_id ORDER BY max(queued_at) DESC, max(id)",
        chosen,
    ):
        found.setdefault(escalation, []).append(user)
    return found


def names_of_paged(tx: Tx, escalations: Iterable[int], as_of: int | None = None) -> dict[int, list[str]]:
    """The names of all whom these escalations meant to page, the last first; `as_of`: by then."""
    chosen = padded(sorted(set(escalations)))
    if not chosen:
        return {}
    rows = tx.rows(
        f"SELECT escalation, user_id FROM notifications WHERE escalation IN ({marks(chosen)}) AND kind = 'page'"
        " AND queued_at <= ? GROUP BY escalation, user_id ORDER BY max(id) DESC",
        (*chosen, LATEST if as_of is None else as_of),
    )
    names = directory.user_names(tx, (user for _, user in rows))
    found: dict[int, list[str]] = {}
    for escalation, user in rows:
        found.setdefault(escalation, []).append(names[user])
    return found


def changes(tx: Tx, cases: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    """Of each of these cases that has messages a value that changes whenever something becomes of one of them."""
    chosen = padded(sorted(cases))
    if not chosen:
        return {}
    rows = tx.rows(
        "SELECT case_id, count(*), sum(attempts), max(settled_at), max(sent_at), count(acknowledged_at)"
        f" FROM notifications WHERE case_id IN ({marks(chosen)}) GROUP BY case_id",
        chosen,
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def counts(tx: Tx) -> dict[tuple[str, str], int]:
    """How many messages there are, by kind and state."""
    rows = tx.rows("SELECT kind, state, count(*) FROM notifications GROUP BY kind, state ORDER BY kind, state")
    return {(kind, state): amount for kind, state, amount in rows}


def within(tx: Tx) -> int | None:
    """Within how long 99 % of the newest pages of the last day were delivered, from the queue on, in microseconds; None
    where there were none."""
    rows = tx.rows(
        "SELECT settled_at - queued_at FROM notifications WHERE id >= ? AND kind = 'page' AND state = 'delivered'"
        " AND settled_at IS NOT NULL ORDER BY id DESC LIMIT ?",
        (ids.least(tx.now - DAY), _NEWEST),
    )
    took = sorted(row[0] for row in rows)
    return took[len(took) * 99 // 100] if took else None


def until_first(tx: Tx) -> list[int]:
    """Of every path that reached somebody: microseconds from its start until its first page was delivered."""
    rows = tx.rows(
        f"SELECT min(n.settled_at) - min(e.started_at) FROM notifications n JOIN {PATHS} e ON e.id = n.escalation"
        " WHERE n.kind = 'page' AND n.state = 'delivered' AND n.settled_at IS NOT NULL GROUP BY e.id"
    )
    return [max(0, row[0]) for row in rows]
