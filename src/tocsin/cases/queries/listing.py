"""Lists of cases: which, in which order, and from where on. Every list is of what the viewer sees."""

from typing import Any, Literal, NamedTuple, get_args

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import needs
from tocsin.cases.queries.needs import Need
from tocsin.core import ids
from tocsin.people.directory import User
from tocsin.people.permissions import Viewer
from tocsin.storage import search
from tocsin.storage.transaction import Tx

Sort = Literal["newest", "oldest", "urgency", "due"]
SORTS: tuple[Sort, ...] = get_args(Sort)

_NEVER = (1 << 63) - 1
# What a list is ordered by, as a number; equal ones by id. True: the largest first.
_KEYS: dict[Sort, tuple[str, bool]] = {
    "newest": ("0", True),
    "oldest": ("0", False),
    "urgency": ("CASE level WHEN 'executive' THEN 2000.0 WHEN 'senior' THEN 1000.0 ELSE 0.0 END + {score}", True),
    "due": (
        "coalesce((SELECT min(due_at) FROM clocks WHERE case_id = cases.id AND outcome IS NULL AND paused_at IS NULL),"
        f" {_NEVER})",
        False,
    ),
}


class ListPosition(NamedTuple):
    """Where a list goes on: behind the case with this key and id, whatever is opened meanwhile."""

    key: float
    case: int


class Place(NamedTuple):
    """What a list is ordered by, as SQL; `falling`: the largest first."""

    key: str
    falling: bool


class Filter(NamedTuple):
    """Which cases: `equal` by column; of `owner`; that `follower` follows; with the words of `words`, or of that
    number; those that need somebody, and for what; `live`: open ones that are worked on; at most `limit`."""

    equal: dict[str, Any]
    owner: User | None = None
    words: str | None = None
    sort: Sort = "newest"
    behind: ListPosition | None = None
    limit: int = 50
    needs: Need | None = None
    live: bool = False
    follower: User | None = None


def listed(tx: Tx, viewer: Viewer, wanted: Filter) -> tuple[list[Aggregate], ListPosition | None]:
    """Cases that the viewer sees, and the place to go on from; None at the end."""
    viewer.require("cases.read")
    seen, parameters = sight.condition(viewer)
    conditions, values = [seen, *(f"{column} = ?" for column in wanted.equal)], [*parameters, *wanted.equal.values()]
    if wanted.owner is not None:
        conditions.append("owner = ?")
        values.append(wanted.owner.id)
    if wanted.follower is not None:
        conditions.append("followers <> '' AND followers LIKE ?")
        values.append(f"% {ids.to_text(wanted.follower.id)} %")
    if wanted.words is not None:
        condition, asked = words(tx, wanted.words)
        conditions.append(condition)
        values += asked
    if wanted.needs is not None:
        conditions.append(needs.condition(wanted.needs))
    if wanted.live:
        conditions.append(needs.LIVE)
    found_by = place(wanted.sort, viewer)
    behind, ordered, further = onwards(found_by, wanted.behind)
    rows = tx.rows(
        f"SELECT id, place FROM (SELECT id, {found_by.key} AS place FROM cases WHERE {' AND '.join(conditions)}) chosen"
        f" WHERE {behind} ORDER BY {ordered} LIMIT ?",
        (*values, *further, wanted.limit + 1),
    )
    found = store.load_many(tx, [row[0] for row in rows[: wanted.limit]])
    following = None
    if len(rows) > wanted.limit:
        case, at = rows[wanted.limit - 1]
        following = ListPosition(at, case)
    return [found[row[0]] for row in rows[: wanted.limit]], following


def place(sort: Sort, viewer: Viewer) -> Place:
    """By the score as this viewer sees it: a finer order would tell its digits to whoever compares."""
    key, falling = _KEYS[sort]
    return Place(key.format(score=sight.score_column(viewer)), falling)


def onwards(by: Place, behind: ListPosition | None) -> tuple[str, str, tuple[float, ...]]:
    """Of rows with `id` and `place`: the condition for those that come behind a position, the order of all, and the
    parameters of the condition."""
    follows, order = ("<", "DESC") if by.falling else (">", "ASC")
    alone = by.key == "0"
    ordered = f"id {order}" if alone else f"place {order}, id {order}"
    if behind is None:
        return "TRUE", ordered, ()
    if alone:
        return f"id {follows} ?", ordered, (behind.case,)
    return f"(place {follows} ? OR place = ? AND id {follows} ?)", ordered, (behind.key, *behind)


def words(tx: Tx, said: str) -> tuple[str, list[Any]]:
    """The condition on the table of cases, with its parameters, for those with these words, or of that number."""
    holds, asked = search.condition(tx, said)
    number = said.strip().removeprefix("#")
    known = number.isascii() and number.isdecimal() and len(number) < 13
    return f"({holds} OR number = ?)", [asked, int(number) if known else -1]
