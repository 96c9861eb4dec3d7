"""Connectors as they are stored: added and shown once, found by their token, given a new secret, revoked."""

import secrets
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from tocsin.connectors import pack as packs
from tocsin.connectors.events import HOOKS
from tocsin.connectors.pack import GENERIC, Pack
from tocsin.core import canonical, ids, instants, names
from tocsin.core.clock import DAY
from tocsin.core.errors import Conflict, InvalidInput, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.intake.mapping.reading import delivered_mapping
from tocsin.ledger.journal import Journal
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Row, Tx

OVERLAP = DAY  # for which a former secret holds
_COLUMNS = "id, name, pack, mapping, secret, former_secret, former_until"


class Stored(NamedTuple):
    """A connector that was added. `mapping`: its own keys, as canonical JSON. `secret` is sealed, None: its deliveries
    need no signature; `former` holds too, until `former_until`."""

    id: int
    name: str
    pack: str
    mapping: bytes
    secret: bytes | None = None
    former: bytes | None = None
    former_until: int | None = None

    @property
    def actor(self) -> str:
        return f"{'hook' if self.pack == GENERIC else 'connector'}:{self.name}"

    @property
    def viewer(self) -> Viewer:
        """On whose behalf its deliveries come."""
        return Viewer(self.actor, "operator", token=self.id)

    def secrets(self, vault: Vault, now: int) -> list[str]:
        """Those that hold now."""
        former = self.former if self.former_until is not None and now < self.former_until else None
        return [vault.open(sealed, place(self.id)) for sealed in (self.secret, former) if sealed is not None]


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
        raise Conflict(f"the name {name!r} is used by a hook already, or was", place="name", expected="another name")
    used = _secret(chosen, secret) if signed or secret or chosen.required else None
    made = Made(mint.new(tx.now), "hook_" + secrets.token_urlsafe(32), None if secret else used)
    sealed = None if used is None else vault.seal(used, place(made.id))
    stored = None if pack == GENERIC else pack
    row = (made.id, name, _hash(made.token), canonical.encode(mapping), sealed, tx.now, by, None, stored, None, None)
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


def by_token(tx: Tx, pack: str, token: str) -> Stored:
    """NotFound where no connector of this pack that lives has this token."""
    row = tx.row(f"SELECT {_COLUMNS} FROM hooks WHERE hash = ? AND revoked_at IS NULL", (_hash(token),))
    if row is None or (found := _stored(row)).pack != pack:
        raise NotFound(
            "there is no such hook, or it was revoked", place="token", expected="a hook of `tocsin hook list`"
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


def revoke(tx: Tx, journal: Journal, name: str, *, by: str) -> None:
    """Take nothing more from it; NotFound where there is none that lives."""
    row = tx.row("UPDATE hooks SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL RETURNING id", (tx.now, name))
    if row is None:
        raise _unknown(name)
    HOOKS.note(tx, journal, {row[0]: {"revoked_at": tx.now}}, by, "revoked")


def listed(tx: Tx, name: str | None = None) -> list[dict[str, Any]]:
    """Every connector, or the one of this name, without what is secret."""
    rows = tx.rows(
        "SELECT id, name, mapping, secret IS NOT NULL, created_at, created_by, revoked_at,"
        " (SELECT max(at) FROM hook_deliveries WHERE hook = hooks.id), pack, former_until FROM hooks"
        f"{'' if name is None else ' WHERE name = ?'} ORDER BY id",
        () if name is None else (name,),
    )
    if name is not None and not rows:
        raise _unknown(name)
    return [_shown(row, tx.now) for row in rows]


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
    }


def _stored(row: Row) -> Stored:
    identifier, name, pack, mapping, secret, former, until = row
    return Stored(
        identifier,
        name,
        pack or GENERIC,
        bytes(mapping),
        None if secret is None else bytes(secret),
        None if former is None else bytes(former),
        until,
    )


def _secret(pack: Pack, given: str | None) -> str:
    """A secret that the pack's scheme takes: the one that was given, or a new one."""
    if pack.scheme is None:
        raise InvalidInput(f"{pack.title} signs nothing", place="signed", expected="no secret")
    if given is None:
        return pack.scheme.new_secret(secrets.token_bytes(32))
    pack.scheme.check(given)
    return given


def _unknown(name: str) -> NotFound:
    return NotFound(f"there is no hook {name[:100]!r}", place="name", expected="a name from `tocsin hook list`")


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
