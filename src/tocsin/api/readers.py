"""Further processes that draw pages. One interpreter has one core; where many people look at very many cases, pages are
drawn beside the process that writes.

The server keeps its port. What people only read it hands to the reader that has least to do, over a socket of the
machine, and gives on what comes back. A reader only reads the database: where a page has something to write after all,
it says so, and the server answers itself. It also does where no reader is there, and as long as writes fail, which it
alone knows. So a reader that ends costs nobody a page; another one is started.
"""

import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket
from typing import NamedTuple

import aiohttp
from starlette.types import Scope, Send
from yarl import URL

from tocsin.core.clock import stopwatch
from tocsin.core.logging import log

ROUTE = b"tocsin-route"  # by which a reader says what it answered, for the figures of requests
ELSEWHERE = 421  # of HTTP: a request came to a server that cannot answer it
_SHARED = re.compile(r"/|/(?:parts/)?(?:mine|cases|accounts|search|on-call|palette|counts|wall)(?:\.csv)?(?:/.*)?")
_HOP_BY_HOP = frozenset((b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"))
_ANSWERS_WITHIN = 40.0  # seconds; a statement of the database may take 30
_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds until one that ended is started again
_LASTS = 60.0  # seconds after which one that ends had started well
_ENDS_WITHIN = 10.0  # seconds
Headers = Iterable[tuple[bytes, bytes]]


class RouteRead(NamedTuple):
    """The route of a request that a reader answered."""

    path_format: str


class Readers:
    """Started and ended with the server. `command`: what starts a reader, its socket's descriptor to be added;
    `environment`: in which. `writes`: whether writes succeed."""

    def __init__(
        self, amount: int, command: list[str], environment: Mapping[str, str], writes: Callable[[], bool]
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tocsin-")
        places = [Path(self._folder.name) / str(number) for number in range(amount)]
        self._all = [_Reader(place, command, environment) for place in places]
        self._writes = writes

    @property
    def wanted(self) -> int:
        return len(self._all)

    @property
    def ready(self) -> int:
        return sum(each.ready for each in self._all)

    @property
    def processes(self) -> list[int]:
        return [each.process for each in self._all if each.process is not None]

    @property
    def answered(self) -> int:
        """How many requests they have answered."""
        return sum(each.answered for each in self._all)

    def start(self) -> None:
        for each in self._all:
            each.start()

    def stop(self) -> None:
        for each in self._all:
            each.end()
        for each in self._all:
            each.wait()
        self._folder.cleanup()

    async def answer(self, scope: Scope, send: Send) -> bool:
        """Answer a request whose method has no body, where a reader does; whether it did."""
        if scope["method"] != "GET" or not _SHARED.fullmatch(scope["path"]) or not self._writes():
            return False
        free = [each for each in self._all if each.ready]
        return bool(free) and await min(free, key=lambda each: each.busy).answer(scope, send)


class _Reader:
    """One process, and the thread that waits for its end."""

    def __init__(self, place: Path, command: list[str], environment: Mapping[str, str]) -> None:
        self._place, self._command, self._environment = place, command, dict(environment)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"reader {place.name}", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.busy = self.answered = 0

    @property
    def process(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """It ends once it cannot read from us any more, however we end."""
        self._ending.set()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def wait(self) -> None:
        self._thread.join(_ENDS_WITHIN)
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _keep(self) -> None:
        pause = _PAUSE
        while not self._ending.is_set():
            began = stopwatch()
            status = self._run_if_it_starts()
            if self._ending.is_set():
                return
            pause = _PAUSE if stopwatch() - began > _LASTS else min(2 * pause, _LONGEST_PAUSE)
            log.warning("reader.ended", reader=self._place.name, status=status, again_in_seconds=pause)
            self._ending.wait(pause)

    def _run_if_it_starts(self) -> int | None:
        """As `_run`; None where no process could be started."""
        try:
            return self._run()
        except OSError:
            log.exception("reader.not_started", reader=self._place.name)
            return None

    def _run(self) -> int:
        """From its start to its end; the status with which it ended."""
        self._place.unlink(missing_ok=True)
        with socket(AF_UNIX, SOCK_STREAM) as listening:
            listening.bind(str(self._place))
            listening.listen()
            self._process = started = subprocess.Popen(
                [*self._command, str(listening.fileno())],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[listening.fileno()],
                start_new_session=True,  # Ctrl-C is for the server, which then ends us
            )
        with started:
            if self._ending.is_set() and started.stdin is not None:  # it was, while the process was started
                started.stdin.close()
            assert started.stdout is not None
            self.ready = bool(started.stdout.readline())
            status = started.wait()
        self.ready = False
        return status

    async def answer(self, scope: Scope, send: Send) -> bool:
        self.busy += 1
        try:
            return await self._ask(scope, send)
        finally:
            self.busy -= 1

    async def _ask(self, scope: Scope, send: Send) -> bool:
        query = scope["query_string"].decode("latin-1")
        address = URL(f"http://reader{scope['raw_path'].decode('latin-1')}{f'?{query}' * bool(query)}", encoded=True)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in _passed(scope["headers"])]
        async with aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(str(self._place), force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("accept", "accept-encoding", "user-agent"),
            timeout=aiohttp.ClientTimeout(total=None, sock_read=_ANSWERS_WITHIN),
        ) as client:
            try:
                answer = await client.get(address, headers=headers, allow_redirects=False)
            except aiohttp.ServerTimeoutError:
                self._stands_still(scope["path"])
                return False
            except (aiohttp.ClientError, OSError):  # it has just ended, and its thread will tell
                return False
            async with answer:
                if answer.status == ELSEWHERE:
                    return False
                self.answered += 1
                try:
                    await _give_on(answer, scope, send)
                except aiohttp.ServerTimeoutError:
                    self._stands_still(scope["path"])
                    raise
        return True

    def _stands_still(self, path: str) -> None:
        """Its end is seen by its thread, which starts another one."""
        log.warning("reader.stands_still", reader=self._place.name, path=path)
        if self._process is not None:
            self._process.kill()


async def _give_on(answer: aiohttp.ClientResponse, scope: Scope, send: Send) -> None:
    """What the reader answers, as it comes. Where it breaks off, so does ours."""
    headers = [(name.lower(), value) for name, value in answer.raw_headers]
    route = next((value for name, value in headers if name == ROUTE), b"none")
    scope["route"] = RouteRead(route.decode("latin-1"))
    passed = [(name, value) for name, value in _passed(headers) if name != ROUTE]
    await send({"type": "http.response.start", "status": answer.status, "headers": passed})
    async for part in answer.content.iter_any():
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _passed(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if name not in _HOP_BY_HOP]


def command() -> list[str]:
    """What starts a reader, its socket's descriptor to be added."""
    return [sys.executable, "-m", "tocsin.api.reading"]
