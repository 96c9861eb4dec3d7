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
    """Save the list that a page shows (`filter`: as in its address)."""
    page = form.get("page", "cases")
    if page not in tabs.PATHS:
        raise InvalidInput(say("a page has no views"), place="page", expected=say("now or cases"))
    fields = tabs.typed(dict(parse_qsl(form.get("filter", ""))))
    shared = form.optional("shared")

    def write(tx: Tx) -> int:
        return views.add(tx, here.desk, signed.viewer, form.get("name", ""), page, fields, shared)  # type: ignore[arg-type]

    here.writer.write(write)
    return RedirectResponse(f"{tabs.PATHS[page]}?{form.get('filter', '')}", 303)


@router.post("/views/{view}/delete")
def delete(view: str, here: Here, signed: Signed, form: SignedForm) -> Response:
    """Delete a view; its page stays as it is without it."""
    here.writer.write(partial(views.delete, desk=here.desk, viewer=signed.viewer, reference=view))
    return RedirectResponse(tabs.PATHS.get(form.get("page", ""), "/cases"), 303)
