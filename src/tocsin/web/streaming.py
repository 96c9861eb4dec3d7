"""`/events`: the stream of one page. It says `changed`, now and then the time, and `gone` once nobody is signed in, or
whoever is may not see the case any more."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from tocsin.cases import queries
from tocsin.core import ids
from tocsin.core.errors import Unavailable
from tocsin.runtime import Installation
from tocsin.web import access
from tocsin.web.access import Here, Signed
from tocsin.web.errors import PageRoute
from tocsin.web.live import Hub, Listener

router = APIRouter(route_class=PageRoute)
_BEAT = 5.0  # seconds between two times
_PATIENCE = 10.0  # seconds that a listener may take for what it is sent
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@router.get("/events")
def events(request: Request, here: Here, signed: Signed, case: str | None = None) -> Response:
    """The stream of Now, or of a case that this user may see."""
    signed.viewer.require("cases.read")
    shown = None
    if case is not None:
        with here.database.reading() as tx:
            shown = queries.found(tx, signed.viewer, case)
    return Stream(request, here, request.state.hub, signed.viewer.user or 0, shown)


class Stream(Response):
    """Speaks until the browser leaves, does not listen, or is signed out, or the server is about to stop."""

    def __init__(self, request: Request, here: Installation, hub: Hub, user: int, case: int | None) -> None:
        super().__init__()
        self._request, self._here, self._hub, self._user, self._case = request, here, hub, user, case

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        listener = self._hub.join(self._user, self._case)
        leaving = asyncio.create_task(_left(receive))
        try:
            async with asyncio.timeout(_PATIENCE):
                await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            while not leaving.done():
                text = await self._said(listener)
                async with asyncio.timeout(_PATIENCE):
                    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
                if text.startswith("event: gone") or self._hub.ending():
                    break
                await _first(listener.wake.wait(), leaving, _BEAT)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (TimeoutError, Unavailable):
            # It does not listen, or the database is away. The server closes the connection of an answer without an
            # end, and a browser comes again.
            pass
        finally:
            leaving.cancel()
            self._hub.leave(listener)

    async def _said(self, listener: Listener) -> str:
        listener.wake.clear()
        changed, listener.changed = listener.changed, False
        if not await run_in_threadpool(self._may_hear):
            return "event: gone\ndata: \n\n"
        now = self._here.clock.now() // 1000
        said = f"event: time\ndata: {now}\n\n"
        return said + (f"event: changed\ndata: {_subject(self._case)}\n\n" if changed else "")

    def _may_hear(self) -> bool:
        """Whether the session lives, and its user still sees the case: it may have become confidential."""
        session = access.look(self._request, self._here)
        if session is None or self._case is None:
            return session is not None
        with self._here.database.reading() as tx:
            return self._case in queries.numbers(tx, session.viewer, [self._case])


def _subject(case: int | None) -> str:
    return "now" if case is None else ids.to_text(case)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _first(waiting: Any, leaving: "asyncio.Task[None]", seconds: float) -> None:
    """Until one of the two is done, or so much time has passed."""
    heard = asyncio.ensure_future(waiting)
    try:
        await asyncio.wait({heard, leaving}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        heard.cancel()
