"""From a ticket to the page at its receiver: how long it takes, and how many cases a second are acted on.

Every ticket is an outage of a large customer. The time counts from the sending of the ticket to the arrival of the
first page about its case at a receiver in this process; so the answer, which comes in between, is part of it.
"""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from tocsin.cli.bench import load, tickets
from tocsin.cli.bench.machine import spread
from tocsin.cli.bench.server import HOST, serving
from tocsin.core.clock import stopwatch

CONNECTIONS = 16
STEADY = 50  # tickets a second
MARK_PAGE = 1.0  # seconds
_PATIENCE = 300.0
_REFERENCE = re.compile(rb'"external_id":"(T-\d+)"')
_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")


@dataclass(slots=True)
class Result:
    """Figures by run."""

    p50: list[float] = field(default_factory=list)  # seconds, at the steady rate
    p99: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)  # cases paged a second, under as many tickets as are taken

    def lines(self) -> list[str]:
        usual, slow = ([1e3 * value for value in values] for values in (self.p50, self.p99))
        return [
            f"ticket to page at {STEADY} a second, median: {spread(usual, 'ms', 1)}",
            f"ticket to page at {STEADY} a second, 99th percentile: {spread(slow, 'ms', 1)}"
            f" (mark: under {1e3 * MARK_PAGE:,.0f} ms)",
            f"escalated cases acted on: {spread(self.rate, 'per second')}",
        ]


def run(url: str | None = None, *, runs: int = 3, seconds: float = 5.0) -> Result:
    """Measure against a database of its own, or the empty one at `url`."""
    result = Result()
    with TemporaryDirectory(prefix="tocsin-bench-") as name:
        database = url or f"sqlite:///{Path(name) / 'bench.db'}"
        with receiver() as pages, serving(database, pages.url) as (port, _, token):
            sent: dict[str, float] = {}
            requests = noted(tickets.requests(token, f"{HOST}:{port}", outages=True), sent)
            for _ in range(runs):
                _measure(result, port, requests, sent, pages, seconds)
    return result


def _measure(
    result: Result, port: int, requests: Iterator[bytes], sent: dict[str, float], pages: "Pages", seconds: float
) -> None:
    sent.clear()
    asyncio.run(load.pace(HOST, port, requests, connections=CONNECTIONS, rate=STEADY, seconds=seconds))
    taken = sorted(pages.wait(sent)[reference] - begun for reference, begun in sent.items())
    result.p50.append(taken[len(taken) // 2])
    result.p99.append(taken[int(0.99 * len(taken))])
    sent.clear()
    asyncio.run(load.saturate(HOST, port, requests, connections=CONNECTIONS, seconds=seconds))
    arrived = pages.wait(sent)
    result.rate.append(len(sent) / (max(arrived[reference] for reference in sent) - min(sent.values())))


def noted(ready: Iterator[tuple[str, bytes]], sent: dict[str, float]) -> Iterator[bytes]:
    """The requests, each noted with the moment at which it is taken."""
    for reference, request in ready:
        sent[reference] = stopwatch()
        yield request


class Pages:
    """Where messages go: how many came, and the moment of the first one about each ticket. `delay`: seconds until each
    is answered."""

    def __init__(self, delay: float = 0.0) -> None:
        self.url = ""
        self.delay = delay
        self.count = 0
        self._first: dict[str, float] = {}
        self._arrived = threading.Condition()

    def note(self, body: bytes) -> None:
        self.count += 1
        found = _REFERENCE.search(body)
        if found is not None:
            with self._arrived:
                self._first.setdefault(found[1].decode(), stopwatch())
                self._arrived.notify_all()

    def wait(self, wanted: dict[str, float]) -> dict[str, float]:
        """The moments, once there is one for each of these tickets; RuntimeError where pages stay out."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: wanted.keys() <= self._first.keys(), _PATIENCE):
                missing = len(wanted.keys() - self._first.keys())
                raise RuntimeError(f"{missing} of {len(wanted)} cases were not paged in {_PATIENCE:.0f} seconds")
            return dict(self._first)


class _Connection(asyncio.Protocol):
    """One connection of a sender, which takes whatever comes."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._buffer, 0, head)
            end = head + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < end:
                return
            body, self._buffer = self._buffer[head + 4 : end], self._buffer[end:]
            self._pages.note(body)
            if self._pages.delay:
                asyncio.get_running_loop().call_later(self._pages.delay, self._answer)
            else:
                self._answer()

    def _answer(self) -> None:
        self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


@contextmanager
def receiver(delay: float = 0.0) -> Iterator[Pages]:
    """An HTTP server of its own thread that takes messages."""
    pages, loop = Pages(delay), asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: _Connection(pages), HOST, 0))
    pages.url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield pages
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()
