"""`POST /signals`: what a ticket system says later about a ticket; opens, changes or reopens a case."""

from starlette.requests import Request
from starlette.responses import Response

from tocsin.api.hot import MOST_TICKET_BYTES, answer_signal, body_of, once_of, refusals_told, viewer_of
from tocsin.intake.signals import read_signal
from tocsin.intake.signals import receive_once as take_once
from tocsin.runtime import Installation


async def receive(request: Request) -> Response:
    """201 for a case that the signal opened, 200 for one that it changed; 202 where a ticket without a case is said to
    be over, which is recorded."""
    installation: Installation = request.state.installation
    viewer = await viewer_of(request, installation)
    viewer.require("cases.signal")
    with refusals_told(installation, viewer, "POST /signals"):
        raw = await body_of(request, MOST_TICKET_BYTES)
        signal = read_signal(raw, viewer)
    again = once_of(request, viewer, raw)
    with refusals_told(installation, viewer, "POST /signals"):
        opened = await installation.writer.write_soon(lambda tx: take_once(tx, installation.desk, signal, again))
    return await answer_signal(installation, opened, viewer)
