"""The route of the one search over cases, people and customers."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tocsin.api.access import Here, Who, json
from tocsin.api.cases import refuse_unknown
from tocsin.cases import discretion, representation
from tocsin.cases.queries import searching
from tocsin.cases.queries.searching import CaseHit, Match
from tocsin.core import ids
from tocsin.people import accounts
from tocsin.people.accounts import Account
from tocsin.people.directory import Directory, User
from tocsin.people.permissions import Viewer

router = APIRouter(tags=["cases"])


@router.get("/search")
def search_everything(
    request: Request,
    here: Here,
    who: Who,
    q: Annotated[str, Query(max_length=searching.LONGEST)],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Response:
    """Cases, people and customers, each kind with the best first. A number (`4731`, `#17`, `HD-4731`) finds its case
    first. Else every word has to be there, the last perhaps only begun: of cases in the subject, the text, the ticket's
    id, the customer's name, or what was written since. `matches`: where, and the text around it in parts, of which
    those that were looked for are `marked`."""
    refuse_unknown(request, ("q", "limit"))
    with here.database.reading() as tx:
        people = here.desk.directory.get(tx)
        found = searching.look(tx, who, people, q, limit)
        customers = accounts.by_id(tx, [hit.case.account for hit in found.cases if hit.case.account is not None])
    return json(
        {
            "cases": [_case(hit, people, customers.get(hit.case.account or 0), who) for hit in found.cases],
            "people": [_person(user) for user in found.people],
            "accounts": [_account(account, people) for account in found.accounts],
            "more": found.more,
        }
    )


def _case(hit: CaseHit, people: Directory, customer: Account | None, who: Viewer) -> dict[str, Any]:
    shown = discretion.head(representation.outline(hit.case, people), who)
    return shown | {
        "account": None if customer is None else _account(customer, people),
        "exact": hit.exact,
        "matches": [_match(match) for match in hit.matches],
    }


def _match(match: Match) -> dict[str, Any]:
    return {"where": match.where, "parts": [part._asdict() for part in match.fragments]}


def _person(user: User) -> dict[str, Any]:
    return {
        "id": ids.to_text(user.id),
        "name": user.name,
        "display": user.display,
        "role": user.role,
        "active": user.active,
    }


def _account(account: Account, people: Directory) -> dict[str, Any]:
    return {
        "id": ids.to_text(account.id),
        "external_id": account.external_id,
        "name": account.facts.get("name"),
        "owner": people.name_of(account.owner),
    }
