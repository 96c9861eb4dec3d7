"""`/cases/new`: somebody types a ticket, sees what the policy would decide, and opens the case."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.cases import discretion
from tocsin.cases.opening import Opened, Ticket
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Number, say
from tocsin.intake.accept import Submission
from tocsin.people import accounts
from tocsin.people.accounts import Account
from tocsin.policy.body import CaseBody, to_body
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision
from tocsin.policy.facts import facts_of
from tocsin.policy.language import with_language
from tocsin.web import shell
from tocsin.web.access import Fields
from tocsin.web.errors import PageRoute
from tocsin.web.pages.policy import trying
from tocsin.web.pages.settings import frame
from tocsin.web.pages.settings.frame import Kept, Visit, Visiting

router = APIRouter(route_class=PageRoute)
SOURCE = "manual"  # which counts as a person's word
_TEXTS = ("subject", "body", "external_id", "source", "priority", "type", "product_area", "url")
_OFFERED = 500  # accounts that the field offers


@router.get("/cases/new")
def ask(visit: Visiting) -> Response:
    visit.viewer.require("cases.open")
    return _page(visit, {})


@router.post("/cases/new")
def open_case(visit: Visiting, form: Fields) -> Response:
    """Show what the policy would decide, or open the case where the form says so."""

    def do() -> str | Response:
        visit.viewer.require("cases.open")
        known = _account(visit, form.optional("account"))
        body = _body(form, known)
        if form.get("do") != "open":
            return _page(visit, form, decision=_decision(visit, body, known))
        submission = Submission(Ticket(body, visit.viewer))
        opened = visit.here.writer.write_item(visit.here.accept, submission)
        return _led(visit, opened)

    return frame.carried(visit, form, "open", do, lambda kept: _page(visit, form, kept))


def _led(visit: Visit, opened: Any) -> str | Response:
    """To the case, whether it is new or the ticket had it; a ticket that is over has none."""
    if not isinstance(opened, Opened):
        raise InvalidInput(say("this says that it is over, and the ticket has no case"), place="body")
    case = opened.state.case
    if not discretion.sees(visit.viewer, case):
        return "/cases"
    return f"/cases/{case.number}?done={'opened' if opened.new else 'known'}"


def _account(visit: Visit, called: str | None) -> Account | None:
    with visit.here.database.reading() as tx:
        offered = accounts.listed(tx, "", _OFFERED) if visit.viewer.may("cases.read") else []
        return trying.known_account(tx, visit, called, offered)


def _body(form: Mapping[str, str], known: Account | None) -> CaseBody:
    """The ticket as it was typed. InvalidInput names the field."""
    typed = {name: value.strip() for name, value in form.items() if value.strip()}
    case: dict[str, Any] = {"source": SOURCE} | {name: typed[name] for name in _TEXTS if name in typed}
    if "subject" not in case:
        raise InvalidInput(
            say("the subject says nothing"), place="subject", expected=say("what the customer writes first")
        )
    if "users_affected" in typed:
        case["users_affected"] = trying.number(typed, "users_affected", int)
    if "tags" in typed:
        case["tags"] = [tag for each in typed["tags"].split(",") if (tag := each.strip())]
    if "account" in typed:
        case["account"] = {"name": typed["account"]} if known is None else {"external_id": known.external_id}
    return to_body(case)


def _decision(visit: Visit, body: CaseBody, known: Account | None) -> Decision:
    at = visit.here.clock.now()
    with visit.here.database.reading(at) as tx:
        policy = visit.here.desk.policies.get(tx).at(at)
    return decide(policy, with_language(policy, facts_of(body, known.facts if known else None)), at)


def _page(
    visit: Visit, typed: Mapping[str, str], kept: Kept | None = None, *, decision: Decision | None = None
) -> Response:
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        policies = here.desk.policies.get(tx)
        document = policies.at(at).document if policies.in_force(at) is not None else None
        offered = accounts.listed(tx, "", _OFFERED) if visit.viewer.may("cases.read") else []
    heading = visit.says("What is the problem?")
    if decision is not None:
        score = decision.score if visit.viewer.may("accounts.revenue") else round(decision.score)
        heading = visit.says(
            "It would be {level}, with {score} points", level=say(decision.level), score=Number(round(score, 1))
        )
    told = trying.told(visit, policies, decision) if decision is not None else {"decision": None}
    return shell.show(
        here,
        visit.signed,
        "case-new.html",
        kept.status if kept else 200,
        language=visit.language,
        place="cases",
        title=heading,
        kept=kept,
        says=kept.says if kept else None,
        failed=kept is not None,
        again=kept or Kept("open", typed, "", 200),
        document=document,
        types=[(each.name, each.title) for each in document.types.values()] if document else [],
        accounts=[(each.external_id, each.facts.get("name") or "") for each in offered],
        **told,
    )
