"""Lists of cases: which, in which order, and from where on. Every list is of what the viewer sees."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal, NamedTuple, get_args

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import lasting, needs
from tocsin.cases.queries.needs import Need
from tocsin.core import ids
from tocsin.people import relations
from tocsin.people.directory import User
from tocsin.people.permissions import Viewer
from tocsin.storage import search
from tocsin.storage.transaction import Row, Tx, marks

Sort = Literal["newest", "oldest", "age", "unanswered", "urgency", "due", "level", "severity", "owner", "account"]
SORTS: tuple[Sort, ...] = get_args(Sort)

_NEVER = (1 << 63) - 1
_SOMEBODY, _NOBODY = "1", "2"  # how keys begin that are names: nobody comes last
# Said and not given, so that an index of open ones serves.
_STATES = {state: f"state = '{state}'" for state in ("open", "resolved", "closed", "merged")}
_WHOLE = {"level": "(level || '')", "severity": "(severity || '')"}  # as the indexes of cases in any state have them
_SCORE = "round(score)"  # as everybody sees it: a finer order would tell its digits to whoever compares
_RUNS = "outcome IS NULL AND paused_at IS NULL"
_AHEAD = 10_000.0  # by which keys of what nobody has answered are above all others
_KNOWN = 500  # unanswered cases that are sorted as such; where there are more, they are found along the open ones


class Others(NamedTuple):
    """By whose names a list is ordered: the `column` of a case that holds their ids, and their `names` in `table`."""

    column: str
    table: str
    names: str


class Order(NamedTuple):
    """What a list is ordered by; equal ones from the oldest on, but where the newest come first. `falling`: the largest
    first. `by`: the same order in the words of
    an index, so that a list ends where it has enough. `of`: by the names of others."""

    key: str
    falling: bool = False
    by: str | None = None
    of: Others | None = None

    @property
    def directions(self) -> tuple[str, str, str, str]:
        """How a key compares with the one before, how it is sorted, and the same of ids among equal ones."""
        key = ("<", "DESC") if self.falling else (">", "ASC")
        return *key, *(key if self.key == "0" else (">", "ASC"))


_ORDERS: dict[Sort, Order] = {
    "newest": Order("0", True, "id DESC"),
    "oldest": Order("0", False, "id"),
    "age": Order("opened_at", False, "opened_at, id"),
    "urgency": Order(
        f"CASE level WHEN 'executive' THEN 2000.0 WHEN 'senior' THEN 1000.0 ELSE 0.0 END + {_SCORE}",
        True,
        f"{{level}}, {_SCORE} DESC, id",  # by the alphabet executive comes first, and standard last
    ),
    "unanswered": Order(  # as of an instant; live ones are read in two parts
        f"CASE WHEN (needs & {needs.bits('unanswered')}) <> 0 THEN {_AHEAD} ELSE 0.0 END + CASE level"
        f" WHEN 'executive' THEN 2000.0 WHEN 'senior' THEN 1000.0 ELSE 0.0 END + {_SCORE}",
        True,
    ),
    "level": Order("CASE level WHEN 'executive' THEN 0 WHEN 'senior' THEN 1 ELSE 2 END", False, "{level}, id"),
    "due": Order(f"coalesce((SELECT min(due_at) FROM clocks WHERE case_id = cases.id AND {_RUNS}), {_NEVER})"),
    "owner": Order(  # nobody last
        f"CASE WHEN owner IS NULL THEN '2' ELSE '1' || (SELECT u.name FROM {relations.USERS} u WHERE u.id = owner) END",
        of=Others("owner", f"{relations.USERS} a", "a.name"),
    ),
    "account": Order(
        "CASE WHEN account IS NULL THEN '2' ELSE '1' ||"
        f" (SELECT lower({{customer}}) FROM {relations.ACCOUNTS} a WHERE a.id = account) END",
        of=Others("account", f"{relations.ACCOUNTS} a", "lower({customer})"),
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
    return _counted(tx, cases_of(tx, viewer, wanted), most)


def _counted(tx: Tx, source: "Source", most: int) -> Bounded:
    row = tx.row(f"SELECT count(*) FROM (SELECT 1 {source.text} LIMIT ?) counted", (*source.values, most + 1))
    found = row[0] if row else 0
    return Bounded(min(found, most), found > most)


def count_confided(tx: Tx, viewer: Viewer, wanted: Filter, most: int) -> Bounded:
    """The same of the confidential ones among them alone."""
    viewer.require("cases.read")
    seen, named = sight.condition(viewer)
    source = cases_of(tx, viewer, wanted)
    few = f"{source.id} IN (SELECT id FROM cases WHERE confidential AND {seen})"
    return _counted(tx, source.narrowed(few, named), most)


class Source(NamedTuple):
    """The cases of a list, as the statement goes on behind what it selects."""

    text: str
    values: list[Any]
    id: str

    def narrowed(self, condition: str, values: Sequence[Any] = ()) -> "Source":
        """Those of them of which this holds, too."""
        return self._replace(text=f"{self.text} AND {condition}", values=[*self.values, *values])


def _rows(tx: Tx, viewer: Viewer, wanted: Filter) -> list[Row]:
    """The ids of a part of the list, each with its key, and one more where it goes on."""
    if wanted.sort == "severity":
        return _by_severity(tx, viewer, wanted)
    if wanted.sort == "due" and wanted.words is None and not _FEW & wanted.equal.keys() and wanted.owner is None:
        return _by_clocks(tx, viewer, wanted)
    if wanted.sort == "unanswered":
        return _unanswered_first(tx, viewer, wanted)
    source, order = cases_of(tx, viewer, wanted), order_of(tx, wanted.sort, any_state=_any_state(wanted))
    if order.of is not None and wanted.words is None:
        return _by_names(tx, source, order.of, wanted)
    return _ordered(tx, source, order, wanted.behind, wanted.limit + 1)


def _ordered(tx: Tx, source: Source, order: Order, after: ListPosition | None, most: int) -> list[Row]:
    """A part of these cases in this order, behind a place of it."""
    key, (follows, turned, then, ids_turned) = order.key, order.directions
    behind: list[Any] = []
    if after is not None:
        behind = [after.case] if key == "0" else [after.key, *after]
    if order.by is not None:
        beyond = "" if not behind else f" AND {source.id} {then} ?"
        if len(behind) > 1:
            beyond = f" AND ({key} {follows} ? OR {key} = ? AND id {then} ?)"
        by = order.by if key != "0" else f"{source.id} {ids_turned}"
        return tx.rows(
            f"SELECT cases.id, {key} {source.text}{beyond} ORDER BY {by} LIMIT ?",
            (*source.values, *behind, most),
        )
    beyond = f"place {follows} ? OR place = ? AND id {then} ?" if behind else "TRUE"
    return tx.rows(
        f"SELECT id, place FROM (SELECT cases.id AS id, {key} AS place {source.text}) chosen"
        f" WHERE {beyond} ORDER BY place {turned}, id {ids_turned} LIMIT ?",
        (*source.values, *behind, most),
    )


def _unanswered_first(tx: Tx, viewer: Viewer, wanted: Filter) -> list[Row]:
    """Escalations that nobody has answered, then all others; both by level and score."""
    source, behind, most = cases_of(tx, viewer, wanted), wanted.behind, wanted.limit + 1
    unanswered, rows = needs.condition("unanswered"), list[Row]()
    if behind is None or float(behind.key) >= _AHEAD:
        order = order_of(tx, "urgency")
        first, known = order._replace(key=f"{order.key} + {_AHEAD}"), lasting.known(tx, "unanswered", _KNOWN)
        if known is None:
            rows = _ordered(tx, source.narrowed(unanswered), first, behind, most)
        elif known:
            few = source.narrowed(f"{source.id} IN ({marks(known)})", known)
            rows = _ordered(tx, few, first._replace(by=None), behind, most)
        behind = None
    if len(rows) < most:
        order = order_of(tx, "urgency", any_state=_any_state(wanted))
        rows += _ordered(tx, source.narrowed(f"NOT ({unanswered})"), order, behind, most - len(rows))
    return rows


def _by_severity(tx: Tx, viewer: Viewer, wanted: Filter) -> list[Row]:
    """The gravest first: one severity after the other, each the oldest first, and those that no policy in force names
    at the end."""
    source, names = cases_of(tx, viewer, wanted), wanted.severities
    only = wanted.equal.get("severity")
    column = _WHOLE["severity"] if _any_state(wanted) else "severity"
    first, case = wanted.behind or (0, 0)
    rows: list[Row] = []
    for rank in range(int(first), len(names) + 1):
        if only is not None and (names[rank] != only if rank < len(names) else only in names):
            continue
        which = f"{column} = ?" if rank < len(names) else f"{column} NOT IN ({marks(names)})" if names else "TRUE"
        given = [names[rank]] if rank < len(names) else list(names)
        rows += tx.rows(
            f"SELECT cases.id, {rank} {source.text} AND {which} AND cases.id > ? ORDER BY cases.id LIMIT ?",
            (*source.values, *given, case if rank == first else 0, wanted.limit + 1 - len(rows)),
        )
        if len(rows) > wanted.limit:
            break
    return rows


def _by_names(tx: Tx, source: Source, others: Others, wanted: Filter) -> list[Row]:
    """One owner or customer after the other, by their names, each with the oldest case first; behind them the cases of
    nobody. Of those that are called alike all cases stand together."""
    most, (after, case) = wanted.limit + 1, wanted.behind or (_SOMEBODY, 0)
    rows: list[Row] = []

    def take(key: str, which: str, given: Sequence[int] = ()) -> None:
        behind = case if key == after else 0
        rows.extend(
            (row[0], key)
            for row in tx.rows(
                f"SELECT {source.id} {source.text} AND {which} AND {source.id} > ? ORDER BY {source.id} LIMIT ?",
                (*source.values, *given, behind, most - len(rows)),
            )
        )

    if after != _NOBODY:
        whose = tx.rows(
            f"SELECT a.id, {others.names} AS name FROM {others.table} WHERE {others.names} >= ?"
            f" AND EXISTS (SELECT 1 {source.text} AND {others.column} = a.id) ORDER BY name, a.id",
            (str(after).removeprefix(_SOMEBODY), *source.values),
        )
        for name, alike in groupby(whose, itemgetter(1)):
            if len(rows) >= most:
                break
            chosen = [row[0] for row in alike]
            one = len(chosen) == 1
            take(f"{_SOMEBODY}{name}", f"{others.column} {'= ?' if one else f'IN ({marks(chosen)})'}", chosen)
    if len(rows) < most:
        take(_NOBODY, f"{others.column} IS NULL")
    return rows


def _by_clocks(tx: Tx, viewer: Viewer, wanted: Filter) -> list[Row]:
    """The same by what is due next, along the index of running clocks; behind them those of which none runs."""
    conditions, values = _conditions(tx, viewer, wanted)
    chosen, most, after = " AND ".join(conditions), wanted.limit + 1, wanted.behind
    rows: list[Row] = []
    if after is None or after.key != _NEVER:
        at, case = (-1, 0) if after is None else after
        rows = tx.rows(
            "SELECT id, due FROM (SELECT case_id AS run_of, due_at AS due, clock AS name, cycle AS run FROM clocks"
            f" WHERE {_RUNS} AND due_at >= ?) running {search.joined(tx)} cases ON cases.id = run_of"
            " WHERE NOT EXISTS (SELECT 1 FROM clocks e WHERE e.case_id = run_of AND e.outcome IS NULL"
            " AND e.paused_at IS NULL AND (e.due_at < due OR e.due_at = due AND (e.clock < name OR e.clock = name AND"
            f" e.cycle < run))) AND (due > ? OR id > ?) AND {chosen} ORDER BY due, run_of LIMIT ?",
            (at, at, case, *values, most),
        )
    if len(rows) < most:
        behind = after.case if after is not None and after.key == _NEVER else 0
        id = "id" if _any_state(wanted) else "+id"  # along the open cases alone, not along all by their ids
        rows += tx.rows(
            f"SELECT id, {_NEVER} FROM cases WHERE {id} > ? AND NOT EXISTS (SELECT 1 FROM clocks"
            f" WHERE case_id = cases.id AND {_RUNS}) AND {chosen} ORDER BY {id} LIMIT ?",
            (behind, *values, most - len(rows)),
        )
    return rows


def cases_of(tx: Tx, viewer: Viewer, wanted: Filter) -> Source:
    """All cases of a list that the viewer sees, wherever it goes on."""
    conditions, values = _conditions(tx, viewer, wanted)
    if wanted.words is None:
        return Source(f"FROM cases WHERE {' AND '.join(conditions)}", values, "cases.id")
    number = wanted.words.strip().removeprefix("#")
    numbered = number.isascii() and number.isdecimal() and len(number) < 13
    matching = None if numbered else search.matching(tx, wanted.words)
    if matching is not None:
        text = f"FROM {matching.table} {search.joined(tx)} cases ON cases.id = {matching.id} WHERE {matching.condition}"
        return Source(f"{text} AND {' AND '.join(conditions)}", [matching.parameter, *values], matching.id)
    holds, words = search.condition(tx, wanted.words)
    conditions.append(f"({holds} OR number = ?)")
    values += [words, int(number) if numbered else -1]
    return Source(f"FROM cases WHERE {' AND '.join(conditions)}", values, "cases.id")


def _conditions(tx: Tx, viewer: Viewer, wanted: Filter) -> tuple[list[str], list[Any]]:
    """All but the words."""
    seen, parameters = sight.condition(viewer)
    conditions, values = [seen], [*parameters]
    for column, value in wanted.equal.items():
        if column == "state":
            conditions.append(_STATES[value])
        else:
            conditions.append(f"{column} = ?")
            values.append(value)
    if wanted.owner is not None:
        conditions.append("owner = ?")
        values.append(wanted.owner.id)
    if wanted.follower is not None:
        conditions.append("followers <> '' AND followers LIKE ?")
        values.append(f"% {ids.to_text(wanted.follower.id)} %")
    if wanted.needs is not None:
        conditions.append(needs.condition(wanted.needs, over=lasting.some_owe(tx)))
    if wanted.live:
        conditions.append(needs.LIVE)
    return conditions, values


def _any_state(wanted: Filter) -> bool:
    return not (wanted.live or wanted.needs is not None or wanted.equal.get("state") == "open")


def order_of(tx: Tx, sort: Sort, *, any_state: bool = False) -> Order:
    """`any_state`: in the words of the indexes of all cases, else in those of the open ones."""
    order = _ORDERS[sort]
    customer = f"coalesce({relations.ACCOUNT_NAME[tx.dialect]}, a.external_id)"
    level = _WHOLE["level"] if any_state else "level"
    return Order(
        order.key.format(customer=customer),
        order.falling,
        None if order.by is None else order.by.format(level=level),
        None if order.of is None else order.of._replace(names=order.of.names.format(customer=customer)),
    )
