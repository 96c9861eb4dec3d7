"""The route of what was changed besides cases: users, teams, tokens, rosters, the policy and the like."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tocsin.api.access import Here, Who, json
from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say, verbatim
from tocsin.events import KEPT, KINDS, sentence
from tocsin.ledger import changes
from tocsin.ledger.chain import thing_of
from tocsin.ledger.changes import Place
from tocsin.ledger.journal import Recorded
from tocsin.ledger.keeping import name_of
from tocsin.people import directory
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["operations"])

_SECRET = {kind.name: kept.secret for kept in KEPT for kind in kept.kinds}


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
    known = sorted({kind.partition(".")[0] for kind in KINDS})
    for one in family or ():
        if one not in known:
            raise InvalidInput(
                say("there is no family {one}", one=repr(one[:40])), place="family", expected=verbatim(", ".join(known))
            )
    with here.database.reading() as tx:
        page = changes.listed(tx, family or (), limit, None if cursor is None else _place(cursor))
        people = {ids.to_text(user.id): user.name for user in directory.load(tx).users.values()}
        shown = [_shown(tx, event, people) for event in page.events]
    following = None if page.following is None else ".".join(map(str, page.following))
    return json({"changes": shown, "cursor": following})


def _shown(tx: Tx, event: Recorded, people: dict[str, str]) -> dict[str, Any]:
    thing, payload = thing_of(event.chain), event.payload
    for name in _SECRET.get(event.kind, ()):
        if payload is not None and payload.get(name) is not None:
            payload = payload | {name: "(secret)"}
    return {
        "at": instants.to_text(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "says": sentence({"kind": event.kind, "payload": event.payload, "people": people}),
        "thing": None if thing is None else name_of(tx, KEPT, thing),
        "id": None if thing is None else ids.to_text(thing),
        "seq": event.seq,
        "payload": payload,
    }


def _place(cursor: str) -> Place:
    try:
        at, chain, seq = map(int, cursor.split("."))
    except ValueError:
        raise InvalidInput(
            say("this is not a cursor of this list"), place="cursor", expected=say("the cursor of an answer")
        ) from None
    return at, chain, seq
