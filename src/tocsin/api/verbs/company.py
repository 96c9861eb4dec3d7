"""What stands around a case: other cases, who may see it, what colleagues wrote."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who
from tocsin.api.bodies import Body
from tocsin.api.verbs.common import Name, Text, act, carry_out, once_about
from tocsin.cases import queries, verbs
from tocsin.cases.acting import Done
from tocsin.cases.family import linking
from tocsin.cases.queries import Named
from tocsin.storage.transaction import Tx

router = APIRouter()


class Link(Body):
    kind: Literal["related", "parent", "merged"] = Field(description="What the other case is to this one")
    case: str | int = Field(description="The other case, by its number, its id, or its ticket's own number")
    reason: Text | None = Field(default=None, description="Needed to merge")
    unlink: bool = Field(default=False, description="Undo the link instead")


class Confidentiality(Body):
    names: list[Name] = Field(max_length=100, description="Users; empty: the case is no longer confidential")
    reason: Text


class Note(Body):
    text: Text


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

    both = Named(meant.case, (*meant.also, *other.also))
    return carry_out(here, who, again, (meant.case, other.case), write, both)


@router.post("/cases/{case}/confidentiality")
def confide(case: str, body: Confidentiality, here: Here, who: Who, again: Again) -> Response:
    """Make the case confidential: only those named and those who work on it see it; or end that."""
    return act(here, who, again, case, verbs.confide(who, body.names, body.reason), "cases.confide")


@router.post("/cases/{case}/notes")
def note(case: str, body: Note, here: Here, who: Who, again: Again) -> Response:
    """Add a note for colleagues."""
    return act(here, who, again, case, verbs.note(who, body.text))
