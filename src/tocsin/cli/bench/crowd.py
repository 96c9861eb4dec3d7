"""`tocsin bench pages`: how long pages take while everything else wants the server too. As many tickets come in as it
takes, one in ten escalated; another system hears of every event; and each page also goes to a receiver that takes its
time. What counts is when the other receiver has the page."""

import asyncio
import http.client
import json
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tocsin.cli.bench import load, tickets
from tocsin.cli.bench.machine import spread
from tocsin.cli.bench.pages import noted, receiver
from tocsin.cli.bench.server import HOST, serving

CONNECTIONS = 64
SLOW = 2.0  # seconds that the slow receiver takes for each page


@dataclass(slots=True)
class Result:
    """Figures by run."""

    cases: list[float] = field(default_factory=list)  # a second
    p50: list[float] = field(default_factory=list)  # seconds from ticket to page
    p99: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)  # events a second that the other system was told while it lasted

    def lines(self) -> list[str]:
        return [
            f"cases accepted meanwhile: {spread(self.cases, 'per second')}",
            f"ticket to page beside them, median: {spread([1e3 * one for one in self.p50], 'ms')}",
            f"ticket to page beside them, 99th percentile: {spread([1e3 * one for one in self.p99], 'ms')}",
            f"events delivered to another system meanwhile: {spread(self.told, 'per second')}",
        ]


def run(url: str | None = None, *, runs: int = 3, seconds: float = 10.0) -> Result:
    """Measure against a database of its own, or the empty one at `url`, once for each run, all in one server."""
    result = Result()
    with TemporaryDirectory(prefix="tocsin-bench-") as name:
        database = url or f"sqlite:///{Path(name) / 'bench.db'}"
        with (
            receiver() as pages,
            receiver(delay=SLOW) as slow,
            receiver() as other,
            serving(database, pages.url) as (port, _, token),
        ):
            _post(port, token, "/api/v1/users/admin/destinations", {"webhook": slow.url})
            _post(port, token, "/api/v1/webhooks", {"url": other.url, "events": ["*"]})
            sent: dict[str, float] = {}
            requests = noted(tickets.requests(token, f"{HOST}:{port}"), sent)
            for _ in range(runs):
                sent.clear()
                before = other.count
                sample = asyncio.run(load.saturate(HOST, port, requests, connections=CONNECTIONS, seconds=seconds))
                result.cases.append(sample.rate)
                result.told.append((other.count - before) / sample.seconds)
                outages = {one: begun for one, begun in sent.items() if one.endswith("0")}
                arrived = pages.wait(outages)
                taken = sorted(arrived[one] - begun for one, begun in outages.items())
                result.p50.append(taken[len(taken) // 2])
                result.p99.append(taken[int(0.99 * len(taken))])
    return result


def _post(port: int, token: str, path: str, body: dict[str, object]) -> None:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    if answer.status >= 300:
        raise RuntimeError(f"{path} answered {answer.status}: {answer.read(500)!r}")
    connection.close()
