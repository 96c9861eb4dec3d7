"""`POST /imports`: rows of another system's history, in batches; each has its own answer. A batch that comes again
changes nothing, so an import that was interrupted is simply sent again."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.api.access import json
from tocsin.api.hot import MOST_BATCH_BYTES, body_of, viewer_of
from tocsin.intake import importing
from tocsin.intake.importing import Batch
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation


async def receive(request: Request) -> Response:
    """200 with what became of each row, in order, and how many of each there are."""
    installation: Installation = request.app.state.installation
    viewer = await viewer_of(request, installation)
    viewer.require("cases.import")
    batch = importing.read_batch(await body_of(request, MOST_BATCH_BYTES))
    return json(await run_in_threadpool(_taken, installation, viewer, batch))


def _taken(here: Installation, viewer: Viewer, batch: Batch) -> dict[str, Any]:
    with here.database.reading() as tx:
        here.desk.policies.get(tx).at(here.clock.now())  # or say at once that there is none
    answers = importing.take(batch.rows, viewer, here.writer, here.take, live=batch.live)
    results = [importing.shown(row, answer) for row, answer in zip(batch.rows, answers, strict=True)]
    effects = [result["effect"] for result in results]
    counts = {effect: effects.count(effect) for effect in importing.EFFECTS}
    return {"name": batch.name, "rows": len(results), **counts, "results": results}
