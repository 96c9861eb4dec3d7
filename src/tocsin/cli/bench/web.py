"""`tocsin bench web`: how long pages take in a company with very many cases, while some of them change.

Each page is first asked for alone, one request after the other, to see what it takes of the server's processor. Then
people ask for pages at a fixed pace, each as soon as it is due, whether or not earlier ones are answered. At the same
pace a bare server answers with the same bytes: what machine and load generator cost by themselves.
"""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tocsin.cli.bench import load, machine
from tocsin.cli.bench.company import company
from tocsin.cli.bench.load import Sample
from tocsin.cli.bench.reference import page_server
from tocsin.cli.bench.server import HOST, serving_filled
from tocsin.cli.bench.viewers import Watched, watching
from tocsin.cli.bench.visits import CASE, CASES, NAMES, NOW, SEARCH, Visits
from tocsin.core.clock import stopwatch

PAGES_A_SECOND, CHANGES_A_SECOND = 20, 5
CONNECTIONS = 32
TIMES = 3  # how often each address is asked for alone, and first as often to warm up once
MARKS = {NOW: 100, CASES: 100, CASE: 60, SEARCH: 150}  # milliseconds, 95th percentile
WATCHING = 0.5  # cores that live pages may take of the server
_SLOWEST = 12
Shares = tuple[float, float, float]  # 50th, 95th and 99th percentile, in milliseconds


class PageTimes(msgspec.Struct):
    """Of one page: how long it took beside the others, what the same bytes took from the bare server, and the server's
    processor time for it, alone. `failed`: answers without success."""

    asked: int
    failed: int
    took: Shares
    processor: Shares
    bare: Shares
    mark: int | None

    def line(self, name: str) -> str:
        mark = f" (mark: 95th {self.mark} ms)" if self.mark is not None else ""
        return (
            f"{name}, asked {self.asked} times: {_shown(self.took)}{mark}; processor time alone"
            f" {_shown(self.processor)}; the bare server {_shown(self.bare)}; failed: {self.failed}"
        )


@dataclass(slots=True)
class Result:
    """`pages` by name. `refused`: changes by the status of their answer. `addresses`: the median of the processor time
    of each address alone, in milliseconds. `busy`, `idle`: cores that the server took under the load, and with nobody
    there; `changing`: while cases changed and nobody asked for a page; `watching`: the same beside live pages, of which
    `watched` tells. `load`: of the machine, before and after."""

    live: int
    over: int
    seconds: float
    processes: int
    pages: dict[str, PageTimes] = field(default_factory=dict)
    changes: Shares = (0.0, 0.0, 0.0)
    changes_failed: int = 0
    refused: dict[int, int] = field(default_factory=dict)
    busy: float = 0.0
    idle: float = 0.0
    changing: float = 0.0
    watching: float = 0.0
    watched: Watched | None = None
    load: tuple[float, float] = (0.0, 0.0)
    addresses: dict[str, float] = field(default_factory=dict)

    def lines(self) -> list[str]:
        slowest = sorted(self.addresses.items(), key=lambda one: -one[1])[:_SLOWEST]
        return [
            f"{self.live:,} open and {self.over:,} closed cases; for {self.seconds:.0f} s {PAGES_A_SECOND} pages and"
            f" {CHANGES_A_SECOND} changes a second; the machine's load {self.load[0]:.1f}, then {self.load[1]:.1f}",
            f"processes that draw pages beside the server: {self.processes}",
            "all in milliseconds, as 50th, 95th and 99th percentile:",
            *(taken.line(name) for name, taken in self.pages.items()),
            f"changes: {_shown(self.changes)}; failed: {self.changes_failed}{self._refused()}",
            f"cores that the server took: {self.busy:.2f}, and {self.idle:.2f} with nobody there",
            f"what took most of the processor: {', '.join(f'{address} {ms:.0f}' for address, ms in slowest)}",
            *self._live(),
        ]

    def _refused(self) -> str:
        told = ", ".join(f"{amount} with {status}" for status, amount in sorted(self.refused.items()))
        return f" ({told})" if told else ""

    def _live(self) -> list[str]:
        if self.watched is None:
            return []
        took = self.watching - self.changing
        said = f"what live pages took of the server: {took:.2f} cores (mark: at most {WATCHING})"
        return [*self.watched.lines(), f"{said}; with the changes {self.watching:.2f}, these alone {self.changing:.2f}"]


def run(
    url: str | None = None,
    *,
    keep: Path | None = None,
    live: int = 100_000,
    over: int = 1_000_000,
    seconds: float = 60.0,
    viewers: int = 0,
    processes: int = 2,
) -> Result:
    """Measure on a database of its own, the empty one at `url`, or the one that was kept in `keep`; then so many live
    pages, while cases change and nobody asks for a page. `processes`: further ones that draw pages."""
    result = Result(live, over, seconds, processes)
    with company(url, keep, live, over) as made, serving_filled(made.url, made.secret, processes) as (port, pid):
        visits = Visits(made, port)
        result.idle = asyncio.run(_idle(pid))
        before = machine.load()
        alone = {name: _alone(port, pid, visits, name, result) for name in NAMES}
        bare = _bare(visits, seconds)
        used, began = machine.cpu_seconds(pid), stopwatch()
        pages, changes = asyncio.run(_paced(port, visits, seconds))
        result.busy = (machine.cpu_seconds(pid) - used) / (stopwatch() - began)  # what is late is waited for
        result.load = (before, machine.load())
        if viewers:
            result.changing = _changing(port, pid, visits, min(seconds, 20.0))
            with watching(port, made.cookies, viewers) as result.watched:
                result.watching = _changing(port, pid, visits, seconds)
    result.changes, result.changes_failed = _shares(changes), _failed(changes)
    result.refused = {status: amount for status, amount in changes.statuses.items() if status >= 300}
    for name in NAMES:
        sample = pages.get(name, Sample())
        result.pages[name] = PageTimes(
            len(sample.latencies),
            _failed(sample),
            _shares(sample),
            _shares(alone[name]),
            _shares(bare.get(name, Sample())),
            MARKS.get(name),
        )
    return result


def _alone(port: int, pid: int, visits: Visits, name: str, result: Result) -> Sample:
    """The server's processor time for each address of a page, a few times; once before, so that nothing is new."""
    found, used = Sample(), partial(machine.cpu_precisely, pid)
    chosen = list(islice(visits.of(name), len(visits.addresses[name])))
    for address, request in chosen:
        taken = asyncio.run(load.one_by_one(HOST, port, [request] * (1 + TIMES), used))[1:]
        found.latencies += taken
        result.addresses[address] = 1e3 * sorted(taken)[len(taken) // 2]
    return found


def _bare(visits: Visits, seconds: float) -> dict[str, Sample]:
    with TemporaryDirectory(prefix="tocsin-bench-") as folder:
        for place, name in enumerate(NAMES):
            (Path(folder) / str(place)).write_bytes(visits.body(name))
        with page_server(Path(folder)) as port:
            requests = visits.plain(f"{HOST}:{port}")
            return asyncio.run(_pages(port, requests, min(10.0, seconds)))


async def _paced(port: int, visits: Visits, seconds: float) -> tuple[dict[str, Sample], Sample]:
    return await asyncio.gather(_pages(port, visits.mixed(), seconds), _changes(port, visits, seconds))


def _changing(port: int, pid: int, visits: Visits, seconds: float) -> float:
    """Cores that the server takes while cases change."""
    used, began = machine.cpu_seconds(pid), stopwatch()
    asyncio.run(_changes(port, visits, seconds))
    return (machine.cpu_seconds(pid) - used) / (stopwatch() - began)


async def _changes(port: int, visits: Visits, seconds: float) -> Sample:
    rate = CHANGES_A_SECOND
    found = await load.pace_mixed(HOST, port, visits.changes(), connections=CONNECTIONS, rate=rate, seconds=seconds)
    return found["change"]


async def _pages(port: int, requests: load.Mixed, seconds: float) -> dict[str, Sample]:
    return await load.pace_mixed(HOST, port, requests, connections=CONNECTIONS, rate=PAGES_A_SECOND, seconds=seconds)


async def _idle(pid: int, seconds: float = 3.0) -> float:
    before = machine.cpu_seconds(pid)
    await asyncio.sleep(seconds)
    return (machine.cpu_seconds(pid) - before) / seconds


def _shares(sample: Sample) -> Shares:
    return 1e3 * sample.quantile(0.5), 1e3 * sample.quantile(0.95), 1e3 * sample.quantile(0.99)


def _failed(sample: Sample) -> int:
    return sum(amount for status, amount in sample.statuses.items() if status >= 300)


def _shown(shares: Shares) -> str:
    return ", ".join(f"{one:.0f}" for one in shares)
