"""Where each person can be reached."""

from typing import NamedTuple
from urllib.parse import urlsplit

from tocsin.core.errors import InvalidInput
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.notify.tables import destinations
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx

REVISION = "destinations"


class Destination(NamedTuple):
    id: int
    user: int
    channel: str
    address: str


Destinations = dict[int, tuple[Destination, ...]]


def load(tx: Tx) -> Destinations:
    """Destinations by user."""
    found: dict[int, list[Destination]] = {}
    for row in tx.rows("SELECT id, user_id, channel, address FROM destinations ORDER BY id"):
        found.setdefault(row[1], []).append(Destination(*row))
    return {user: tuple(those) for user, those in found.items()}


def cached() -> revisions.Cached[Destinations]:
    return revisions.Cached(REVISION, load)


def place(destination: int) -> str:
    """What the sealed secret of a destination is bound to."""
    return f"destinations/{destination}"


def add_webhook(tx: Tx, mint: IdMint, vault: Vault, user: int, url: str, secret: str) -> int:
    """Reach this user by a POST to `url`, signed with `secret`: base64 as Standard Webhooks writes it, `whsec_...`;
    it is stored sealed."""
    check_url(url)
    found = tx.row("SELECT id FROM destinations WHERE user_id = ? AND channel = 'webhook' AND address = ?", (user, url))
    destination: int = found[0] if found else mint.new(tx.now)
    sealed = vault.seal(secret, place(destination))
    if found:
        tx.run("UPDATE destinations SET secret = ? WHERE id = ?", (sealed, destination))
    else:
        tx.insert(destinations, [(destination, user, "webhook", url, sealed, tx.now)])
    revisions.renew(tx, mint, REVISION)
    return destination


def check_url(url: str) -> None:
    """InvalidInput for what is no web address."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise InvalidInput(f"{url[:80]!r} is not a web address", place="url", expected="https://host/path")
