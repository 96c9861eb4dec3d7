"""Sessions of browsers: a random token in a cookie, its hash here. One ends after twelve hours, when its user signs
out, gets another password, or leaves; what its user may do is looked up anew for every request."""

import hmac
import secrets
from hashlib import sha256
from typing import NamedTuple

from tocsin.core.clock import HOUR, MINUTE
from tocsin.people.permissions import Viewer
from tocsin.people.tables import sessions
from tocsin.storage.transaction import Tx

COOKIE = "tocsin_session"  # under which browsers keep the token
LASTS = 12 * HOUR
SEEN_EVERY = 5 * MINUTE  # how often it is written down that a session is in use


class Session(NamedTuple):
    """Who a browser belongs to. `form_token` stands in every form of this session, and in no other. `zone`: in which
    they read times; None: in that of the policy. `language`: in which they read; None: as their browser asks."""

    viewer: Viewer
    display: str
    form_token: str
    expires_at: int
    seen_at: int
    zone: str | None
    language: str | None = None


def begin(tx: Tx, user: int) -> str:
    """A new session's token; what has expired is swept away."""
    token = secrets.token_urlsafe(32)
    tx.run("DELETE FROM sessions WHERE expires_at <= ?", (tx.now,))
    tx.insert(sessions, [(_hash(token), user, tx.now, tx.now + LASTS, tx.now)])
    return token


def find(tx: Tx, token: str, now: int) -> Session | None:
    """The session behind a cookie; None where it has ended, or its user is gone."""
    row = tx.row(
        "SELECT u.id, u.name, u.display, u.role, s.expires_at, s.seen_at, u.zone, u.language FROM sessions s"
        " JOIN users u ON u.id = s.user_id AND u.active WHERE s.hash = ? AND s.expires_at > ?",
        (_hash(token), now),
    )
    if row is None:
        return None
    user, name, display, role, expires_at, seen_at, zone, language = row
    return Session(
        Viewer(f"user:{name}", role, user=user), display, form_token(token), expires_at, seen_at, zone, language
    )


def signed_in(tx: Tx) -> set[str]:
    """The names of those who have a session."""
    return {row[0] for row in tx.rows("SELECT DISTINCT u.name FROM sessions s JOIN users u ON u.id = s.user_id")}


def seen(tx: Tx, token: str) -> None:
    tx.run("UPDATE sessions SET seen_at = ? WHERE hash = ?", (tx.now, _hash(token)))


def end(tx: Tx, token: str) -> None:
    tx.run("DELETE FROM sessions WHERE hash = ?", (_hash(token),))


def end_all(tx: Tx, user: int, but: str | None = None) -> None:
    """End every session of a user, but for that of the token `but`."""
    tx.run("DELETE FROM sessions WHERE user_id = ? AND hash <> ?", (user, _hash(but or "")))


def form_token(token: str) -> str:
    """What a form of this session carries: who does not know the cookie cannot compute it, nor the cookie from it."""
    return hmac.new(token.encode(), b"form", sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _hash(token: str) -> bytes:
    """A token carries 256 random bits, so a plain hash cannot be searched."""
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
