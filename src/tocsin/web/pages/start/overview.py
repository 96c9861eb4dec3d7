"""`/start`: how far the first start has come, and where it goes on; once all is done, what to do next."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.web import shell
from tocsin.web.errors import PageRoute
from tocsin.web.pages.settings.frame import Visiting
from tocsin.web.pages.start import frame, steps

router = APIRouter(route_class=PageRoute)


@router.get("/start")
def show(visit: Visiting) -> Response:
    frame.require(visit)
    now = visit.here.clock.now()
    with visit.here.database.reading(now) as tx:
        stood = steps.standing(tx, visit)
    left = [one.step for one in stood if not one.done]
    done = len(stood) - len(left)
    heading = visit.says("Tocsin is ready")
    if not done:
        heading = visit.counts(
            "{amount} step to the first page that wakes somebody",
            "{amount} steps to the first page that wakes somebody",
            len(left),
        )
    elif left:
        heading = visit.counts("{amount} step is left", "{amount} steps are left", len(left))
    return shell.show(
        visit.here,
        visit.signed,
        "start/overview.html",
        language=visit.language,
        place="settings",
        title=heading,
        step=None,
        stood=stood,
        left=left,
        now=now,
    )
