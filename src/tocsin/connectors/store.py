"""Connectors as they are stored: added and shown once, found by their token, given a new secret, revoked."""

import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from tocsin.connectors import pack as packs
from tocsin.connectors.events import HOOKS
from tocsin.connectors.pack import GENERIC, Pack
from tocsin.core import addresses, canonical, ids, instants, names
from tocsin.core.clock import DAY
from tocsin.core.errors import Conflict, InvalidInput, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.core.wording import say
from tocsin.intake.mapping.reading import delivered_mapping
from tocsin.ledger import work
from tocsin.ledger.journal import Journal
from tocsin.people.permissions import Viewer
from tocsin.storage import revisions
from tocsin.storage.revisions import Cached
from tocsin.storage.transaction import Row, Tx

REVISION = "connectors"
QUEUE = "effect:"
OVERLAP = DAY  # for which a former secret holds
_COLUMNS = "id, name, pack, mapping, secret, former_secret, former_until, settings, credential"


class Settings(NamedTuple):
    """`effects`: names of those that go out; `host`: where to, None: where the pack says; `account`: the name that
    their system has for us, by which what we did is known when it comes back."""

    effects: tuple[str, ...] = ()
    host: str | None = None
    account: str | None = None


class Stored(NamedTuple):
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


class Changes(NamedTuple):
    """What is to be another one; None: it stays."""

    mapping: Mapping[str, Any] | None = None
    settings: Settings | None = None
    credential: str | None = None


class Made(NamedTuple):
    """`secret`: None where there is none, or whoever added the connector knows it."""

    id: int
    token: str
    secret: str | None


def place(connector: int) -> str:
    """What the sealed secrets of a connector are bound to."""
    return f"hooks/{connector}"


def add(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    vault: Vault,
    name: str,
    mapping: Any,
    *,
    signed: bool,
    by: str,
    pack: str = GENERIC,
    secret: str | None = None,
) -> Made:
    """A new connector; nobody can read its token and its secret again. `secret`: the one that its tool signs with
    already."""
    names.check(name, "hook")
    chosen = packs.named(pack)
    delivered_mapping(chosen.document(mapping) if isinstance(mapping, Mapping) else mapping)
    if tx.row("SELECT 1 FROM hooks WHERE name = ?", (name,)):
        raise Conflict(
            say("the name {name} is used by a hook already, or was", name=repr(name)),
            place="name",
            expected=say("another name"),
        )
    used = _secret(chosen, secret) if signed or secret or chosen.required else None
    made = Made(mint.new(tx.now), "hook_" + secrets.token_urlsafe(32), None if secret else used)
    sealed = None if used is None else vault.seal(used, place(made.id))
    stored = None if pack == GENERIC else pack
    row = (
        made.id,
        name,
        _hash(made.token),
        canonical.encode(mapping),
        sealed,
        tx.now,
        by,
        None,
        stored,
        None,
        None,
        None,
        None,
    )
    HOOKS.add(tx, journal, row, by)
    return made


def renew_secret(
    tx: Tx, journal: Journal, vault: Vault, name: str, secret: str | None, *, by: str
) -> tuple[str | None, int]:
    """Give a connector a new secret; until when the former one holds too. The secret is None where the caller gave
    it."""
    found = by_name(tx, name)
    used = _secret(packs.named(found.pack), secret)
    until = tx.now + OVERLAP
    news = {
        "secret": vault.seal(used, place(found.id)),
        "former_secret": found.secret,
        "former_until": None if found.secret is None else until,
    }
    HOOKS.change(tx, journal, found.id, news, by, "secret_renewed")
    return None if secret else used, until


def change(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    vault: Vault,
    name: str,
    changes: Changes,
    *,
    by: str,
    allow_private: bool = False,
) -> None:
    """Change a connector; InvalidInput where its pack does not have what is asked."""
    found = by_name(tx, name)
    chosen, news = packs.named(found.pack), dict[str, Any]()
    if changes.mapping is not None:
        delivered_mapping(chosen.document(changes.mapping))
        news["mapping"] = canonical.encode(changes.mapping)
    if changes.credential is not None:
        news["credential"] = vault.seal(changes.credential, place(found.id))
    if changes.settings is not None:
        for effect in changes.settings.effects:
            chosen.effect(effect)
        if changes.settings.effects and not (found.credential or changes.credential):
            raise InvalidInput(
                say("effects need a credential"), place="credential", expected=say("one of the tool's system")
            )
        if changes.settings.host is not None:
            addresses.check_url(changes.settings.host, allow_private=allow_private, place="host")
        if not changes.settings.effects:
            _stop(tx, found)
        news["settings"] = canonical.encode(changes.settings._asdict())
    HOOKS.change(tx, journal, found.id, news, by, "changed")
    revisions.renew(tx, mint, REVISION)


def with_effects(tx: Tx) -> tuple[Stored, ...]:
    """Those that live and of which something goes out."""
    rows = tx.rows(f"SELECT {_COLUMNS} FROM hooks WHERE settings IS NOT NULL AND revoked_at IS NULL ORDER BY id")
    return tuple(found for found in map(_stored, rows) if found.settings.effects)


def cached() -> Cached[tuple[Stored, ...]]:
    """Those with effects, as `with_effects`."""
    return Cached(REVISION, with_effects)


def by_token(tx: Tx, pack: str, token: str) -> Stored:
    """NotFound where no connector of this pack that lives has this token."""
    row = tx.row(f"SELECT {_COLUMNS} FROM hooks WHERE hash = ? AND revoked_at IS NULL", (_hash(token),))
    if row is None or (found := _stored(row)).pack != pack:
        raise NotFound(
            say("there is no such hook, or it was revoked"), place="token", expected=say("a hook of `tocsin hook list`")
        )
    return found


def by_name(tx: Tx, name: str) -> Stored:
    """NotFound where there is none of this name that lives."""
    row = tx.row(f"SELECT {_COLUMNS} FROM hooks WHERE name = ? AND revoked_at IS NULL", (name,))
    if row is None:
        raise _unknown(name)
    return _stored(row)


def id_of(tx: Tx, name: str) -> int:
    """NotFound where there was never one of this name."""
    row = tx.row("SELECT id FROM hooks WHERE name = ?", (name,))
    if row is None:
        raise _unknown(name)
    found: int = row[0]
    return found


def revoke(tx: Tx, mint: IdMint, journal: Journal, name: str, *, by: str) -> None:
    """Take nothing more from it; NotFound where there is none that lives."""
    found = by_name(tx, name)
    _stop(tx, found)
    HOOKS.change(tx, journal, found.id, {"revoked_at": tx.now}, by, "revoked")
    revisions.renew(tx, mint, REVISION)


def listed(tx: Tx, name: str | None = None) -> list[dict[str, Any]]:
    """Every connector, or the one of this name, without what is secret."""
    rows = tx.rows(
        "SELECT id, name, mapping, secret IS NOT NULL, created_at, created_by, revoked_at,"
        " (SELECT max(at) FROM hook_deliveries WHERE hook = hooks.id), pack, former_until, settings FROM hooks"
        f"{'' if name is None else ' WHERE name = ?'} ORDER BY id",
        () if name is None else (name,),
    )
    if name is not None and not rows:
        raise _unknown(name)
    return [_shown(row, tx.now) for row in rows]


def _stop(tx: Tx, stored: Stored) -> None:
    """What waits to go out is cancelled."""
    rows = tx.rows(
        "UPDATE effects SET state = 'cancelled', settled_at = ? WHERE hook = ? AND state IN ('queued', 'sending')"
        " RETURNING case_id",
        (tx.now, stored.id),
    )
    work.disarm_many(tx, stored.queue, sorted({row[0] for row in rows}))


def _shown(row: Row, now: int) -> dict[str, Any]:
    held = row[9] is not None and row[9] > now
    return {
        "id": ids.to_text(row[0]),
        "name": row[1],
        "map": canonical.decode(bytes(row[2])),
        "signed": bool(row[3]),
        "created_at": instants.to_text(row[4]),
        "created_by": row[5],
        "revoked_at": row[6] and instants.to_text(row[6]),
        "last_at": row[7] and instants.to_text(row[7]),
        "pack": row[8] or GENERIC,
        "former_secret_until": instants.to_text(row[9]) if held else None,
        **{key: list(value) if key == "effects" else value for key, value in _settings(row[10])._asdict().items()},
    }


def _stored(row: Row) -> Stored:
    identifier, name, pack, mapping, secret, former, until, settings, credential = row
    return Stored(
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
    return Settings(tuple(said["effects"]), said["host"], said["account"])


def _secret(pack: Pack, given: str | None) -> str:
    """A secret that the pack's scheme takes: the one that was given, or a new one."""
    if pack.scheme is None:
        raise InvalidInput(say("{title} signs nothing", title=pack.title), place="signed", expected=say("no secret"))
    if given is None:
        return pack.scheme.new_secret(secrets.token_bytes(32))
    pack.scheme.check(given)
    return given


def _unknown(name: str) -> NotFound:
    return NotFound(
        say("there is no hook {name}", name=repr(name[:100])),
        place="name",
        expected=say("a name from `tocsin hook list`"),
    )


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
