"""The route of what was changed besides cases: users, teams, tokens, rosters, the policy and the like."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.administration import changes as administration
from tocsin.administration.changes import ShownChange
from tocsin.api.access import Here, Who, json
from tocsin.core import instants
from tocsin.events import sentence

router = APIRouter(tags=["operations"])


@router.get("/audit/changes")
def list_changes(
    here: Here,
    who: Who,
    family: Annotated[list[str] | None, Query(max_length=20, description="Only these, such as user or policy")] = None,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Who changed what besides cases, the newest first. Accounts and alarms, which change all day, are shown where they
    are asked for. Of secrets only that they changed."""
    who.require("people.write")
    with here.database.reading() as tx:
        page = administration.listed(tx, family or (), limit, cursor)
    return json({"changes": [_shown(one) for one in page.changes], "cursor": page.following})


def _shown(one: ShownChange) -> dict[str, Any]:
    event = one.event
    return {
        "at": instants.to_text(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "says": sentence({"kind": event.kind, "payload": event.payload, "people": one.people}),
        "thing": one.thing,
        "id": one.id,
        "seq": event.seq,
        "payload": one.payload,
    }
