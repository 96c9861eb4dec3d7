"""`/risks`: cases below an escalation that may yet become one, with what speaks for it."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import risks
from tocsin.core import ids
from tocsin.core.wording import marked, worded
from tocsin.languages import tongue
from tocsin.people import accounts
from tocsin.web import rendering, shell
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute
from tocsin.web.places import Place

router = APIRouter(route_class=PageRoute)
PLACE = Place("risks", marked("At risk"), "/risks", "activity", 4, key="r")
_REASONS = 3


@router.get("/risks")
def show(here: Here, signed: Signed, language: Language) -> Response:
    with here.database.reading(here.clock.now()) as tx:
        found = risks.shown(tx, here, signed.viewer)
        people = here.desk.directory.get(tx)
        customers = accounts.by_id(tx, [case.account for _, case in found.cases if case.account is not None])
        now = tx.now
    to = rendering.reader(language, people.displays_by_id())
    lines = [
        {
            "risk": risk,
            "case": case,
            "customer": customers.get(case.account) if case.account is not None else None,
            "owner": people.displays_by_id().get(ids.to_text(case.owner)) if case.owner is not None else None,
            "because": [worded(one.says, to) for one in risk.speaks()[:_REASONS]],
        }
        for risk, case in found.cases
    ]
    return shell.show(
        here,
        signed,
        "risks.html",
        language=language,
        title=tongue(language).text(PLACE.title),
        place="risks",
        found=found,
        lines=lines,
        now=now,
    )
