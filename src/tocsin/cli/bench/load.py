"""A load generator that costs little: prepared requests over kept-alive connections, answers read just far enough."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from tocsin.core.clock import stopwatch

_IDLE = 2.0  # seconds
Mixed = Iterator[tuple[str, bytes]]
"""Requests of several kinds, each behind its kind."""


@dataclass(slots=True)
class Sample:
    """What a run saw: seconds from request to answer, and the answers by status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Answers of success a second."""
        return sum(count for status, count in self.statuses.items() if status < 300) / self.seconds

    def quantile(self, share: float) -> float:
        """The latency below which this share of the answers lies, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class _Connection(asyncio.Protocol):
    """One connection: a request at a time. `done` is called with the status when the answer is complete."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.done: Callable[[int], None] = lambda status: None
        self.lost = False
        self.answered_at = stopwatch()
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        place = self._buffer.lower().find(b"content-length:", 0, head)
        length = int(self._buffer[place + 15 : self._buffer.find(b"\r", place)]) if place >= 0 else 0
        if len(self._buffer) < head + 4 + length:
            return
        status = int(self._buffer[9:12])
        self._buffer = b""
        self.answered_at = stopwatch()
        self.done(status)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self.done(599)


async def _opened(host: str, port: int, before: _Connection | None) -> _Connection:
    """The connection there was, or a new one where there was none, or a server has closed it, or is about to: one that
    nothing came by for some seconds."""
    if before is not None and not before.lost:
        if stopwatch() - before.answered_at < _IDLE:
            return before
        assert before.transport is not None
        before.transport.close()
    _, connection = await asyncio.get_running_loop().create_connection(_Connection, host, port)
    return connection


async def _exchange(connection: _Connection, request: bytes) -> int:
    """Send one request; the status of its answer."""
    answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def done(status: int) -> None:
        if not answer.done():
            answer.set_result(status)

    connection.done = done
    assert connection.transport is not None
    connection.transport.write(request)
    return await answer


async def saturate(host: str, port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> Sample:
    """Every connection sends its next request as soon as the last is answered."""
    loop = asyncio.get_running_loop()
    sample = Sample()
    begun = stopwatch()
    end = begun + seconds
    finished = [loop.create_future() for _ in range(connections)]

    async def connect(place: int) -> None:
        _, connection = await loop.create_connection(_Connection, host, port)
        sent = 0.0

        def send() -> None:
            nonlocal sent
            sent = stopwatch()
            assert connection.transport is not None
            connection.transport.write(next(requests))

        def answered(status: int) -> None:
            now = stopwatch()
            sample.statuses[status] = sample.statuses.get(status, 0) + 1
            sample.latencies.append(now - sent)
            if now < end and status < 599:
                send()
            elif not finished[place].done():
                connection.done = lambda status: None
                finished[place].set_result(None)

        connection.done = answered
        send()

    await asyncio.gather(*(connect(place) for place in range(connections)))
    await asyncio.gather(*finished)
    sample.seconds = stopwatch() - begun
    return sample


async def pace(
    host: str, port: int, requests: Iterator[bytes], *, connections: int, rate: float, seconds: float
) -> Sample:
    """Requests at a fixed rate, whether or not earlier ones are answered; latency counts from when each was due."""
    mixed = (("", request) for request in requests)
    found = await pace_mixed(host, port, mixed, connections=connections, rate=rate, seconds=seconds)
    return found[""]


async def pace_mixed(
    host: str, port: int, requests: Mixed, *, connections: int, rate: float, seconds: float
) -> dict[str, Sample]:
    """The same of requests of several kinds: what was seen of each."""
    loop = asyncio.get_running_loop()
    found: dict[str, Sample] = {}
    waiting: asyncio.Queue[float] = asyncio.Queue()
    total = int(rate * seconds)
    over = loop.create_future()

    async def serve() -> None:
        connection = None
        while True:
            due = await waiting.get()
            kind, request = next(requests)
            connection = await _opened(host, port, connection)
            status = await _exchange(connection, request)
            sample = found.setdefault(kind, Sample())
            sample.latencies.append(stopwatch() - due)
            sample.statuses[status] = sample.statuses.get(status, 0) + 1
            if sum(len(each.latencies) for each in found.values()) >= total and not over.done():
                over.set_result(None)

    workers = [asyncio.create_task(serve()) for _ in range(connections)]
    begun = stopwatch()
    for number in range(total):
        due = begun + number / rate
        delay = due - stopwatch()
        if delay > 0.001:
            await asyncio.sleep(delay)
        waiting.put_nowait(due)
    await over
    for sample in found.values():
        sample.seconds = stopwatch() - begun
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return found


async def one_by_one(host: str, port: int, requests: Iterable[bytes], used: Callable[[], float]) -> list[float]:
    """Each request once the one before is answered: what `used` grew by meanwhile."""
    found, connection = [], None
    for request in requests:
        connection = await _opened(host, port, connection)
        before = used()
        await _exchange(connection, request)
        found.append(used() - before)
    if connection is not None and connection.transport is not None:
        connection.transport.close()
    return found
