"""Where each person can be reached, and teams and roles."""

from collections.abc import Collection
from typing import NamedTuple

from tocsin.core import canonical
from tocsin.core.addresses import masked
from tocsin.core.errors import NotFound
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.ledger.journal import Journal
from tocsin.notify.channels.port import NO_OPTIONS, Options, Place
from tocsin.notify.events import DESTINATIONS
from tocsin.people import directory
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx, marks, padded

REVISION = "destinations"


class Destination(NamedTuple):
    """`user` is None for that of a team or a role; `address`: as people are shown it."""

    id: int
    user: int | None
    channel: str
    address: str
    options: Options = NO_OPTIONS


Destinations = dict[int, tuple[Destination, ...]]
Rooms = dict[str, tuple[Destination, ...]]  # by `team:NAME` and `role:NAME`


class Room(NamedTuple):
    """What has destinations and is no person: a team, by its id, or a role, by its name."""

    team: int | None = None
    role: str | None = None


Owner = int | Room  # a user's id, or a room


def _owned(owner: Owner) -> tuple[str, int | str | None]:
    """The column that names an owner, and its value there."""
    if isinstance(owner, int):
        return "user_id", owner
    return ("team", owner.team) if owner.team is not None else ("role", owner.role)


def load(tx: Tx) -> Destinations:
    """Destinations of people, by user."""
    found: dict[int, list[Destination]] = {}
    for destination, user, channel, address, options in tx.rows(
        "SELECT id, user_id, channel, address, options FROM destinations"
        " WHERE ended_at IS NULL AND user_id IS NOT NULL ORDER BY id"
    ):
        known = Destination(destination, user, channel, masked(address), canonical.decode(bytes(options or b"{}")))
        found.setdefault(user, []).append(known)
    return {user: tuple(those) for user, those in found.items()}


def load_rooms(tx: Tx) -> Rooms:
    """Destinations of teams and roles."""
    found: dict[str, list[Destination]] = {}
    rows = tx.rows(
        "SELECT id, team, role, channel, address, options FROM destinations"
        " WHERE ended_at IS NULL AND user_id IS NULL ORDER BY id"
    )
    teams = directory.team_names(tx, (row[1] for row in rows if row[1] is not None))
    for destination, team, role, channel, address, options in rows:
        key = f"team:{teams[team]}" if team is not None else f"role:{role}"
        known = Destination(destination, None, channel, masked(address), canonical.decode(bytes(options or b"{}")))
        found.setdefault(key, []).append(known)
    return {key: tuple(those) for key, those in found.items()}


def of(tx: Tx, owner: Owner) -> list[Destination]:
    """The destinations of one owner."""
    column, value = _owned(owner)
    rows = tx.rows(
        "SELECT id, user_id, channel, address, options FROM destinations"
        f" WHERE {column} = ? AND ended_at IS NULL ORDER BY id",
        (value,),
    )
    return [
        Destination(destination, user, channel, masked(address), canonical.decode(bytes(options)))
        for destination, user, channel, address, options in rows
    ]


class StoredDestination(NamedTuple):
    """A destination with its sealed secret."""

    id: int
    channel: str
    address: str
    secret: bytes
    options: Options

    def place(self, vault: Vault) -> Place:
        """As its channel reads it. Misconfigured where the secret cannot be opened."""
        return Place(self.address, vault.open(self.secret, place(self.id)), self.options)


def stored(tx: Tx) -> list[StoredDestination]:
    """Every destination that has not ended."""
    rows = tx.rows("SELECT id, channel, address, secret, options FROM destinations WHERE ended_at IS NULL ORDER BY id")
    return [
        StoredDestination(destination, channel, address, bytes(secret), canonical.decode(bytes(options)))
        for destination, channel, address, secret, options in rows
    ]


def cached() -> revisions.Cached[Destinations]:
    return revisions.Cached(REVISION, load)


def cached_rooms() -> revisions.Cached[Rooms]:
    return revisions.Cached(REVISION, load_rooms)


def place(destination: int) -> str:
    """What the sealed secret of a destination is bound to."""
    return f"destinations/{destination}"


class New(NamedTuple):
    """A destination to be: what its channel made of the fields that somebody gave. `secret` is stored sealed."""

    channel: str
    address: str
    secret: str = ""
    options: Options = NO_OPTIONS


def add(tx: Tx, mint: IdMint, journal: Journal, vault: Vault, owner: Owner, new: New, *, by: str) -> int:
    """Reach this owner there, too; its id. A destination that had ended is used again."""
    column, value = _owned(owner)
    whose = tuple(value if name == column else None for name in ("user_id", "team", "role"))
    found = tx.row(
        f"SELECT id FROM destinations WHERE {column} = ? AND channel = ? AND address = ?",
        (value, new.channel, new.address),
    )
    destination: int = found[0] if found else mint.new(tx.now)
    sealed, options = vault.seal(new.secret, place(destination)), canonical.encode(dict(new.options))
    if found:
        changes = {"secret": sealed, "options": options, "ended_at": None}
        DESTINATIONS.change(tx, journal, destination, changes, by, "changed")
    else:
        DESTINATIONS.add(
            tx, journal, (destination, *whose, new.channel, new.address, sealed, options, tx.now, None), by
        )
    revisions.renew(tx, mint, REVISION)
    return destination


def end(tx: Tx, mint: IdMint, journal: Journal, owner: Owner, destination: int, *, by: str) -> None:
    """Send nothing more there; what waits for it is cancelled. NotFound where the owner is not reached by it."""
    column, value = _owned(owner)
    done = tx.run(
        f"UPDATE destinations SET ended_at = ? WHERE id = ? AND {column} = ? AND ended_at IS NULL",
        (tx.now, destination, value),
    )
    if not done:
        kind = "user" if column == "user_id" else column
        raise NotFound(
            say("this {kind} has no such destination", kind=kind),
            place="destination",
            expected=say("the id of a place (`tocsin {kind} unreach NAME`)", kind=kind),
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
