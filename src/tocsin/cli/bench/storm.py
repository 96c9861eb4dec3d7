"""`tocsin bench storm`: a monitor goes wild while other cases need their people. Alerts of one product area and type
come in, each with an id of its own; beside them outages of large customers, one after the other, which have nothing to
do with them. What counts is how long these take to page, before the storm and while it lasts, in one run of one server;
and that each alert is a case, of which few page."""

import asyncio
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tocsin.cli.bench import load, tickets
from tocsin.cli.bench.pages import Pages, noted, receiver
from tocsin.cli.bench.server import HOST, serving

CONNECTIONS = 32
BESIDE = 5  # unrelated outages a second
QUIET = 20.0  # seconds of them before the storm


@dataclass(slots=True)
class Result:
    """`before`, `during`: seconds from ticket to page of unrelated cases. `alerts`: sent, `refused`: not answered with
    success, `seconds`: how long that took; `joined`: those that follow the first; `paged`: messages about them."""

    before: list[float] = field(default_factory=list)
    during: list[float] = field(default_factory=list)
    alerts: int = 0
    refused: int = 0
    seconds: float = 0.0
    joined: int = 0
    paged: int = 0

    def lines(self) -> list[str]:
        return [
            f"alerts: {self.alerts:,} in {self.seconds:.1f} s, {self.refused} of them refused",
            f"of these {self.joined:,} follow the first, and {self.paged} were paged about",
            f"ticket to page of {len(self.before)} unrelated cases before: {_quantiles(self.before)}",
            f"ticket to page of {len(self.during)} unrelated cases while it lasts: {_quantiles(self.during)}",
        ]


def run(url: str | None = None, *, alerts: int = 50_000, seconds: float = 60.0, quiet: float = QUIET) -> Result:
    """Measure against a database of its own, or the empty one at `url`."""
    result = Result(alerts=alerts)
    with TemporaryDirectory(prefix="tocsin-bench-") as name:
        database = url or f"sqlite:///{Path(name) / 'bench.db'}"
        with receiver() as pages, serving(database, pages.url) as (port, _, token):
            beside = tickets.requests(token, f"{HOST}:{port}", outages=True)
            result.before = asyncio.run(_beside(port, beside, pages, quiet))
            asyncio.run(_storm(result, port, token, beside, pages, alerts, seconds))
            [storm] = _get(port, token, "/api/v1/storms")["storms"]
            result.joined = storm["joined"]
            result.paged = pages.count - len(result.before) - len(result.during)
    return result


async def _beside(port: int, ready: Iterator[tuple[str, bytes]], pages: Pages, seconds: float) -> list[float]:
    """From ticket to page of the unrelated cases."""
    sent: dict[str, float] = {}
    await load.pace(HOST, port, noted(ready, sent), connections=CONNECTIONS, rate=BESIDE, seconds=seconds)
    arrived = await asyncio.to_thread(pages.wait, sent)
    return [arrived[reference] - begun for reference, begun in sent.items()]


async def _storm(
    result: Result,
    port: int,
    token: str,
    beside: Iterator[tuple[str, bytes]],
    pages: Pages,
    alerts: int,
    seconds: float,
) -> None:
    flood = load.pace(HOST, port, _alerts(token, port), connections=CONNECTIONS, rate=alerts / seconds, seconds=seconds)
    sample, result.during = await asyncio.gather(flood, _beside(port, beside, pages, seconds))
    result.seconds = sample.seconds
    result.refused = sum(amount for status, amount in sample.statuses.items() if status >= 300)


def _alerts(token: str, port: int) -> Iterator[bytes]:
    """What a monitor sends: each host an alert of its own."""
    head = f"POST /api/v1/cases HTTP/1.1\r\nhost: {HOST}:{port}\r\nauthorization: Bearer {token}\r\n"
    for number in count():
        alert: dict[str, Any] = {
            "subject": f"NodeDown: host-{number} does not answer",
            "body": "up == 0 for 60 s",
            "source": "monitoring",
            "external_id": f"A-{number}",
            "product_area": "api",
            "type": "outage",
            "attributes": {"alertname": "NodeDown", "instance": f"host-{number}"},
        }
        body = json.dumps(alert).encode()
        yield f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


def _get(port: int, token: str, path: str) -> Any:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.request("GET", path, headers={"authorization": f"Bearer {token}"})
    return json.loads(connection.getresponse().read())


def _quantiles(values: list[float]) -> str:
    ordered = sorted(values)
    median, slow = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]
    return f"median {1e3 * median:.0f} ms, 99th percentile {1e3 * slow:.0f} ms"
