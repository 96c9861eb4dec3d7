"""`/settings/webhooks`: which systems hear of events, what became of each delivery, and a failed one again."""

from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.core import ids
from tocsin.core.errors import NotFound
from tocsin.core.wording import marked, say
from tocsin.notify import deliveries, subscriptions
from tocsin.notify.subscriptions import Subscription
from tocsin.runtime import PUBLIC
from tocsin.storage.transaction import Tx
from tocsin.web.access import Fields
from tocsin.web.pages.settings import frame
from tocsin.web.pages.settings.frame import Kept, SettingsRoute, Visit, Visiting
from tocsin.web.pages.settings.sections import WEBHOOKS
from tocsin.web.pages.settings.teams import names

router = APIRouter(route_class=SettingsRoute)
DONE = {
    "ended": marked("Ended. What waited for it is cancelled."),
    "again": marked("Queued once more."),
}
STATES = ("queued", "sent", "delivered", "failed", "cancelled")
_SHOWN = 50


class Listening(NamedTuple):
    """A subscription with its last delivery, and the last one that failed, where there is one."""

    id: str
    subscription: Subscription
    last: dict[str, Any] | None
    failed: dict[str, Any] | None


@router.get("/settings/webhooks")
def show(visit: Visiting, done: str = "") -> Response:
    visit.see(WEBHOOKS)
    return _list(visit, key=done)


@router.post("/settings/webhooks")
def add(visit: Visiting, form: Fields) -> Response:
    def do() -> Response:
        visit.viewer.require(WEBHOOKS.changes)
        here, url = visit.here, form.get("url", "").strip()

        def write(tx: Tx) -> tuple[int, str]:
            return subscriptions.add(
                tx,
                here.mint,
                here.journal,
                here.vault,
                url,
                names(form.get("events", "")),
                known=PUBLIC,
                by=visit.viewer.actor,
                allow_private=here.outgoing.allow_private,
            )

        webhook, secret = here.writer.write(write)
        heading = visit.says("This secret is shown only once")
        says = visit.says("Its receiver checks with it that an event comes from here (Standard Webhooks).")
        back = f"{WEBHOOKS.path}/{ids.to_text(webhook)}"
        return frame.once(visit, WEBHOOKS, heading, says, [(visit.says("Secret"), secret)], back)

    return frame.carried(visit, form, "add", do, lambda kept: _list(visit, kept))


@router.get("/settings/webhooks/{webhook}")
def show_one(webhook: str, visit: Visiting, done: str = "", state: str = "", before: str = "") -> Response:
    visit.see(WEBHOOKS)
    return page(visit, webhook, key=done, state=state, before=before)


@router.post("/settings/webhooks/{webhook}/deliveries/{delivery}/retry")
def retry(webhook: str, delivery: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require(WEBHOOKS.changes)
        subscription, wanted = ids.from_text(webhook, "webhook"), ids.from_text(delivery, "delivery")
        visit.here.writer.write(lambda tx: deliveries.again(tx, visit.viewer, subscription, wanted))
        return f"{WEBHOOKS.path}/{webhook}?done=again"

    return frame.carried(visit, form, "retry", do, lambda kept: page(visit, webhook, kept))


@router.get("/settings/webhooks/{webhook}/end")
def ask_to_end(webhook: str, visit: Visiting) -> Response:
    visit.see(WEBHOOKS)
    with visit.here.database.reading() as tx:
        found = _found(tx, webhook)
    return frame.confirm(
        visit,
        WEBHOOKS,
        visit.says("Is {url} to hear of nothing more?", url=found.shown),
        visit.says("What waits for it is cancelled, and its secret is of no use any more."),
        action=f"{WEBHOOKS.path}/{webhook}/end",
        label=visit.says("End"),
        back=f"{WEBHOOKS.path}/{webhook}",
    )


@router.post("/settings/webhooks/{webhook}/end")
def end(webhook: str, visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require(WEBHOOKS.changes)
        here, wanted = visit.here, ids.from_text(webhook, "webhook")
        here.writer.write(lambda tx: subscriptions.end(tx, here.mint, here.journal, wanted, by=visit.viewer.actor))
        return f"{WEBHOOKS.path}?done=ended"

    return frame.carried(visit, form, "end", do, lambda kept: _list(visit, kept))


def page(
    visit: Visit, webhook: str, kept: Kept | None = None, *, key: str = "", state: str = "", before: str = ""
) -> Response:
    """The page of one subscription that has not ended. NotFound where there is none."""
    wanted = state if state in STATES else None
    with visit.here.database.reading() as tx:
        found = _found(tx, webhook)
        behind = ids.from_text(before, "before") if before else None
        shown = deliveries.outcomes(tx, visit.viewer, found.id, state=wanted, before=behind, limit=_SHOWN)
    failed = sum(row["state"] == "failed" for row in shown.rows)
    heading = visit.says("It takes its events") if shown.rows else visit.says("It has heard of nothing yet")
    if failed:
        heading = visit.counts("{amount} delivery failed", "{amount} deliveries failed", failed)
    return frame.show(
        visit,
        WEBHOOKS,
        "webhook.html",
        heading,
        done=DONE,
        key=key,
        kept=kept,
        webhook=found,
        id=webhook,
        rows=[_row(row) for row in shown.rows],
        following=None if shown.following is None else ids.to_text(shown.following),
        states=STATES,
        state=wanted,
    )


def _list(visit: Visit, kept: Kept | None = None, *, key: str = "") -> Response:
    with visit.here.database.reading() as tx:
        found = [_listening(tx, visit, one) for one in subscriptions.load(tx)]
    bad = [one for one in found if one.last is not None and one.last["state"] == "failed"]
    heading = visit.counts("{amount} system hears of events", "{amount} systems hear of events", len(found))
    if not found:
        heading = visit.says("No system hears of events")
    if bad:
        heading = visit.counts(
            "{amount} system does not take its events", "{amount} systems do not take their events", len(bad)
        )
    return frame.show(
        visit,
        WEBHOOKS,
        "webhooks.html",
        heading,
        listed=True,
        done=DONE,
        key=key,
        kept=kept,
        found=found,
        families=sorted({kind.partition(".")[0] for kind in PUBLIC}),
        kinds=sorted(PUBLIC),
    )


def _listening(tx: Tx, visit: Visit, one: Subscription) -> Listening:
    def newest(state: str | None) -> dict[str, Any] | None:
        rows = deliveries.outcomes(tx, visit.viewer, one.id, state=state, before=None, limit=1).rows
        return rows[0] if rows else None

    return Listening(ids.to_text(one.id), one, newest(None), newest("failed"))


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"id": ids.to_text(row["id"])}


def _found(tx: Tx, webhook: str) -> Subscription:
    wanted = ids.from_text(webhook, "webhook")
    found = next((one for one in subscriptions.load(tx) if one.id == wanted), None)
    if found is None:
        raise NotFound(say("there is no such webhook, or it has ended"), place="webhook")
    return found
