"""Where each person can be reached."""

from collections.abc import Collection
from typing import NamedTuple

from tocsin.core import canonical
from tocsin.core.errors import NotFound
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.ledger.journal import Journal
from tocsin.notify.channels.port import NO_OPTIONS, Options, Place
from tocsin.notify.events import DESTINATIONS
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx, marks, padded

REVISION = "destinations"


class Destination(NamedTuple):
    id: int
    user: int
    channel: str
    address: str
    options: Options = NO_OPTIONS


Destinations = dict[int, tuple[Destination, ...]]


def load(tx: Tx) -> Destinations:
    """Destinations by user."""
    found: dict[int, list[Destination]] = {}
    for destination, user, channel, address, options in tx.rows(
        "SELECT id, user_id, channel, address, options FROM destinations WHERE ended_at IS NULL ORDER BY id"
    ):
        known = Destination(destination, user, channel, address, canonical.decode(bytes(options)))
        found.setdefault(user, []).append(known)
    return {user: tuple(those) for user, those in found.items()}


class Stored(NamedTuple):
    """A destination with its sealed secret."""

    id: int
    channel: str
    address: str
    secret: bytes
    options: Options

    def place(self, vault: Vault) -> Place:
        """As its channel reads it. Misconfigured where the secret cannot be opened."""
        return Place(self.address, vault.open(self.secret, place(self.id)), self.options)


def stored(tx: Tx) -> list[Stored]:
    """Every destination that has not ended."""
    rows = tx.rows("SELECT id, channel, address, secret, options FROM destinations WHERE ended_at IS NULL ORDER BY id")
    return [Stored(row[0], row[1], row[2], bytes(row[3]), canonical.decode(bytes(row[4]))) for row in rows]


def cached() -> revisions.Cached[Destinations]:
    return revisions.Cached(REVISION, load)


def place(destination: int) -> str:
    """What the sealed secret of a destination is bound to."""
    return f"destinations/{destination}"


class New(NamedTuple):
    """A destination to be: what its channel made of the fields that somebody gave. `secret` is stored sealed."""

    channel: str
    address: str
    secret: str = ""
    options: Options = NO_OPTIONS


def add(tx: Tx, mint: IdMint, journal: Journal, vault: Vault, user: int, new: New, *, by: str) -> int:
    """Reach this user there, too; its id. A destination that had ended is used again."""
    wanted = (user, new.channel, new.address)
    found = tx.row("SELECT id FROM destinations WHERE user_id = ? AND channel = ? AND address = ?", wanted)
    destination: int = found[0] if found else mint.new(tx.now)
    sealed, options = vault.seal(new.secret, place(destination)), canonical.encode(dict(new.options))
    if found:
        changes = {"secret": sealed, "options": options, "ended_at": None}
        DESTINATIONS.change(tx, journal, destination, changes, by, "changed")
    else:
        DESTINATIONS.add(tx, journal, (destination, *wanted, sealed, options, tx.now, None), by)
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
