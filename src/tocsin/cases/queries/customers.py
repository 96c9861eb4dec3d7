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
from tocsin.storage import search
from tocsin.storage.transaction import Row, Tx, marks, padded

CustomerSort = Literal["escalated", "open", "due", "name"]
SORTS: tuple[CustomerSort, ...] = get_args(CustomerSort)
_NEVER = (1 << 63) - 1
_MANY = 1_000_000  # open cases of one customer are fewer
_ESCALATED = "sum(CASE WHEN level IN ('executive', 'senior') THEN 1 ELSE 0 END)"
_OF_ACCOUNTS = f"{needs.LIVE} AND account IS NOT NULL"  # as the index has it
_CLOCKS = 1000  # that are looked at first for who has something due next
_RUNNING = "k.outcome IS NULL AND k.paused_at IS NULL"
_STILL_OWED = "k.outcome = 'breached' AND k.done_at IS NULL AND k.cancelled_because IS NULL AND k.excused_by IS NULL"
_OWED = f"({_RUNNING} OR {_STILL_OWED})"  # runs out next, or ran out and is owed still
# What a list is ordered by but for what is due, of a customer and what they have open; True: the most first. Equal ones
# by id.
_KEYS: dict[str, tuple[str, bool]] = {
    "escalated": (f"coalesce(o.escalated, 0) * {_MANY} + coalesce(o.open, 0)", True),
    "open": ("coalesce(o.open, 0)", True),
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
    limit: int = 30


def listed(tx: Tx, viewer: Viewer, wanted: CustomerFilter) -> tuple[list[tuple[Account, Having]], ListPosition | None]:
    """Customers, each with what they have that the viewer sees, and the place to go on from; None at the end."""
    viewer.require("cases.read")
    viewer.require("people.read")
    if wanted.chosen is not None and not wanted.chosen:
        return [], None
    rows = _by_due(tx, viewer, wanted) if wanted.sort == "due" else _by_key(tx, viewer, wanted)
    shown = rows[: wanted.limit]
    known, own = accounts.by_id(tx, [row[0] for row in shown]), having(tx, viewer, [row[0] for row in shown])
    following = ListPosition(shown[-1][1], shown[-1][0]) if len(rows) > wanted.limit else None
    return [(known[row[0]], own.get(row[0], Having())) for row in shown], following


def _by_key(tx: Tx, viewer: Viewer, wanted: CustomerFilter) -> list[Row]:
    """The ids of a part of the list, each with its key, and one more where it goes on."""
    key, falling = _KEYS[wanted.sort]
    key = key.format(name=relations.ACCOUNT_NAME[tx.dialect])
    joined, values = ("", ()) if wanted.sort == "name" else _having(viewer)
    conditions, given = _conditions(wanted)
    follows, order = ("<", "DESC") if falling else (">", "ASC")
    behind: tuple[Any, ...] = ()
    if wanted.behind is not None:
        behind = (wanted.behind.key, *wanted.behind)
    return tx.rows(
        f"SELECT id, place FROM (SELECT a.id, {key} AS place FROM {relations.ACCOUNTS} a{joined} WHERE {conditions})"
        f" chosen WHERE {f'(place {follows} ? OR place = ? AND id > ?)' if behind else 'TRUE'}"
        f" ORDER BY place {order}, id LIMIT ?",
        (*values, *given, *behind, wanted.limit + 1),
    )


def _by_due(tx: Tx, viewer: Viewer, wanted: CustomerFilter) -> list[Row]:
    """The same by what is to be done next; behind them those of whom nothing is."""
    conditions, given = _conditions(wanted)
    most, behind = wanted.limit + 1, tuple(wanted.behind or (-1, 0))
    every = f"SELECT a.id FROM {relations.ACCOUNTS} a WHERE {conditions}"
    if wanted.owner is not None or wanted.chosen is not None:
        has = having(tx, viewer, [row[0] for row in tx.rows(every, given)])
        dues = {account: own.due for account, own in has.items() if own.due is not None}
    else:
        dues = _first_due(tx, viewer, behind, most)
    rows = sorted(place for account, due in dues.items() if (place := (due, account)) > behind)
    if len(rows) < most:
        others = (row[0] for row in tx.rows(f"{every} ORDER BY a.id", given) if row[0] not in dues)
        rows += [place for account in others if (place := (_NEVER, account)) > behind]
    return [(account, due) for due, account in rows[:most]]


def _first_due(tx: Tx, viewer: Viewer, behind: tuple[float | str, ...], most: int) -> dict[int, int]:
    """When something is next to be done for customers: along the clocks, until there are so many behind that place, or
    all."""
    clocks = _CLOCKS
    while True:
        dues, whole = _along(tx, viewer, clocks)
        if whole or sum((due, account) > behind for account, due in dues.items()) >= most:
            return dues
        clocks *= 4


def _along(tx: Tx, viewer: Viewer, most: int) -> tuple[dict[int, int], bool]:
    """What is next to be done for each customer, by so many clocks; and whether there are no more. What falls due with
    the last of them is left out, for others may too."""
    seen, parameters = sight.condition(viewer)
    dues: dict[int, int] = {}
    short, last = True, _NEVER
    for which, limit in ((_RUNNING, most), (_STILL_OWED, _MANY)):
        rows = tx.rows(
            f"SELECT due, account FROM (SELECT k.case_id AS run_of, k.due_at AS due FROM clocks k WHERE {which})"
            f" running {search.joined(tx)} cases ON cases.id = run_of WHERE {_OF_ACCOUNTS} AND {seen}"
            " ORDER BY due LIMIT ?",
            (*parameters, limit),
        )
        if len(rows) == limit:
            short, last = False, rows[-1][0]
        for due, account in rows:
            if due < last and due < dues.get(account, _NEVER):
                dues[account] = due
    return dues, short


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


def _having(viewer: Viewer) -> tuple[str, tuple[Any, ...]]:
    """What all customers have, as a table to join, with its parameters."""
    seen, parameters = sight.condition(viewer)
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
