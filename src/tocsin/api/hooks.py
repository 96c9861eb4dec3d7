"""Routes of webhooks in: hooks that any tool can deliver to, and what became of their deliveries."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.once import write_once
from tocsin.cases import queries, sight
from tocsin.core import ids
from tocsin.core.errors import NotFound, TocsinError, Unavailable
from tocsin.intake import hook_store, hooks
from tocsin.intake.hook_store import Hook
from tocsin.intake.hooks import Taken
from tocsin.runtime import Installation

ROUTE = hooks.ROUTE

router = APIRouter(tags=["hooks"])
deliveries = APIRouter(tags=["hooks"])


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
        made = hook_store.add(
            tx, here.mint, here.journal, here.vault, body.name, body.map, signed=body.signed, by=who.actor
        )
        path = {"path": f"{hooks.ROUTE}/{made.token}", "secret": made.secret}
        return {"id": ids.to_text(made.id), "name": body.name, "signed": body.signed, "shown_once": path}

    return write_once(here, again, 201, write, "shown_once")


@router.get("/hooks")
def list_hooks(here: Here, who: Who) -> Response:
    """Hooks to which other tools deliver their tickets, also revoked ones; their paths are never shown."""
    who.require("operate")
    with here.database.reading() as tx:
        return json({"hooks": hook_store.listed(tx)})


@router.post("/hooks/{name}/revocation")
def revoke_hook(name: str, here: Here, who: Who, again: Again) -> Response:
    """Revoke a hook: it accepts no more deliveries."""
    who.require("operate")

    def write(tx: Any) -> dict[str, Any]:
        hook_store.revoke(tx, here.journal, name, by=who.actor)
        return {"name": name, "revoked": True}

    return write_once(here, again, 200, write)


@router.get("/hooks/{name}/deliveries")
def list_deliveries(name: str, here: Here, who: Who, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Response:
    """The latest deliveries, the newest first: opened, changed, unchanged, recorded or refused, and why."""
    who.require("operate")
    with here.database.reading() as tx:
        found = hook_store.deliveries(tx, name, limit, lambda case: queries.numbers(tx, who, [case]).get(case))
    return json({"deliveries": found})


@deliveries.post("/hooks/generic/{token}", status_code=201)
async def deliver(token: str, request: Request, here: Here) -> Response:
    """A JSON payload of another tool: 201 where it opened a case, 200 where it was about an existing case, 202
    where it says that a ticket without a case is over, or means nothing here. One with several signals is answered
    for each of them, in `signals`."""
    raw, headers = await request.body(), dict(request.headers)
    return await run_in_threadpool(_deliver, here, token, headers, raw)


def _deliver(here: Installation, token: str, headers: dict[str, str], raw: bytes) -> Response:
    with here.database.reading() as tx:
        hook = hook_store.by_token(tx, token)
    try:
        hooks.verify(here.vault, hook, headers, raw, here.clock.now())
        signals, again = hooks.read(hook, raw, headers), hooks.once_of(hook, headers, raw)
        found = here.writer.write(lambda tx: hooks.take(tx, here.desk, hook, signals, again))
    except TocsinError as error:
        _refused(here, hook, error)
        raise
    shown = [_shown(hook, taken) for taken in found]
    if hook.mapping.several:
        outcomes = [taken.outcome for taken in found]
        return json({"outcome": next(filter(outcomes.__contains__, _FIRST)), "signals": shown}, _status(found))
    return json(shown[0], _status(found))


_FIRST = ("opened", "changed", "unchanged", "recorded", "ignored", "refused")


def _status(found: list[Taken]) -> int:
    """201 where a case was opened, 200 where one stands behind it, else 202."""
    cases = [taken.opened for taken in found if taken.opened is not None]
    return 201 if any(opened.new for opened in cases) else 200 if cases else 202


def _shown(hook: Hook, taken: Taken) -> dict[str, Any]:
    if taken.opened is None:
        return {"outcome": taken.outcome, "says": taken.says}
    case = taken.opened.state.case
    shown = {"outcome": taken.outcome, "id": ids.to_text(case.id), "number": case.number}
    return shown if sight.sees(hook.viewer, case) else {"outcome": taken.outcome}


def turned_away(here: Installation, token: str, error: TocsinError) -> None:
    """A delivery was refused before it was read. Nothing is recorded of one that knows no hook, nor without a
    database: its sender is answered all the same."""
    with suppress(TocsinError):
        with here.database.reading() as tx:
            hook = hook_store.by_token(tx, token)
        _refused(here, hook, error)


def _refused(here: Installation, hook: Hook, error: TocsinError) -> None:
    """What was refused is seen by whoever looks after the hook, not only by the tool that sent it."""
    if not isinstance(error, NotFound) or error.place != "token":
        if here.refusals is not None and not isinstance(error, Unavailable):
            here.refusals.tell(hook.viewer.actor, hooks.ROUTE, error)
        here.writer.write(lambda tx: hook_store.record(tx, here.mint, hook.id, "refused", error=str(error)))
