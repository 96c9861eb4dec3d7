"""Routes for operators: how the watchers fare, what is wrong now, which kinds of events there are."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.api.access import Here, Who, json
from tocsin.notify import alarms
from tocsin.runtime import KINDS

router = APIRouter(tags=["operations"])


@router.get("/watchers")
def show_watchers(here: Here, who: Who) -> Response:
    """The state of this node: its loops, the last audit, the heartbeat and the test pages."""
    who.require("operate")
    return json(here.watch.status(here.clock.now()))


@router.get("/alarms")
def list_alarms(here: Here, who: Who) -> Response:
    """The alarms that stand, the oldest first; at the top, if this node cannot write."""
    who.require("operate")
    unwritten = here.watch.writing.alarm()
    with here.database.reading() as tx:
        found = alarms.standing(tx)
    return json({"alarms": [alarm.show() for alarm in ([unwritten] if unwritten else []) + found]})


@router.get("/events")
def list_kinds(who: Who) -> Response:
    """The kinds of events that a webhook can subscribe to."""
    who.require("cases.read")
    found = (kind for kind in KINDS.values() if not kind.private)
    return json({"events": [{"kind": kind.name, "says": kind.says, "fields": kind.fields} for kind in found]})
