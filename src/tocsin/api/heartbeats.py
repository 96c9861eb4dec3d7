"""`/heartbeats/{token}`: a sign of life, from whatever runs regularly. The address itself is what permits it."""

from fastapi import APIRouter
from fastapi.responses import Response

from tocsin.api.access import Here, json
from tocsin.core import instants
from tocsin.intake import heartbeats
from tocsin.runtime import Installation

router = APIRouter(tags=["automation"])


@router.post("/heartbeats/{token}")
def send_heartbeat(token: str, here: Here) -> Response:
    """Say that what runs regularly has run. The answer says by when it has to say so again; else a case is opened."""
    return _beat(here, token)


@router.get("/heartbeats/{token}")
def fetch_heartbeat(token: str, here: Here) -> Response:
    """The same for what can only fetch an address."""
    return _beat(here, token)


def _beat(here: Installation, token: str) -> Response:
    name = heartbeats.named(here.entrance.heartbeat_key, token)
    found = here.writer.write(lambda tx: heartbeats.beat(tx, here.desk, name))
    return json({"heartbeat": found.trigger, "next_by": instants.to_text(found.next_by)})
