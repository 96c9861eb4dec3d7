"""Routes of views: lists of cases that people come back to, by a name."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.administration import editing
from tocsin.administration.views import VIEW, as_shown
from tocsin.api import versions
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body, named
from tocsin.api.once import write_once
from tocsin.api.versions import Match
from tocsin.cases import views
from tocsin.cases.queries import asked
from tocsin.cases.views import View
from tocsin.core import ids
from tocsin.core.errors import InvalidInput
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["cases"])

_FILTER = "As parameters of `GET /cases`: level, team, owner (`me`: whoever looks), needs, q, sort and so on"
_SHARED = "With whom: `everybody`, or `team:NAME`; null: nobody"
_PLACE = "In which order views are shown: the least first"


class NewView(Body):
    name: str = Field(max_length=200)
    page: views.Page = Field(default="cases", description="On which page it is shown")
    filter: dict[str, Any] = Field(default_factory=dict, description=_FILTER)
    shared: str | None = Field(default=None, max_length=200, description=_SHARED)
    place: int | None = Field(default=None, ge=0, le=1_000_000, description=_PLACE + "; without it, last")


class ViewChanges(Body):
    """Fields left out stay as they are."""

    name: str | None = Field(default=None, max_length=200)
    page: views.Page | None = Field(default=None, description="On which page it is shown")
    filter: dict[str, Any] | None = Field(default=None, description=_FILTER + "; the whole filter from now on")
    shared: str | None = Field(default=None, max_length=200, description=_SHARED)
    place: int | None = Field(default=None, ge=0, le=1_000_000, description=_PLACE)


@router.get("/views")
def list_views(here: Here, who: Who, page: views.Page | None = None, counts: bool = False) -> Response:
    """Views of yours, and those that are shared with you. `counts`: how many cases each shows to you, as of the last
    seconds: up to 1,200, and whether there are more."""
    now = here.clock.now()
    with here.database.reading(now) as tx:
        people = here.desk.directory.get(tx)
        found = views.listed(tx, who, people, page)
        shown = editing.stamped(tx, [as_shown(view, here, tx, who) for view in found])
        if counts:
            shown = [one | {"count": _count(here, tx, who, view, now)} for one, view in zip(shown, found, strict=True)]
    return json({"views": shown})


@router.post("/views", status_code=201)
def add_view(body: NewView, here: Here, who: Who, again: Again) -> Response:
    """Save a view. The filter is checked as the list checks it."""
    who.require("cases.read")

    def write(tx: Tx) -> dict[str, Any]:
        made = views.add(tx, here.desk, who, body.name, body.page, body.filter, body.shared, body.place)
        return {"id": ids.to_text(made), "name": body.name.strip()}

    return write_once(here, again, 201, write)


@router.get("/views/{view}")
def show_view(view: str, here: Here, who: Who) -> Response:
    """One view, with its version."""
    who.require("cases.read")
    return versions.answer(here, who, VIEW, view)


@router.patch("/views/{view}")
def change_view(view: str, body: ViewChanges, here: Here, who: Who, edit: Match) -> Response:
    """Change a view: one of yours, or as a lead or an administrator one that is shared."""
    who.require("cases.read")
    changes = named(body, nullable={"shared"})
    edit.carry_out(VIEW, view, changes, lambda tx: views.change(tx, here.desk, who, view, changes))
    return versions.answer(here, who, VIEW, view)


@router.delete("/views/{view}")
def delete_view(view: str, here: Here, who: Who, edit: Match) -> Response:
    """Delete a view: one of yours, or as a lead or an administrator one that is shared."""
    who.require("cases.read")
    edit.carry_out(VIEW, view, {}, lambda tx: views.delete(tx, here.desk, who, view))
    return Response(status_code=204)


def _count(here: Installation, tx: Tx, who: Viewer, view: View, now: int) -> dict[str, Any] | None:
    """None where its filter names what there is not any more."""
    try:
        wanted = asked.narrowed(tx, here.desk, who, view.filter, now)
    except InvalidInput:
        return None
    return here.counts.of(tx, who, wanted, now)._asdict()
