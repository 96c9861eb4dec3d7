"""Where each person can be reached."""

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import urlsplit

from tocsin.core import addresses
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.ledger.journal import Journal
from tocsin.notify.events import DESTINATIONS
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx, marks, padded

REVISION = "destinations"
MOST_LENGTH = 2000
_MOST_EMAIL, _MOST_LOCAL = 254, 64  # RFC 5321
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")


class Destination(NamedTuple):
    id: int
    user: int
    channel: str
    address: str


Destinations = dict[int, tuple[Destination, ...]]


def load(tx: Tx) -> Destinations:
    """Destinations by user."""
    found: dict[int, list[Destination]] = {}
    for row in tx.rows("SELECT id, user_id, channel, address FROM destinations WHERE ended_at IS NULL ORDER BY id"):
        found.setdefault(row[1], []).append(Destination(*row))
    return {user: tuple(those) for user, those in found.items()}


def cached() -> revisions.Cached[Destinations]:
    return revisions.Cached(REVISION, load)


def place(destination: int) -> str:
    """What the sealed secret of a destination is bound to."""
    return f"destinations/{destination}"


def add_webhook(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    vault: Vault,
    user: int,
    url: str,
    secret: str,
    *,
    by: str,
    allow_private: bool = False,
) -> int:
    """Reach this user by a POST to `url`, signed with `secret`: base64 as Standard Webhooks writes it, `whsec_...`;
    it is stored sealed."""
    check_url(url, allow_private=allow_private)
    return _add(tx, mint, journal, vault, (user, "webhook", url), secret, by)


def add_email(tx: Tx, mint: IdMint, journal: Journal, vault: Vault, user: int, address: str, *, by: str) -> int:
    """Reach this user by e-mail."""
    check_email(address)
    return _add(tx, mint, journal, vault, (user, "email", address), "", by)


def _add(
    tx: Tx, mint: IdMint, journal: Journal, vault: Vault, wanted: tuple[int, str, str], secret: str, by: str
) -> int:
    """`wanted`: the user, the channel, the address. A place that had ended is used again."""
    found = tx.row("SELECT id FROM destinations WHERE user_id = ? AND channel = ? AND address = ?", wanted)
    destination: int = found[0] if found else mint.new(tx.now)
    sealed = vault.seal(secret, place(destination))
    if found:
        DESTINATIONS.change(tx, journal, destination, {"secret": sealed, "ended_at": None}, by, "changed")
    else:
        DESTINATIONS.add(tx, journal, (destination, *wanted, sealed, tx.now, None), by)
    revisions.renew(tx, mint, REVISION)
    return destination


def end(tx: Tx, mint: IdMint, journal: Journal, user: int, destination: int, *, by: str) -> None:
    """Send nothing more there; what waits for it is cancelled. NotFound where the user is not reached by it."""
    done = tx.run(
        "UPDATE destinations SET ended_at = ? WHERE id = ? AND user_id = ? AND ended_at IS NULL",
        (tx.now, destination, user),
    )
    if not done:
        raise NotFound(
            "this user has no such destination",
            place="destination",
            expected="an id from `tocsin user unreach NAME`",
        )
    DESTINATIONS.note(tx, journal, {destination: {"ended_at": tx.now}}, by, "ended")
    revisions.renew(tx, mint, REVISION)


def channels(tx: Tx, wanted: Collection[int]) -> dict[int, str]:
    """The channel of each of these destinations, ended ones too."""
    if not wanted:
        return {}
    chosen = padded(sorted(wanted))
    return {
        row[0]: row[1] for row in tx.rows(f"SELECT id, channel FROM destinations WHERE id IN ({marks(chosen)})", chosen)
    }


def check_email(address: str, place: str = "email") -> None:
    """InvalidInput for what is no plain address: no name around it, no quotes, no line end, ASCII only."""
    if len(address) > _MOST_EMAIL or not _EMAIL.fullmatch(address) or len(address.split("@")[0]) > _MOST_LOCAL:
        raise InvalidInput(
            "this is not an e-mail address",
            place=place,
            expected=f"name@host.example, plain ASCII, at most {_MOST_EMAIL} characters",
        )


def check_url(url: str, *, allow_private: bool) -> None:
    """InvalidInput for what is no web address, and for a private one unless those are allowed. Names are looked up only
    when something is sent."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or len(url) > MOST_LENGTH or not url.isprintable() or " " in url:
        raise InvalidInput(
            "this is not a web address", place="url", expected=f"https://host/path, at most {MOST_LENGTH} characters"
        )
    if not allow_private and addresses.private(parts.hostname or ""):
        raise InvalidInput(
            f"{parts.hostname} is a private address",
            place="url",
            expected="a public one, or TOCSIN_ALLOW_PRIVATE_DESTINATIONS=true where the server runs",
        )
