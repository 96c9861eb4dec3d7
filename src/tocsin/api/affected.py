"""Routes of the customers whom the problem of a case concerns: who they are, and cases that are opened for them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from tocsin.api import problems
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.cases import queries, store
from tocsin.cases.alike import affected
from tocsin.cases.alike.affected import AT_ONCE, Affected, OpenedFor
from tocsin.clocks import moments
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import Reader, say, worded
from tocsin.intake import replies
from tocsin.people.accounts import Having
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["cases"])
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Several = Annotated[list[Annotated[str, Field(max_length=200)]], Query(max_length=20)]


class OpenFor(Body):
    accounts: list[_Name] = Field(min_length=1, max_length=AT_ONCE, description="Each by the id that tickets have")
    subject: str | None = Field(default=None, min_length=1, max_length=500, description="Without one, the parent's")
    dry_run: bool = Field(default=False, description="Change nothing; say what would be opened")


@router.get("/cases/{case}/affected")
def list_affected(
    case: str,
    here: Here,
    who: Who,
    product: _Several = [],  # noqa: B006  (FastAPI copies it)
    plan: Annotated[str | None, Query(max_length=200)] = None,
    region: Annotated[str | None, Query(max_length=200)] = None,
    attribute: _Several = [],  # noqa: B006
) -> Response:
    """Customers whom the problem of this case concerns, those first who have not written: by the products that all have
    who wrote of it, or by those, the plan, the region and the attributes (`name=value`) that are asked for."""
    who.require("people.read")
    asked = Having(tuple(product), plan, region, tuple(map(_pair, attribute)))
    with here.database.reading(here.clock.now()) as tx:
        found = queries.found(tx, who, case)
        wanted = asked if any(asked) else affected.usual(tx, found)
        reader = moments.reader(moments.utc, {})
        shown = [_shown(one, reader) for one in affected.affected(tx, who, found, wanted)]
    by = {
        "products": list(wanted.products),
        "plan": wanted.plan,
        "region": wanted.region,
        "attributes": dict(wanted.attributes),
    }
    return json({"by": by, "accounts": shown})


@router.post("/cases/{case}/affected")
def open_for_affected(case: str, body: OpenFor, here: Here, who: Who, again: Again) -> Response:
    """Open a case for each of these customers, which follows this one and pages nobody anew; or say what would be
    opened. One who has written already gets none."""
    who.require("cases.work")
    who.require("cases.open")
    with here.database.reading(here.clock.now()) as tx:
        parent = queries.found(tx, who, case)
        if body.dry_run:
            tried = affected.tried(tx, who, parent, body.accounts)
            return json({"dry_run": True, "results": [_result(one) for one in tried]})

    def job(tx: Tx) -> dict[str, Any]:
        if (before := replies.find(tx, again)) is not None:
            return before.body
        store.lock(tx, [parent])
        made = affected.open_for(tx, here.desk, who, parent, body.accounts, body.subject)
        answer = {"dry_run": False, "results": [_result(one) for one in made]}
        replies.keep(tx, again, answer)
        return answer

    return json(here.writer.write(job, cases=(parent,)))


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidInput(
            say("{text} has no value", text=repr(text[:40])), place="attribute", expected=say("name=value")
        )
    return name, value


def _shown(one: Affected, reader: Reader) -> dict[str, Any]:
    return {
        "external_id": one.account.external_id,
        "name": one.account.facts.get("name"),
        "segment": one.account.facts.get("segment"),
        "because": [worded(each, reader) for each in one.why],
        "case": one.case,
    }


def _result(one: OpenedFor) -> dict[str, Any]:
    problem = None if one.refused is None else problems.document(one.refused)
    return {"external_id": one.external_id, "number": one.number, "done": one.refused is None, "problem": problem}
