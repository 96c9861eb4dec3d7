"""How cases stand now, by the spans that last. An index has them in groups of what they need, their level and their
severity, so that those who need somebody are counted and read without looking at the many who need nobody.

Whoever has five hundred cases of one kind does not miss one: the amount of such a group may be some seconds old, where
the caller remembers it (`LargeGroups`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.cases import sight
from tocsin.cases.queries import needs
from tocsin.cases.queries.needs import EVERYTHING, Need, Only
from tocsin.core import ids
from tocsin.core.clock import SECOND
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.storage import migrate, search
from tocsin.storage.transaction import Tx

LARGE = 500  # cases from which on a group's amount may be remembered
KNOWN_FOR = 5 * SECOND
_REMEMBERED = 10_000
LOOKED = 1000
_COMPLETE = "post_0014"  # the step of migration from which on all cases have spans
_LASTING = "ended IS NULL AND needs > 0"  # as the index has it, which is read by these very words
_ENDED = "ended IS NOT NULL AND needs > 0"
_GROUP = "SELECT needs, level, severity FROM case_spans WHERE"
_BY = "ORDER BY needs, level, severity LIMIT 1"
# The nearest first: each part is one step into the index, and the first that finds one ends it. SQLite steps by the
# first condition that bounds a column, and would run through everything by `needs > 0`.
_NEXT = " UNION ALL ".join(
    f"SELECT * FROM ({_GROUP} {behind} AND {_LASTING} {_BY}) n{place}"
    for place, behind in enumerate(("needs = ? AND level = ? AND severity > ?", "needs = ? AND level > ?", "needs > ?"))
)
_IN = "needs = ? AND level = ? AND severity = ?"


class Group(NamedTuple):
    """Cases that stand alike. `needs`: the bits of `needs.of`."""

    needs: int
    level: str
    severity: str


Amounts = dict[Group, int]


@dataclass(slots=True)
class LargeGroups:
    """What large groups amounted to a moment ago, and all that need something together, of the cases that everybody
    sees: for everybody together."""

    _known: dict[tuple[Group | Need, Only], tuple[int, int]] = field(default_factory=dict)

    def get(self, group: Group | Need, only: Only, now: int) -> int | None:
        at, amount = self._known.get((group, only), (now + 1, 0))
        return amount if 0 <= now - at < KNOWN_FOR else None

    def put(self, group: Group | Need, only: Only, now: int, amount: int) -> None:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[group, only] = (now, amount)


def written(tx: Tx) -> bool:
    """Whether all cases have spans from their opening on; not so where the release before has left some without."""
    found = migrate.found(tx)
    return found is not None and (found.post or "") >= _COMPLETE


def amounts(tx: Tx, viewer: Viewer, only: Only = EVERYTHING, large: LargeGroups | None = None) -> Amounts:
    """How many cases that the viewer sees stand how, of those that need something or are open."""
    viewer.require("cases.read")
    confided = _confided(tx, viewer, only)
    found = {group: _amount(tx, group, only, large, confided) for group in _groups(tx)}
    return {group: amount for group, amount in found.items() if amount}


def counts(tx: Tx, viewer: Viewer, only: Only = EVERYTHING, large: LargeGroups | None = None) -> dict[str, int]:
    """As `needs.counts`, which looks at every case."""
    if not written(tx):
        return needs.counts(tx, viewer, only)
    return summed(amounts(tx, viewer, only, large))


def count(tx: Tx, viewer: Viewer, need: Need, large: LargeGroups | None = None) -> int:
    """As `needs.count`, which looks at every case."""
    viewer.require("cases.read")
    if not written(tx):
        return needs.count(tx, viewer, need)
    wanted, confided = needs.bits(need), _confided(tx, viewer, EVERYTHING)
    few = {group: some for group, some in confided.items() if group.needs & wanted}
    own = sum(some.seen for some in few.values())
    known = large.get(need, EVERYTHING, tx.now) if large is not None else None
    if known is not None:
        return known + own
    every = sum(_amount(tx, group, EVERYTHING, large, few) for group in _groups(tx) if group.needs & wanted)
    if large is not None and every - own >= LARGE:
        large.put(need, EVERYTHING, tx.now, every - own)
    return every


def summed(found: Amounts) -> dict[str, int]:
    """How many cases need somebody, by why."""
    by_needs: dict[int, int] = {}
    for group, amount in found.items():
        by_needs[group.needs] = by_needs.get(group.needs, 0) + amount
    return needs.summed(by_needs)


def first(tx: Tx, viewer: Viewer, groups: Iterable[Group], limit: int, only: Only = EVERYTHING) -> list[int]:
    """Cases of these groups that the viewer sees: one group after the other, each with the oldest first."""
    found: list[int] = []
    for group in groups:
        if len(found) >= limit:
            break
        found += _of_group(tx, viewer, group, limit - len(found), only)
    return found


def oldest(tx: Tx, viewer: Viewer, groups: Iterable[Group], limit: int, only: Only = EVERYTHING) -> list[int]:
    """The oldest cases of all these groups together that the viewer sees."""
    found = [case for group in groups for case in _of_group(tx, viewer, group, limit, only)]
    return sorted(found)[:limit]


def known(tx: Tx, need: Need, most: int) -> list[int] | None:
    """All cases that need somebody for this, whoever sees them; None where they are more than that, or where not all
    cases have spans yet."""
    if not written(tx):
        return None
    wanted = needs.bits(need)
    found = first(tx, SYSTEM, (group for group in _groups(tx) if group.needs & wanted), most + 1)
    return found if len(found) <= most else None


def some_owe(tx: Tx) -> bool:
    """Whether a case that is over may owe something, whoever sees it; so where not all cases have spans yet."""
    return not written(tx) or any(group.needs & needs.OWES for group in _groups(tx))


def quiet_since(tx: Tx, viewer: Viewer, only: Only = EVERYTHING) -> int | None:
    """When the last case that needed somebody now needed nobody any more, where no other does; None where nothing
    ever did, or that is not written down, or it is not among the LOOKED spans that ended last."""
    viewer.require("cases.read")
    if not written(tx):
        return None
    seen, parameters = sight.condition(viewer)
    narrow, chosen = only.condition()
    newest = f"SELECT * FROM case_spans WHERE {_ENDED} ORDER BY ended DESC LIMIT {LOOKED}"
    row = tx.row(
        f"SELECT ended FROM ({newest}) case_spans WHERE (needs & {needs.bits('now')}) <> 0 AND {narrow}"
        f" AND EXISTS (SELECT 1 FROM cases WHERE cases.id = case_id AND {seen}) ORDER BY ended DESC LIMIT 1",
        (*chosen, *parameters),
    )
    return None if row is None else int(row[0])


def _groups(tx: Tx) -> Iterator[Group]:
    """Those that there are, each found where the one before ends."""
    row = tx.row(f"{_GROUP} {_LASTING} {_BY}")
    while row is not None:
        found = Group(*row)
        yield found
        row = tx.row(f"{_NEXT} LIMIT 1", (*found, found.needs, found.level, found.needs))


def _amount(tx: Tx, group: Group, only: Only, large: LargeGroups | None, confided: "dict[Group, _Confided]") -> int:
    """How many cases of a group the viewer sees. What is remembered are those that everybody sees: beside an older
    amount of all of them, one that comes would tell of a confidential case."""
    few = confided.get(group, _NONE)
    known = large.get(group, only, tx.now) if large is not None else None
    if known is not None:
        return known + few.seen
    found = max(0, _counted(tx, group, only) - few.all)
    if large is not None and (found >= LARGE or large.get(group, EVERYTHING, tx.now) is not None):
        large.put(group, only, tx.now, found)
    return found + few.seen


def _counted(tx: Tx, group: Group, only: Only) -> int:
    narrow, chosen = only.condition()
    row = tx.row(f"SELECT count(*) FROM case_spans WHERE {_LASTING} AND {_IN} AND {narrow}", (*group, *chosen))
    return int(row[0]) if row else 0


class _Confided(NamedTuple):
    """Of a group's confidential cases: how many there are, and how many a viewer sees."""

    all: int
    seen: int


_NONE = _Confided(0, 0)


def _confided(tx: Tx, viewer: Viewer, only: Only) -> dict[Group, _Confided]:
    """Those of each group; they are few."""
    own = () if viewer.user is None else (f"% {ids.to_text(viewer.user)} %",)
    sees = "named LIKE ?" if own else "1 = 1" if viewer is SYSTEM else "1 = 0"
    narrow, chosen = only.condition()
    rows = tx.rows(
        f"SELECT needs, level, severity, count(*), sum(CASE WHEN {sees} THEN 1 ELSE 0 END)"
        " FROM (SELECT id AS few, named FROM cases WHERE state = 'open' AND confidential"
        " UNION ALL SELECT case_id, (SELECT named FROM cases WHERE cases.id = case_id) FROM case_spans"
        f" WHERE {_LASTING} AND needs = {needs.OWES}"
        " AND EXISTS (SELECT 1 FROM cases WHERE cases.id = case_id AND confidential)) confided"
        f" {search.joined(tx)} case_spans ON case_id = few WHERE {_LASTING} AND {narrow}"
        " GROUP BY needs, level, severity",
        (*own, *chosen),
    )
    return {Group(*group): _Confided(int(every), int(seen)) for *group, every, seen in rows}


def _of_group(tx: Tx, viewer: Viewer, group: Group, limit: int, only: Only) -> list[int]:
    seen, parameters = sight.condition(viewer)
    narrow, chosen = only.condition()
    rows = tx.rows(
        f"SELECT case_id FROM case_spans WHERE {_LASTING} AND {_IN} AND {narrow}"
        f" AND EXISTS (SELECT 1 FROM cases WHERE cases.id = case_id AND {seen}) ORDER BY case_id LIMIT ?",
        (*group, *chosen, *parameters, limit),
    )
    return [row[0] for row in rows]
