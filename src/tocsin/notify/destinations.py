"""Where each person can be reached."""

from typing import NamedTuple
from urllib.parse import urlsplit

from tocsin.core.errors import InvalidInput
from tocsin.core.ids import IdMint
from tocsin.notify.tables import destinations
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx

REVISION = "destinations"


class Destination(NamedTuple):
    """`secret` signs what is sent there."""

    id: int
    user: int
    channel: str
    address: str
    secret: str


Destinations = dict[int, tuple[Destination, ...]]


def load(tx: Tx) -> Destinations:
    """Destinations by user."""
    found: dict[int, list[Destination]] = {}
    for row in tx.rows("SELECT id, user_id, channel, address, secret FROM destinations ORDER BY id"):
        found.setdefault(row[1], []).append(Destination(*row))
    return {user: tuple(those) for user, those in found.items()}


def cached() -> revisions.Cached[Destinations]:
    return revisions.Cached(REVISION, load)


def add_webhook(tx: Tx, mint: IdMint, user: int, url: str, secret: str) -> int:
    """Reach this user by a signed POST to `url`. `secret`: base64 as Standard Webhooks writes it, `whsec_...`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput(f"{url[:80]!r} is not a web address", place="url", expected="https://host/path")
    found = tx.row("SELECT id FROM destinations WHERE user_id = ? AND channel = 'webhook' AND address = ?", (user, url))
    if found:
        tx.run("UPDATE destinations SET secret = ? WHERE id = ?", (secret, found[0]))
        destination: int = found[0]
    else:
        destination = mint.new(tx.now)
        tx.insert(destinations, [(destination, user, "webhook", url, secret, tx.now)])
    revisions.renew(tx, mint, REVISION)
    return destination
