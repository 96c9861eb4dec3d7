"""Views: lists that people save under a name, from the page that shows them; and their end."""

from functools import partial
from urllib.parse import parse_qsl

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from tocsin.cases import views
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.storage.transaction import Tx
from tocsin.web import tabs
from tocsin.web.access import Here, Signed, SignedForm
from tocsin.web.errors import PageRoute

router = APIRouter(route_class=PageRoute)


@router.post("/views")
def save(here: Here, signed: Signed, form: SignedForm) -> Response:
    """Save the list that a page shows (`filter`: as in its address), under a name or `instead` of another view."""
    page = form.get("page", "cases")
    if page not in tabs.PATHS:
        raise InvalidInput(say("a page has no views"), place="page", expected=say("now or cases"))
    fields = tabs.typed(dict(parse_qsl(form.get("filter", ""))))
    shared, instead = form.optional("shared"), form.optional("instead")

    def write(tx: Tx) -> None:
        if instead is not None:
            views.change(tx, here.desk, signed.viewer, instead, {"filter": fields})
        else:
            views.add(tx, here.desk, signed.viewer, form.get("name", ""), page, fields, shared)  # type: ignore[arg-type]

    here.writer.write(write)
    return RedirectResponse(f"{tabs.PATHS[page]}?{form.get('filter', '')}", 303)


@router.post("/views/{view}")
def change(view: str, here: Here, signed: Signed, form: SignedForm) -> Response:
    """Call a view otherwise, or share it with others."""
    changes = {"name": form.get("name", ""), "shared": form.optional("shared")}
    here.writer.write(partial(views.change, desk=here.desk, viewer=signed.viewer, reference=view, changes=changes))
    with here.database.reading() as tx:
        found = views.named(tx, signed.viewer, here.desk.directory.get(tx), view)
    return RedirectResponse(f"{tabs.PATHS[found.page]}?{tabs.address(found.filter)}", 303)


@router.post("/views/{view}/delete")
def delete(view: str, here: Here, signed: Signed, form: SignedForm) -> Response:
    """Delete a view; its page stays as it is without it."""
    here.writer.write(partial(views.delete, desk=here.desk, viewer=signed.viewer, reference=view))
    return RedirectResponse(tabs.PATHS.get(form.get("page", ""), "/cases"), 303)
