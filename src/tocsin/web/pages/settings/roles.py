"""`/settings/roles/{name}`: where a role by which policies name people (`role:NAME`) is told of its pages."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from tocsin.administration import places
from tocsin.notify import destinations
from tocsin.web.pages.settings import frame, reaching
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import TEAMS

router = APIRouter(route_class=SettingsRoute)


@router.get("/settings/roles")
def look_up(visit: Visiting, name: str = "") -> Response:
    """To the page of the role that was typed."""
    visit.see(TEAMS)
    return RedirectResponse(f"/settings/roles/{quote(name.strip(), safe='')}" if name.strip() else TEAMS.path, 303)


@router.get("/settings/roles/{name}")
def show(name: str, visit: Visiting, done: str = "", trial: str = "") -> Response:
    visit.see(TEAMS)
    visit.viewer.require("people.write")
    return page(visit, name, key=done, trial=trial)


def page(visit: Visit, name: str, kept: Kept | None = None, *, key: str = "", trial: str = "") -> Response:
    """The page of one role; InvalidInput for a text that names none."""
    here = visit.here
    with here.database.reading(here.clock.now()) as tx:
        found = reaching.values(tx, here, destinations.of(tx, places.of_role(tx, name)), trial)
    heading = visit.says("What is told to the role {role}", role=name)
    return frame.show(visit, TEAMS, "role.html", heading, done=reaching.DONE, key=key, kept=kept, role=name, **found)
