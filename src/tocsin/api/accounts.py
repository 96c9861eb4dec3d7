"""Routes of customers: what is known of each."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.api.access import Here, Who, json
from tocsin.cases import discretion
from tocsin.core import ids
from tocsin.people import accounts

router = APIRouter(tags=["people"])


@router.get("/accounts")
def list_accounts(
    here: Here, who: Who, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """Accounts with their facts as they are now, the newest first; revenue as a band, where the role sees no more."""
    who.require("cases.read")
    behind = ids.from_text(cursor, "cursor") if cursor else None
    with here.database.reading() as tx:
        found = accounts.listed(tx, behind, limit + 1)
        people = here.desk.directory.get(tx)
    shown = [
        {
            "id": ids.to_text(account.id),
            "external_id": account.external_id,
            "owner": people.name_of(account.owner),
            "facts": account.facts,
        }
        for account in found[:limit]
    ]
    following = ids.to_text(found[limit - 1].id) if len(found) > limit else None
    return json(discretion.shown({"accounts": shown, "cursor": following}, who))
