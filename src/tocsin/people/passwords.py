"""Passwords of local accounts: argon2id, and an answer that takes as long for users who do not exist."""

import threading
from functools import cache

from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from tocsin.core import texts
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.wording import say
from tocsin.ledger.journal import Journal
from tocsin.people import directory, sessions
from tocsin.people.events import USERS
from tocsin.storage import revisions
from tocsin.storage.transaction import Tx

SHORTEST, LONGEST = 10, 256
_AT_ONCE = threading.BoundedSemaphore(4)  # each takes 64 MiB while it is computed


def hashed(password: str) -> str:
    """What is stored of a password; InvalidInput for one that is too easy, or that a form could not carry."""
    if not SHORTEST <= len(password) <= LONGEST or not password.isprintable() or password != password.strip():
        raise InvalidInput(
            say("this is not a valid password"),
            place="password",
            expected=say(
                "{shortest} to {longest} printable characters, no space around them", shortest=SHORTEST, longest=LONGEST
            ),
        )
    with _AT_ONCE:
        return Argon2Hasher().hash(texts.nfc(password))


def stored_for(tx: Tx, name: str) -> tuple[int | None, str | None]:
    """The active user of this name and the hash of their password, each None where there is none."""
    row = tx.row("SELECT id, password_hash FROM users WHERE name = ? AND active", (name,))
    return (None, None) if row is None else (row[0], row[1])


def fits(password: str, stored: str | None) -> bool:
    """Whether a password is the one behind a hash. Without a hash it is compared with one that nobody knows, so that
    how long the answer takes does not tell who exists."""
    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            same = Argon2Hasher().verify(texts.nfc(password), stored or _nobodys())
        except (PwdlibError, ValueError):
            return False
    return same and stored is not None


def set_own(
    tx: Tx, mint: IdMint, journal: Journal, user: int, password_hash: str, *, by: str, kept: str | None = None
) -> None:
    """Give a user the password that they chose, and end their sessions, but for that of the token `kept`. Whether the
    old one was right is the caller's to ask (`fits`), outside of a transaction: it takes its time."""
    USERS.change(tx, journal, user, {"password_hash": password_hash}, by, "changed")
    sessions.end_all(tx, user, but=kept)
    revisions.renew(tx, mint, directory.REVISION)


def set_for(tx: Tx, mint: IdMint, journal: Journal, name: str, password_hash: str, *, by: str) -> None:
    """Give a user this password, and end their sessions. NotFound where there is no such user."""
    user = directory.load(tx).by_name.get(name)
    if user is None:
        raise NotFound(
            say("there is no user {name}", name=repr(name)),
            place="user",
            expected=say("the name of a user (`tocsin user list`)"),
        )
    set_own(tx, mint, journal, user.id, password_hash, by=by)


@cache
def _nobodys() -> str:
    return Argon2Hasher().hash("a password that no form can carry \n")
