"""Now as it was at an instant: found by spans, folded from the journal, arranged by the very functions of today's."""

from collections.abc import Mapping
from typing import Any

from tocsin.cases import sight, spans
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.asof import states
from tocsin.cases.asof.states import Then
from tocsin.cases.queries import board, needs
from tocsin.cases.queries.board import Board, BoardParts
from tocsin.cases.queries.needs import Only
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

_ESCALATED, _UNANSWERED, _UNOWNED, _WAITS = (
    needs.WHY[name] for name in ("escalated", "unanswered", "unowned", "waits")
)
_FIRST = f"CASE WHEN (needs & {_UNANSWERED}) <> 0 THEN 0 WHEN (needs & {_WAITS}) <> 0 THEN 2 ELSE 1 END, level, case_id"


def look(
    tx: Tx, viewer: Viewer, severities: Mapping[str, int], at: int, limit: int, only: Only = needs.EVERYTHING
) -> Board:
    """What `board.look` showed this viewer at that instant, had they had the rights of today. `severities`: in the
    order of the policy that was in force then. Unavailable where spans are still to be written."""
    viewer.require("cases.read")
    spans.require(tx)
    thens: dict[int, Then] = {}

    def load(condition: str, by: str, most: int) -> list[Aggregate]:
        chosen = _chosen(tx, viewer, at, condition, by, most, only)
        thens.update(states.states(tx, chosen, at))
        return [thens[case].state for case in chosen]

    found = BoardParts(
        counts(tx, viewer, at, only),
        load(f"(needs & {_ESCALATED}) <> 0", _FIRST, board.MOST_SORTED),
        load(f"(needs & {_UNOWNED}) <> 0 AND level = 'standard'", "case_id", limit),
        load(f"(needs & {needs.OWES}) <> 0", "case_id", limit),
    )
    return board.arranged(
        found, severities, at, limit, lambda shown: states.said(tx, [thens[state.case.id] for state in shown])
    )


def counts(tx: Tx, viewer: Viewer, at: int, only: Only = needs.EVERYTHING) -> dict[str, int]:
    """What `needs.counts` were then, of the cases that the viewer sees today."""
    held, seen, parameters = _held(viewer, at, only)
    rows = tx.rows(f"SELECT needs, count(*) FROM {held} WHERE {seen} GROUP BY needs", parameters)
    return needs.summed(dict(rows))


def _chosen(tx: Tx, viewer: Viewer, at: int, condition: str, by: str, most: int, only: Only) -> list[int]:
    held, seen, parameters = _held(viewer, at, only)
    rows = tx.rows(
        f"SELECT case_id FROM {held} WHERE {condition} AND {seen} ORDER BY {by} LIMIT ?", (*parameters, most)
    )
    return [row[0] for row in rows]


def _held(viewer: Viewer, at: int, only: Only) -> tuple[str, str, tuple[Any, ...]]:
    """The spans that lasted then, which of them count, and the parameters of both."""
    held, parameters = spans.lasted(at)
    seen, further = sight.of_case(viewer, "case_id")
    narrow, chosen = only.condition()
    return f"{held} held", f"{seen} AND {narrow}", (*parameters, *further, *chosen)
