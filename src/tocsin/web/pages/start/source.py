"""`/start/source`: the first tool that delivers tickets, with its address and secret, which are shown once."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.connectors import finding, pack
from tocsin.web.access import Fields, Form
from tocsin.web.errors import PageRoute
from tocsin.web.pages.settings import sources
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting, carried
from tocsin.web.pages.start import frame
from tocsin.web.pages.start.steps import SOURCE

router = APIRouter(route_class=PageRoute)
# What many help desks send; only the generic hook needs one.
USUAL = "source: helpdesk\nexternal_id: id\nsubject: subject\nbody: description\npriority: priority\n"


@router.get("/start/source")
def show(visit: Visiting) -> Response:
    return _page(visit)


@router.post("/start/source")
def connect(visit: Visiting, form: Fields) -> Response:
    def do() -> Response:
        frame.require(visit)
        known = form.get("pack", pack.GENERIC) != pack.GENERIC
        asked = Form(pair for pair in form.pairs if pair[0] != "map") if known else form
        return sources.connected(visit, asked, frame.after(SOURCE))

    return carried(visit, form, "source", do, lambda kept: _page(visit, kept))


def _page(visit: Visit, kept: Kept | None = None) -> Response:
    with visit.here.database.reading() as tx:
        found = [one for one in finding.listed(tx) if one["revoked_at"] is None]
    known = [pack.named(name) for name in pack.names()]
    return frame.show(
        visit,
        SOURCE,
        kept=kept,
        found=found,
        packs=[(each.name, each.title) for each in sorted(known, key=lambda each: each.name != pack.GENERIC)],
        usual=USUAL,
        base_url=visit.here.entrance.base_url,
    )
