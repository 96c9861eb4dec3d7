"""Users: as they are shown, added, changed, given a password."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tocsin.administration import places
from tocsin.administration.editing import Edit, Editable, stamped
from tocsin.administration.places import NewPlace
from tocsin.cases import leaving
from tocsin.core import ids
from tocsin.notify import destinations
from tocsin.people import directory, passwords
from tocsin.people.directory import User
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx


class NewUser(NamedTuple):
    """A user to be. `webhook`: where pages go, with a secret of its own; `password`: as it is typed."""

    name: str
    role: str = "agent"
    email: str | None = None
    display: str | None = None
    webhook: str | None = None
    password: str | None = None
    zone: str | None = None
    language: str | None = None


def listed(tx: Tx) -> list[dict[str, Any]]:
    """Everybody, with their versions, and whether anything reaches them."""
    reach = destinations.load(tx)
    return stamped(tx, [_shown(user, reach) for user in directory.load(tx).users.values()])


def adding(here: Installation, who: Viewer, new: NewUser) -> tuple[NewPlace | None, Any]:
    """What adds a user when it is called with a transaction, and then returns their id; and the place whose secret is
    shown once. InvalidInput where something of it does not fit."""
    place = places.checked(here, {"webhook": new.webhook}) if new.webhook else None
    password_hash = passwords.hashed(new.password) if new.password is not None else None

    def write(tx: Tx) -> int:
        user = directory.add_user(
            tx,
            here.mint,
            here.journal,
            new.name,
            by=who.actor,
            role=new.role,
            email=new.email,
            display=new.display,
            password_hash=password_hash,
            zone=new.zone,
            language=new.language,
        )
        if place is not None:
            destinations.add(tx, here.mint, here.journal, here.vault, user, place.new, by=who.actor)
        return user

    return place, write


def change(edit: Edit, name: str, changes: Mapping[str, Any]) -> None:
    """Change what is named of a user. Cases that somebody had acknowledged who works on none any more count as
    unanswered at once, and are paged again."""
    here, who = edit.here, edit.who

    def write(tx: Tx) -> None:
        changed = directory.change_user(tx, here.mint, here.journal, name, changes, by=who.actor)
        leaving.left(tx, here.desk, changed)

    edit.carry_out(USER, name, changes, write)


def set_password(here: Installation, who: Viewer, name: str, password: str) -> None:
    """Give a user this password; their sessions end."""
    password_hash = passwords.hashed(password)
    here.writer.write(lambda tx: passwords.set_for(tx, here.mint, here.journal, name, password_hash, by=who.actor))


def unlock(here: Installation, name: str) -> None:
    """Lift the wait after failed sign-ins, for this user and for blocked addresses."""
    with here.database.reading() as tx:
        places.existing(tx, name)
    here.entrance.attempts.unlock(name, here.clock.now())


def _shown(user: User, reach: destinations.Destinations) -> dict[str, Any]:
    return {
        "id": ids.to_text(user.id),
        "name": user.name,
        "display": user.display,
        "email": user.email,
        "role": user.role,
        "active": user.active,
        "zone": user.zone,
        "language": user.language,
        "reachable": user.id in reach,
    }


def _found(here: Installation, tx: Tx, who: Viewer, name: str) -> dict[str, Any]:
    return _shown(directory.load(tx).users[places.existing(tx, name)], destinations.load(tx))


USER = Editable("user", _found)
