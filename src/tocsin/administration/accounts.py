"""Accounts: the customers as they are shown, added and changed, and who answers for them."""

from collections.abc import Mapping
from typing import Any

from tocsin.administration.editing import Edit, Editable, stamped
from tocsin.cases import discretion
from tocsin.core import ids
from tocsin.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tocsin.core.wording import say
from tocsin.people import accounts
from tocsin.people.accounts import Account
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.policy.body import check_attributes, check_day, check_name, check_products
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

FACTS = ("name", "segment", "plan", "region", "language", "arr", "renewal", "products", "attributes")
_MOST = 200
_MOST_REVENUE = 1e15


def listed(here: Installation, tx: Tx, who: Viewer, after: str, limit: int) -> list[dict[str, Any]]:
    """Accounts by external id, from behind `after`, with their versions."""
    people = here.desk.directory.get(tx)
    return stamped(tx, [_shown(account, people, who) for account in accounts.listed(tx, after, limit)])


def put(edit: Edit, external_id: str, said: Mapping[str, Any]) -> None:
    """Create an account, or change what is named of it: its facts and its `owner`, a user by name; None takes either
    away. New cases are decided by the new facts."""
    check(external_id, said)
    edit.carry_out(ACCOUNT, external_id, said, lambda tx: write(tx, edit.here, edit.who, external_id, said))


def add(here: Installation, who: Viewer, external_id: str, said: Mapping[str, Any]) -> int:
    """A new account's id. Conflict where there is one of this external id."""
    check(external_id, said)

    def job(tx: Tx) -> int:
        if accounts.by_external_id(tx, [external_id]):
            raise Conflict(
                say("there is an account {external_id} already", external_id=repr(external_id[:40])),
                place="external_id",
                expected=say("another id, or a change of that account"),
            )
        write(tx, here, who, external_id, said)
        return accounts.by_external_id(tx, [external_id])[external_id].id

    return here.writer.write(job)


def check(external_id: str, said: Mapping[str, Any]) -> None:
    """InvalidInput for an id, a text, a day or an amount that is none."""
    if not 1 <= len(external_id) <= _MOST:
        raise InvalidInput(
            say("this is not an external id"), place="external_id", expected=say("1 to {most} characters", most=_MOST)
        )
    check_name(external_id, "external_id")
    check_day(said.get("renewal"), "renewal")
    for name in FACTS:
        if isinstance(said.get(name), str) and len(said[name]) > _MOST:
            raise InvalidInput(
                say("the text is too long"), place=name, expected=say("at most {most} characters", most=_MOST)
            )
    check_products(said.get("products"), "products")
    check_attributes(said.get("attributes"), "attributes")
    arr = said.get("arr")
    if arr is not None and not 0 <= arr <= _MOST_REVENUE:
        raise InvalidInput(say("this is not an amount"), place="arr", expected=say("a number from 0"))


def write(tx: Tx, here: Installation, who: Viewer, external_id: str, said: Mapping[str, Any]) -> None:
    """The same within a transaction, for whoever has checked it. InvalidInput for an owner that there is not, Forbidden
    for whoever may not name one."""
    known = accounts.by_external_id(tx, [external_id]).get(external_id)
    owner = require_owner(here.desk.directory.get(tx), who, known, said)
    facts = {name: value for name, value in said.items() if name != "owner"}
    account = accounts.learn(tx, here.mint, here.journal, known, external_id, facts, by=who.actor)
    if "owner" in said:
        accounts.give(tx, here.journal, account.id, owner, by=who.actor)


def require_owner(people: Directory, who: Viewer, known: Account | None, said: Mapping[str, Any]) -> int | None:
    """Whom `said` names as its owner, by id. InvalidInput where there is no such user, Forbidden where somebody else is
    named by whoever may not."""
    owner = _owner(people, said.get("owner"))
    if "owner" in said and owner != (known.owner if known else None):
        _require_naming(who)
    return owner


def names_owners(who: Viewer) -> bool:
    """Whether somebody may say who answers for an account."""
    return who.machine or who.may("people.write")


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
    if not names_owners(who):
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
    facts = {name: account.facts.get(name) for name in FACTS}
    shown = {"id": ids.to_text(account.id), "external_id": account.external_id, **facts}
    return discretion.shown(shown | {"owner": people.name_of(account.owner)}, who)  # type: ignore[no-any-return]
