"""Changing one's own password: with the old one, and with as many tries as signing in has."""

from tocsin.core.clock import SECOND
from tocsin.core.errors import Forbidden, InvalidInput, TooMany
from tocsin.core.ids import IdMint
from tocsin.core.wording import say
from tocsin.ledger.journal import Journal
from tocsin.people import passwords
from tocsin.people.attempts import Attempts
from tocsin.people.permissions import Viewer


def change(
    attempts: Attempts,
    mint: IdMint,
    journal: Journal,
    viewer: Viewer,
    old: str,
    new: str,
    *,
    address: str,
    now: int,
    kept: str | None = None,
) -> None:
    """Give a user the password that they chose; every other session of theirs ends. `address`: from where they ask;
    `kept`: the token of the session that goes on.

    InvalidInput where the old one is wrong or the new one too easy; Forbidden for a token of nobody, or a narrowed
    one; TooMany after too many wrong passwords.
    """
    user = require_person(viewer)
    new_hash = passwords.hashed(new)
    wait = attempts.begin(viewer.name, address, now)
    if wait is not None:
        says = say("too many wrong passwords")
        raise TooMany(says, wait=wait / SECOND, expected=say("another try later, or an administrator"))
    with attempts.database.reading() as tx:
        _, stored = passwords.stored_for(tx, viewer.name)
    if not passwords.fits(old, stored):
        raise InvalidInput(
            say("this is not your password"), place="old", expected=say("the password that you have now")
        )
    attempts.succeeded(viewer.name, address)
    attempts.writer.write(lambda tx: passwords.set_own(tx, mint, journal, user, new_hash, by=viewer.actor, kept=kept))


def require_person(viewer: Viewer) -> int:
    """The user who asks; Forbidden for a token of nobody, or one that is narrowed."""
    if viewer.user is None:
        raise Forbidden(say("this token belongs to nobody"), expected=say("a session, or a token of the user"))
    if viewer.scopes is not None:
        says = say("{capacity} may not change who it belongs to", capacity=viewer.capacity)
        raise Forbidden(says, expected=say("a session, or a token of the user that is not limited"))
    return viewer.user
