"""Routes of API tokens: issued and shown once, listed without what is secret, revoked."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.administration import tokens as administration
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.once import write_once
from tocsin.core import instants
from tocsin.people import tokens

router = APIRouter(tags=["tokens"])


class NewToken(Body):
    name: str = Field(description="What it is for, such as zendesk")
    role: str | None = Field(default=None, description="What it may do; default: the role of the user")
    user: str | None = Field(default=None, description="The user as whom the token acts; default: the token itself")
    scopes: list[str] | None = Field(
        default=None,
        max_length=100,
        description="The permissions of the role to which the token is limited; null: all of them",
    )


@router.get("/tokens")
def list_tokens(here: Here, who: Who) -> Response:
    """Tokens with their roles and users, revoked ones too; never their texts."""
    who.require("tokens.write")
    with here.database.reading() as tx:
        found = tokens.listed(tx)
    return json({"tokens": [_shown(token) for token in found]})


@router.post("/tokens", status_code=201)
def create_token(body: NewToken, here: Here, who: Who, again: Again) -> Response:
    """A new token; its text is shown only once. A repeated request with the same key returns the same token, with null
    for its text. If the text is lost, revoke the token and create another one."""
    who.require("tokens.write")

    def write(tx: Any) -> dict[str, Any]:
        return administration.issue(tx, here, who, body.name, body.role, body.user, body.scopes)

    return write_once(here, again, 201, write, "token")


@router.post("/tokens/{name:path}/revocation")  # a token that was named before names had rules can be ended, too
def revoke_token(name: str, here: Here, who: Who, again: Again) -> Response:
    """Revoke a token; every process knows within two seconds."""
    who.require("tokens.write")

    def write(tx: Any) -> dict[str, Any]:
        tokens.revoke(tx, here.journal, name, by=who.actor)
        return {"name": name, "revoked": True}

    return write_once(here, again, 200, write)


def _shown(token: dict[str, Any]) -> dict[str, Any]:
    return {
        name: instants.to_text(value) if name.endswith("_at") and value is not None else value
        for name, value in token.items()
    }
