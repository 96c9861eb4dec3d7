"""`GET /triggers`: the rules of the policy in force that escalate without a person."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import triggers
from tocsin.api.access import Here, Who, json
from tocsin.clocks import moments
from tocsin.core.wording import worded

router = APIRouter(tags=["automation"])


@router.get("/triggers")
def show_triggers(here: Here, who: Who) -> Response:
    """The triggers of the policy in force: what each does, whether it is muted, and what it would have done with the
    cases of the last four weeks that the viewer sees, the newest 2000 of them at most. It is muted by
    `POST /api/v1/mutes`."""
    with here.database.reading(here.clock.now()) as tx:
        found = triggers.listed(tx, here, who)
    to = moments.reader(moments.utc, {})
    return json({"triggers": [triggers.show(one, worded(one.says, to)) for one in found]})
