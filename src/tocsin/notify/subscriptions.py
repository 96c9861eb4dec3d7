"""Other systems that hear of events: an operator subscribes an address to kinds of events, and every such event is
delivered there as a signed webhook.

The journal tells `Outbox` of whatever it writes; in the event's own transaction a delivery is queued for each
subscription that means it, and one row of work for its case. History that was imported is no news and is left out.
"""

import base64
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tocsin.cases import store
from tocsin.core import canonical, ids
from tocsin.core.addresses import check_url, masked
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.ledger import kinds, work
from tocsin.ledger.journal import Journal
from tocsin.notify.events import SUBSCRIPTIONS
from tocsin.notify.tables import deliveries
from tocsin.storage import revisions
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Row, Tx

REVISION = "subscriptions"
QUEUE = "webhook:"


class Subscription(NamedTuple):
    """`url`: for sending alone, people are shown `shown`. `kinds`: names of kinds, families such as `case.*`, or `*`.
    `secret` is sealed."""

    id: int
    url: str
    kinds: tuple[str, ...]
    secret: bytes
    created_at: int
    created_by: str

    def means(self, kind: str) -> bool:
        return any(kinds.matches(pattern, kind) for pattern in self.kinds)

    @property
    def shown(self) -> str:
        return masked(self.url)

    @property
    def queue(self) -> str:
        """The kind of its work: each subscription has a queue of its own, with one row for each case."""
        return queue_of(self.id)


Subscriptions = tuple[Subscription, ...]


def queue_of(subscription: int) -> str:
    return QUEUE + ids.to_text(subscription)


def place(subscription: int) -> str:
    """What the sealed secret of a subscription is bound to."""
    return f"subscriptions/{subscription}"


def load(tx: Tx) -> Subscriptions:
    """Those that have not ended."""
    rows = tx.rows(
        "SELECT id, url, kinds, secret, created_at, created_by FROM subscriptions WHERE ended_at IS NULL ORDER BY id"
    )
    return tuple(
        Subscription(subscription, url, tuple(canonical.decode(bytes(kinds))), bytes(secret), at, by)
        for subscription, url, kinds, secret, at, by in rows
    )


def known(tx: Tx, subscription: int) -> bool:
    """Whether there is such a subscription, ended or not."""
    return tx.row("SELECT 1 FROM subscriptions WHERE id = ?", (subscription,)) is not None


def cached() -> Cached[Subscriptions]:
    return Cached(REVISION, load)


def add(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    vault: Vault,
    url: str,
    wanted: Sequence[str],
    *,
    known: Collection[str],
    by: str,
    allow_private: bool = False,
) -> tuple[int, str]:
    """A new subscription's id and its secret, which nobody can read again. `known`: the kinds that may be heard of."""
    check_url(url, allow_private=allow_private)
    if not wanted:
        raise InvalidInput(
            say("a subscription needs events"), place="events", expected=say('a list such as ["case.*"]')
        )
    for pattern in wanted:
        kinds.check_pattern(pattern, known)
    subscription = mint.new(tx.now)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    sealed = vault.seal(secret, place(subscription))
    chosen = canonical.encode(list(dict.fromkeys(wanted)))
    SUBSCRIPTIONS.add(tx, journal, (subscription, url, chosen, sealed, tx.now, by, None), by)
    revisions.renew(tx, mint, REVISION)
    return subscription, secret


def end(tx: Tx, mint: IdMint, journal: Journal, subscription: int, *, by: str) -> None:
    """Deliver nothing more there; NotFound where there is no such subscription, or not any more."""
    if not tx.run("UPDATE subscriptions SET ended_at = ? WHERE id = ? AND ended_at IS NULL", (tx.now, subscription)):
        raise NotFound(say("there is no such webhook"), place="webhook")
    SUBSCRIPTIONS.note(tx, journal, {subscription: {"ended_at": tx.now}}, by, "ended")
    tx.run(
        "UPDATE deliveries SET state = 'cancelled', settled_at = ?"
        " WHERE subscription = ? AND state IN ('queued', 'sent')",
        (tx.now, subscription),
    )
    work.clear(tx, queue_of(subscription))
    revisions.renew(tx, mint, REVISION)


@dataclass(frozen=True, slots=True)
class Outbox:
    """The journal's *after* subscriber. Costs one look at what is remembered while nobody has subscribed. `public`: the
    kinds that other systems may hear of."""

    mint: IdMint
    subscriptions: Cached[Subscriptions]
    public: Collection[str]

    def __call__(self, tx: Tx, events: Sequence[Row]) -> None:
        listening = self.subscriptions.get(tx)
        if not listening:
            return
        fresh = [(row[0], row[1], row[2]) for row in events if row[2] in self.public]
        if not fresh:
            return
        old = store.imported(tx, {chain for chain, _, _ in fresh})
        rows: list[Row] = []
        queues: dict[tuple[str, int], None] = {}
        for subscription in listening:
            for chain, seq, kind in fresh:
                if chain not in old and subscription.means(kind):
                    delivery = self.mint.new(tx.now)
                    rows.append((delivery, subscription.id, chain, seq, kind, "queued", 0, tx.now, None, None, None))
                    queues[subscription.queue, chain] = None
        tx.insert(deliveries, rows)
        work.rouse(tx, list(queues))
