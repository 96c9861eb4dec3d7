"""How many cases and clocks stand how, of all that a viewer may see."""

from tocsin.cases import sight
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


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
