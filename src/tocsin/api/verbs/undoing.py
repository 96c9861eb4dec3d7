"""The route by which what was done to a case is undone; of a link, at both its ends."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from tocsin.api.access import Again, Here, Who
from tocsin.api.bodies import Body
from tocsin.api.verbs.common import carry_out, once_about
from tocsin.cases import deeds, queries
from tocsin.cases.acting import Done
from tocsin.cases.happenings.undoing import Undone
from tocsin.clocks import moments
from tocsin.core import canonical
from tocsin.events import sentence
from tocsin.ledger import journal
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["cases"])


class Undo(Body):
    event: int | None = Field(
        default=None,
        ge=1,
        description="The number of an event of what is undone, as the timeline has it; else the last thing",
    )


@router.post("/cases/{case}/undo")
def undo(case: str, here: Here, who: Who, again: Again, body: Undo | None = None) -> Response:
    """Undo what was just done to the case: it is put back as it was, and the record keeps both. `undone` of the answer
    says what it was, and what had been sent meanwhile."""
    who.require("cases.work")
    event = body.event if body else None
    with here.database.reading(here.clock.now()) as tx:
        again = once_about(tx, again, case)
        meant = queries.named(tx, who, case, "cases.work")
        cases = deeds.touched(tx, here.desk, meant.case, event)

    def write(tx: Tx, mine: int) -> Done:
        return deeds.take_back(tx, here.desk, who, mine, event)

    return carry_out(here, who, again, cases, write, meant, lambda tx: {"undone": last(tx, cases[0])})


def last(tx: Tx, case: int) -> dict[str, Any] | None:
    """What was last undone of a case, and what had been sent by then."""
    stored = journal.newest(tx, [case], (Undone.KIND,)).get(case)
    if stored is None:
        return None
    said = canonical.decode(stored)
    shown = {name: said[name] for name in ("verb", "event", "by", "paged", "told", "customer")}
    return shown | {"says": sentence({"kind": Undone.KIND, "payload": said}, moments.utc)}
