"""How each case stood from when to when: one span after the other, each as long as nothing changes of what lists and
counts ask for. Whoever writes a case writes its spans; what Now was at any instant is found by them.

The spans of cases that lasted at one instant are found by an index, however many were over before or began later: each
has its *reach*, the bits of its length, so that of every reach only those can hold the instant that began within twice
its shortest length before.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import lasting, needs
from tocsin.cases.tables import case_spans
from tocsin.core.errors import Unavailable
from tocsin.core.wording import say
from tocsin.storage.transaction import Row, Tx, marks, padded

_COLUMNS = ", ".join(column.name for column in case_spans.columns)
_LASTS = 0  # the reach of a span that has no end yet
_REACHES = ", ".join(f"({reach}, {1 << reach if reach != _LASTS else 1 << 62})" for reach in range(63))
_END = "UPDATE case_spans SET ended = ?, reach = ? WHERE case_id = ? AND began = ?"


class Stands(NamedTuple):
    """How a case stands. `needs`: the bits of `needs.of`."""

    needs: int
    state: str
    level: str
    severity: str
    account: int | None
    product_area: str | None
    score: float
    team: str | None
    owner: int | None
    imported: bool


class CaseSpan(NamedTuple):
    """How a case stood, from `began` until just before `ended`; None: it stands so still."""

    case: int
    began: int
    ended: int | None
    stands: Stands

    def row(self) -> Row:
        reach = _LASTS if self.ended is None else _reach(self.began, self.ended)
        return (self.case, self.began, self.ended, reach, *self.stands)


class Written(NamedTuple):
    """A case that was changed at an instant: how it stood before, None for a new one, and how it does now."""

    case: int
    at: int
    before: Stands | None
    after: Stands


def of(state: Aggregate) -> Stands:
    case = state.case
    return Stands(
        needs.of(state),
        case.state,
        case.level,
        case.severity,
        case.account,
        case.product_area,
        case.score,
        case.team,
        case.owner,
        case.imported,
    )


def added(spans: list[CaseSpan], case: int, at: int, stands: Stands) -> None:
    """Let a case stand so from an instant on, behind its spans, in place."""
    if spans and spans[-1].stands == stands:
        return
    if spans:
        spans[-1] = spans[-1]._replace(ended=at)
    spans.append(CaseSpan(case, at, None, stands))


def write(tx: Tx, written: Iterable[Written]) -> None:
    """Write down how cases stand from now on, in few statements. What lasted no time at all is not kept: only how a
    case stands in the end of an instant counts."""
    changed = [one for one in written if one.before != one.after]
    last = _lasting(tx, [one.case for one in changed if one.before is not None])
    begun, ends = [], []
    for one in changed:
        began = last.get(one.case)
        if began == one.at:
            begun += _instead(tx, one)
            continue
        begun.append(CaseSpan(one.case, one.at, None, one.after))
        if began is not None:
            ends.append((one.at, _reach(began, one.at), one.case, began))
    tx.run_many(_END, ends)
    tx.insert(case_spans, [span.row() for span in begun])


def _instead(tx: Tx, one: Written) -> list[CaseSpan]:
    """The span of a case that stood otherwise until now, at this very instant; none where it stands as before that:
    then the one before goes on."""
    tx.run("DELETE FROM case_spans WHERE case_id = ? AND began = ?", (one.case, one.at))
    before = tx.row(f"SELECT {_COLUMNS} FROM case_spans WHERE case_id = ? AND ended = ?", (one.case, one.at))
    if before is None or read(before).stands != one.after:
        return [CaseSpan(one.case, one.at, None, one.after)]
    tx.run_many(_END, [(None, _LASTS, one.case, read(before).began)])
    return []


def read(row: Row) -> CaseSpan:
    """A span from its row."""
    case, began, ended, _, *stands = row
    found = Stands(*stands)
    return CaseSpan(case, began, ended, found._replace(imported=bool(found.imported)))


def replace(tx: Tx, case: int, spans: Sequence[CaseSpan]) -> None:
    """Let a case have these spans, whatever it had before."""
    tx.run("DELETE FROM case_spans WHERE case_id = ?", (case,))
    tx.insert(case_spans, [span.row() for span in spans])


def between(tx: Tx, low: int, high: int) -> list[Row]:
    """The rows of the cases from id `low` to `high`, each of which begins with its case and when it began."""
    return tx.rows(f"SELECT {_COLUMNS} FROM case_spans WHERE case_id >= ? AND case_id <= ?", (low, high))


def at(tx: Tx, cases: Sequence[int], instant: int) -> dict[int, Stands]:
    """How these cases stood at an instant."""
    chosen = padded(sorted(cases))
    if not chosen:
        return {}
    rows = tx.rows(
        f"SELECT {_COLUMNS} FROM case_spans WHERE case_id IN ({marks(chosen)}) AND began <= ?"
        " AND (ended IS NULL OR ended > ?)",
        (*chosen, instant, instant),
    )
    return {span.case: span.stands for span in map(read, rows)}


def require(tx: Tx) -> None:
    """Unavailable where some cases have none yet."""
    if not lasting.written(tx):
        raise Unavailable(
            say("how cases stood before this release is not written down yet"),
            place="as_of",
            expected=say("`tocsin migrate`, without `--pre`"),
        )


def missing(tx: Tx, after: int, limit: int) -> list[int]:
    """Cases behind the case `after`, in the order of ids, that have no span from their opening on."""
    rows = tx.rows(
        "SELECT id FROM cases WHERE id > ? AND NOT EXISTS"
        " (SELECT 1 FROM case_spans WHERE case_id = cases.id AND began = cases.opened_at) ORDER BY id LIMIT ?",
        (after, limit),
    )
    return [row[0] for row in rows]


def lasted(at: int) -> tuple[str, tuple[Any, ...]]:
    """The spans that lasted at this instant of cases that needed something then, to select from, with the parameters:
    by their index alone, where no more is asked for than it has."""
    return (
        f"(SELECT s.* FROM (VALUES {_REACHES}) r CROSS JOIN case_spans s WHERE s.needs > 0 AND s.reach = r.column1"
        " AND s.began > ? - r.column2 AND s.began <= ? AND (s.ended IS NULL OR s.ended > ?))",
        (at, at, at),
    )


def stood(at: int) -> tuple[str, tuple[Any, ...]]:
    """The same of all cases, those that were over included: case by case."""
    return "(SELECT * FROM case_spans WHERE began <= ? AND (ended IS NULL OR ended > ?))", (at, at)


def _lasting(tx: Tx, cases: Sequence[int]) -> dict[int, int]:
    """When the span of each of these cases began that lasts."""
    chosen = padded(sorted(cases))
    if not chosen:
        return {}
    rows = tx.rows(
        f"SELECT case_id, began FROM case_spans WHERE case_id IN ({marks(chosen)}) AND ended IS NULL", chosen
    )
    return dict(rows)


def _reach(began: int, ended: int) -> int:
    return (ended - began).bit_length()
