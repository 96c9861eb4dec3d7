"""`POST /imports`: rows of another system's history, in batches; each has its own answer. A batch that comes again
changes nothing, so an import that was interrupted is simply sent again."""

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.api.access import Here, Who, json
from tocsin.api.hot import MOST_BATCH_BYTES, body_of, once_of, viewer_of
from tocsin.api.once import AGAIN
from tocsin.intake import import_store, importing, replies
from tocsin.intake.accept import Once
from tocsin.intake.importing import Batch
from tocsin.intake.replies import Reply
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

router = APIRouter(tags=["imports"])


@router.get("/imports")
def list_imports(here: Here, who: Who) -> Response:
    """Imports by name, the newest first: how many rows each has, and their results."""
    who.require("cases.import")
    with here.database.reading() as tx:
        return json({"imports": import_store.listed(tx)})


@router.get("/imports/{name}")
def show_import(name: str, here: Here, who: Who) -> Response:
    """How far one import has come."""
    who.require("cases.import")
    with here.database.reading() as tx:
        return json(import_store.named(tx, name))


async def receive(request: Request) -> Response:
    """200 with the result of each row, in order, and the progress of the import."""
    installation: Installation = request.state.installation
    viewer = await viewer_of(request, installation)
    viewer.require("cases.import")
    raw = await body_of(request, MOST_BATCH_BYTES)
    batch, again = importing.read_batch(raw), once_of(request, viewer, raw)
    reply = await run_in_threadpool(_taken, installation, viewer, batch, again)
    return json(reply.body) if not reply.again else _replayed(reply)


def _replayed(reply: Reply) -> Response:
    answer = json(reply.body)
    answer.headers[AGAIN] = "true"
    return answer


def _taken(here: Installation, viewer: Viewer, batch: Batch, again: Once | None) -> Reply:
    if again is not None and (before := here.writer.write(lambda tx: replies.find(tx, again))) is not None:
        return before
    with here.database.reading() as tx:
        here.desk.policies.get(tx).at(here.clock.now())  # or say at once that there is none
    answers = importing.take(batch.rows, viewer, here.writer, here.take, live=batch.live)
    results = [importing.shown(row, answer) for row, answer in zip(batch.rows, answers, strict=True)]
    effects = [(row.line, result["effect"]) for row, result in zip(batch.rows, results, strict=True)]

    def count(tx: Tx) -> Reply:
        if (before := replies.find(tx, again)) is not None:
            return before
        import_store.count(tx, batch.name, viewer.actor, effects)
        body: dict[str, Any] = {"import": import_store.named(tx, batch.name), "results": results}
        replies.keep(tx, again, body)
        return Reply(body)

    return here.writer.write(count)
