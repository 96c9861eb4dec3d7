"""A list of cases as a table for spreadsheets: whole, part by part."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tocsin.cases import discretion, representation
from tocsin.cases.clocks import ticking
from tocsin.cases.context import Desk
from tocsin.cases.queries import listing, tickets
from tocsin.cases.queries.listing import Filter
from tocsin.people.permissions import Viewer
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx

AT_ONCE = 200
_SAID = (
    *("number", "external_id", "source", "subject", "state", "level", "kind", "severity", "type", "product_area"),
    *("score", "owner", "team"),
)
_TIMES = ("opened_at", "updated_at", "acknowledged_at", "contained_at", "resolved_at", "closed_at")
COLUMNS = (*_SAID, "customer_id", "customer", *_TIMES, "next_due_at", "priority", "url")


class _Page(NamedTuple):
    rows: list[list[Any]]
    behind: listing.ListPosition | None


def rows(database: Database, desk: Desk, viewer: Viewer, wanted: Filter) -> Iterator[list[Any]]:
    """The cells of each case, in the order of COLUMNS, as far as the viewer sees them. Each part is read by itself, so
    that a slow reader holds no transaction."""
    part: Filter | None = wanted._replace(limit=AT_ONCE)
    while part is not None:
        with database.reading() as tx:
            page = _page(tx, desk, viewer, part)
        yield from page.rows
        part = None if page.behind is None else part._replace(behind=page.behind)


def _page(tx: Tx, desk: Desk, viewer: Viewer, wanted: Filter) -> _Page:
    found, behind = listing.listed(tx, viewer, wanted)
    said, people = tickets.of(tx, viewer, found), desk.directory.get(tx)
    titles = ticking.titles(desk.policies.get(tx))
    made = []
    for state in found:
        ticket = said[state.case.id]
        shown = discretion.head(representation.show(state, people, titles, ticket=ticket), viewer)
        due = [run["due_at"] for run in shown["clocks"] if run["outcome"] is None and not run["paused"]]
        cells = [*(shown[name] for name in _SAID), ticket.customer_id, ticket.customer]
        made.append([*cells, *(shown[name] for name in _TIMES), min(due, default=None), ticket.priority, ticket.url])
    return _Page(made, behind)
