"""Now as it was at an instant: found by spans, folded from the journal, arranged by the very functions of today's."""

from collections.abc import Mapping

from tocsin.cases import sight, spans
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.asof import states
from tocsin.cases.asof.states import Then
from tocsin.cases.queries import board, needs
from tocsin.cases.queries.board import Board, Found
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

_ESCALATED, _UNANSWERED, _UNOWNED = (needs.WHY[name] for name in ("escalated", "unanswered", "unowned"))
_FIRST = (
    f"CASE WHEN (needs & {_UNANSWERED}) <> 0 THEN 0 WHEN (needs & {needs.WAITS}) <> 0 THEN 2 ELSE 1 END, level, case_id"
)


def look(tx: Tx, viewer: Viewer, severities: Mapping[str, int], at: int, limit: int) -> Board:
    """What `board.look` showed this viewer at that instant, had they had the rights of today. `severities`: in the
    order of the policy that was in force then. Unavailable where spans are still to be written."""
    viewer.require("cases.read")
    spans.require(tx)
    thens: dict[int, Then] = {}

    def load(condition: str, by: str, most: int) -> list[Aggregate]:
        chosen = _chosen(tx, viewer, at, condition, by, most)
        thens.update(states.states(tx, chosen, at))
        return [thens[case].state for case in chosen]

    found = Found(
        counts(tx, viewer, at),
        load(f"(needs & {_ESCALATED}) <> 0", _FIRST, board.MOST_SORTED),
        load(f"(needs & {_UNOWNED}) <> 0 AND level = 'standard'", "case_id", limit),
        load(f"(needs & {needs.OWES}) <> 0", "case_id", limit),
    )
    return board.arranged(
        found, severities, at, limit, lambda shown: states.said(tx, [thens[state.case.id] for state in shown])
    )


def counts(tx: Tx, viewer: Viewer, at: int) -> dict[str, int]:
    """What `needs.counts` were then, of the cases that the viewer sees today."""
    held, parameters = spans.lasted(at)
    seen, further = sight.of_case(viewer, "case_id")
    rows = tx.rows(f"SELECT needs, count(*) FROM {held} held WHERE {seen} GROUP BY needs", (*parameters, *further))
    return needs.summed(dict(rows))


def _chosen(tx: Tx, viewer: Viewer, at: int, condition: str, by: str, most: int) -> list[int]:
    held, parameters = spans.lasted(at)
    seen, further = sight.of_case(viewer, "case_id")
    rows = tx.rows(
        f"SELECT case_id FROM {held} held WHERE {condition} AND {seen} ORDER BY {by} LIMIT ?",
        (*parameters, *further, most),
    )
    return [row[0] for row in rows]
