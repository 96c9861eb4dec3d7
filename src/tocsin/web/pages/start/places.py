"""`/start/places`: where pages reach the reader, with a test page and its outcome; and whom no page reaches yet. What
is done there, `settings.places` does."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import places
from tocsin.notify import destinations
from tocsin.web.errors import PageRoute
from tocsin.web.pages.settings import places as acts
from tocsin.web.pages.settings import reaching
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting
from tocsin.web.pages.settings.places import Kind
from tocsin.web.pages.start import frame
from tocsin.web.pages.start.steps import PLACES

router = APIRouter(route_class=PageRoute)


@router.get("/start/places")
def show(visit: Visiting, done: str = "", trial: str = "") -> Response:
    return page(visit, key=done, trial=trial)


def page(visit: Visit, kept: Kept | None = None, *, key: str = "", trial: str = "") -> Response:
    with visit.here.database.reading(visit.here.clock.now()) as tx:
        people, reach = visit.here.desk.directory.get(tx), destinations.load(tx)
        own = people.by_name[visit.viewer.name]
        values = reaching.values(tx, visit.here, reach.get(own.id, ()), trial)
    others = [
        user
        for user in people.users.values()
        if user.active and user.id not in reach and user.id != own.id and user.may("cases.work")
    ]
    return frame.show(visit, PLACES, key=key, kept=kept, own=own, others=others, **values)


acts.KINDS["start"] = Kind(places.existing, PLACES.path, lambda visit, name, kept: page(visit, kept), own=True)
