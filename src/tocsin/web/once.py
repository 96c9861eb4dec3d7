"""A form that comes a second time, as by a double tap, a reload or a second try on a poor connection, is carried out
once. Each form that is shown has a number of its own (`once`); where the same session sends the same fields with it
again, the answer is that of the first time, also where that is not there yet."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

from tocsin.core.clock import MINUTE
from tocsin.people import sessions
from tocsin.web.uploads import SentFile

FIELD = "once"  # of a form
KEPT = 10 * MINUTE  # how long an answer is given again
MOST = 500  # answers that a process keeps
_REFUSED = 400  # and what is above: a form that was refused may be sent again


def new_number() -> str:
    """What one form carries, and no other."""
    return secrets.token_hex(8)


class Repeated(Exception):
    """The same form was sent before. `first`: what that is answered; None where it came to nothing."""

    def __init__(self, first: "asyncio.Future[Response | None]") -> None:
        super().__init__("this form was sent before")
        self.first = first


@dataclass(slots=True)
class Sending:
    """A form that was sent: when, and its answer, once there is one."""

    at: int
    answer: "asyncio.Future[Response | None]"


@dataclass(slots=True)
class Sendings:
    """The forms that one process was sent lately, the oldest first."""

    _found: dict[bytes, Sending] = field(default_factory=dict)

    def begin(self, key: bytes, now: int) -> None:
        """It is to be answered; Repeated where it was sent before."""
        for old in [each for each, one in self._found.items() if one.at <= now - KEPT]:
            del self._found[old]
        if (known := self._found.get(key)) is not None:
            raise Repeated(known.answer)
        if len(self._found) >= MOST:
            del self._found[next(iter(self._found))]
        self._found[key] = Sending(now, asyncio.get_running_loop().create_future())

    def end(self, key: bytes, answer: Response | None) -> None:
        """What it is answered; `answer` None: nothing, for it failed. Only what was done is kept."""
        sending = self._found.get(key)
        if sending is None:
            return
        if answer is None or answer.status_code >= _REFUSED:
            del self._found[key]
        sending.answer.set_result(answer)


def begin(
    request: Request, now: int, number: str, pairs: Iterable[tuple[str, str]], files: Mapping[str, SentFile]
) -> None:
    """Mark a form with this number as sent; Repeated where it was sent before."""
    session = request.cookies.get(sessions.COOKIE, "")
    contents = [(field, file.name, sha256(file.data).digest()) for field, file in sorted(files.items())]
    said = repr((session, request.url.path, request.url.query, number, tuple(pairs), contents))
    key = sha256(said.encode("utf-8", "surrogatepass")).digest()
    request.state.sendings.begin(key, now)
    request.state.sent = key


async def answered(request: Request, handle: Callable[[Request], Awaitable[Response]]) -> Response:
    """What `handle` answers, or what it has answered the same form."""
    answer: Response | None = None
    try:
        answer = await handle(request)
        return answer
    except Repeated as again:
        first = await again.first
        return first if first is not None else await answered(request, handle)
    finally:
        if (key := getattr(request.state, "sent", None)) is not None:
            request.state.sent = None
            request.state.sendings.end(key, answer)
