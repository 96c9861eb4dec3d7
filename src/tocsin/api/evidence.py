"""What collectors fetched for a case."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response
from pydantic import Field

from tocsin.administration import evidence
from tocsin.api.access import Again, Here, Who, json
from tocsin.api.bodies import Body
from tocsin.api.once import write_once
from tocsin.cases import queries
from tocsin.clocks import moments

router = APIRouter(tags=["cases"])


Of = Annotated[str, Path(description="The id of one of them", examples=["1g22r0000001a"])]


class Wanted(Body):
    collector: str = Field(max_length=120, description="A collector of the policy in force")


@router.get("/cases/{case}/evidence")
def list_evidence(case: str, here: Here, who: Who) -> Response:
    """What was fetched for a case, the newest first: by which collector, of which span, with its digest; or why nothing
    came."""
    with here.database.reading(here.clock.now()) as tx:
        found = evidence.of_case(tx, queries.found(tx, who, case))
    to = moments.reader(moments.utc, {})
    return json({"evidence": [evidence.show(one, to) for one in found]})


@router.get("/cases/{case}/evidence/{evidence_id}")
def show_evidence(case: str, evidence_id: Of, here: Here, who: Who) -> Response:
    """One of these with what came: as it is read, and its bytes."""
    with here.database.reading(here.clock.now()) as tx:
        found = queries.found(tx, who, case)
        return json(evidence.whole(tx, found, evidence_id, moments.reader(moments.utc, {})))


@router.post("/cases/{case}/evidence", status_code=201)
def collect_evidence(case: str, body: Wanted, here: Here, who: Who, again: Again) -> Response:
    """Ask a collector again, or one whose condition did not hold. The answer is there when it has come."""
    with here.database.reading() as tx:
        found = queries.found(tx, who, case)
    to = moments.reader(moments.utc, {})

    def do(tx: object) -> dict[str, object]:
        item = evidence.again(tx, here, who, found, body.collector)  # type: ignore[arg-type]
        return evidence.show(evidence.ShownEvidence(item, None), to)

    return write_once(here, again, 201, do)
