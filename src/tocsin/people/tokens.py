"""API tokens: shown once, stored as a hash, revoked at once in the database and within two seconds in every process."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import select

from tocsin.core import ids, names
from tocsin.core.clock import SECOND
from tocsin.core.errors import Conflict, Forbidden, NotFound, Unauthenticated
from tocsin.core.ids import IdMint
from tocsin.core.wording import say
from tocsin.ledger.journal import Journal
from tocsin.people.events import TOKENS
from tocsin.people.permissions import PERMISSIONS, Permission, Role, Viewer, narrowed, role_of
from tocsin.people.tables import tokens, users
from tocsin.storage.database import Database
from tocsin.storage.transaction import Tx

_PREFIX = "tocsin_"
_REMEMBERED = 2 * SECOND
_MOST_REMEMBERED = 10_000


def issue(
    tx: Tx,
    mint: IdMint,
    journal: Journal,
    name: str,
    role: str,
    by: str,
    *,
    user: int | None = None,
    scopes: frozenset[Permission] | None = None,
) -> str:
    """A new token's text, which nobody can read again. `user`: who acts where it is used; None: the token itself.
    `scopes`: to what it is narrowed, from `scopes_of`; None: not at all."""
    _require_role(role)
    names.check(name, "token")
    if tx.row("SELECT 1 FROM tokens WHERE name = ?", (name,)):
        raise Conflict(
            say("there is a token {name} already", name=repr(name)), place="name", expected=say("another name")
        )
    secret = _PREFIX + secrets.token_urlsafe(32)
    row = (mint.new(tx.now), name, role, _stored(scopes), user, _hash(secret), tx.now, by, None)
    TOKENS.add(tx, journal, row, by)
    return secret


def scopes_of(giver: Viewer, role: str, scopes: Sequence[str] | None) -> frozenset[Permission] | None:
    """To what a new token of this role is narrowed; None: not at all. InvalidInput for what the role does not include;
    Forbidden where a narrowed token would give away more than it may itself, now or when a user gets another role."""
    known = _require_role(role)
    found = None if scopes is None else narrowed(known, scopes)
    if giver.scopes is not None and (found is None or not all(giver.may(permission) for permission in found)):
        own = ", ".join(permission for permission in PERMISSIONS if giver.may(permission))
        raise Forbidden(
            say("a limited token cannot give more than its own permissions"),
            place="scopes",
            expected=say("one or more of {own}", own=own),
        )
    return found


def _require_role(role: str) -> Role:
    return role_of(role)


def _stored(scopes: frozenset[Permission] | None) -> str | None:
    return None if scopes is None else " ".join(shown(scopes) or ())


def _read(stored: str | None) -> frozenset[Permission] | None:
    """What no release knows any more is left out: a token that is narrowed stays so."""
    return None if stored is None else frozenset(name for name in PERMISSIONS if name in stored.split())


def shown(scopes: frozenset[Permission] | None) -> list[Permission] | None:
    """Scopes as lists name them, in the order of the table of permissions."""
    return None if scopes is None else [permission for permission in PERMISSIONS if permission in scopes]


def revoke(tx: Tx, journal: Journal, name: str, *, by: str) -> None:
    """End a token; NotFound where there is none that lives."""
    require_living(tx, name)
    _end(tx, journal, "name = ?", name, by)


def require_living(tx: Tx, name: str) -> None:
    """NotFound where no token of this name lives."""
    if tx.row("SELECT 1 FROM tokens WHERE name = ? AND revoked_at IS NULL", (name,)) is None:
        raise NotFound(
            say("there is no token {name}", name=repr(name[:100])),
            place="name",
            expected=say("the name of a token (`tocsin token list`)"),
        )


def revoke_all(tx: Tx, journal: Journal, user: int, *, by: str) -> None:
    """End every token with which somebody acts as this user."""
    _end(tx, journal, "user_id = ?", user, by)


def _end(tx: Tx, journal: Journal, which: str, value: str | int, by: str) -> int:
    """End those that live of these tokens; how many."""
    rows = tx.rows(
        f"UPDATE tokens SET revoked_at = ? WHERE {which} AND revoked_at IS NULL RETURNING id", (tx.now, value)
    )
    TOKENS.note(tx, journal, {row[0]: {"revoked_at": tx.now} for row in rows}, by, "revoked")
    return len(rows)


def change_role(tx: Tx, journal: Journal, user: int, old: str, new: str, *, by: str) -> None:
    """A user's tokens that may what the user may follow another role; those made for less or more keep theirs. What a
    token is narrowed to stays, so that none may more than before."""
    rows = tx.rows("UPDATE tokens SET role = ? WHERE user_id = ? AND role = ? RETURNING id", (new, user, old))
    TOKENS.note(tx, journal, {row[0]: {"role": new} for row in rows}, by, "changed")


def listed(tx: Tx) -> list[dict[str, object]]:
    """Every token, without what is secret."""
    chosen = select(tokens, users.c.name.label("user")).outerjoin(users, users.c.id == tokens.c.user_id)
    rows = tx.execute(chosen.order_by(tokens.c.id)).mappings()
    return [
        {
            "id": ids.to_text(row["id"]),
            "scopes": shown(_read(row["scopes"])),
            **{key: row[key] for key in ("name", "role", "user", "created_at", "created_by", "revoked_at")},
        }
        for row in rows
    ]


def _hash(secret: str) -> bytes:
    """A token carries 256 random bits, so a plain hash cannot be searched; a slow one would only slow every request."""
    return sha256(secret.encode("utf-8", "surrogateescape")).digest()


@dataclass(slots=True)
class Doorkeeper:
    """Tells whose token a request carries, remembering the answer for two seconds."""

    database: Database
    _known: dict[bytes, tuple[int, Viewer]] = field(default_factory=dict)

    def viewer(self, secret: str, now: int) -> Viewer:
        """Unauthenticated for a token that is unknown or revoked."""
        remembered = self.remembered(secret, now)
        return remembered or self.look_up(secret, now)

    def remembered(self, secret: str, now: int) -> Viewer | None:
        """The answer without asking the database, where it is fresh enough."""
        found = self._known.get(_hash(secret))
        return found[1] if found and 0 <= now - found[0] < _REMEMBERED else None

    def look_up(self, secret: str, now: int) -> Viewer:
        digest = _hash(secret)
        with self.database.reading() as tx:
            row = tx.row(
                "SELECT t.id, t.name, t.role, t.scopes, u.id, u.name FROM tokens t"
                " LEFT JOIN users u ON u.id = t.user_id AND u.active"
                " WHERE t.hash = ? AND t.revoked_at IS NULL AND (t.user_id IS NULL OR u.id IS NOT NULL)",
                (digest,),
            )
        if row is None:
            self._known.pop(digest, None)
            raise Unauthenticated(
                say("the token is unknown or revoked"), expected=say("a token that lives (`tocsin token create`)")
            )
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        token, name, role, scopes, user, acting = row
        actor = f"token:{name}" if acting is None else f"user:{acting}"
        viewer = Viewer(actor, role, user=user, token=token, scopes=_read(scopes))
        self._known[digest] = (now, viewer)
        return viewer
