"""The route of links, which change two cases."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who
from tocsin.api.bodies import Body
from tocsin.api.verbs.common import carry_out, once_about
from tocsin.cases import linking, queries
from tocsin.cases.acting import Done
from tocsin.cases.queries import NamedCase
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["cases"])


class Link(Body):
    kind: Literal["related", "parent", "merged"] = Field(description="What the other case is to this one")
    case: str | int = Field(description="The other case, by its number, its id, or its ticket's own number")
    reason: str | None = Field(default=None, min_length=1, max_length=20_000, description="Needed to merge")
    unlink: bool = Field(default=False, description="Undo the link instead")


@router.post("/cases/{case}/links")
def link(case: str, body: Link, here: Here, who: Who, again: Again) -> Response:
    """Link two cases, let this one follow the other, or merge it into the other; or undo the link."""
    with here.database.reading() as tx:
        again = once_about(tx, again, case)
        meant = queries.named(tx, who, case, "cases.work")
        other = queries.named(tx, who, str(body.case), "cases.work")

    def write(tx: Tx, mine: int) -> Done:
        if body.unlink:
            return linking.unlink(tx, here.desk, who, mine, body.kind, other.case)
        return linking.link(tx, here.desk, who, mine, body.kind, other.case, body.reason)

    both = NamedCase(meant.case, (*meant.also, *other.also))
    return carry_out(here, who, again, (meant.case, other.case), write, both)


class Dismissal(Body):
    case: str | int = Field(description="The other case, by its number, its id, or its ticket's own number")
    reason: str | None = Field(default=None, min_length=1, max_length=20_000, description="For the record")


@router.post("/cases/{case}/dismissed-parents")
def dismiss_parent(case: str, body: Dismissal, here: Here, who: Who, again: Again) -> Response:
    """Say that the case is of another problem than the one that was offered as its parent; it is not offered again."""
    with here.database.reading() as tx:
        again = once_about(tx, again, case)
        meant = queries.named(tx, who, case, "cases.work")
        other = queries.named(tx, who, str(body.case), "cases.work")

    def write(tx: Tx, mine: int) -> Done:
        return linking.dismiss(tx, here.desk, who, mine, other.case, body.reason)

    both = NamedCase(meant.case, (*meant.also, *other.also))
    return carry_out(here, who, again, (meant.case,), write, both)
