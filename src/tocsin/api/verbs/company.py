"""What stands around a case: other cases, who may see it, what colleagues wrote."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who, case_id
from tocsin.api.bodies import Body
from tocsin.api.verbs.common import Name, Text, act, carry_out
from tocsin.cases import linking, store, verbs
from tocsin.cases.acting import Done
from tocsin.storage.transaction import Tx

router = APIRouter()


class Link(Body):
    kind: Literal["related", "parent", "merged"] = Field(description="What the other case is to this one")
    case: str | int = Field(description="The other case, by number or id")
    reason: Text | None = Field(default=None, description="Needed to merge")
    unlink: bool = Field(default=False, description="Undo the link instead")


class Confidentiality(Body):
    names: list[Name] = Field(max_length=100, description="Users; nobody: the case is everybody's again")
    reason: Text


class Note(Body):
    text: Text


@router.post("/cases/{case}/links")
def link(case: str, body: Link, here: Here, who: Who, again: Again) -> Response:
    """Relate two cases, let this one follow the other, or merge it into the other; or undo it."""
    with here.database.reading() as tx:
        mine, other = case_id(tx, who, case), _other(tx, body, who)
        children = [*store.children(tx, mine), *store.children(tx, other)]

    def write(tx: Tx, mine: int) -> Done:
        if body.unlink:
            return linking.unlink(tx, here.desk, who, mine, body.kind, other)
        return linking.link(tx, here.desk, who, mine, body.kind, other, body.reason)

    return carry_out(here, who, again, (mine, other, *children), write)


@router.post("/cases/{case}/confidentiality")
def confide(case: str, body: Confidentiality, here: Here, who: Who, again: Again) -> Response:
    """Let only those named see the case, and whoever works on it; or everybody again."""
    return act(here, who, again, case, verbs.confide(who, body.names, body.reason))


@router.post("/cases/{case}/notes")
def note(case: str, body: Note, here: Here, who: Who, again: Again) -> Response:
    """Write something down, for colleagues."""
    return act(here, who, again, case, verbs.note(who, body.text))


def _other(tx: Tx, body: Link, who: Who) -> int:
    return case_id(tx, who, str(body.case))
