"""`/accounts/{id}`: one customer: what they have open, what was promised to them, how a year of escalations went."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.cases import discretion
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import customers, waiting
from tocsin.cases.queries.board import Row
from tocsin.clocks import kinds
from tocsin.core import ids, texts
from tocsin.core.clock import DAY
from tocsin.core.errors import NotFound
from tocsin.core.wording import Said, marked, say, verbatim
from tocsin.languages import tongue
from tocsin.people import accounts
from tocsin.people.accounts import Account
from tocsin.people.permissions import Viewer
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.web import rows, shell
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute
from tocsin.web.pages.accounts import page

router = APIRouter(route_class=PageRoute)
DONE = {"added": marked("Added."), "saved": marked("Saved.")}
_SHOWN, _PAST = 50, 100
_YEAR = 365 * DAY
_NAMED = ("segment", "plan", "region", "language", "arr", "renewal", "products")
_LABELS = {
    "segment": marked("Segment"),
    "plan": marked("Plan"),
    "region": marked("Region"),
    "language": marked("Language"),
    "arr": marked("Revenue"),
    "renewal": marked("Renewal"),
    "products": marked("Products"),
}


class PastEscalation(NamedTuple):
    """An escalation of the last year. `took`: from its opening to its end (microseconds), None while it is open;
    `kept`, `missed`: its targets, without those that were cancelled or excused."""

    state: Aggregate
    took: int | None
    kept: int
    missed: int


class NextPromise(NamedTuple):
    """That a customer is to hear of a case, and when."""

    number: int
    ticket: str
    subject: str
    at: int


@router.get("/accounts/{account}")
def show(account: str, here: Here, signed: Signed, language: Language, done: str = "") -> Response:
    signed.viewer.require("cases.read")
    signed.viewer.require("people.read")
    values = _values(here, signed, account, language)
    title, news = page.name_of(values["account"]), DONE.get(done)
    says = news and tongue(language).text(news)
    return shell.show(
        here, signed, "accounts/one.html", language=language, title=title, place="accounts", says=says, **values
    )


def _values(here: Installation, signed: Session, reference: str, language: str) -> dict[str, Any]:
    viewer, at = signed.viewer, here.clock.now()
    with here.database.reading(at) as tx:
        account = _found(tx, reference)
        every = waiting.rows(tx, viewer, customers.open_of(tx, viewer, account.id, _SHOWN))
        made = rows.gathered(tx, here, signed.viewer, every, rows.severities(here, tx), language)
        has = customers.having(tx, viewer, [account.id]).get(account.id, customers.Having())
        past = [_past(state) for state in customers.escalations_of(tx, viewer, account.id, at - _YEAR, _PAST)]
        owner = here.desk.directory.get(tx).display_of(account.owner)
        shown = [made.of(row) for row in every]
    return {
        "account": account,
        "edit": f"/accounts/{ids.to_text(account.id)}/edit" if viewer.may("accounts.write") else None,
        "name": page.name_of(account),
        "owner": owner,
        "facts": facts(account, viewer),
        "has": has,
        "rows": shown,
        "promised": sorted(_promised(every), key=lambda one: one.at),
        "past": past,
        "most": _PAST,
        "kept": sum(one.kept for one in past),
        "missed": sum(one.missed for one in past),
        "now": at,
    }


def _found(tx: Tx, reference: str) -> Account:
    found = accounts.named(tx, reference)
    if found is None:
        raise NotFound(
            say("there is no account {reference}", reference=reference[:40]),
            place="account",
            expected=say("one of those on the page of accounts"),
        )
    return found


def facts(account: Account, viewer: Viewer) -> list[tuple[str | Said, Any]]:
    """What is known of a customer, as this viewer may see it: revenue in bands to those who may not know it."""
    shown = discretion.shown({name: account.facts.get(name) for name in _NAMED}, viewer)
    known = [(name, shown[name]) for name in _NAMED if shown[name] is not None]
    told = [(_LABELS[name], texts.value(value) if name == "products" else value) for name, value in known]
    further = account.facts.get("attributes") or {}
    return told + [(verbatim(name), texts.value(value)) for name, value in sorted(further.items())]


def _promised(found: Sequence[Row]) -> Iterator[NextPromise]:
    for row in found:
        case, run = row.state.case, row.state.running(kinds.UPDATE)
        if run is not None and run.ticking:
            yield NextPromise(case.number, case.external_id or f"#{case.number}", case.subject, run.due_at)


def _past(state: Aggregate) -> PastEscalation:
    case = state.case
    over = case.resolved_at or case.closed_at
    counted = [run for run in state.clocks if run.outcome in ("met", "breached") and run.excused_by is None]
    met = sum(run.outcome == "met" for run in counted)
    took = None if over is None or case.state == "open" else over - case.opened_at
    return PastEscalation(state, took, met, len(counted) - met)
