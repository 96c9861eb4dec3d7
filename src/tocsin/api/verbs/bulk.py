"""One verb on many cases: tried, or carried out, with a result for each; and undone together."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import Field, ValidationError

from tocsin.api import problems
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.verbs import bodies
from tocsin.cases import acting, bulks, carrying, queries
from tocsin.cases.acting import Done
from tocsin.cases.verbs import undo
from tocsin.cases.verbs.verb import UNDOABLE, AnyVerb
from tocsin.core import ids
from tocsin.core.errors import InvalidInput, NotAllowed, TocsinError
from tocsin.core.wording import say
from tocsin.intake import replies
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx
from tocsin.verbs import VERBS

MOST = 200
Id = Annotated[str, Path(description="The `id` of an answer of `POST /cases/bulk`")]
router = APIRouter()


class Bulk(Body):
    verb: str = Field(max_length=100, description="The name of a verb, as `actions` has it")
    cases: list[str | int] = Field(
        min_length=1, max_length=MOST, description="Each by its number, its id or its ticket's"
    )
    arguments: dict[str, Any] = Field(default_factory=dict, description="What the verb asks for, for all of them")
    dry_run: bool = Field(default=False, description="Change nothing; say what would be done")


class BulkUndo(Body):
    dry_run: bool = Field(default=False, description="Change nothing; say what would be undone")


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
            return json(_answer(body, meant, acting.trial(tx, here.desk, plans)) | {"id": None})

    def job(tx: Tx) -> dict[str, Any]:
        before = replies.find(tx, again)
        if before is not None:
            return before.body
        became, made = bulks.carried_out(tx, here.desk, verb.name, plans, who.actor)
        undoing = ids.to_text(made) if made is not None and verb.name in UNDOABLE else None
        answer = _answer(body, meant, became) | {"id": undoing}
        replies.keep(tx, again, answer)
        return answer

    return json(carrying.carry_out(here.database, here.writer, list(plans), job))


@router.post("/bulk/{id}/undo")
def undo_on_cases(id: Id, here: Here, who: Who, again: Again, body: BulkUndo | None = None) -> Response:
    """Undo what one request did to many cases, or try what would become of it. Each case has a result of its own: where
    what was done has changed since, or its time is over, the case stays as it is. `hidden`: of how many cases this
    viewer is told nothing, because they may not see them; those stay as they are."""
    who.require("cases.work")
    dry_run = body is not None and body.dry_run
    with here.database.reading(here.clock.now()) as tx:
        bulk = bulks.named(tx, id)
        known = queries.numbers(tx, who, bulk.events)
        who.require(VERBS[bulk.verb].permission)
        plans = {case: undo(who, event) for case, event in bulk.events.items() if case in known}
        tried = acting.trial(tx, here.desk, plans) if dry_run else {}
    meant: dict[str, int | TocsinError] = {str(known[case]): case for case in bulk.events if case in known}
    if dry_run:
        return json(_undone(bulk, meant, tried, dry_run))

    def job(tx: Tx) -> dict[str, Any]:
        before = replies.find(tx, again)
        if before is not None:
            return before.body
        became = bulks.taken_back(tx, here.desk, bulk, plans, who.actor)
        answer = _undone(bulk, meant, became, dry_run)
        replies.keep(tx, again, answer)
        return answer

    return json(carrying.carry_out(here.database, here.writer, list(plans), job))


def _undone(
    bulk: bulks.Bulk, meant: dict[str, int | TocsinError], became: dict[int, Done | TocsinError], dry_run: bool
) -> dict[str, Any]:
    return {
        "id": ids.to_text(bulk.id),
        "verb": bulk.verb,
        "dry_run": dry_run,
        "results": _results(meant, became),
        "hidden": len(bulk.events) - len(meant),
    }


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
    return {"verb": body.verb, "dry_run": body.dry_run, "results": _results(meant, became)}


def _results(meant: dict[str, int | TocsinError], became: dict[int, Done | TocsinError]) -> list[dict[str, Any]]:
    return [_result(reference, became[case] if isinstance(case, int) else case) for reference, case in meant.items()]


def _result(reference: str, became: Done | TocsinError) -> dict[str, Any]:
    if isinstance(became, Done) and became.first is None:
        became = NotAllowed(say("nothing changed: it was so already"))
    if isinstance(became, TocsinError):
        return {"case": reference, "done": False, "problem": problems.document(became)}
    case = became.state.case
    return {"case": reference, "done": True, "id": ids.to_text(case.id), "number": case.number}
