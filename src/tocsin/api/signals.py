"""`POST /signals`: what a ticket system says later about a ticket; opens, changes or reopens a case."""

from starlette.requests import Request
from starlette.responses import Response

from tocsin.api.hot import answer_signal, body_of, once_of, viewer_of
from tocsin.intake.signals import read_signal
from tocsin.intake.signals import receive_once as take_once
from tocsin.runtime import Installation


async def receive(request: Request) -> Response:
    """201 for a case that the signal opened, 200 for one that it changed."""
    installation: Installation = request.app.state.installation
    viewer = await viewer_of(request, installation)
    viewer.require("cases.signal")
    raw = await body_of(request)
    signal, again = read_signal(raw, viewer), once_of(request, viewer, raw)
    opened = await installation.writer.write_soon(lambda tx: take_once(tx, installation.desk, signal, again))
    return await answer_signal(installation, opened, viewer)
