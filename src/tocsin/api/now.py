"""`GET /now`: what needs somebody, now or as of an instant: what the page Now shows."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.api import then
from tocsin.api.access import Here, Who, json
from tocsin.cases import discretion, queries, representation
from tocsin.cases.asof import board as asof_board
from tocsin.cases.clocks import ticking
from tocsin.cases.clocks.ticking import Titles
from tocsin.cases.queries import board
from tocsin.cases.queries.board import Row
from tocsin.cases.queries.urgency import Standing
from tocsin.core import instants
from tocsin.notify import outcomes
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer

router = APIRouter(tags=["cases"])


@router.get("/now")
def show_now(
    here: Here, who: Who, as_of: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 100
) -> Response:
    """What needs somebody: how many cases why, the escalations by urgency, the cases that nobody owns, and those that
    are over and owe something still; at most `limit` of each. `as_of`: as it was at this instant, of the cases that the
    viewer may see today."""
    past = then.instant(here, as_of)
    at = here.clock.now() if past is None else past
    with here.database.reading(at) as tx:
        policies, people = here.desk.policies.get(tx), here.desk.directory.get(tx)
        severities = board.severities(policies, at)
        if past is None:
            seen = board.look(tx, who, severities, at, limit, large=here.large)
        else:
            seen = asof_board.look(tx, who, severities, at, limit)
        rows = [*seen.escalated, *seen.unowned, *seen.owing]
        numbers = queries.numbers(tx, who, [row.state.case.parent for row in rows])
        paged = outcomes.names_of_paged(tx, [climb.id for row in rows for climb in row.state.live()], at)
    titles = ticking.titles(policies)

    def shown(part: Sequence[Row]) -> list[dict[str, Any]]:
        return [
            _row(row, who, people, titles, numbers)
            | {"paged": sorted({name for climb in row.state.live() for name in paged.get(climb.id, ())})}
            for row in part
        ]

    return json(
        {
            "at": instants.to_text(at),
            "counts": seen.counts,
            "escalated": shown(seen.escalated),
            "unowned": shown(seen.unowned),
            "owing": shown(seen.owing),
        }
    )


def _row(row: Row, who: Viewer, people: Directory, titles: Titles, numbers: dict[int, int]) -> dict[str, Any]:
    shown = representation.show(row.state, people, titles, numbers=numbers, ticket=row.ticket)
    return discretion.head(shown, who) | {"standing": _standing(row.how)}


def _standing(how: Standing) -> dict[str, Any]:
    return {
        "unanswered": how.unanswered,
        "waits": how.waits,
        "risk": how.risk,
        "next": None if how.next is None else how.next.clock,
        "next_due_at": None if how.next is None else instants.to_text(how.next.due_at),
        "late": [run.clock for run in how.late],
        "undone": [run.clock for run in how.undone],
        "missed_at": None if how.missed_at is None else instants.to_text(how.missed_at),
    }
