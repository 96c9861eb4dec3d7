"""`GET /risks`: cases below an escalation that may yet become one."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import risks
from tocsin.api.access import Here, Who, json
from tocsin.cases import queries, store
from tocsin.cases.risk import listing
from tocsin.clocks import moments

router = APIRouter(tags=["cases"])


@router.get("/risks")
def list_risks(here: Here, who: Who) -> Response:
    """The cases at risk, the likeliest first, each with what speaks for it; what was learnt of earlier cases, and
    whether that is enough to say anything. Nothing escalates by it."""
    with here.database.reading(here.clock.now()) as tx:
        found = risks.shown(tx, here, who)
    to = moments.reader(moments.utc, {})
    return json(
        {
            "miss_at_most": found.promised,
            "learnt": risks.show_model(found),
            "needed": found.needed,
            "risks": [risks.show(risk, case, to) for risk, case in found.cases],
        }
    )


@router.get("/cases/{case}/risk")
def show_risk(case: str, here: Here, who: Who) -> Response:
    """The newest estimate for a case, also where it is not so likely that it is shown among those at risk; null where
    there is none."""
    with here.database.reading(here.clock.now()) as tx:
        found = queries.found(tx, who, case)
        risk = listing.of(tx, who, found)
        case_ = store.rows_of(tx, [found])[found]
    return json({"risk": None if risk is None else risks.show(risk, case_, moments.reader(moments.utc, {}))})
