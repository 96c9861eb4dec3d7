"""Inbound webhooks as they are stored: made and shown once, found by their token, revoked; and what came in."""

import base64
import secrets
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from tocsin.core import canonical, ids, instants, names
from tocsin.core.clock import DAY
from tocsin.core.errors import Conflict, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.vault import Vault
from tocsin.intake.events import HOOKS
from tocsin.intake.mapping.deliveries import DeliveredMapping
from tocsin.intake.mapping.reading import delivered_mapping
from tocsin.intake.tables import hook_deliveries
from tocsin.ledger.journal import Journal
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

KEPT = 30 * DAY


class Hook(NamedTuple):
    """`secret` is sealed; None: its deliveries need no signature."""

    id: int
    name: str
    mapping: DeliveredMapping
    secret: bytes | None

    @property
    def viewer(self) -> Viewer:
        """On whose behalf its deliveries come."""
        return Viewer(f"hook:{self.name}", "operator", token=self.id)

    @property
    def place(self) -> str:
        return place(self.id)


class Made(NamedTuple):
    id: int
    token: str
    secret: str | None


def place(hook: int) -> str:
    """What the sealed secret of a hook is bound to."""
    return f"hooks/{hook}"


def add(
    tx: Tx, mint: IdMint, journal: Journal, vault: Vault, name: str, mapping: Any, *, signed: bool, by: str
) -> Made:
    """A new hook; nobody can read its token and its secret again."""
    names.check(name, "hook")
    delivered_mapping(mapping)
    if tx.row("SELECT 1 FROM hooks WHERE name = ?", (name,)):
        raise Conflict(f"the name {name!r} is used by a hook already, or was", place="name", expected="another name")
    made = Made(
        mint.new(tx.now),
        "hook_" + secrets.token_urlsafe(32),
        "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode() if signed else None,
    )
    sealed = None if made.secret is None else vault.seal(made.secret, place(made.id))
    row = (made.id, name, _hash(made.token), canonical.encode(mapping), sealed, tx.now, by, None)
    HOOKS.add(tx, journal, row, by)
    return made


def by_token(tx: Tx, token: str) -> Hook:
    """NotFound where no hook that lives has this token."""
    row = tx.row("SELECT id, name, mapping, secret FROM hooks WHERE hash = ? AND revoked_at IS NULL", (_hash(token),))
    if row is None:
        raise NotFound(
            "there is no such hook, or it was revoked", place="token", expected="a hook of `tocsin hook list`"
        )
    return Hook(row[0], row[1], _mapping(bytes(row[2])), row[3] and bytes(row[3]))


@lru_cache(256)
def _mapping(stored: bytes) -> DeliveredMapping:
    return DeliveredMapping(delivered_mapping(canonical.decode(stored)))


def revoke(tx: Tx, journal: Journal, name: str, *, by: str) -> None:
    """Take nothing more from it; NotFound where there is none that lives."""
    row = tx.row("UPDATE hooks SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL RETURNING id", (tx.now, name))
    if row is None:
        raise NotFound(f"there is no hook {name[:100]!r}", place="name", expected="a name from `tocsin hook list`")
    HOOKS.note(tx, journal, {row[0]: {"revoked_at": tx.now}}, by, "revoked")


def listed(tx: Tx) -> list[dict[str, Any]]:
    """Every hook, without what is secret."""
    rows = tx.rows(
        "SELECT id, name, mapping, secret IS NOT NULL, created_at, created_by, revoked_at,"
        " (SELECT max(at) FROM hook_deliveries WHERE hook = hooks.id) FROM hooks ORDER BY id"
    )
    return [
        {
            "id": ids.to_text(row[0]),
            "name": row[1],
            "map": canonical.decode(bytes(row[2])),
            "signed": bool(row[3]),
            "created_at": instants.to_text(row[4]),
            "created_by": row[5],
            "revoked_at": row[6] and instants.to_text(row[6]),
            "last_at": row[7] and instants.to_text(row[7]),
        }
        for row in rows
    ]


def record(tx: Tx, mint: IdMint, hook: int, outcome: str, *, case: int | None = None, error: str | None = None) -> None:
    """What became of a delivery: opened, changed, unchanged, recorded, ignored or refused; `error`: why not."""
    tx.insert(hook_deliveries, [(mint.new(tx.now), hook, tx.now, outcome, case, error and error[:500])])


def deliveries(tx: Tx, name: str, limit: int, number: Callable[[int], int | None]) -> list[dict[str, Any]]:
    """The last deliveries of a hook, the newest first; NotFound where there is no such hook. `number`: of a case
    that may be named."""
    row = tx.row("SELECT id FROM hooks WHERE name = ?", (name,))
    if row is None:
        raise NotFound(f"there is no hook {name[:100]!r}", place="name", expected="a name from `tocsin hook list`")
    rows = tx.rows(
        "SELECT id, at, outcome, case_id, error FROM hook_deliveries WHERE hook = ? ORDER BY id DESC LIMIT ?",
        (row[0], limit),
    )
    numbers = {case: number(case) if case is not None else None for _, _, _, case, _ in rows}
    return [
        {
            "id": ids.to_text(delivery),
            "at": instants.to_text(at),
            "outcome": outcome,
            "case": ids.to_text(case) if numbers[case] is not None else None,
            "number": numbers[case],
            "error": error,
        }
        for delivery, at, outcome, case, error in rows
    ]


def sweep(tx: Tx) -> int:
    """Forget deliveries older than 30 days; how many."""
    return tx.run("DELETE FROM hook_deliveries WHERE at <= ?", (tx.now - KEPT,))


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
