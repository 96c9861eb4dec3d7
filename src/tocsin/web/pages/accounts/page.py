"""`/accounts`: every customer, with what they have open."""

from collections.abc import Iterator
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from tocsin.cases import discretion
from tocsin.cases.queries import cursors, customers
from tocsin.cases.queries.customers import CustomerFilter, CustomerSort, Having
from tocsin.core import ids, instants, sheets
from tocsin.core.wording import marked
from tocsin.languages import tongue
from tocsin.people import finding
from tocsin.people.accounts import Account
from tocsin.people.directory import Directory
from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import shell
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute
from tocsin.web.places import Place

router = APIRouter(route_class=PageRoute)
PLACE = Place("accounts", marked("Accounts"), "/accounts", "building-2", 5, key="u", permission="people.read")
MINE = "me"
_FOUND = 200  # customers that words find, at most
_AT_ONCE = 200
_COLUMNS = (
    *("account", "name", "segment", "plan", "region", "products", "owner"),
    *("open_cases", "escalated", "next_due_at"),
)


class AccountForm(BaseModel):
    """The form above the list. `q`: words of a name, or an id; `behind`: where the list goes on."""

    q: Annotated[str, Field(max_length=200)] = ""
    owner: Annotated[str, Field(max_length=100)] = ""
    sort: CustomerSort = "escalated"
    behind: Annotated[str, Field(max_length=1000)] = ""

    def address(self, **changed: str) -> str:
        """The same list, as the part of an address behind its question mark; from its beginning."""
        told = self.model_dump() | {"behind": ""} | changed
        return urlencode({name: value for name, value in told.items() if value})


Asked = Annotated[AccountForm, Query()]


class AccountLine(NamedTuple):
    """A customer in the list. `owner`: what people call whoever answers for them; `mine`: whether that is the
    reader."""

    id: str
    name: str
    external_id: str
    segment: str | None
    plan: str | None
    owner: str | None
    mine: bool
    has: Having


@router.get("/accounts")
def show(here: Here, signed: Signed, language: Language, wanted: Asked) -> Response:
    title = tongue(language).text(marked("Accounts"))
    values = _values(here, signed, wanted)
    return shell.show(here, signed, "accounts/list.html", language=language, title=title, place="accounts", **values)


@router.get("/accounts.csv")
def table(here: Here, signed: Signed, wanted: Asked) -> Response:
    """The same list, whole, for a spreadsheet."""
    signed.viewer.require("cases.read")
    signed.viewer.require("people.read")
    written = sheets.written(_COLUMNS, _cells(here, signed.viewer, wanted))
    headers = {"content-disposition": 'attachment; filename="accounts.csv"', "cache-control": "no-store"}
    return StreamingResponse(written, media_type="text/csv; charset=utf-8", headers=headers)


def _values(here: Installation, signed: Session, wanted: AccountForm) -> dict[str, Any]:
    at, vault = here.clock.now(), here.vault
    behind = cursors.read(vault, _order(wanted), wanted.behind) if wanted.behind else None
    with here.database.reading(at) as tx:
        people = here.desk.directory.get(tx)
        chosen = _filter(tx, people, signed.viewer, wanted)._replace(behind=behind)
        found, following = customers.listed(tx, signed.viewer, chosen)
        totals = customers.totals(tx, signed.viewer)
    after = cursors.write(vault, _order(wanted), following) if following else None
    return {
        "lines": [_line(account, has, people, signed.viewer) for account, has in found],
        "following": after and wanted.address(behind=after),
        "totals": totals,
        "wanted": wanted,
        "may": signed.viewer.may,
        "owners": [(user.name, user.display) for user in people.users.values() if user.role == "account_owner"],
        "now": at,
    }


def _order(wanted: AccountForm) -> str:
    return f"accounts by {wanted.sort}"


def _filter(tx: Tx, people: Directory, viewer: Viewer, wanted: AccountForm) -> CustomerFilter:
    """Words that find nobody, and an owner that there is not, leave an empty list."""
    chosen: list[int] | None = None
    if wanted.q.strip():
        chosen = [account.id for account in finding.accounts(tx, wanted.q.strip(), _FOUND)]
    owner = viewer.user if wanted.owner == MINE else None
    if wanted.owner and wanted.owner != MINE:
        user = people.by_name.get(wanted.owner)
        owner, chosen = (user.id, chosen) if user else (None, [])
    return CustomerFilter(wanted.sort, owner, chosen)


def _line(account: Account, has: Having, people: Directory, viewer: Viewer) -> AccountLine:
    facts = account.facts
    return AccountLine(
        ids.to_text(account.id),
        name_of(account),
        account.external_id,
        facts.get("segment"),
        facts.get("plan"),
        people.display_of(account.owner),
        account.owner is not None and account.owner == viewer.user,
        has,
    )


def name_of(account: Account) -> str:
    """What a customer is called."""
    return str(account.facts.get("name") or account.external_id)


def _cells(here: Installation, viewer: Viewer, wanted: AccountForm) -> Iterator[list[Any]]:
    """The cells of each customer. Each part is read by itself, so that a slow reader holds no transaction."""
    behind, goes_on = None, True
    while goes_on:
        with here.database.reading(here.clock.now()) as tx:
            people = here.desk.directory.get(tx)
            part = _filter(tx, people, viewer, wanted)._replace(behind=behind, limit=_AT_ONCE)
            found, behind = customers.listed(tx, viewer, part)
        for account, has in found:
            facts = discretion.shown(account.facts, viewer)
            yield [
                account.external_id,
                facts.get("name"),
                facts.get("segment"),
                facts.get("plan"),
                facts.get("region"),
                ", ".join(facts.get("products") or ()) or None,
                people.name_of(account.owner),
                has.open,
                has.escalated,
                None if has.due is None else instants.to_text(has.due),
            ]
        goes_on = behind is not None
