"""`GET /storms`: many cases like each other at once, of which one pages for all."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import storms
from tocsin.api.access import Here, Who, json
from tocsin.clocks import moments
from tocsin.core.wording import worded

router = APIRouter(tags=["automation"])


@router.get("/storms")
def list_storms(here: Here, who: Who) -> Response:
    """The storms that last: what their cases have in common, the case that pages for all, how many follow it, and when
    it is over unless a further one comes. `rule` says when one begins, `muted` whether it is muted, as
    `POST /api/v1/mutes` does with the rule `storm`."""
    with here.database.reading(here.clock.now()) as tx:
        found = storms.shown(tx, here, who)
    rule = None if found.says is None else worded(found.says, moments.reader(moments.utc, {}))
    standing = [storms.show(storm, case) for storm, case in found.standing]
    return json({"rule": rule, "muted": found.muted is not None, "storms": standing})
