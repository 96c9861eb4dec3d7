"""What needs somebody now: open escalations by urgency, cases that nobody owns, and how many of which there are."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import needs, tickets
from tocsin.cases.queries.needs import Only
from tocsin.cases.queries.tickets import TicketView
from tocsin.cases.queries.urgency import Standing, order, standing
from tocsin.people import accounts
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx, marks, padded

MOST_SORTED = (
    1000  # escalations that are looked at for the order: unanswered ones first, then by level, then the oldest
)
_FIRST = (
    "CASE WHEN acknowledged_at IS NULL AND parent IS NULL THEN 0"
    " WHEN held_at IS NOT NULL OR resolution_claimed_at > coalesce(contested_at, 0) THEN 2 ELSE 1 END, level, id"
)


class Row(NamedTuple):
    """A case, how it stands, and what its ticket says."""

    state: Aggregate
    how: Standing
    ticket: TicketView


class Board(NamedTuple):
    """`counts` of cases that the viewer sees, by why they need somebody; `escalated` holds the first of them. `owing`:
    cases that are over, of which a missed promise is still to be kept."""

    counts: dict[str, int]
    escalated: list[Row]
    unowned: list[Row]
    owing: list[Row]


def look(
    tx: Tx, viewer: Viewer, severities: Mapping[str, int], now: int, limit: int, only: Only = needs.EVERYTHING
) -> Board:
    """`severities`: their order by name, 0 the gravest. Of more than MOST_SORTED escalations the newest that
    somebody has are not sorted in."""
    viewer.require("cases.read")
    first = _load(tx, viewer, f"{needs.LIVE} AND level IN ('executive', 'senior')", _FIRST, MOST_SORTED, only)
    standings = [(state, standing(state, now)) for state in first]
    standings.sort(key=lambda pair: order(pair[0], pair[1], severities))
    owing = _load(tx, viewer, needs.OWING, "id", limit, only)
    bare = _load(tx, viewer, f"{needs.LIVE} AND level = 'standard' AND owner IS NULL", "id", limit, only)
    return Board(
        needs.counts(tx, viewer, only),
        _rows(tx, viewer, standings[:limit]),
        _rows(tx, viewer, [(state, standing(state, now)) for state in bare]),
        _rows(tx, viewer, [(state, standing(state, now)) for state in owing]),
    )


def needing(tx: Tx, viewer: Viewer, states: Iterable[Aggregate]) -> set[int]:
    """Which of these cases need somebody now, and do not just stand in hand."""
    chosen = padded(sorted({state.case.id for state in states}))
    if not chosen:
        return set()
    seen, parameters = sight.condition(viewer)
    rows = tx.rows(
        f"SELECT id FROM cases WHERE id IN ({marks(chosen)}) AND {needs.condition('now')} AND {seen}",
        (*chosen, *parameters),
    )
    return {row[0] for row in rows}


def questions(tx: Tx, viewer: Viewer, limit: int, only: Only = needs.EVERYTHING) -> list[Row]:
    """The cases about which the policy or a colleague asks something, the first to be answered by itself first."""
    viewer.require("cases.read")
    asked = f"({needs.condition('triage')} OR {needs.condition('requests')})"
    found = _load(tx, viewer, asked, "coalesce(triage_at, request_due_at), id", limit, only)
    return _rows(tx, viewer, [(state, standing(state, tx.now)) for state in found])


def _load(tx: Tx, viewer: Viewer, condition: str, by: str, limit: int, only: Only) -> list[Aggregate]:
    seen, parameters = sight.narrowed(viewer, *only.condition())
    rows = tx.rows(
        f"SELECT id FROM cases WHERE {condition} AND {seen} ORDER BY {by} LIMIT ?",
        (*parameters, limit),
    )
    found = store.load_many(tx, [row[0] for row in rows])
    return [found[row[0]] for row in rows]


def _rows(tx: Tx, viewer: Viewer, standings: Iterable[tuple[Aggregate, Standing]]) -> list[Row]:
    chosen = list(standings)
    said = tickets.of(tx, viewer, [state for state, _ in chosen])
    return [Row(state, how, said[state.case.id]) for state, how in chosen]


def name_of(account: accounts.Account | None) -> str | None:
    return None if account is None else str(account.facts.get("name") or account.external_id)
