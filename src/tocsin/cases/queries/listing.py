"""Lists of cases: which, in which order, and from where on. Every list is of what the viewer sees."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import needs
from tocsin.cases.queries.needs import Need
from tocsin.core import ids
from tocsin.people import relations
from tocsin.people.directory import User
from tocsin.people.permissions import Viewer
from tocsin.storage import search
from tocsin.storage.transaction import Row, Tx

Sort = Literal["newest", "oldest", "age", "urgency", "due", "level", "severity", "owner", "account"]
SORTS: tuple[Sort, ...] = get_args(Sort)

_NEVER = (1 << 63) - 1
_LEVELS = "CASE level WHEN 'executive' THEN 2{unit} WHEN 'senior' THEN 1{unit} ELSE 0{zero} END"
_RUNS = "outcome IS NULL AND paused_at IS NULL"
# What a list is ordered by; equal ones by id. True: the largest first. Names of nobody come last.
_KEYS: dict[Sort, tuple[str, bool]] = {
    "newest": ("0", True),
    "oldest": ("0", False),
    "age": ("opened_at", False),
    "urgency": (_LEVELS.format(unit="000.0", zero=".0") + " + {score}", True),
    "due": (f"coalesce((SELECT min(due_at) FROM clocks WHERE case_id = cases.id AND {_RUNS}), {_NEVER})", False),
    "level": (_LEVELS.format(unit="", zero=""), True),
    "severity": ("{severity}", False),
    "owner": (
        f"CASE WHEN owner IS NULL THEN '2' ELSE '1' || (SELECT u.name FROM {relations.USERS} u WHERE u.id = owner) END",
        False,
    ),
    "account": (
        "CASE WHEN account IS NULL THEN '2' ELSE '1' ||"
        f" (SELECT lower({{customer}}) FROM {relations.ACCOUNTS} a WHERE a.id = account) END",
        False,
    ),
}
# Columns of which a filter leaves few cases: to look at each of them costs less than to walk along the clocks.
_FEW = frozenset({"owner", "account", "external_id"})


class ListPosition(NamedTuple):
    """Where a list goes on: behind the case with this key and id, whatever is opened meanwhile."""

    key: float | str
    case: int


class Filter(NamedTuple):
    """Which cases: `equal` by column; of `owner`; that `follower` follows; with the words of `words`, or of that
    number; those that need somebody, and for what; `live`: open ones that are worked on; at most `limit`. `severities`:
    the gravest first, for that order."""

    equal: dict[str, Any]
    owner: User | None = None
    words: str | None = None
    sort: Sort = "newest"
    behind: ListPosition | None = None
    limit: int = 50
    needs: Need | None = None
    live: bool = False
    follower: User | None = None
    severities: Sequence[str] = ()


class Bounded(NamedTuple):
    """How many there are: `amount`, or more than that where `more`."""

    amount: int
    more: bool


def listed(tx: Tx, viewer: Viewer, wanted: Filter) -> tuple[list[Aggregate], ListPosition | None]:
    """Cases that the viewer sees, and the place to go on from; None at the end."""
    viewer.require("cases.read")
    rows = _rows(tx, viewer, wanted)
    found = store.load_many(tx, [row[0] for row in rows[: wanted.limit]])
    following = None
    if len(rows) > wanted.limit:
        case, at = rows[wanted.limit - 1]
        following = ListPosition(at, case)
    return [found[row[0]] for row in rows[: wanted.limit]], following


def count(tx: Tx, viewer: Viewer, wanted: Filter, most: int) -> Bounded:
    """How many cases of a list the viewer sees; it stops at `most`."""
    viewer.require("cases.read")
    conditions, values = _conditions(tx, viewer, wanted)
    row = tx.row(
        f"SELECT count(*) FROM (SELECT 1 FROM cases WHERE {' AND '.join(conditions)} LIMIT ?) counted",
        (*values, most + 1),
    )
    found = row[0] if row else 0
    return Bounded(min(found, most), found > most)


def _rows(tx: Tx, viewer: Viewer, wanted: Filter) -> list[Row]:
    """The ids of a part of the list, each with its key, and one more where it goes on."""
    if wanted.sort == "due" and wanted.words is None and not _FEW & wanted.equal.keys() and wanted.owner is None:
        return _by_clocks(tx, viewer, wanted)
    conditions, values = _conditions(tx, viewer, wanted)
    key, given, falling = _key(tx, wanted, viewer)
    follows, order = ("<", "DESC") if falling else (">", "ASC")
    if wanted.sort in ("newest", "oldest"):
        if wanted.behind is not None:
            conditions.append(f"id {follows} ?")
            values.append(wanted.behind.case)
        return tx.rows(
            f"SELECT id, 0 FROM cases WHERE {' AND '.join(conditions)} ORDER BY id {order} LIMIT ?",
            (*values, wanted.limit + 1),
        )
    behind = "TRUE"
    if wanted.behind is not None:
        behind = f"(place {follows} ? OR place = ? AND id {follows} ?)"
        values += [wanted.behind.key, *wanted.behind]
    return tx.rows(
        f"SELECT id, place FROM (SELECT id, {key} AS place FROM cases WHERE {' AND '.join(conditions)}) chosen"
        f" WHERE {behind} ORDER BY place {order}, id {order} LIMIT ?",
        (*given, *values, wanted.limit + 1),
    )


def _by_clocks(tx: Tx, viewer: Viewer, wanted: Filter) -> list[Row]:
    """The same by what is due next, along the index of running clocks; behind them those of which none runs."""
    conditions, values = _conditions(tx, viewer, wanted)
    chosen, most, after = " AND ".join(conditions), wanted.limit + 1, wanted.behind
    rows: list[Row] = []
    if after is None or after.key != _NEVER:
        at, case = (-1, 0) if after is None else after
        joined = "CROSS JOIN" if tx.dialect == "sqlite" else "JOIN"  # which SQLite carries out in this order
        rows = tx.rows(
            f"SELECT id, due FROM (SELECT case_id AS run_of, due_at AS due, clock AS name, cycle AS run FROM clocks"
            f" WHERE {_RUNS} AND due_at >= ?) running {joined} cases ON cases.id = run_of"
            f" WHERE NOT EXISTS (SELECT 1 FROM clocks e WHERE e.case_id = run_of AND e.outcome IS NULL"
            " AND e.paused_at IS NULL AND (e.due_at < due OR e.due_at = due AND (e.clock < name OR e.clock = name AND"
            f" e.cycle < run))) AND (due > ? OR id > ?) AND {chosen} ORDER BY due, run_of LIMIT ?",
            (at, at, case, *values, most),
        )
    if len(rows) < most:
        behind = after.case if after is not None and after.key == _NEVER else 0
        rows += tx.rows(
            f"SELECT id, {_NEVER} FROM cases WHERE id > ? AND NOT EXISTS (SELECT 1 FROM clocks WHERE case_id = cases.id"
            f" AND {_RUNS}) AND {chosen} ORDER BY id LIMIT ?",
            (behind, *values, most - len(rows)),
        )
    return rows


def _conditions(tx: Tx, viewer: Viewer, wanted: Filter) -> tuple[list[str], list[Any]]:
    seen, parameters = sight.condition(viewer)
    conditions, values = [seen, *(f"{column} = ?" for column in wanted.equal)], [*parameters, *wanted.equal.values()]
    if wanted.owner is not None:
        conditions.append("owner = ?")
        values.append(wanted.owner.id)
    if wanted.follower is not None:
        conditions.append("followers <> '' AND followers LIKE ?")
        values.append(f"% {ids.to_text(wanted.follower.id)} %")
    if wanted.words is not None:
        holds, words = search.condition(tx, wanted.words)
        number = wanted.words.strip().removeprefix("#")
        conditions.append(f"({holds} OR number = ?)")
        values += [words, int(number) if number.isascii() and number.isdecimal() and len(number) < 13 else -1]
    if wanted.needs is not None:
        conditions.append(needs.condition(wanted.needs))
    if wanted.live:
        conditions.append(needs.LIVE)
    return conditions, values


def _key(tx: Tx, wanted: Filter, viewer: Viewer) -> tuple[str, list[Any], bool]:
    """What the list is ordered by, with its parameters. By the score as this viewer sees it: a finer order would tell
    its digits to whoever compares."""
    key, falling = _KEYS[wanted.sort]
    customer = f"coalesce({relations.ACCOUNT_NAME[tx.dialect]}, a.external_id)"
    severity = "0"
    given = list(wanted.severities) if wanted.sort == "severity" else []
    if given:
        ranks = "".join(f" WHEN ? THEN {rank}" for rank in range(len(given)))
        severity = f"CASE severity{ranks} ELSE {len(given)} END"
    return key.format(score=sight.score_column(viewer), customer=customer, severity=severity), given, falling
