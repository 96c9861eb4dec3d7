"""`POST /imports`: rows of another system's history, in batches; each has its own answer. A batch that comes again
changes nothing, so an import that was interrupted is simply sent again."""

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from tocsin.administration import imports
from tocsin.api.access import Here, Who, json
from tocsin.api.hot import MOST_BATCH_BYTES, body_of, once_of, viewer_of
from tocsin.api.once import AGAIN
from tocsin.intake import import_store, importing
from tocsin.intake.replies import Reply
from tocsin.runtime import Installation

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
    reply = await run_in_threadpool(imports.taken, installation, viewer, batch, again)
    return json(reply.body) if not reply.again else _replayed(reply)


def _replayed(reply: Reply) -> Response:
    answer = json(reply.body)
    answer.headers[AGAIN] = "true"
    return answer
