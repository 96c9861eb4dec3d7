"""`/start/people`: those who work here are added, with a role, and a password or none yet."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import users
from tocsin.administration.users import NewUser
from tocsin.people.permissions import ROLES
from tocsin.web.access import Fields
from tocsin.web.errors import PageRoute
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting, carried
from tocsin.web.pages.start import frame
from tocsin.web.pages.start.steps import PEOPLE

router = APIRouter(route_class=PageRoute)


@router.get("/start/people")
def show(visit: Visiting, done: str = "") -> Response:
    return _page(visit, key=done)


@router.post("/start/people")
def add(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        frame.require(visit)
        new = NewUser(
            form.get("name", "").strip(),
            form.get("role", ""),
            form.optional("email"),
            form.optional("display"),
            form.optional("webhook"),
            form.get("password") or None,
        )
        _, write = users.adding(visit.here, visit.viewer, new)
        visit.here.writer.write(write)
        return f"{PEOPLE.path}?done=added"

    return carried(visit, form, "add", do, lambda kept: _page(visit, kept))


def _page(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    with visit.here.database.reading() as tx:
        found = [user for user in users.listed(tx) if user["active"]]
    return frame.show(visit, PEOPLE, key=key, kept=kept, found=found, roles=ROLES)
