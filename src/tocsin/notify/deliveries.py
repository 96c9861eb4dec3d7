"""Delivering events to subscriptions: signed by the Standard Webhooks scheme, at least once, in order within a case.

A row of work stands for one case of one subscription. Whoever claims it sends the case's earliest event that waits, so
a later one never overtakes it; when that is settled, the row is due again for the next, or goes. Each subscription has
its own queue and its own lane: a slow or dead receiver holds up nobody else, and pages not at all.
"""

from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, NamedTuple

from tocsin.cases import mentions, queries, sight, store
from tocsin.core import addresses, canonical, ids
from tocsin.core.clock import DAY
from tocsin.core.errors import NotFound
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.ledger import journal, work
from tocsin.notify import subscriptions
from tocsin.notify.alarms import Alarms
from tocsin.notify.channels.port import Message, Place, Sender
from tocsin.notify.subscriptions import Subscription, Subscriptions
from tocsin.people.permissions import Viewer
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Tx
from tocsin.tools import queues
from tocsin.tools.alarms import Alarm
from tocsin.tools.lanes import Lanes
from tocsin.tools.outgoing import Outcome
from tocsin.tools.sending import Sent

CHANNEL = "webhook"
PLACES = 512
WIDE = 256  # of a subscription that answers at once: under load, what is claimed together is as fast as it gets
KEPT = 30 * DAY
_ANYBODY = Viewer("webhook", "viewer")  # who sees what is not confidential


class Delivery(NamedTuple):
    """An event on its way to a subscription. Its outcome does not enter the case's history."""

    id: int
    item: work.Item
    subscription: Subscription
    message: str
    body: bytes
    case: None = None
    channel: str = CHANNEL

    @property
    def lane(self) -> int:
        return self.subscription.id


class Outcomes(NamedTuple):
    """Deliveries of one subscription as they stand, the newest first; `following`: where the list goes on."""

    rows: list[dict[str, Any]]
    following: int | None


def outcomes(
    tx: Tx, viewer: Viewer, subscription: int, *, state: str | None, before: int | None, limit: int
) -> Outcomes:
    """What became of the deliveries of a subscription; of confidential cases only for those who may see them. `before`:
    only those older than this one. NotFound where there never was such a subscription."""
    if not subscriptions.known(tx, subscription):
        raise NotFound(
            say("there is no webhook {subscription}", subscription=ids.to_text(subscription)), place="webhook"
        )
    own, named = sight.of_chain(viewer, "chain")
    conditions, parameters = ["subscription = ?", own], [subscription, *named]
    for condition, value in (("id < ?", before), ("state = ?", state)):
        if value is not None:
            conditions.append(condition)
            parameters.append(value)
    rows = tx.rows(
        f"SELECT {', '.join(_SHOWN)} FROM deliveries WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT ?",
        (*parameters, limit + 1),
    )
    found = [dict(zip(_SHOWN, row, strict=True)) for row in rows]
    return Outcomes(found[:limit], found[limit - 1]["id"] if len(found) > limit else None)


_SHOWN = ("id", "chain", "seq", "kind", "state", "attempts", "queued_at", "sent_at", "settled_at", "error")


def again(tx: Tx, viewer: Viewer, subscription: int, delivery: int) -> None:
    """Queue a delivery that failed once more. NotFound where the subscription has none that failed, or has ended, or
    where it is about a case that this viewer may not see."""
    own, named = sight.of_chain(viewer, "chain")
    row = tx.row(
        f"SELECT chain FROM deliveries WHERE id = ? AND subscription = ? AND state = 'failed' AND {own}",
        (delivery, subscription, *named),
    )
    if row is None or all(one.id != subscription for one in subscriptions.load(tx)):
        raise NotFound(say("there is no such delivery that failed"), place="delivery")
    tx.run("UPDATE deliveries SET state = 'queued', settled_at = NULL WHERE id = ?", (delivery,))
    work.rouse(tx, [(subscriptions.queue_of(subscription), row[0])])


def message_id(chain: int, seq: int) -> str:
    """The same however often an event is sent, so that a receiver knows what it has already."""
    return f"{ids.to_text(abs(chain))}-{seq}"


@dataclass(slots=True)
class Deliveries:
    """A `Courier`."""

    subscriptions: Cached[Subscriptions]
    channel: Sender
    vault: Vault
    alarms: Alarms
    holder: str
    chance: Random = field(default_factory=Random)

    def claim(self, tx: Tx, lanes: Lanes) -> list[Delivery]:
        """What is due, of each subscription as much as its lane has room for."""
        return queues.claim(tx, lanes, self.holder, CHANNEL, self.subscriptions.get(tx), partial(self._next, tx))

    async def send(self, delivery: Delivery, now: int) -> Outcome:
        subscription = delivery.subscription
        secret = self.vault.open(subscription.secret, subscriptions.place(subscription.id))
        place, message = Place(subscription.url, secret), Message(delivery.message, delivery.body)
        return await self.channel.send(place, message, now)

    def record(self, tx: Tx, sent: Sent[Delivery]) -> None:
        """Write down what became of a delivery that this process still holds."""
        delivery, outcome = sent
        if not work.holds(tx, delivery.item):
            return  # the lease ended, or the subscription
        if outcome.delivered:
            _settle(tx, delivery, "delivered", None)
            self.alarms.end(tx, [_key(delivery)])
            self._go_on(tx, delivery)
        elif queues.is_over(delivery.item, outcome):
            _settle(tx, delivery, "failed", outcome.error)
            self.alarms.raise_(tx, _failing(delivery, outcome.error))
            self._go_on(tx, delivery)
        else:
            queues.later(tx, delivery.item, outcome, self.chance)
            tx.run(
                "UPDATE deliveries SET state = 'queued', error = ? WHERE id = ?",
                (outcome.error[:500], delivery.id),
            )

    def set_aside(self, tx: Tx, delivery: Delivery, error: str) -> None:
        """Failed without an alarm, which may be the very thing that could not be written; on to the next event."""
        if work.holds(tx, delivery.item):
            _settle(tx, delivery, "failed", error)
            self._go_on(tx, delivery)

    def _next(self, tx: Tx, subscription: Subscription, item: work.Item) -> Delivery | None:
        """The earliest event of this case that waits, marked as on its way; without one the row of work goes."""
        row = tx.row(
            "SELECT id, seq FROM deliveries WHERE subscription = ? AND chain = ? AND state IN ('queued', 'sent')"
            " ORDER BY seq LIMIT 1",
            (subscription.id, item.subject),
        )
        if row is None:
            work.finish(tx, [item])
            return None
        delivery, seq = row
        tx.run(
            "UPDATE deliveries SET state = 'sent', attempts = attempts + 1, sent_at = ? WHERE id = ?",
            (tx.now, delivery),
        )
        return Delivery(delivery, item, subscription, message_id(item.subject, seq), _body(tx, item.subject, seq))

    @staticmethod
    def _go_on(tx: Tx, delivery: Delivery) -> None:
        more = tx.row(
            "SELECT 1 FROM deliveries WHERE subscription = ? AND chain = ? AND state = 'queued' LIMIT 1",
            (delivery.subscription.id, delivery.item.subject),
        )
        queues.go_on(tx, delivery.item, more=more is not None)


def _body(tx: Tx, chain: int, seq: int) -> bytes:
    """The event as the timeline of the API shows it, and whose it is. Of a confidential case only that it happened."""
    [event] = journal.read(tx, chain, after=seq - 1, limit=1)
    about = store.rows_of(tx, [chain]).get(chain)
    shown = mentions.shown(event, queries.numbers(tx, _ANYBODY, mentions.mentioned([event]))).show()
    case: dict[str, Any] | None = None
    if about is not None:
        ticket = None if about.confidential else about.external_id
        case = {"id": ids.to_text(chain), "number": about.number, "external_id": ticket}
        if about.confidential:
            case, shown = case | {"confidential": True}, shown | {"payload": None}
    return canonical.encode({"type": event.kind, "timestamp": shown["at"], "data": {"case": case, **shown}})


def _settle(tx: Tx, delivery: Delivery, state: str, error: str | None) -> None:
    tx.run(
        "UPDATE deliveries SET state = ?, settled_at = ?, error = ? WHERE id = ?",
        (state, tx.now, error and error[:500], delivery.id),
    )


def _key(delivery: Delivery) -> str:
    return f"webhook:{ids.to_text(delivery.subscription.id)}"


def _failing(delivery: Delivery, error: str) -> Alarm:
    """One alarm for a subscription, however many of its deliveries fail."""
    url = addresses.shown(delivery.subscription.url)
    says = say("the webhook to {url} does not take its events: {error}", url=url, error=error[:200])
    return Alarm(_key(delivery), "webhook.failing", says)


def sweep(tx: Tx) -> int:
    """Forget what was settled more than 30 days ago; how many."""
    return tx.run("DELETE FROM deliveries WHERE settled_at <= ?", (tx.now - KEPT,))
