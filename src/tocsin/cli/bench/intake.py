"""`tocsin bench intake`: tickets over HTTP into a server of its own, each decided, under clocks and its page queued
before the answer.

Every run measures, one after the other on the same cores: durable one-row commits and a bare server (the references),
the rate over 64 connections with the server's processor time for each case, and the latency at half that rate.
"""

import asyncio
import http.client
import json
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
from tocsin.cli.bench.reference import bare_server, commits
from tocsin.cli.bench.server import HOST, serving

CONNECTIONS = 64
# What a run is held against: a share of the reference, microseconds of processor time a case, seconds at half rate.
MARK_SHARE, MARK_CPU, MARK_P99 = 0.40, 500, 0.050


@dataclass(slots=True)
class Result:
    """Figures by run."""

    reference: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)  # tickets a second that the bare server takes
    bare_cpu: list[float] = field(default_factory=list)  # microseconds a ticket
    rate: list[float] = field(default_factory=list)
    share_of_bare: list[float] = field(default_factory=list)  # of the bare server's rate
    cpu: list[float] = field(default_factory=list)  # microseconds a case
    p50: list[float] = field(default_factory=list)  # seconds, at half rate
    p99: list[float] = field(default_factory=list)
    errors: int = 0

    def lines(self) -> list[str]:
        shares = [100 * rate / reference for rate, reference in zip(self.rate, self.reference, strict=True)]
        return [
            f"durable one-row SQLite commits: {spread(self.reference, 'per second')}",
            f"tickets taken by a bare server (Starlette, msgspec, one insert each): {spread(self.bare, 'per second')}",
            f"bare server's processor time a ticket: {spread(self.bare_cpu, 'µs')}",
            f"cases accepted over {CONNECTIONS} connections: {spread(self.rate, 'per second')}",
            f"share of the one-row commits: {spread(shares, '%')} (mark: at least {MARK_SHARE:.0%})",
            f"share of the bare server: {spread([100 * share for share in self.share_of_bare], '%')}",
            f"server's processor time a case: {spread(self.cpu, 'µs')} (mark: at most {MARK_CPU} µs)",
            f"latency at half the rate, median: {spread([1e3 * value for value in self.p50], 'ms', 1)}",
            f"latency at half the rate, 99th percentile: {spread([1e3 * value for value in self.p99], 'ms', 1)}"
            f" (mark: under {1e3 * MARK_P99:.0f} ms)",
            f"requests that were not answered with success: {self.errors}",
        ]


def run(url: str | None = None, *, runs: int = 3, seconds: float = 5.0, hook: bool = False) -> Result:
    """Measure against a database of its own, or the empty one at `url`. `hook`: what comes in is delivered to a hook,
    which keeps it and reads it by a mapping."""
    result = Result()
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        database = url or f"sqlite:///{folder / 'bench.db'}"
        with (
            _receiver() as receiver,
            serving(database, receiver) as (port, pid, token),
            bare_server(folder) as (bare_port, bare_pid),
        ):
            requests = (request for _, request in tickets.requests(token, f"{HOST}:{port}"))
            path = _hook(port, token) if hook else "/api/v1/cases"
            measured = (request for _, request in tickets.requests(token, f"{HOST}:{port}", path=path))
            asyncio.run(_saturate(port, measured, min(2.0, seconds)))
            asyncio.run(_saturate(bare_port, requests, min(2.0, seconds)))
            for _ in range(runs):
                result.reference.append(commits(folder, min(2.0, seconds)))
                bare, cpu = _measured(bare_port, bare_pid, requests, seconds)
                result.bare.append(bare.rate)
                result.bare_cpu.append(cpu)
                _measure(result, port, pid, measured, seconds)
    return result


def _hook(port: int, token: str) -> str:
    """A hook of the server that takes such tickets; its path."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    body = json.dumps({"name": "bench", "map": tickets.MAPPING})
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    connection.request("POST", "/api/v1/connectors", body, headers)
    path: str = json.loads(connection.getresponse().read())["shown_once"]["path"]
    connection.close()
    return path


def _measure(result: Result, port: int, pid: int, requests: Iterator[bytes], seconds: float) -> None:
    full, cpu = _measured(port, pid, requests, seconds)
    half = asyncio.run(load.pace(HOST, port, requests, connections=CONNECTIONS, rate=full.rate / 2, seconds=seconds))
    result.rate.append(full.rate)
    result.share_of_bare.append(full.rate / result.bare[-1])
    result.cpu.append(cpu)
    result.p50.append(half.quantile(0.5))
    result.p99.append(half.quantile(0.99))
    for sample in (full, half):
        result.errors += sum(count for status, count in sample.statuses.items() if status >= 300)


def _measured(port: int, pid: int, requests: Iterator[bytes], seconds: float) -> tuple[load.Sample, float]:
    """As many tickets as a server takes, and microseconds of its processor time for each."""
    before = cpu_seconds(pid)
    sample = asyncio.run(_saturate(port, requests, seconds))
    return sample, 1e6 * (cpu_seconds(pid) - before) / sum(sample.statuses.values())


async def _saturate(port: int, requests: Iterator[bytes], seconds: float) -> load.Sample:
    return await load.saturate(HOST, port, requests, connections=CONNECTIONS, seconds=seconds)


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
