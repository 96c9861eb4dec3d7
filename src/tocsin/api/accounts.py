"""Routes of accounts: the customers, what is known of them, and who answers for the relationship."""

from typing import Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from tocsin.administration import editing
from tocsin.administration.editing import Editable
from tocsin.api import versions
from tocsin.api.access import Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.versions import Match
from tocsin.cases import discretion
from tocsin.core import ids
from tocsin.core.errors import Forbidden, InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.people import accounts
from tocsin.people.accounts import Account
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.policy.body import check_day, check_name
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["accounts"])
_MOST = 200


class Facts(Body):
    """Fields left out stay as they are. Null removes a fact; `owner` null: nobody."""

    name: str | None = Field(default=None, max_length=200)
    segment: str | None = Field(default=None, max_length=200)
    plan: str | None = Field(default=None, max_length=200)
    region: str | None = Field(default=None, max_length=200)
    language: str | None = Field(default=None, max_length=200)
    arr: float | None = Field(default=None, ge=0, le=1e15, description="Annual recurring revenue")
    renewal: str | None = Field(default=None, max_length=200, description="A day, or a time with a zone")
    owner: str | None = Field(default=None, max_length=100, description="The user who answers for the relationship")


@router.get("/accounts")
def list_accounts(here: Here, who: Who, limit: int = Query(200, ge=1, le=1000), cursor: str | None = None) -> Response:
    """Accounts by external id, and the place to go on from."""
    who.require("people.read")
    with here.database.reading() as tx:
        found = accounts.listed(tx, cursor or "", limit)
        people = here.desk.directory.get(tx)
        shown = editing.stamped(tx, [_shown(account, people, who) for account in found])
    following = found[-1].external_id if len(found) == limit else None
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
    if not 1 <= len(external_id) <= _MOST:
        raise InvalidInput(
            say("this is not an external id"), place="external_id", expected=say("1 to {most} characters", most=_MOST)
        )
    check_name(external_id, "external_id")
    check_day(body.renewal, "renewal")
    said = body.model_dump(exclude_unset=True)
    facts = {name: value for name, value in said.items() if name != "owner"}

    def write(tx: Any) -> None:
        people = here.desk.directory.get(tx)
        known = accounts.by_external_id(tx, [external_id]).get(external_id)
        owner = _owner(people, said.get("owner"))
        if "owner" in said and owner != (known.owner if known else None):
            _require_naming(who)
        account = accounts.learn(tx, here.mint, here.journal, known, external_id, facts, by=who.actor)
        if "owner" in said:
            accounts.give(tx, here.journal, account.id, owner, by=who.actor)

    edit.carry_out(ACCOUNT, external_id, said, write)
    return versions.answer(here, who, ACCOUNT, external_id)


def _found(here: Installation, tx: Tx, who: Viewer, external_id: str) -> dict[str, Any]:
    account = accounts.by_external_id(tx, [external_id]).get(external_id)
    if account is None:
        raise NotFound(
            say("there is no account {external_id}", external_id=repr(external_id[:40])), place="external_id"
        )
    return _shown(account, here.desk.directory.get(tx), who)


ACCOUNT = Editable("account", _found, made=True)


def _require_naming(who: Viewer) -> None:
    """Paths call the owner of an account, so nobody makes themselves one: Forbidden for a person who does not
    administer people. A token without a user, as of a customer database, acts for nobody."""
    if not who.machine and not who.may("people.write"):
        raise Forbidden(
            say("{capacity} cannot name the owner of an account", capacity=who.capacity),
            place="owner",
            expected=say("an administrator"),
        )


def _owner(people: Directory, name: str | None) -> int | None:
    if name is None:
        return None
    user = people.by_name.get(name)
    if user is None or not user.active:
        raise InvalidInput(
            say("there is no active user {name}", name=repr(name[:40])),
            place="owner",
            expected=say("the name of a user"),
        )
    return user.id


def _shown(account: Account, people: Directory, who: Viewer) -> dict[str, Any]:
    """An account as this viewer may see it: revenue in bands to agents."""
    facts = {name: account.facts.get(name) for name in Facts.model_fields if name != "owner"}
    shown = {"id": ids.to_text(account.id), "external_id": account.external_id, **facts}
    return discretion.shown(shown | {"owner": people.name_of(account.owner)}, who)  # type: ignore[no-any-return]
