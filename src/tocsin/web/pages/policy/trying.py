"""`/policy/try`: what a version would decide for a case, and why; nothing is stored, and its address can be shared."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.texts import fold
from tocsin.core.wording import Number, say
from tocsin.people import accounts
from tocsin.people.accounts import Account
from tocsin.policy import sentences, versions
from tocsin.policy.body import CaseBody, to_body
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision, Override
from tocsin.policy.examples import DEFAULT_TIME
from tocsin.policy.facts import facts_of
from tocsin.policy.language import with_language
from tocsin.policy.model import Document
from tocsin.policy.versions import Policies
from tocsin.storage.transaction import Tx
from tocsin.web import why
from tocsin.web.errors import PageRoute, sentence
from tocsin.web.pages.policy import frame
from tocsin.web.pages.policy.frame import Kept, Visit, Visiting
from tocsin.web.pages.policy.page import examples

router = APIRouter(route_class=PageRoute)
_CASE = ("subject", "body", "priority", "sentiment", "source", "type", "product_area")
_ACCOUNT = ("segment", "plan", "region")
_OFFERED = 200  # accounts that a field offers


@router.get("/policy/try")
def show(request: Request, visit: Visiting) -> Response:
    visit.viewer.require("policy.read")
    asked = {name: value.strip() for name, value in request.query_params.items() if value.strip()}
    here, at = visit.here, visit.here.clock.now()
    with here.database.reading(at) as tx:
        policies = here.desk.policies.get(tx)
        offered = accounts.listed(tx, "", _OFFERED) if visit.viewer.may("cases.read") else []
        known = known_account(tx, visit, asked.get("account"), offered)
        if "version" not in asked and policies.in_force(at) is None:
            return frame.show(visit, "try", "none.html", visit.says("No policy decides"))
        policy = _version(tx, policies, asked, at)
        numbers = [each.number for each in versions.stored(tx)]
    decision, typed, kept = None, asked, None
    if "example" in asked:
        given, when = _example(policy.document, asked["example"])
        decision, typed = decide(policy, with_language(policy, facts_of(given)), when), _typed(given)
    else:
        try:
            decision = _decision(policy, asked, at, known)
        except InvalidInput as error:
            place = (error.place or "").rpartition(".")[2]
            kept = Kept("try", typed, sentence(error, visit.language), 422, place)
    return frame.show(
        visit,
        "try",
        "try.html",
        _heading(visit, policy, decision),
        kept=kept,
        typed=typed,
        example=asked.get("example"),
        version=policy.version,
        versions=numbers,
        force=force.version if (force := policies.in_force(at)) else None,
        document=policy.document,
        results=[] if decision is not None else examples(policy),
        types=[(each.name, each.title) for each in policy.document.types.values()],
        segments=_segments(policy.document),
        accounts=[each.external_id for each in offered],
        **(
            told(visit, replace(policies, compiled=lambda _: policy), decision)
            if decision is not None
            else {"decision": None}
        ),
    )


def _version(tx: Tx, policies: Policies, asked: Mapping[str, str], at: int) -> Policy:
    number = asked.get("version", "")
    if not number:
        return policies.at(at)
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise InvalidInput(
            say("this is no version"), place="version", expected=say("a number such as {example}", example="3")
        )
    return versions.compiled(tx, int(number))


def _example(document: Document, name: str) -> tuple[dict[str, Any], int]:
    """What an example gives, and as of when; NotFound where there is none of that name."""
    for example in document.examples:
        if example.name == name:
            return dict(example.given), DEFAULT_TIME if example.at is None else example.at
    raise NotFound(say("there is no example {name}", name=name))


def _typed(given: Mapping[str, Any]) -> dict[str, str]:
    """An example as the form shows it."""
    account = given.get("account") or {}
    named = {name: str(given[name]) for name in (*_CASE, "users_affected") if given.get(name) is not None}
    named |= {name: str(account[name]) for name in (*_ACCOUNT, "arr") if account.get(name) is not None}
    called = account.get("external_id") or account.get("name")
    named |= {"account": str(called)} if called else {}
    return named | ({"tags": ", ".join(map(str, given["tags"]))} if given.get("tags") else {})


def _body(asked: Mapping[str, str], known: Account | None) -> CaseBody | None:
    """A case as it was typed; None where nothing was. InvalidInput names the field."""
    if not asked.keys() - {"version", "severity"}:
        return None
    case: dict[str, Any] = {name: asked[name] for name in _CASE if name in asked}
    account: dict[str, Any] = {name: asked[name] for name in _ACCOUNT if name in asked}
    if "users_affected" in asked:
        case["users_affected"] = number(asked, "users_affected", int)
    if "arr" in asked:
        account["arr"] = number(asked, "arr", float)
    if "account" in asked:
        account["name" if known is None else "external_id"] = asked["account"] if known is None else known.external_id
    if "tags" in asked:
        case["tags"] = [tag for each in asked["tags"].split(",") if (tag := each.strip())]
    if "subject" not in case:
        raise InvalidInput(
            say("the subject says nothing"), place="subject", expected=say("what the customer writes first")
        )
    return to_body(case | ({"account": account} if account else {}))


def number(asked: Mapping[str, str], name: str, kind: type[int] | type[float]) -> float:
    with contextlib.suppress(ValueError):
        return kind(asked[name].replace(" ", ""))
    raise InvalidInput(say("this is not a number"), place=name, expected=say("a number without signs, such as 5000"))


def known_account(tx: Tx, visit: Visit, called: str | None, offered: Sequence[Account]) -> Account | None:
    """The account that was named by its id or its name; None: unknown, or not for this reader."""
    if called is None or not visit.viewer.may("cases.read"):
        return None
    by_name = (each for each in offered if fold(str(each.facts.get("name", ""))) == fold(called))
    return accounts.named(tx, called) or next(by_name, None)


def _decision(policy: Policy, asked: Mapping[str, str], at: int, known: Account | None) -> Decision | None:
    """What the version would decide for what was typed, with what is known of the account; None for an empty form."""
    body = _body(asked, known)
    if body is None:
        return None
    override = Override(reason="tried", severity=asked["severity"]) if "severity" in asked else None
    facts = with_language(policy, facts_of(body, known.facts if known else None))
    return decide(policy, facts, at, override)


def _heading(visit: Visit, policy: Policy, decision: Decision | None) -> str:
    if decision is None:
        return visit.says("What would version {version} decide?", version=str(policy.version))
    return visit.says(
        "Version {version} decides {level}, with {score} points",
        version=str(policy.version),
        level=say(decision.level),
        score=Number(round(decision.score, 1) if visit.viewer.may("accounts.revenue") else round(decision.score)),
    )


def _segments(document: Document) -> list[str]:
    """The segments that a version weighs."""
    return [name for factor in document.score if factor.source == "account.segment" for name in factor.map or {}]


def told(visit: Visit, policies: Policies, decision: Decision) -> dict[str, Any]:
    """The decision with its reasons, as this reader may see it, and as the page of a case shows them."""
    document = policies.compiled(decision.policy_version).document
    shown = why.decided(decision.canonical(), visit.viewer, policies)
    return shown | {
        "case": shown["decision"],
        "grade": list(document.severities).index(decision.severity),
        "titles": {name: kind.title for name, kind in document.clocks.kinds.items()},
        "asked": {f"triage.{ask.id}": sentences.why_asked(ask) for ask in document.triage.ask},
    }
