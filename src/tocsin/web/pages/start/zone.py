"""`/start/zone`: the zone in which people work, kept as that of the reader, and taken over by the first policy."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import users
from tocsin.administration.editing import Edit
from tocsin.clocks import zone as zones
from tocsin.web.access import Fields
from tocsin.web.errors import PageRoute
from tocsin.web.pages.settings import reaching
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting, carried
from tocsin.web.pages.start import frame
from tocsin.web.pages.start.steps import ZONE

router = APIRouter(route_class=PageRoute)


@router.get("/start/zone")
def show(visit: Visiting, done: str = "") -> Response:
    return _page(visit, key=done)


@router.post("/start/zone")
def choose(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        frame.require(visit)
        zone = form.get("zone", "").strip()
        zones.load(zone)
        users.change(Edit(visit.here, visit.viewer, None), visit.viewer.name, {"zone": zone})
        return f"{frame.after(ZONE)}?done=zone"

    return carried(visit, form, "zone", do, lambda kept: _page(visit, kept))


def _page(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        policies = visit.here.desk.policies.get(tx)
        own = visit.here.desk.directory.get(tx).by_name[visit.viewer.name]
        decided = policies.zone(tx.now).key if policies.in_force(tx.now) is not None else None
    return frame.show(visit, ZONE, key=key, kept=kept, own=own.zone, decided=decided, zones=reaching.ZONES)
