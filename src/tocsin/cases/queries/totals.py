"""How many cases and clocks stand how, of all that a viewer may see."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tocsin.cases import sight
from tocsin.people.permissions import ANYBODY, Viewer
from tocsin.storage.transaction import Tx, marks

MOST_CHANGED = 2000  # cases that are looked at for what was kept


class RunsKept(NamedTuple):
    """Of `all` runs of a clock that ended, how many were met."""

    met: int
    all: int


class Moved(NamedTuple):
    """How many cases were opened, and how many were resolved and still are."""

    opened: int
    resolved: int


def standing(tx: Tx, viewer: Viewer) -> dict[tuple[str, str, str], int]:
    """Cases by severity, level and state, the most frequent first."""
    seen, parameters = sight.condition(viewer)
    rows = tx.rows(
        f"SELECT severity, level, state, count(*) FROM cases WHERE {seen}"
        " GROUP BY severity, level, state ORDER BY count(*) DESC, severity, level, state",
        parameters,
    )
    return {(severity, level, state): count for severity, level, state, count in rows}


def opened(tx: Tx, viewer: Viewer) -> dict[int, int]:
    """When each case was opened."""
    seen, parameters = sight.condition(viewer)
    return dict(tx.rows(f"SELECT id, opened_at FROM cases WHERE {seen}", parameters))


def clocks(tx: Tx, viewer: Viewer) -> dict[str, dict[str | None, int]]:
    """Runs of clocks by clock and outcome; None: it still runs."""
    seen, parameters = sight.condition(viewer)
    found: dict[str, dict[str | None, int]] = {}
    for clock, outcome, count in tx.rows(
        "SELECT clock, outcome, count(*) FROM clocks JOIN cases ON cases.id = clocks.case_id"
        f" WHERE {seen} GROUP BY clock, outcome ORDER BY clock, outcome",
        parameters,
    ):
        found.setdefault(clock, {})[outcome] = count
    return found


def kept_since(tx: Tx, since: int, clocks: Sequence[str]) -> dict[str, RunsKept] | None:
    """What became of the runs of these clocks that have ended since an instant, of the cases that everybody sees; None
    where more cases have changed since than can be looked at for each page."""
    changed, parameters = _changed(since)
    if _too_many(tx, since):
        return None
    found: dict[str, RunsKept] = {}
    for clock, met, every in tx.rows(
        "SELECT clock, sum(CASE outcome WHEN 'met' THEN 1 ELSE 0 END), count(*) FROM clocks"
        f" WHERE case_id IN ({changed}) AND clock IN ({marks(clocks)})"
        " AND outcome IN ('met', 'breached') AND settled_at >= ? GROUP BY clock",
        (*parameters, MOST_CHANGED, *clocks, since),
    ):
        found[clock] = RunsKept(int(met), every)
    return found


def moved_since(tx: Tx, since: int) -> Moved | None:
    """Of the same cases, how many came and went since an instant, imported history aside; None likewise."""
    changed, parameters = _changed(since)
    if _too_many(tx, since):
        return None
    row = tx.row(
        "SELECT sum(CASE WHEN opened_at >= ? THEN 1 ELSE 0 END), sum(CASE WHEN resolved_at >= ? THEN 1 ELSE 0 END)"
        f" FROM cases WHERE NOT imported AND id IN ({changed})",
        (since, since, *parameters, MOST_CHANGED),
    )
    return Moved(*(int(amount or 0) for amount in row or (0, 0)))


def _changed(since: int) -> tuple[str, tuple[Any, ...]]:
    """The cases that have changed, up to a limit that comes last."""
    seen, parameters = sight.condition(ANYBODY)
    return f"SELECT id FROM cases WHERE updated_at >= ? AND {seen} ORDER BY updated_at DESC LIMIT ?", (
        since,
        *parameters,
    )


def _too_many(tx: Tx, since: int) -> bool:
    changed, parameters = _changed(since)
    return len(tx.rows(changed, (*parameters, MOST_CHANGED + 1))) > MOST_CHANGED
