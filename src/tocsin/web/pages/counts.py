"""`/parts/counts`: how much waits for whoever reads a page, for one that has no stream or rests in the background."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.core import canonical
from tocsin.web import shell
from tocsin.web.access import Here, Signed
from tocsin.web.errors import PageRoute

router = APIRouter(route_class=PageRoute)


@router.get("/parts/counts")
def counts(here: Here, signed: Signed) -> Response:
    """By the name of the place, as beside the names of pages."""
    with here.database.reading(here.clock.now()) as tx:
        found = shell.counts(tx, here, signed.viewer)
    return Response(canonical.encode(found), headers={"cache-control": "no-store"}, media_type="application/json")
