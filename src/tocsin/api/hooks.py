"""Routes of webhooks in: hooks that any tool can deliver to, and what became of their deliveries."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.once import write_once
from tocsin.cases import queries, sight
from tocsin.connectors import deliveries as kept
from tocsin.connectors import finding, store
from tocsin.connectors.pack import GENERIC
from tocsin.connectors.port import Request as Sent
from tocsin.connectors.reception import Received
from tocsin.connectors.taking import Taken
from tocsin.core import ids
from tocsin.core.errors import TocsinError
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation

router = APIRouter(tags=["hooks"])
deliveries = APIRouter(tags=["hooks"])


_HOOK = ("id", "name", "map", "signed", "created_at", "created_by", "revoked_at", "last_at")


class NewHook(Body):
    name: str
    map: dict[str, Any]
    signed: bool = False


@router.post("/hooks", status_code=201)
def create_hook(body: NewHook, here: Here, who: Who, again: Again) -> Response:
    """A hook to which another tool may deliver its tickets. Its path, which contains its token, and its secret are
    shown only once; a repeated request with the same key is answered without the path."""
    who.require("operate")

    def write(tx: Any) -> dict[str, Any]:
        made = store.add(tx, here.mint, here.journal, here.vault, body.name, body.map, signed=body.signed, by=who.actor)
        path = {"path": f"/hooks/{GENERIC}/{made.token}", "secret": made.secret}
        return {"id": ids.to_text(made.id), "name": body.name, "signed": body.signed, "shown_once": path}

    return write_once(here, again, 201, write, "shown_once")


@router.get("/hooks")
def list_hooks(here: Here, who: Who) -> Response:
    """Hooks to which other tools deliver their tickets, also revoked ones; their paths are never shown."""
    who.require("operate")
    with here.database.reading() as tx:
        found = [one for one in finding.listed(tx) if one["pack"] == GENERIC]
    return json({"hooks": [{name: one[name] for name in _HOOK} for one in found]})


@router.post("/hooks/{name}/revocation")
def revoke_hook(name: str, here: Here, who: Who, again: Again) -> Response:
    """Revoke a hook: it accepts no more deliveries."""
    who.require("operate")

    def write(tx: Any) -> dict[str, Any]:
        store.revoke(tx, here.mint, here.journal, name, by=who.actor)
        return {"name": name, "revoked": True}

    return write_once(here, again, 200, write)


@router.get("/hooks/{name}/deliveries")
def list_hook_deliveries(name: str, here: Here, who: Who, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Response:
    """The latest deliveries, the newest first: opened, changed, unchanged, recorded or refused, and why."""
    who.require("operate")
    with here.database.reading() as tx:
        found = kept.outcomes(tx, name, limit, lambda cases: queries.numbers(tx, who, cases))
    return json({"deliveries": found})


@deliveries.post("/hooks/generic/{token}", status_code=201)
async def deliver_to_hook(token: str, request: Request, here: Here) -> Response:
    """A JSON payload of another tool: 201 where it opened a case, 200 where it was about an existing case, 202
    where it says that a ticket without a case is over, or means nothing here. One with several signals is answered
    for each of them, in `signals`."""
    return await _deliver(GENERIC, token, request, here)


@deliveries.post("/hooks/{connector}/{token}", status_code=201)
async def deliver_to_connector(connector: str, token: str, request: Request, here: Here) -> Response:
    """What the tool of a pack delivers, answered as by the generic hook. `connector` is the name of the pack."""
    return await _deliver(connector, token, request, here)


async def _deliver(pack: str, token: str, request: Request, here: Installation) -> Response:
    sent = Sent(dict(request.headers), await request.body(), dict(request.query_params))
    return answer(await run_in_threadpool(here.entrance.reception.deliver, pack, token, sent))


def answer(received: Received) -> Response:
    """What became of a delivery, as its sender may know it."""
    connector, found = received
    signals = [shown(connector.stored.viewer, taken) for taken in found]
    if connector.mapping.several:
        outcomes = [taken.outcome for taken in found]
        return json({"outcome": next(filter(outcomes.__contains__, _FIRST)), "signals": signals}, _status(found))
    return json(signals[0], _status(found))


_FIRST = ("opened", "changed", "unchanged", "recorded", "ignored", "refused")


def _status(found: list[Taken]) -> int:
    """201 where a case was opened, 200 where one stands behind it, else 202."""
    cases = [taken.opened for taken in found if taken.opened is not None]
    return 201 if any(opened.new for opened in cases) else 200 if cases else 202


def shown(viewer: Viewer, taken: Taken) -> dict[str, Any]:
    """What became of a signal, as this viewer may know it."""
    if taken.opened is None:
        return {"outcome": taken.outcome, "says": taken.says}
    case = taken.opened.state.case
    named = {"id": ids.to_text(case.id), "number": case.number} if sight.sees(viewer, case) else {}
    return {"outcome": taken.outcome, **named}


def turned_away(here: Installation, path: str, error: TocsinError) -> None:
    """A delivery was refused before it was read."""
    _, _, pack, token = path.split("/", 3)
    here.entrance.reception.turned_away(pack, token, error)
