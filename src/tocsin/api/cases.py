"""Routes of cases: reading them, and the verbs as resources below them."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who, case_id, json
from tocsin.api.bodies import Body
from tocsin.cases import acting, discretion, queries, representation, store, verbs
from tocsin.cases.aggregate import Aggregate
from tocsin.core import ids, instants
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.intake import accept
from tocsin.intake.accept import Once
from tocsin.people.directory import Directory
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["cases"])


class Assignment(Body):
    owner: str = Field(min_length=1, max_length=100, description="The name of a user")


class Acknowledgement(Body):
    pass


class Resolution(Body):
    note: str | None = Field(default=None, max_length=20_000)


class Note(Body):
    text: str = Field(min_length=1, max_length=20_000)


@router.get("/cases")
def list_cases(
    request: Request,
    here: Here,
    who: Who,
    state: Literal["open", "resolved", "closed", "merged"] | None = None,
    level: Literal["standard", "senior", "executive"] | None = None,
    severity: str | None = None,
    team: str | None = None,
    owner: str | None = None,
    account: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Cases, the newest first. `account`: of this customer, by id."""
    _refuse_unknown(request)
    filters: dict[str, Any] = {"state": state, "level": level, "severity": severity, "team": team}
    filters["account"] = ids.from_text(account, "account") if account is not None else None
    with here.database.reading() as tx:
        _require_severity(here, tx, severity)
        people = here.desk.directory.get(tx)
        wanted = queries.Filter(
            {name: value for name, value in filters.items() if value is not None},
            people.by_name.get(owner) if owner else None,
            owner is not None,
            ids.from_text(cursor, "cursor") if cursor else None,
            limit,
        )
        found, following = queries.listed(tx, who, wanted)
    shown = [representation.show(state, people) for state in found]
    return json({"cases": shown, "cursor": ids.to_text(following) if following else None})


@router.get("/cases/{case}")
def show_case(case: str, here: Here, who: Who) -> Response:
    """A case with its clocks, its escalations and its decision."""
    who.require("cases.read")
    with here.database.reading() as tx:
        identifier = case_id(tx, case)
        state = store.load(tx, identifier)
        decision = discretion.decision(queries.decision_bytes(tx, identifier), who)
        pages = queries.pages(tx, who, identifier)
        people = here.desk.directory.get(tx)
    shown = representation.show(state, people, decision)
    shown["pages"] = [_page(page) for page in pages]
    return json(shown)


@router.get("/cases/{case}/timeline")
def show_timeline(case: str, here: Here, who: Who) -> Response:
    """The case's history, oldest first."""
    with here.database.reading() as tx:
        events = queries.timeline(tx, who, case_id(tx, case))
    return json({"events": [discretion.shown(event.show(), who) for event in events]})


@router.get("/cases/{case}/decision")
def show_decision(case: str, here: Here, who: Who) -> Response:
    """The newest decision with its explanation."""
    from tocsin.policy.decision import from_bytes
    from tocsin.policy.explain import explain

    who.require("cases.read")
    with here.database.reading() as tx:
        stored = queries.decision_bytes(tx, case_id(tx, case))
        if stored is None:
            raise NotFound("the decision's content was erased", place="decision")
        decision = from_bytes(stored)
        policy = here.desk.policies.get(tx).compiled(decision.policy_version)
    explanation = discretion.shown(explain(policy, decision), who)
    return json({"decision": msgspec.Raw(discretion.decision(stored, who) or b"null"), "explanation": explanation})


@router.post("/cases/{case}/assignment")
def assign(case: str, body: Assignment, here: Here, who: Who, again: Again) -> Response:
    return _act(here, again, case, verbs.assign(who, body.owner))


@router.post("/cases/{case}/acknowledgement")
def acknowledge(case: str, here: Here, who: Who, again: Again, body: Acknowledgement | None = None) -> Response:
    return _act(here, again, case, verbs.acknowledge(who))


@router.post("/cases/{case}/resolution")
def resolve(case: str, here: Here, who: Who, again: Again, body: Resolution | None = None) -> Response:
    return _act(here, again, case, verbs.resolve(who, body.note if body else None))


@router.post("/cases/{case}/notes")
def note(case: str, body: Note, here: Here, who: Who, again: Again) -> Response:
    return _act(here, again, case, verbs.note(who, body.text))


def _act(here: Installation, again: Once | None, reference: str, plan: acting.Plan) -> Response:
    """Run a verb on the case behind an id or number, unless its idempotency key was used for it; and show the case."""
    with here.database.reading() as tx:
        case = case_id(tx, reference)

    def write(tx: Tx) -> tuple[Aggregate, Directory]:
        if accept.repeated(tx, again) is not None:
            return store.load(tx, case), here.desk.directory.get(tx)
        done = acting.act(tx, here.desk, case, plan)
        accept.remember(tx, again, case)
        return done.state, here.desk.directory.get(tx)

    return json(representation.show(*here.writer.write(write, cases=(case,))))


def _refuse_unknown(request: Request) -> None:
    """A filter that is not known would be taken for one that lets everything through."""
    known = ("state", "level", "severity", "team", "owner", "account", "cursor", "limit")
    for name in request.query_params:
        if name not in known:
            raise InvalidInput("there is no such parameter", place=name[:40], expected="one of " + ", ".join(known))


def _require_severity(here: Installation, tx: Tx, severity: str | None) -> None:
    """InvalidInput for a severity that neither the policy in force names nor a case has."""
    if severity is None:
        return
    current = here.desk.policies.get(tx).at(here.clock.now()).document.severities
    if severity not in current and tx.row("SELECT 1 FROM cases WHERE severity = ? LIMIT 1", (severity,)) is None:
        raise InvalidInput(
            f"there is no severity {severity[:40]!r}", place="severity", expected="one of " + ", ".join(current)
        )


def _page(page: dict[str, Any]) -> dict[str, Any]:
    return {
        name: instants.to_text(value) if name.endswith("_at") and value is not None else value
        for name, value in page.items()
    }
