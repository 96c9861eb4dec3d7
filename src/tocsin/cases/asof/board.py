"""Now as it was at an instant: found by spans, folded from the journal, arranged by the very functions of today's."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from tocsin.cases import sight, spans
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.asof import states
from tocsin.cases.asof.states import Then
from tocsin.cases.queries import board, needs
from tocsin.cases.queries.board import Board, BoardParts
from tocsin.cases.queries.lasting import Group
from tocsin.cases.queries.needs import Only
from tocsin.cases.queries.tickets import TicketView
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

_ESCALATED, _UNOWNED = needs.WHY["escalated"], needs.WHY["unowned"]


def look(
    tx: Tx,
    viewer: Viewer,
    severities: Mapping[str, int],
    at: int,
    limit: int,
    only: Only = needs.EVERYTHING,
    *,
    shared: bool = False,
) -> Board:
    """What `board.look` showed this viewer at that instant, had they had the rights of today. `severities`: in the
    order of the policy that was in force then. Unavailable where spans are still to be written."""
    viewer.require("cases.read")
    spans.require(tx)
    thens: dict[int, Then] = {}

    def load(condition: str, most: int, by: Callable[[Group], Any] | None = None) -> list[Aggregate]:
        chosen = _chosen(tx, viewer, at, condition, most, only, by)
        thens.update(states.states(tx, chosen, at))
        return [thens[case].state for case in chosen]

    found = BoardParts(
        counts(tx, viewer, at, only),
        load(
            f"(needs & {_ESCALATED}) <> 0",
            board.sorted_of(limit, shared=shared),
            lambda group: board.first(group, severities),
        ),
        load(f"(needs & {_UNOWNED}) <> 0 AND level = 'standard'", limit),
        load(f"(needs & {needs.OWES}) <> 0", limit),
    )

    def said(shown: Sequence[Aggregate]) -> Mapping[int, TicketView]:
        return states.said(tx, [thens[state.case.id] for state in shown])

    return board.arranged(found, severities, at, limit, said, shared=shared)


def counts(tx: Tx, viewer: Viewer, at: int, only: Only = needs.EVERYTHING) -> dict[str, int]:
    """What `needs.counts` were then, of the cases that the viewer sees today."""
    held, seen, parameters = _held(viewer, at, only)
    rows = tx.rows(f"SELECT needs, count(*) FROM {held} WHERE {seen} GROUP BY needs", parameters)
    return needs.summed(dict(rows))


def _chosen(
    tx: Tx, viewer: Viewer, at: int, condition: str, most: int, only: Only, by: Callable[[Group], Any] | None
) -> list[int]:
    """The oldest of these cases; `by`: those of the first groups first."""
    held, seen, parameters = _held(viewer, at, only)
    if by is None:
        statement = f"SELECT case_id FROM {held} WHERE {condition} AND {seen} ORDER BY case_id LIMIT ?"
        return [row[0] for row in tx.rows(statement, (*parameters, most))]
    rows = tx.rows(f"SELECT case_id, needs, level, severity FROM {held} WHERE {condition} AND {seen}", parameters)
    rank = cache(by)
    return [row[0] for row in sorted(rows, key=lambda row: (rank(Group(*row[1:])), row[0]))[:most]]


def _held(viewer: Viewer, at: int, only: Only) -> tuple[str, str, tuple[Any, ...]]:
    """The spans that lasted then, which of them count, and the parameters of both."""
    held, parameters = spans.lasted(at)
    seen, further = sight.of_case(viewer, "case_id")
    narrow, chosen = only.condition()
    return f"{held} held", f"{seen} AND {narrow}", (*parameters, *further, *chosen)
