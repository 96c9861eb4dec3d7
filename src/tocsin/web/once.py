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

from tocsin.core.clock import MINUTE, SECOND
from tocsin.people import sessions
from tocsin.web.uploads import SentFile

FIELD = "once"  # of a form
KEPT = 10 * MINUTE  # how long an answer is given again
MOST = 500  # answers that a process keeps
_LETTERS = "bcdfghjklmnpqrstvwxz"
_REFUSED = 400  # and what is above: a form that was refused may be sent again


def new_number() -> str:
    """What one form carries, and no other: nothing that reads as a word or a number of the page."""
    return "".join(secrets.choice(_LETTERS) for _ in range(16))


class Repeated(Exception):
    """The same form was sent before. `first`: what that is answered; None where it came to nothing."""

    def __init__(self, first: "asyncio.Future[Response | None]") -> None:
        super().__init__("this form was sent before")
        self.first = first


@dataclass(slots=True)
class Sending:
    """A form that was sent: when, and its answer, once there is one. `only_asks`: it changes nothing, so that it is
    answered anew whenever it comes."""

    key: bytes
    at: int
    answer: "asyncio.Future[Response | None]"
    only_asks: bool = False


@dataclass(slots=True)
class Sendings:
    """The forms that one process was sent lately, the oldest first."""

    _found: dict[bytes, Sending] = field(default_factory=dict)

    def begin(self, key: bytes, now: int) -> Sending:
        """It is to be answered; Repeated where it was sent before."""
        if (known := self._found.get(key)) is not None and not (known.answer.done() and known.at <= now - KEPT):
            raise Repeated(known.answer)
        over = len(self._found) - MOST
        for old in [each for each, one in self._found.items() if one.answer.done()]:  # others wait for the rest
            if over < 0 and self._found[old].at > now - KEPT:
                break
            del self._found[old]
            over -= 1
        sending = self._found[key] = Sending(key, now, asyncio.get_running_loop().create_future())
        return sending

    def end(self, sending: Sending, answer: Response | None) -> None:
        """What it is answered; `answer` None: nothing, for it failed. Only what was done is kept, and no longer than it
        may be asked for, whether or not another form comes: it may show what nobody is to read again."""
        sending.answer.set_result(answer)
        if answer is not None and answer.status_code < _REFUSED and not sending.only_asks:
            asyncio.get_running_loop().call_later(KEPT / SECOND, self._forget, sending)
        else:
            self._forget(sending)

    def _forget(self, sending: Sending) -> None:
        if self._found.get(sending.key) is sending:
            del self._found[sending.key]


def begin(
    request: Request, now: int, number: str, pairs: Iterable[tuple[str, str]], files: Mapping[str, SentFile]
) -> None:
    """Mark a form with this number as sent; Repeated where it was sent before."""
    session = request.cookies.get(sessions.COOKIE, "")
    contents = [(field, file.name, sha256(file.data).digest()) for field, file in sorted(files.items())]
    said = repr((session, request.url.path, request.url.query, number, tuple(pairs), contents))
    key = sha256(said.encode("utf-8", "surrogatepass")).digest()
    request.state.sent = request.state.sendings.begin(key, now)


def only_asks(request: Request) -> None:
    """What was sent changes nothing: it is answered anew the next time."""
    if (sending := getattr(request.state, "sent", None)) is not None:
        sending.only_asks = True


async def answered(request: Request, handle: Callable[[Request], Awaitable[Response]]) -> Response:
    """What `handle` answers, or what it has answered the same form."""
    answer: Response | None = None
    try:
        answer = await handle(request)
        return answer
    except Repeated as again:
        first = await asyncio.shield(again.first)  # whoever gives up waiting ends nothing
        return first if first is not None else await answered(request, handle)
    finally:
        if (sending := getattr(request.state, "sent", None)) is not None:
            request.state.sent = None
            request.state.sendings.end(sending, answer)
