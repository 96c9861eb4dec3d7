"""Customers with what they have open: lists of them, and the cases of one. A case that a viewer does not see is not
counted for them either."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import needs
from tocsin.cases.queries.listing import ListPosition
from tocsin.people import accounts, relations
from tocsin.people.accounts import Account
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx, marks, padded

CustomerSort = Literal["escalated", "open", "due", "name"]
SORTS: tuple[CustomerSort, ...] = get_args(CustomerSort)
_NEVER = (1 << 63) - 1
_MANY = 1_000_000  # open cases of one customer are fewer
_ESCALATED = "sum(CASE WHEN level IN ('executive', 'senior') THEN 1 ELSE 0 END)"
_OF_ACCOUNTS = f"{needs.LIVE} AND account IS NOT NULL"  # as the index has it
_OWED = (  # runs out next, or ran out and is owed still
    "(k.outcome IS NULL AND k.paused_at IS NULL OR k.outcome = 'breached' AND k.done_at IS NULL"
    " AND k.cancelled_because IS NULL AND k.excused_by IS NULL)"
)
# What a list is ordered by, of a customer and what they have open; True: the most first. Equal ones by id.
_KEYS: dict[CustomerSort, tuple[str, bool]] = {
    "escalated": (f"coalesce(o.escalated, 0) * {_MANY} + coalesce(o.open, 0)", True),
    "open": ("coalesce(o.open, 0)", True),
    "due": (f"coalesce(o.due, {_NEVER})", False),
    "name": ("lower(coalesce({name}, a.external_id))", False),
}


class Having(NamedTuple):
    """What a customer has: open cases, how many of which are escalated, and when something of them is next to be done
    (microseconds), which may be past; None: nothing is."""

    open: int = 0
    escalated: int = 0
    due: int | None = None


class CustomerFilter(NamedTuple):
    """Which customers: those of `owner`; those among `chosen`, by id; from behind a place on, at most `limit`."""

    sort: CustomerSort = "escalated"
    owner: int | None = None
    chosen: Sequence[int] | None = None
    behind: ListPosition | None = None
    limit: int = 50


def listed(tx: Tx, viewer: Viewer, wanted: CustomerFilter) -> tuple[list[tuple[Account, Having]], ListPosition | None]:
    """Customers, each with what they have that the viewer sees, and the place to go on from; None at the end."""
    viewer.require("cases.read")
    viewer.require("people.read")
    if wanted.chosen is not None and not wanted.chosen:
        return [], None
    key, falling = _KEYS[wanted.sort]
    key = key.format(name=relations.ACCOUNT_NAME[tx.dialect])
    joined, values = ("", ()) if wanted.sort == "name" else _having(viewer, wanted.sort)
    conditions, given = _conditions(wanted)
    follows, order = ("<", "DESC") if falling else (">", "ASC")
    behind: tuple[Any, ...] = ()
    if wanted.behind is not None:
        behind = (wanted.behind.key, *wanted.behind)
    rows = tx.rows(
        f"SELECT id, place FROM (SELECT a.id, {key} AS place FROM {relations.ACCOUNTS} a{joined} WHERE {conditions})"
        f" chosen WHERE {f'(place {follows} ? OR place = ? AND id > ?)' if behind else 'TRUE'}"
        f" ORDER BY place {order}, id LIMIT ?",
        (*values, *given, *behind, wanted.limit + 1),
    )
    shown = rows[: wanted.limit]
    known, own = accounts.by_id(tx, [row[0] for row in shown]), having(tx, viewer, [row[0] for row in shown])
    following = ListPosition(shown[-1][1], shown[-1][0]) if len(rows) > wanted.limit else None
    return [(known[row[0]], own.get(row[0], Having())) for row in shown], following


def having(tx: Tx, viewer: Viewer, wanted: Sequence[int]) -> dict[int, Having]:
    """What each of these customers has that the viewer sees; those that have nothing open are left out."""
    chosen = padded(sorted(set(wanted)))
    if not chosen:
        return {}
    seen, parameters = sight.condition(viewer)
    due = f"(SELECT min(k.due_at) FROM clocks k WHERE k.case_id = cases.id AND {_OWED})"
    rows = tx.rows(
        f"SELECT account, count(*), {_ESCALATED}, min(due) FROM (SELECT account, level, {due} AS due FROM cases"
        f" WHERE {_OF_ACCOUNTS} AND account IN ({marks(chosen)}) AND {seen}) held GROUP BY account",
        (*chosen, *parameters),
    )
    return {account: Having(int(open), int(escalated), due) for account, open, escalated, due in rows}


def open_of(tx: Tx, viewer: Viewer, account: int, limit: int) -> list[int]:
    """Open cases of a customer, what is to be done next first."""
    seen, parameters = sight.condition(viewer)
    rows = tx.rows(
        f"SELECT id FROM cases WHERE {_OF_ACCOUNTS} AND account = ? AND {seen} ORDER BY"
        f" coalesce((SELECT min(k.due_at) FROM clocks k WHERE k.case_id = cases.id AND {_OWED}), {_NEVER}), id LIMIT ?",
        (account, *parameters, limit),
    )
    return [row[0] for row in rows]


def escalations_of(tx: Tx, viewer: Viewer, account: int, since: int, limit: int) -> list[Aggregate]:
    """Cases of a customer that were escalated and opened since then, the newest first."""
    viewer.require("cases.read")
    seen, parameters = sight.condition(viewer)
    rows = tx.rows(
        "SELECT id FROM cases WHERE account = ? AND opened_at >= ? AND (level IN ('executive', 'senior') OR EXISTS"
        f" (SELECT 1 FROM escalations e WHERE e.case_id = cases.id)) AND {seen} ORDER BY id DESC LIMIT ?",
        (account, since, *parameters, limit),
    )
    found = store.load_many(tx, [row[0] for row in rows])
    return [found[row[0]] for row in rows]


def _having(viewer: Viewer, sort: CustomerSort) -> tuple[str, tuple[Any, ...]]:
    """What all customers have, as a table to join, with its parameters: only what the order asks for."""
    seen, parameters = sight.condition(viewer)
    if sort == "due":
        within = (
            f"SELECT account AS whose, min(k.due_at) AS due FROM cases JOIN clocks k ON k.case_id = cases.id"
            f" WHERE {_OF_ACCOUNTS} AND {_OWED} AND {seen} GROUP BY account"
        )
    else:
        within = (
            f"SELECT account AS whose, count(*) AS open, {_ESCALATED} AS escalated FROM cases"
            f" WHERE {_OF_ACCOUNTS} AND {seen} GROUP BY account"
        )
    return f" LEFT JOIN ({within}) o ON o.whose = a.id", parameters


def _conditions(wanted: CustomerFilter) -> tuple[str, list[Any]]:
    conditions, given = ["TRUE"], list[Any]()
    if wanted.owner is not None:
        conditions.append("a.owner = ?")
        given.append(wanted.owner)
    if wanted.chosen is not None:
        chosen = padded(sorted(wanted.chosen))
        conditions.append(f"a.id IN ({marks(chosen)})")
        given += chosen
    return " AND ".join(conditions), given


def totals(tx: Tx, viewer: Viewer) -> Having:
    """How many customers have something open that the viewer sees, and how many of them something escalated."""
    seen, parameters = sight.condition(viewer)
    row = tx.row(
        f"SELECT count(*), sum(CASE WHEN escalated > 0 THEN 1 ELSE 0 END) FROM (SELECT {_ESCALATED} AS escalated"
        f" FROM cases WHERE {_OF_ACCOUNTS} AND {seen} GROUP BY account) held",
        parameters,
    )
    return Having(int(row[0]), int(row[1] or 0)) if row else Having()
