"""`POST /cases/{case}/evidence`: a collector is asked once more."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from tocsin.administration import evidence
from tocsin.cases import queries
from tocsin.web.access import Here, Signed, SignedForm
from tocsin.web.errors import PageRoute

router = APIRouter(route_class=PageRoute)


@router.post("/cases/{case}/evidence")
def collect(case: str, here: Here, signed: Signed, form: SignedForm) -> Response:
    with here.database.reading() as tx:
        found = queries.found(tx, signed.viewer, case)
    here.writer.write(lambda tx: evidence.again(tx, here, signed.viewer, found, form.get("collector", "")))
    return RedirectResponse(f"/cases/{case}?done=asked#evidence", 303)
