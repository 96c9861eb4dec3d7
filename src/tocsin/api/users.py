"""Routes of users."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, field_validator

from tocsin.administration import users
from tocsin.administration.users import USER
from tocsin.api import versions
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body, named
from tocsin.api.once import write_once
from tocsin.api.versions import Match
from tocsin.core import ids
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["people"])


def _plain(value: str | None) -> str | None:
    if value is not None and (not value.isprintable() or value != value.strip()):
        raise ValueError("control characters, or space around the text")
    return value


_ZONE = "The IANA name of the zone in which they read times; null: that of the policy in force"
_LANGUAGE = "The language in which they read, such as de; null: what their browser asks for, or the installation's"


class NewUser(Body):
    name: str = Field(description="The name that policies use: user:dana")
    role: str = "agent"
    email: str | None = Field(default=None, max_length=254)
    display: str | None = Field(default=None, max_length=200)
    webhook: str | None = Field(default=None, description="Where pages go: a URL that takes signed POSTs")
    password: str | None = Field(default=None, max_length=1000, description="Password for signing in to the pages")
    zone: str | None = Field(default=None, max_length=60, description=_ZONE)
    language: str | None = Field(default=None, max_length=20, description=_LANGUAGE)

    _printable = field_validator("email", "display")(_plain)


class NewPassword(Body):
    password: str = Field(max_length=1000)


class UserChanges(Body):
    """Fields left out stay as they are."""

    role: str | None = None
    email: str | None = Field(default=None, max_length=254, description="Null: none")
    display: str | None = Field(default=None, max_length=200)
    zone: str | None = Field(default=None, max_length=60, description=_ZONE)
    language: str | None = Field(default=None, max_length=20, description=_LANGUAGE)
    active: bool | None = Field(default=None, description="False: the user is signed out and all their tokens end")

    _printable = field_validator("email", "display")(_plain)


@router.get("/users")
def list_users(here: Here, who: Who) -> Response:
    """Users with their roles, and whether anything reaches each of them."""
    who.require("people.read")
    with here.database.reading() as tx:
        return json({"users": users.listed(tx)})


@router.get("/users/{name}")
def show_user(name: str, here: Here, who: Who) -> Response:
    """One user, and whether anything reaches them."""
    who.require("people.read")
    return versions.answer(here, who, USER, name)


@router.post("/users", status_code=201)
def add_user(body: NewUser, here: Here, who: Who, again: Again) -> Response:
    """A new user; with a webhook, its secret is shown once."""
    who.require("people.write")
    place, add = users.adding(here, who, users.NewUser(**body.model_dump()))

    def write(tx: Tx) -> dict[str, Any]:
        once = place.once if place else None
        return {"id": ids.to_text(add(tx)), "name": body.name, "role": body.role, "webhook_secret": once}

    return write_once(here, again, 201, write, "webhook_secret")


@router.patch("/users/{name}")
def change_user(name: str, body: UserChanges, here: Here, who: Who, edit: Match) -> Response:
    """Change a user. A user who is made inactive is signed out and their tokens end; the last administrator must stay
    active. Cases that they had acknowledged count as unanswered at once and are paged again; the same happens with a
    new role that does not work on cases."""
    who.require("people.write")
    users.change(edit, name, named(body, nullable={"email", "zone", "language"}))
    return versions.answer(here, who, USER, name)


@router.put("/users/{name}/password")
def set_user_password(name: str, body: NewPassword, here: Here, who: Who) -> Response:
    """Set a user's password; all sessions of this user end."""
    who.require("people.write")
    users.set_password(here, who, name, body.password)
    return json({"name": name, "password": "set"})


@router.delete("/users/{name}/attempts")
def unlock_user(name: str, here: Here, who: Who) -> Response:
    """Lift the wait after failed sign-ins, for this user and for blocked addresses."""
    who.require("people.write")
    users.unlock(here, name)
    return Response(status_code=204)
