"""Whether the process lives, and whether it is ready for work."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.api.access import Here, json
from tocsin.core.wording import plain
from tocsin.storage import migrate
from tocsin.storage.seam import reason

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def show_health() -> Response:
    """The process lives."""
    return json({"status": "alive"})


@router.get("/readyz")
def show_readiness(here: Here) -> Response:
    """The database answers, has this release's tables and takes writes, and every loop of this process makes
    progress."""
    watch = here.watch
    if watch.keeper.lost:
        return json({"status": "not ready", "node": "its number was lost; the process is shutting down"}, 503)
    ages = watch.loops.ages(here.clock.now())
    if "timers" not in ages:
        return json({"status": "not ready", "engine": "it has not started"}, 503)
    if ended := watch.loops.ended():
        return json({"status": "not ready", "ended": ended}, 503)
    if stuck := watch.loops.stuck(here.clock.now()):
        return json({"status": "not ready", "stuck": stuck}, 503)
    if (failing := watch.writing.says()) is not None:
        return json({"status": "not ready", "writes": plain(failing)}, 503)
    try:
        with here.database.reading() as tx:
            found = migrate.found(tx)
    except Exception as error:
        return json({"status": "not ready", "database": reason(error.__cause__ or error)}, 503)
    if found is None or migrate.unfit(found) is not None:
        return json({"status": "not ready", "database": "migrations are not current"}, 503)
    return json({"status": "ready", "engine_seconds_ago": ages["timers"]})
