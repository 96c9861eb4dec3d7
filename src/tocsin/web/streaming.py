"""`/events`: the stream of one page. It pushes the part that changes, or says `changed` where the page asks for itself;
it says how much waits for the reader (`counts`) when that changes; now and then it says the time, and `gone` once
nobody is signed in, or whoever is may not see the page any more."""

import asyncio
from collections.abc import Hashable
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from tocsin.core.instants import LATEST
from tocsin.people import sessions
from tocsin.people.sessions import Session
from tocsin.runtime import Installation
from tocsin.web import messages
from tocsin.web.access import Here, Language, Signed
from tocsin.web.errors import PageRoute
from tocsin.web.live import Ear, Hub
from tocsin.web.looking import Listener, News, Showing
from tocsin.web.messages import HEAD, StreamMessage
from tocsin.web.snapshot import Snapshot

router = APIRouter(route_class=PageRoute)
Since = Annotated[int, Query(ge=0, le=LATEST)]
_BEAT = 5.0  # seconds between two times
_PATIENCE = 10.0  # seconds that a listener may take for what it is sent
_GONE = messages.event("gone", "")
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"accept-encoding"),
]
_PACKED = (b"content-encoding", b"gzip")


class Board(NamedTuple):
    """A page that shows some of what Now shows, and asks for itself."""

    def noticed(self, seen: Snapshot, reader: Session) -> Hashable:
        return seen.revision, tuple(seen.confided(reader.viewer.user).items())

    def sight(self, seen: Snapshot, reader: Session, language: str) -> Hashable:
        return None

    def draw(self, seen: Snapshot, reader: Session, language: str) -> str:
        return "now"


@router.get("/events")
def events(request: Request, here: Here, signed: Signed, language: Language, since: Since = 0) -> Response:
    """The stream of a page that asks for itself whenever the board changes."""
    signed.viewer.require("cases.read")
    return stream(request, signed, language, Board(), since)


def stream(request: Request, signed: Session, language: str, showing: Showing, since: int) -> Response:
    """The stream of a page that shows this. `since`: the instant of which the page was made."""
    listener = Listener(request.cookies[sessions.COOKIE], signed.viewer.user or 0, language, showing, since)
    return Stream(request.state.hub, request.state.installation, listener, _packs(request))


class _Lost(Exception):
    """The database is away."""


class Stream(Response):
    """Speaks until the browser leaves, does not listen, or is signed out, or the server is about to stop."""

    def __init__(self, hub: Hub, here: Installation, listener: Listener, packs: bool) -> None:
        super().__init__()
        self._hub, self._here, self._listener, self._packs = hub, here, listener, packs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ear = self._hub.join(self._listener)
        leaving = asyncio.create_task(_left(receive))
        try:
            headers = [*_HEADERS, _PACKED] if self._packs else _HEADERS
            async with asyncio.timeout(_PATIENCE):
                await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._speak(ear, leaving, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (TimeoutError, _Lost):
            # It does not listen, or the database is away. The server closes the connection of an answer without an
            # end, and a browser comes again.
            pass
        finally:
            leaving.cancel()
            self._hub.leave(self._listener)

    async def _speak(self, ear: Ear, leaving: "asyncio.Task[None]", send: Send) -> None:
        said = HEAD if self._packs else b""
        while not leaving.done():
            news, counts = ear.take()
            said += b"".join(map(self._bytes, [*self._says(news), *([counts] if counts else [])]))
            async with asyncio.timeout(_PATIENCE):
                await send({"type": "http.response.body", "body": said, "more_body": True})
            if news == "gone" or self._hub.ending():
                break
            said = b""
            await _first(ear.wake.wait(), leaving, _BEAT)

    def _says(self, news: News | None) -> list[StreamMessage]:
        if news == "lost":
            raise _Lost
        if news == "gone":
            return [_GONE]
        time = messages.event("time", str(self._here.clock.now() // 1000))
        return [time] if news is None else [time, news]

    def _bytes(self, message: StreamMessage) -> bytes:
        return message.packed if self._packs else message.plain


def _packs(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")


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
