"""Routes of accounts: the customers, what is known of them, and who answers for the relationship."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from tocsin.administration import accounts
from tocsin.administration.accounts import ACCOUNT
from tocsin.api import versions
from tocsin.api.access import Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.versions import Match

router = APIRouter(tags=["accounts"])


class Facts(Body):
    """Fields left out stay as they are. Null removes a fact; `owner` null: nobody."""

    name: str | None = Field(default=None, max_length=200)
    segment: str | None = Field(default=None, max_length=200)
    plan: str | None = Field(default=None, max_length=200)
    region: str | None = Field(default=None, max_length=200)
    language: str | None = Field(default=None, max_length=200)
    arr: float | None = Field(default=None, ge=0, le=1e15, description="Annual recurring revenue")
    renewal: str | None = Field(default=None, max_length=200, description="A day, or a time with a zone")
    products: list[Annotated[str, Field(min_length=1, max_length=100)]] | None = Field(
        default=None, max_length=100, description="What they have of us"
    )
    attributes: dict[Annotated[str, Field(max_length=100)], Any] | None = Field(
        default=None, max_length=100, description="Whatever else is known of them"
    )
    owner: str | None = Field(default=None, max_length=100, description="The user who answers for the relationship")


@router.get("/accounts")
def list_accounts(here: Here, who: Who, limit: int = Query(200, ge=1, le=1000), cursor: str | None = None) -> Response:
    """Accounts by external id, and the place to go on from."""
    who.require("people.read")
    with here.database.reading() as tx:
        shown = accounts.listed(here, tx, who, cursor or "", limit)
    following = shown[-1]["external_id"] if len(shown) == limit else None
    return json({"accounts": shown, "cursor": following})


@router.get("/accounts/{external_id:path}")
def show_account(external_id: str, here: Here, who: Who) -> Response:
    """What is known of one account, and who answers for it."""
    who.require("people.read")
    return versions.answer(here, who, ACCOUNT, external_id)


@router.put("/accounts/{external_id:path}")
def put_account(external_id: str, body: Facts, here: Here, who: Who, edit: Match) -> Response:
    """Create an account or change its facts; null removes a fact. New cases are decided by the new facts."""
    who.require("accounts.write")
    accounts.put(edit, external_id, body.model_dump(exclude_unset=True))
    return versions.answer(here, who, ACCOUNT, external_id)
