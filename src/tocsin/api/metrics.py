"""`GET /metrics`: figures in the format of Prometheus, for whoever operates the installation."""

from collections import Counter
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from tocsin.api.access import Here, Who
from tocsin.api.readers import Readers
from tocsin.core.clock import SECOND
from tocsin.insight import gauges
from tocsin.runtime import Installation

router = APIRouter(tags=["health"])
_KEPT = 10 * SECOND


@dataclass(slots=True)
class Requests:
    """What was answered since the process began, by method, route and status."""

    answered: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def count(self, method: str, route: str, status: int) -> None:
        self.answered[method, route, str(status)] += 1


@dataclass(slots=True, eq=False)
class MetricFigures(Collector):
    """Collects when it is asked. What is counted in the database is kept for ten seconds, however often it is asked."""

    here: Installation
    requests: Requests
    readers: Readers | None = None
    _gauges: gauges.Gauges | None = None
    _at: int = 0

    def collect(self) -> list[Metric]:
        return [*self._of_database(), *self._of_process()]

    def _of_database(self) -> list[Metric]:
        now = self.here.clock.now()
        if self._gauges is None or not 0 <= now - self._at < _KEPT:
            with self.here.database.reading(now) as tx:
                self._gauges, self._at = gauges.count(tx), now
        found = self._gauges
        cases = GaugeMetricFamily(
            "tocsin_cases", "Cases that are worked on, by level and state", labels=["level", "state"]
        )
        for (level, state), amount in found.cases.items():
            cases.add_metric([level, state], amount)
        needs = GaugeMetricFamily("tocsin_needs_somebody", "Open cases that need somebody, by why", labels=["why"])
        for why, amount in found.needs.items():
            if why != "open":
                needs.add_metric(["any" if why == "somebody" else why], amount)
        depth = GaugeMetricFamily("tocsin_work", "Rows of the work queue, by kind", labels=["kind"])
        late = GaugeMetricFamily("tocsin_work_late_seconds", "By how much the oldest row is late", labels=["kind"])
        for kind, (amount, oldest) in found.work.items():
            depth.add_metric([kind], amount)
            late.add_metric([kind], max(0, now - oldest) / SECOND)
        pages = GaugeMetricFamily("tocsin_messages", "Messages to people, by kind and state", labels=["kind", "state"])
        for (kind, state), amount in found.messages.items():
            pages.add_metric([kind, state], amount)
        first = HistogramMetricFamily(
            "tocsin_first_page_seconds", "From an escalation's start until a receiver took its first page"
        )
        first.add_metric([], [(bound, amount) for bound, amount in found.first_page], found.first_page_seconds)
        return [
            cases,
            needs,
            GaugeMetricFamily(
                "tocsin_unanswered", "Escalations of open cases that nobody has answered", found.unanswered
            ),
            GaugeMetricFamily("tocsin_work_aside", "Rows set aside because they kept failing", found.aside),
            depth,
            late,
            pages,
            first,
        ]

    def _of_process(self) -> list[Metric]:
        tally, failure = self.here.writer.tally, self.here.writer.failure
        failing = (self.here.clock.now() - failure.since) / SECOND if failure else 0.0
        loops = GaugeMetricFamily("tocsin_loop_age_seconds", "Since each loop's last round", labels=["loop"])
        for loop, age in self.here.watch.loops.ages(self.here.clock.now()).items():
            loops.add_metric([loop], age)
        answered = CounterMetricFamily(
            "tocsin_http_requests", "Requests answered by this process", labels=["method", "route", "status"]
        )
        for labels, amount in sorted(self.requests.answered.items()):
            answered.add_metric(labels, amount)
        drawing = GaugeMetricFamily(
            "tocsin_page_processes", "Further processes that draw pages, by whether they are there", labels=["state"]
        )
        drawn = CounterMetricFamily("tocsin_pages_drawn_beside", "Requests that these processes answered")
        if self.readers is not None:
            drawing.add_metric(["wanted"], self.readers.wanted)
            drawing.add_metric(["ready"], self.readers.ready)
            drawn.add_metric([], self.readers.answered)
        return [
            CounterMetricFamily("tocsin_writer_groups", "Groups committed by this process", tally.groups),
            CounterMetricFamily("tocsin_writer_jobs", "Writes in them", tally.jobs),
            CounterMetricFamily("tocsin_writer_failed_groups", "Groups that the database did not take", tally.failed),
            GaugeMetricFamily("tocsin_writer_failing_seconds", "Since when writes fail; 0 while they do not", failing),
            CounterMetricFamily("tocsin_writer_commit_seconds", "Time that their commits took", tally.commit_seconds),
            loops,
            answered,
            drawing,
            drawn,
        ]


@router.get("/metrics")
def show_metrics(request: Request, here: Here, who: Who) -> Response:
    """Figures for Prometheus, which sends a token of the role operator or admin."""
    who.require("operate")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(request.state.figures)
    return Response(generate_latest(registry), headers={"content-type": CONTENT_TYPE_LATEST})
