"""Connections to addresses that users typed: kept alive, never redirected, and never into a private network.

The address is judged where the connection is made, by what the name resolves to there and by the peer that answered;
so a name that changes its meaning between a check and its use gains nothing.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp import (
    ClientConnectionError,
    ClientError,
    ClientRequest,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from tocsin.core import addresses
from tocsin.core.clock import HOUR, SECOND

_TIMEOUT = ClientTimeout(total=10, connect=3, sock_read=5)  # seconds; of a connection with its name's lookup
_MOST_BYTES = 16 * 1024  # of an answer that are read; with more, the connection is not kept
LONGEST_REST = HOUR  # that a receiver may ask for
_LOOKUPS = 64  # side by side: a name that nobody answers for must not hold up another
_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
_Refuse = Callable[[str, str], None]


class Outcome(NamedTuple):
    """What became of one attempt. `final` failures are not tried again. `after`: microseconds for which the receiver
    asked to be left alone. `reference`: by which the provider knows what it took; `answer`: what it said, where it was
    asked for something."""

    delivered: bool
    error: str = ""
    final: bool = False
    after: int = 0
    reference: str = ""
    answer: bytes = b""


class PrivateAddress(ClientError):
    """The name leads into a private network, where nothing is sent."""


class Answer(NamedTuple):
    """What a receiver answered; `headers` by names in lower case, `body` as far as it was read."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Sends requests, all from one event loop; `allow_private`: into private networks too, because the operator said
    so."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._session: ClientSession | None = None

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer | Outcome:
        """What was answered; where nothing was, what became of it."""
        return await self.ask("POST", url, headers, body)

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, most: int = _MOST_BYTES
    ) -> Answer | Outcome:
        """As `post`, by another method; `most`: bytes of the answer that are read."""
        try:
            return await self._ask(method, url, headers, body, most)
        except PrivateAddress as refused:
            return Outcome(False, f"{refused}; TOCSIN_ALLOW_PRIVATE_DESTINATIONS=true allows it", final=True)
        except (ClientError, OSError, ValueError) as error:
            return Outcome(False, _said(error, url))

    async def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes, most: int) -> Answer:
        session = self._session = self._session or self._new_session()
        async with session.request(method, url, data=body or None, headers=headers, allow_redirects=False) as answer:
            said = bytearray()
            while len(said) < most and (part := await answer.content.read(most - len(said))):
                said += part
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(answer.status, found, bytes(said))

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _new_session(self) -> ClientSession:
        return ClientSession(
            connector=_Connector(None if self._allow_private else _refuse),
            timeout=_TIMEOUT,
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
        )


class _Connector(TCPConnector):
    """`refuse` is told of an address and the name that led to it."""

    def __init__(self, refuse: _Refuse | None) -> None:
        super().__init__(limit=0, resolver=_Resolver(refuse), use_dns_cache=False)
        self._refuse = refuse

    async def connect(self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> Connection:
        if self._refuse is None:
            return await super().connect(req, traces, timeout)
        name = req.url.host or ""
        self._refuse(name, name)  # no resolver is asked about a literal address
        made = await super().connect(req, traces, timeout)
        try:
            if made.transport is None:
                raise ClientConnectionError(f"the connection to {name} was lost")
            self._refuse(made.transport.get_extra_info("peername")[0], name)
        except BaseException:
            made.close()
            raise
        return made


class _Resolver(AbstractResolver):
    """Looks names up in threads of its own."""

    def __init__(self, refuse: _Refuse | None) -> None:
        self._refuse = refuse
        self._threads = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="tocsin-names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        lookup = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, family=family)
        entries = await asyncio.get_running_loop().run_in_executor(self._threads, lookup)
        found = [(str(address[0]), kind, protocol) for kind, _, protocol, _, address in entries]
        if self._refuse is not None:
            for address, *_ in found:
                self._refuse(address, host)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=protocol, flags=_NUMERIC)
            for address, kind, protocol in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _refuse(address: str, name: str) -> None:
    if addresses.private(address):
        raise PrivateAddress(f"{name} is a private address")


def judged(answer: Answer, now: int, reference: str) -> Outcome:
    """What an answer means: 2xx took it, 410 never takes anything more, and who has too much says until when.
    `reference`: by which what was taken is known."""
    if 200 <= answer.status < 300:
        return Outcome(True, reference=reference)
    after = _rest(answer.headers.get("retry-after"), now) if answer.status in (429, 503) else 0
    return Outcome(False, f"the receiver answered {answer.status}", final=answer.status == 410, after=after)


def _rest(said: str | None, now: int) -> int:
    """Microseconds from now: `Retry-After` in seconds, or as a date. What cannot be read asks for nothing."""
    try:
        seconds = int(said or "0")
    except ValueError:
        seconds = _until(said or "", now)
    return max(0, min(seconds * SECOND, LONGEST_REST))


def _until(said: str, now: int) -> int:
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return 0
    at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(at.timestamp()) - now // SECOND


def _said(error: Exception, address: str) -> str:
    """The error in its own words, unless they repeat more of the address than may be shown."""
    parts = urlsplit(address)
    hidden = (parts.path.strip("/"), parts.query, parts.username, parts.password)
    repeats = "://" in str(error) or any(part and part in str(error) for part in hidden)
    return type(error).__name__ if repeats else f"{type(error).__name__}: {error}"
