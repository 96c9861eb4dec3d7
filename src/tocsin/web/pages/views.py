"""Views: lists that people save under a name, from the page that shows them. `/views/{view}`: one of them, to be called
otherwise, shared, given another list, or deleted; who else sees it is said before that."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import editing
from tocsin.administration.views import VIEW
from tocsin.cases import views
from tocsin.cases.queries import asked
from tocsin.core.errors import Forbidden, InvalidInput
from tocsin.core.wording import marked, say
from tocsin.languages import tongue
from tocsin.storage.transaction import Tx
from tocsin.web import narrowing, shell, tabs
from tocsin.web.access import Fields, Form
from tocsin.web.errors import PageRoute
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting, carried

router = APIRouter(route_class=PageRoute)
_LABELS = {"name": marked("Name"), "shared": marked("For whom"), "filter": marked("List")}


@router.post("/views")
def save(visit: Visiting, form: Fields) -> Response:
    """Save the list that a page shows (`filter`: as in its address), under a name."""

    def do() -> str:
        page = _page_of(form)

        def write(tx: Tx) -> None:
            name, shared = form.get("name", ""), form.optional("shared")
            views.add(tx, visit.here.desk, visit.viewer, name, page, _filter(form), shared)  # type: ignore[arg-type]

        visit.here.writer.write(write)
        return f"{tabs.PATHS[page]}?{form.get('filter', '')}"

    return carried(visit, form, "save", do, lambda kept: _page(visit, None, kept=kept))


@router.get("/views/{view}")
def show(view: str, visit: Visiting, filter: str = "") -> Response:
    """`filter`: a list that it may show instead, as in an address."""
    return _page(visit, view, filter)


@router.post("/views/{view}")
def change(view: str, visit: Visiting, form: Fields) -> Response:
    """Call a view otherwise, or share it with others; or with a `filter`, let it show another list."""
    named = "instead" if form.get("filter") else "change"

    def do() -> str:
        if named == "instead":
            changes: dict[str, Any] = {"filter": _filter(form)}
        else:
            changes = {"name": form.get("name", ""), "shared": form.optional("shared")}

        def write(tx: Tx) -> str:
            views.change(tx, visit.here.desk, visit.viewer, view, changes)
            found = views.named(tx, visit.viewer, visit.here.desk.directory.get(tx), view)
            return f"{tabs.PATHS[found.page]}?{tabs.address(found.filter)}"

        return visit.edit(form).carry_out(VIEW, view, changes, write)

    def again(kept: Kept) -> Response:
        return _page(visit, view, form.get("filter", ""), kept=kept)

    return carried(visit, form, named, do, again, _LABELS, _readings(visit))


@router.post("/views/{view}/delete")
def delete(view: str, visit: Visiting, form: Fields) -> Response:
    """Delete a view; its page stays as it is without it."""

    def do() -> str:
        def write(tx: Tx) -> str:
            page = views.named(tx, visit.viewer, visit.here.desk.directory.get(tx), view).page
            views.delete(tx, visit.here.desk, visit.viewer, view)
            return tabs.PATHS[page]

        return visit.edit(form).carry_out(VIEW, view, {}, write)

    return carried(visit, form, "delete", do, lambda kept: _page(visit, view, kept=kept))


def _readings(visit: Visit) -> dict[str, Callable[[Any], str]]:
    """How what a view is reads for people."""

    def whom(shared: str | None) -> str:
        if shared is None or shared == views.EVERYBODY:
            return visit.says(marked("me alone") if shared is None else marked("everybody"))
        return visit.says("the team {team}", team=views.team_of(shared))

    def listed(filter: dict[str, Any]) -> str:
        with visit.here.database.reading() as tx:
            people = visit.here.desk.directory.get(tx)
        return narrowing.read(asked.read(filter), people, tongue(visit.language).text)

    return {"shared": whom, "filter": listed}


def _page_of(form: Form) -> str:
    page = form.get("page", "cases")
    if page not in tabs.PATHS:
        raise InvalidInput(say("a page has no views"), place="page", expected=say("now or cases"))
    return page


def _filter(form: Form) -> dict[str, Any]:
    return tabs.typed(dict(parse_qsl(form.get("filter", ""))))


def _page(visit: Visit, view: str | None, filter: str = "", *, kept: Kept | None = None) -> Response:
    """A view with its forms; None: one that could not be saved, with its form as it was typed."""
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        found = None if view is None else editing.found(visit.here, tx, visit.viewer, VIEW, view)
        sharing = tabs.sharing(tx, visit.here, visit.signed)
        owner = found and visit.here.desk.directory.get(tx).known_as(found["owner"])
    if found is not None and not found["changeable"]:
        raise Forbidden(say("this view is {owner}'s", owner=owner), expected=say("a view of your own"))
    address = None if found is None else f"{tabs.PATHS[found['page']]}?{tabs.address(asked.read(found['filter']))}"
    return shell.show(
        visit.here,
        visit.signed,
        "view.html",
        kept.status if kept else 200,
        language=visit.language,
        title=visit.says("Save this list") if found is None else found["name"],
        place="now" if (found["page"] if found else kept and kept.typed.get("page")) == "now" else "cases",
        says=kept.says if kept else None,
        failed=kept is not None,
        kept=kept,
        view=found,
        team=views.team_of(found["shared"]) if found else "",
        owner=owner,
        sharing=sharing,
        address=address,
        instead=filter,
    )
