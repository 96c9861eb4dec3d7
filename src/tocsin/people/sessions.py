"""Sessions of browsers: a random token in a cookie, its hash here. One ends after twelve hours, when its user signs
out, gets another password, or leaves; what its user may do is looked up anew for every request."""

import hmac
import secrets
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from tocsin.core.clock import HOUR, MINUTE
from tocsin.people.permissions import Role, Viewer
from tocsin.people.tables import sessions
from tocsin.storage.transaction import Tx, marks, padded

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


def living(tx: Tx, tokens: Iterable[str], now: int) -> dict[str, Session]:
    """The sessions behind these cookies, by token; without those that have ended, or whose user is gone."""
    by_hash = {_hash(token): token for token in tokens}
    hashes = padded(list(by_hash))
    if not hashes:
        return {}
    rows = tx.rows(
        "SELECT s.hash, u.id, u.name, u.display, u.role, s.expires_at, s.seen_at, u.zone, u.language FROM sessions s"
        f" JOIN users u ON u.id = s.user_id AND u.active WHERE s.hash IN ({marks(hashes)}) AND s.expires_at > ?",
        (*hashes, now),
    )
    return {(token := by_hash[bytes(row[0])]): _session(token, *row[1:]) for row in rows}


def _session(token: str, user: int, name: str, display: str, role: Role, *rest: Any) -> Session:
    return Session(Viewer(f"user:{name}", role, user=user), display, form_token(token), *rest)


def signed_in(tx: Tx) -> set[str]:
    """The names of those who have a session."""
    return {row[0] for row in tx.rows("SELECT DISTINCT u.name FROM sessions s JOIN users u ON u.id = s.user_id")}


def seen(tx: Tx, tokens: Iterable[str]) -> None:
    tx.run_many("UPDATE sessions SET seen_at = ? WHERE hash = ?", [(tx.now, _hash(token)) for token in tokens])


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
