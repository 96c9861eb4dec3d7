"""Routes of webhooks out: which events other systems hear of, and what became of each delivery."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.once import write_once
from tocsin.core import ids, instants
from tocsin.core.addresses import masked
from tocsin.notify import deliveries, subscriptions
from tocsin.runtime import PUBLIC
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["webhooks"])


class NewWebhook(Body):
    url: str = Field(max_length=2000, description="Where events go, as POSTs signed by the Standard Webhooks scheme")
    events: list[str] = Field(max_length=100, description="Kinds such as case.opened, families such as case.*, or *")


@router.post("/webhooks", status_code=201)
def add_webhook(body: NewWebhook, here: Here, who: Who, again: Again) -> Response:
    """Deliver events to an address from now on. The secret is shown only once."""
    who.require("operate")

    def write(tx: Tx) -> dict[str, Any]:
        webhook, secret = subscriptions.add(
            tx,
            here.mint,
            here.journal,
            here.vault,
            body.url,
            body.events,
            known=PUBLIC,
            by=who.actor,
            allow_private=here.outgoing.allow_private,
        )
        return {"id": ids.to_text(webhook), "url": masked(body.url), "events": body.events, "secret": secret}

    return write_once(here, again, 201, write, "secret")


@router.get("/webhooks")
def list_webhooks(here: Here, who: Who) -> Response:
    """The addresses that events are delivered to."""
    who.require("operate")
    with here.database.reading() as tx:
        found = subscriptions.load(tx)
    return json(
        {
            "webhooks": [
                {
                    "id": ids.to_text(one.id),
                    "url": one.shown,
                    "events": one.kinds,
                    "created_at": instants.to_text(one.created_at),
                    "created_by": one.created_by,
                }
                for one in found
            ]
        }
    )


@router.delete("/webhooks/{webhook}")
def end_webhook(webhook: str, here: Here, who: Who) -> Response:
    """End a subscription; deliveries that wait are cancelled."""
    who.require("operate")
    wanted = ids.from_text(webhook, "webhook")
    here.writer.write(lambda tx: subscriptions.end(tx, here.mint, here.journal, wanted, by=who.actor))
    return Response(status_code=204)


@router.get("/webhooks/{webhook}/deliveries")
def list_webhook_deliveries(
    webhook: str,
    here: Here,
    who: Who,
    state: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """The deliveries of a subscription, the newest first: queued, sent, delivered, failed or cancelled. Events of
    confidential cases are shown only to those who may see the case."""
    who.require("operate")
    wanted = ids.from_text(webhook, "webhook")
    before = ids.from_text(cursor, "cursor") if cursor else None
    with here.database.reading() as tx:
        found = deliveries.outcomes(tx, who, wanted, state=state or None, before=before, limit=limit)
    following = None if found.following is None else ids.to_text(found.following)
    return json({"deliveries": [_delivery(**row) for row in found.rows], "cursor": following})


def _delivery(id: int, chain: int, seq: int, kind: str, **rest: Any) -> dict[str, Any]:
    times = {name: rest.pop(name) for name in ("queued_at", "sent_at", "settled_at")}
    return {
        "id": ids.to_text(id),
        "message_id": deliveries.message_id(chain, seq),
        "event": kind,
        "case": ids.to_text(chain) if chain > 0 else None,
        "seq": seq,
        **rest,
        **{name: None if at is None else instants.to_text(at) for name, at in times.items()},
    }
