"""`tocsin bench intake`: tickets over HTTP into a server of its own, each decided, under clocks and its page queued
before the answer.

Every run measures, one after the other on the same machine: durable one-row commits (the reference), the rate over 64
connections with the server's processor time for each case, and the latency at half that rate.
"""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tocsin.cli.bench import load, tickets
from tocsin.cli.bench.machine import cpu_seconds, spread
from tocsin.cli.bench.reference import commits
from tocsin.cli.bench.server import HOST, serving

CONNECTIONS = 64
# What a run is held against: a share of the reference, microseconds of processor time a case, seconds at half rate.
MARK_SHARE, MARK_CPU, MARK_P99 = 0.40, 500, 0.050


@dataclass(slots=True)
class Result:
    """Figures by run."""

    reference: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # microseconds a case
    p50: list[float] = field(default_factory=list)  # seconds, at half rate
    p99: list[float] = field(default_factory=list)
    errors: int = 0

    def lines(self) -> list[str]:
        shares = [100 * rate / reference for rate, reference in zip(self.rate, self.reference, strict=True)]
        return [
            f"durable one-row SQLite commits: {spread(self.reference, 'per second')}",
            f"cases accepted over {CONNECTIONS} connections: {spread(self.rate, 'per second')}",
            f"share of the reference: {spread(shares, '%')} (mark: at least {MARK_SHARE:.0%})",
            f"server's processor time a case: {spread(self.cpu, 'µs')} (mark: at most {MARK_CPU} µs)",
            f"latency at half the rate, median: {spread([1e3 * value for value in self.p50], 'ms', 1)}",
            f"latency at half the rate, 99th percentile: {spread([1e3 * value for value in self.p99], 'ms', 1)}"
            f" (mark: under {1e3 * MARK_P99:.0f} ms)",
            f"requests that were not answered with success: {self.errors}",
        ]


def run(url: str | None = None, *, runs: int = 3, seconds: float = 5.0) -> Result:
    """Measure against a database of its own, or the empty one at `url`."""
    result = Result()
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        database = url or f"sqlite:///{folder / 'bench.db'}"
        with _receiver() as receiver, serving(database, receiver) as (port, pid, token):
            requests = (request for _, request in tickets.requests(token, f"{HOST}:{port}"))
            asyncio.run(load.saturate(HOST, port, requests, connections=CONNECTIONS, seconds=min(2.0, seconds)))
            for _ in range(runs):
                result.reference.append(commits(folder, min(2.0, seconds)))
                asyncio.run(_measure(result, port, pid, requests, seconds))
    return result


async def _measure(result: Result, port: int, pid: int, requests: Iterator[bytes], seconds: float) -> None:
    before = cpu_seconds(pid)
    full = await load.saturate(HOST, port, requests, connections=CONNECTIONS, seconds=seconds)
    spent = cpu_seconds(pid) - before
    half = await load.pace(HOST, port, requests, connections=CONNECTIONS, rate=full.rate / 2, seconds=seconds)
    result.rate.append(full.rate)
    result.cpu.append(1e6 * spent / sum(full.statuses.values()))
    result.p50.append(half.quantile(0.5))
    result.p99.append(half.quantile(0.99))
    for sample in (full, half):
        result.errors += sum(count for status, count in sample.statuses.items() if status >= 300)


@contextmanager
def _receiver() -> Iterator[str]:
    """Somewhere for pages to go."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
