"""One verb on many cases: tried, or carried out, with a result for each."""

from typing import Any

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import Field, ValidationError

from tocsin.api import problems
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.verbs import bodies
from tocsin.cases import acting, carrying, queries
from tocsin.cases.acting import Done
from tocsin.cases.verbs.verb import AnyVerb
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.core.wording import say
from tocsin.intake import replies
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.verbs import VERBS

MOST = 200
router = APIRouter()


class Bulk(Body):
    verb: str = Field(max_length=100, description="The name of a verb, as `actions` has it")
    cases: list[str | int] = Field(
        min_length=1, max_length=MOST, description="Each by its number, its id or its ticket's"
    )
    arguments: dict[str, Any] = Field(default_factory=dict, description="What the verb asks for, for all of them")
    dry_run: bool = Field(default=False, description="Change nothing; say what would be done")


@router.post("/cases/bulk")
def act_on_cases(body: Bulk, here: Here, who: Who, again: Again) -> Response:
    """Carry one verb out on up to 200 cases, or try what would become of it. Each case has a result of its own."""
    verb = _verb(body.verb)
    who.require(verb.permission)
    plan = verb.by(who, _said(verb, body.arguments))
    meant = _meant(here, who, verb, [str(each) for each in body.cases])
    plans = {case: plan for case in meant.values() if isinstance(case, int)}
    if body.dry_run:
        with here.database.reading(here.clock.now()) as tx:
            return json(_answer(body, meant, acting.trial(tx, here.desk, plans)))

    def job(tx: Tx) -> dict[str, Any]:
        before = replies.find(tx, again)
        if before is not None:
            return before.body
        answer = _answer(body, meant, acting.act_many(tx, here.desk, plans))
        replies.keep(tx, again, answer)
        return answer

    return json(carrying.carry_out(here.database, here.writer, list(plans), job))


def _verb(name: str) -> AnyVerb:
    found = VERBS.get(name)
    if found is None or found.route.by_hand:
        known = ", ".join(verb.name for verb in VERBS.values() if not verb.route.by_hand)
        raise InvalidInput(
            say("{name} is no verb for many cases", name=repr(name[:40])),
            place="verb",
            expected=say("one of {known}", known=known),
        )
    return found


def _said(verb: AnyVerb, arguments: dict[str, Any]) -> Any:
    try:
        body = bodies.alone(verb).model_validate(arguments)
    except ValidationError as error:
        wrong = [{**each, "loc": ("body", "arguments", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(wrong) from None
    return bodies.arguments([verb], verb, body)


def _meant(here: Installation, who: Viewer, verb: AnyVerb, references: list[str]) -> dict[str, int | TocsinError]:
    """The case behind each reference, or why there is none; in order."""
    found: dict[str, int | TocsinError] = {}
    with here.database.reading(here.clock.now()) as tx:
        for reference in references:
            try:
                found[reference] = queries.named(tx, who, reference, verb.permission).case
            except TocsinError as error:
                found[reference] = error
    return found


def _answer(body: Bulk, meant: dict[str, int | TocsinError], became: dict[int, Done | TocsinError]) -> dict[str, Any]:
    results = [_result(reference, became[case] if isinstance(case, int) else case) for reference, case in meant.items()]
    return {"verb": body.verb, "dry_run": body.dry_run, "results": results}


def _result(reference: str, became: Done | TocsinError) -> dict[str, Any]:
    if isinstance(became, TocsinError):
        return {"case": reference, "done": False, "problem": problems.document(became)}
    case = became.state.case
    return {"case": reference, "done": True, "id": ids.to_text(case.id), "number": case.number}
