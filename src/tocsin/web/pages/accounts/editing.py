"""`/accounts/new`, `/accounts/{id}/edit`: a customer is added, or what is known of one is changed."""

from typing import Any

import msgspec
from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.administration import accounts as administration
from tocsin.administration import editing
from tocsin.administration.accounts import ACCOUNT, FACTS
from tocsin.core import canonical, ids
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.wording import marked, say
from tocsin.people import accounts
from tocsin.people.accounts import Account
from tocsin.web import shell
from tocsin.web.access import Fields, Form
from tocsin.web.errors import PageRoute
from tocsin.web.pages.accounts.page import name_of
from tocsin.web.pages.settings import frame
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting

router = APIRouter(route_class=PageRoute)
LABELS = {
    "name": marked("Name"),
    "segment": marked("Segment"),
    "plan": marked("Plan"),
    "region": marked("Region"),
    "language": marked("Language"),
    "arr": marked("Revenue"),
    "renewal": marked("Renewal"),
    "products": marked("Products"),
    "attributes": marked("Attributes"),
    "owner": marked("Owner"),
}


@router.get("/accounts/new")
def ask(visit: Visiting) -> Response:
    visit.viewer.require("accounts.write")
    return _page(visit, None)


@router.post("/accounts/new")
def add(visit: Visiting, form: Fields) -> Response:
    def do() -> str:
        visit.viewer.require("accounts.write")
        said = {name: value for name, value in _said(visit, form).items() if value is not None}
        made = administration.add(visit.here, visit.viewer, form.get("external_id", "").strip(), said)
        return f"/accounts/{ids.to_text(made)}?done=added"

    return frame.carried(visit, form, "account", do, lambda kept: _page(visit, None, kept))


@router.get("/accounts/{account}/edit")
def ask_to_change(account: str, visit: Visiting) -> Response:
    visit.viewer.require("accounts.write")
    return _page(visit, _found(visit, account))


@router.post("/accounts/{account}/edit")
def change(account: str, visit: Visiting, form: Fields) -> Response:
    visit.viewer.require("accounts.write")
    found = _found(visit, account)

    def do() -> str:
        administration.put(visit.edit(form), found.external_id, _said(visit, form))
        return f"/accounts/{ids.to_text(found.id)}?done=saved"

    return frame.carried(visit, form, "account", do, lambda kept: _page(visit, found, kept), LABELS)


def _found(visit: Visit, reference: str) -> Account:
    with visit.here.database.reading() as tx:
        found = accounts.named(tx, reference)
    if found is None:
        raise NotFound(
            say("there is no account {reference}", reference=reference[:40]),
            place="account",
            expected=say("one of those on the page of accounts"),
        )
    return found


def _page(visit: Visit, account: Account | None, kept: Kept | None = None) -> Response:
    here = visit.here
    with here.database.reading() as tx:
        people = here.desk.directory.get(tx)
        shown: dict[str, Any] = {}
        if account is not None:
            shown = editing.found(here, tx, visit.viewer, ACCOUNT, account.external_id)
    heading = visit.says("Which customer?")
    if account is not None:
        heading = visit.says("What is known of {name}", name=name_of(account))
    owners = sorted(
        ((user.name, user.display or user.name) for user in people.users.values() if user.active),
        key=lambda pair: pair[1].casefold(),
    )
    return shell.show(
        here,
        visit.signed,
        "accounts/edit.html",
        kept.status if kept else 200,
        language=visit.language,
        place="accounts",
        title=heading,
        account=account,
        address=f"/accounts/{ids.to_text(account.id)}" if account else "/accounts",
        shown={name: _text(shown.get(name)) for name in (*FACTS, "owner")},
        version=shown.get("version"),
        labels=LABELS,
        owners=owners,
        names_owners=administration.names_owners(visit.viewer),
        called=people.display_of(account.owner) if account else None,
        kept=kept,
        says=kept.says if kept else None,
        failed=kept is not None,
    )


def _said(visit: Visit, form: Form) -> dict[str, Any]:
    """Every field that this reader may fill in; None where it is empty."""
    said: dict[str, Any] = {name: form.optional(name) for name in FACTS}
    if said["arr"] is not None:
        try:
            said["arr"] = float(said["arr"].replace(" ", ""))
        except ValueError:
            expected = say("a number without signs, such as 5000")
            raise InvalidInput(say("this is not a number"), place="arr", expected=expected) from None
    if said["products"] is not None:
        said["products"] = [name for each in said["products"].split(",") if (name := each.strip())]
    if said["attributes"] is not None:
        said["attributes"] = _attributes(said["attributes"])
    if administration.names_owners(visit.viewer):
        said["owner"] = form.optional("owner")
    return said


def _attributes(typed: str) -> dict[str, Any]:
    """A name and a value on each line; a value that is JSON, such as a number, is that."""
    found: dict[str, Any] = {}
    for line in typed.splitlines():
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not name:
            continue
        if not colon:
            raise InvalidInput(
                say("{line} has no value", line=repr(line[:40])), place="attributes", expected=say("name: value")
            )
        try:
            found[name] = canonical.decode(value.encode())
        except msgspec.DecodeError:
            found[name] = value
    return found


def _text(value: Any) -> str:
    """A fact as it is edited."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_typed(one)}" for name, one in value.items())
    return f"{value:.15g}" if isinstance(value, float) else str(value or "")


def _typed(value: Any) -> str:
    """An attribute as it is edited: a text as it is, unless that would be read as anything else."""
    told = canonical.encode(value).decode()
    if not isinstance(value, str):
        return told
    try:
        canonical.decode(value)
    except msgspec.DecodeError:
        return value
    return told
