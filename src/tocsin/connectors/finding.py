"""Connectors as they are stored: found by their token or their name, listed, and those of which something goes out."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from tocsin.connectors.pack import GENERIC
from tocsin.core import canonical, ids, instants
from tocsin.core.errors import NotFound
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.people.permissions import Viewer
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Row, Tx

REVISION = "connectors"
QUEUE = "effect:"
_COLUMNS = "id, name, pack, mapping, secret, former_secret, former_until, settings, credential"


class Settings(NamedTuple):
    """`effects`: names of those that go out; `host`: where to, None: where the pack says; `account`: the name that
    their system has for us, by which what we did is known when it comes back; `pull`: what is asked of it, None: it
    delivers by itself."""

    effects: tuple[str, ...] = ()
    host: str | None = None
    account: str | None = None
    pull: Mapping[str, Any] | None = None


class StoredConnector(NamedTuple):
    """A connector that was added. `mapping`: its own keys, as canonical JSON. `secret` is sealed, None: its deliveries
    need no signature; `former` holds too, until `former_until`. `credential`, sealed: what effects go out with."""

    id: int
    name: str
    pack: str
    mapping: bytes
    secret: bytes | None = None
    former: bytes | None = None
    former_until: int | None = None
    settings: Settings = Settings()
    credential: bytes | None = None

    @property
    def actor(self) -> str:
        return f"{'hook' if self.pack == GENERIC else 'connector'}:{self.name}"

    @property
    def queue(self) -> str:
        """The kind of work of its effects, with one row for each case."""
        return QUEUE + ids.to_text(self.id)

    @property
    def viewer(self) -> Viewer:
        """On whose behalf its deliveries come."""
        return Viewer(self.actor, "operator", token=self.id)

    def secrets(self, vault: Vault, now: int) -> list[str]:
        """Those that hold now."""
        former = self.former if self.former_until is not None and now < self.former_until else None
        return [vault.open(sealed, place(self.id)) for sealed in (self.secret, former) if sealed is not None]


def place(connector: int) -> str:
    """What the sealed secrets of a connector are bound to."""
    return f"hooks/{connector}"


def with_effects(tx: Tx) -> tuple[StoredConnector, ...]:
    """Those that live and of which something goes out."""
    rows = tx.rows(f"SELECT {_COLUMNS} FROM hooks WHERE settings IS NOT NULL AND revoked_at IS NULL ORDER BY id")
    return tuple(found for found in map(_stored, rows) if found.settings.effects)


def cached() -> Cached[tuple[StoredConnector, ...]]:
    """Those with effects, as `with_effects`."""
    return Cached(REVISION, with_effects)


def by_token(tx: Tx, pack: str, token: str) -> StoredConnector:
    """NotFound where no connector of this pack that lives has this token."""
    row = tx.row(f"SELECT {_COLUMNS} FROM hooks WHERE hash = ? AND revoked_at IS NULL", (hashed(token),))
    if row is None or (found := _stored(row)).pack != pack:
        raise NotFound(
            say("there is no such hook, or it was revoked"),
            place="token",
            expected=say("the address of a source (`tocsin hook list`)"),
        )
    return found


def by_id(tx: Tx, connector: int) -> StoredConnector | None:
    """None where it lives no more."""
    row = tx.row(f"SELECT {_COLUMNS} FROM hooks WHERE id = ? AND revoked_at IS NULL", (connector,))
    return None if row is None else _stored(row)


def by_name(tx: Tx, name: str) -> StoredConnector:
    """NotFound where there is none of this name that lives."""
    row = tx.row(f"SELECT {_COLUMNS} FROM hooks WHERE name = ? AND revoked_at IS NULL", (name,))
    if row is None:
        raise unknown(name)
    return _stored(row)


def id_of(tx: Tx, name: str) -> int:
    """NotFound where there was never one of this name."""
    row = tx.row("SELECT id FROM hooks WHERE name = ?", (name,))
    if row is None:
        raise unknown(name)
    found: int = row[0]
    return found


def listed(tx: Tx, name: str | None = None) -> list[dict[str, Any]]:
    """Every connector, or the one of this name, without what is secret."""
    rows = tx.rows(
        "SELECT id, name, mapping, secret IS NOT NULL, created_at, created_by, revoked_at,"
        " (SELECT max(at) FROM hook_deliveries WHERE hook = hooks.id), pack, former_until, settings FROM hooks"
        f"{'' if name is None else ' WHERE name = ?'} ORDER BY id",
        () if name is None else (name,),
    )
    if name is not None and not rows:
        raise unknown(name)
    return [_shown(_Listed._make(row), tx.now) for row in rows]


class _Listed(NamedTuple):
    """A connector in the order of the columns that lists show."""

    id: int
    name: str
    mapping: bytes
    signed: bool
    created_at: int
    created_by: str
    revoked_at: int | None
    last_at: int | None
    pack: str | None
    former_until: int | None
    settings: bytes | None


def _shown(row: _Listed, now: int) -> dict[str, Any]:
    held = row.former_until is not None and row.former_until > now
    return {
        "id": ids.to_text(row.id),
        "name": row.name,
        "map": canonical.decode(bytes(row.mapping)),
        "signed": bool(row.signed),
        "created_at": instants.to_text(row.created_at),
        "created_by": row.created_by,
        "revoked_at": row.revoked_at and instants.to_text(row.revoked_at),
        "last_at": row.last_at and instants.to_text(row.last_at),
        "pack": row.pack or GENERIC,
        "former_secret_until": instants.to_text(row.former_until) if held else None,
        **{key: list(value) if key == "effects" else value for key, value in _settings(row.settings)._asdict().items()},
    }


def _stored(row: Row) -> StoredConnector:
    identifier, name, pack, mapping, secret, former, until, settings, credential = row
    return StoredConnector(
        identifier,
        name,
        pack or GENERIC,
        bytes(mapping),
        None if secret is None else bytes(secret),
        None if former is None else bytes(former),
        until,
        _settings(settings),
        None if credential is None else bytes(credential),
    )


def _settings(stored: Any) -> Settings:
    if stored is None:
        return Settings()
    said = canonical.decode(bytes(stored))
    return Settings(tuple(said["effects"]), said["host"], said["account"], said.get("pull"))


def unknown(name: str) -> NotFound:
    """What is said of a name that no connector has."""
    return NotFound(
        say("there is no hook {name}", name=repr(name[:100])),
        place="name",
        expected=say("the name of a source (`tocsin hook list`)"),
    )


def hashed(token: str) -> bytes:
    """As which a token is stored."""
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
