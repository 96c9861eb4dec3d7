"""Lists that people come back to: the tabs above Now and above Cases."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tocsin.cases import views
from tocsin.cases.queries import asked
from tocsin.cases.queries.asked import CaseQuery
from tocsin.cases.queries.listing import Bounded
from tocsin.cases.views import Page
from tocsin.core import ids
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

PATHS: dict[str, str] = {"now": "/", "cases": "/cases"}


class Tab(NamedTuple):
    """`amount`: how many cases, as of the last seconds; None where nobody counts them. `view`: the id of a saved one
    that the reader may change; `shared`: with whom it is."""

    title: str
    address: str
    filter: CaseQuery
    amount: Bounded | None = None
    view: str | None = None
    shared: str | None = None


def saved(tx: Tx, here: Installation, signed: Session, page: Page) -> list[Tab]:
    """Those that the reader has saved for a page, or that are shared with them."""
    found = views.listed(tx, signed.viewer, here.desk.directory.get(tx), page)
    return [
        Tab(
            view.name,
            f"{PATHS[page]}?{address(view.filter)}",
            view.filter,
            view=ids.to_text(view.id) if view.changed_by(signed.viewer) else None,
            shared=view.shared,
        )
        for view in found
    ]


def sharing(tx: Tx, here: Installation, signed: Session) -> list[str]:
    """The teams with which the reader may share one."""
    teams = here.desk.directory.get(tx).teams.values()
    return [team.name for team in teams if signed.viewer.user in (*team.members, team.lead)]


def address(query: CaseQuery) -> str:
    """A filter as the part of an address behind its question mark."""
    told = {name: "true" if value is True else value for name, value in asked.shown(query).items()}
    return urlencode(told) or "sort=newest"


def typed(given: Mapping[str, str]) -> dict[str, Any]:
    """The fields of an address as those of a filter."""
    return {name: value == "true" if value in ("true", "false") else value for name, value in given.items()}
