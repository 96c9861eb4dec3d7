"""What became of it all: asked of the API when the play is over, nothing remembered."""

from typing import Any

import httpx2
from rich.console import Console
from rich.table import Table

from tocsin.cli.demo.stage import Stage
from tocsin.clocks.saying import span
from tocsin.core import instants


class DemoFigures:
    """The cases of the installation, and those that were escalated with their pages."""

    def __init__(self, cases: list[dict[str, Any]], escalated: list[dict[str, Any]], unanswered: int) -> None:
        self.cases = cases
        self.escalated = escalated
        self.unanswered = unanswered

    @classmethod
    def ask(cls, stage: Stage) -> "DemoFigures":
        headers = {"authorization": f"Bearer {stage.tokens['admin']}"}
        with httpx2.Client(base_url=stage.url, headers=headers, timeout=30) as http:
            cases: list[dict[str, Any]] = []
            cursor: str | None = None
            while True:
                found = http.get("/api/v1/cases", params={"limit": 200} | ({"cursor": cursor} if cursor else {})).json()
                cases += found["cases"]
                cursor = found["cursor"]
                if cursor is None:
                    break
            escalated = [
                http.get(f"/api/v1/cases/{case['id']}").json() for case in cases if case["level"] != "standard"
            ]
            waiting = unanswered(http, stage)
        return cls(cases, escalated, waiting)

    def level(self, name: str) -> int:
        return sum(case["level"] == name for case in self.cases)

    def answered(self) -> list[int]:
        """Microseconds from opening to acknowledgement, sorted."""
        return sorted(
            instants.from_text(case["acknowledged_at"]) - instants.from_text(case["opened_at"])
            for case in self.escalated
            if case["acknowledged_at"]
        )

    def pages(self, state: str) -> int:
        return sum(page["state"] == state for case in self.escalated for page in case["pages"])

    def outcomes(self, outcome: str | None) -> int:
        return sum(run["outcome"] == outcome for case in self.cases for run in case["clocks"])

    def forgotten(self) -> int:
        """Open cases that nobody owns and no assign clock watches: the promise is that there are none."""
        return sum(
            case["state"] == "open"
            and case["owner"] is None
            and not any(run["clock"] == "assign" and run["outcome"] is None for run in case["clocks"])
            for case in self.cases
        )


def unanswered(http: httpx2.Client, stage: Stage) -> int:
    """How many escalations nobody has answered, by the same condition as Now and the metrics."""
    headers = {"authorization": f"Bearer {stage.tokens['admin']}"}
    found = http.get("/api/v1/cases", params={"needs": "unanswered", "limit": 200}, headers=headers)
    return len(found.raise_for_status().json()["cases"])


def at_once(pages: list[dict[str, Any]], taken_at: int) -> bool:
    """Whether the first page of a case was due when its ticket had been taken in. What waited for triage or for working
    hours says nothing about how fast a page is."""
    queued = [instants.from_text(page["queued_at"]) for page in pages if page["kind"] == "page"]
    return bool(queued) and min(queued) <= taken_at


def speed_of(first_pages: list[float]) -> str:
    """How fast the first pages of escalations were: real seconds from the ticket's receipt to its acceptance."""
    if not first_pages:
        return "first pages: none yet"
    ranked = sorted(first_pages)
    middle, late = ranked[(len(ranked) - 1) // 2], ranked[max(0, -(-len(ranked) * 99 // 100) - 1)]
    return f"first pages: {len(ranked)}, from ticket to pager in {middle:.2f} s (median), {late:.2f} s (p99), real time"


def print_summary(console: Console, figures: DemoFigures) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, min_width=10)
    table.add_column(no_wrap=True)
    by_state = {state: sum(case["state"] == state for case in figures.cases) for state in ("open", "resolved")}
    table.add_row("tickets", f"{len(figures.cases)} in, {by_state['open']} open, {by_state['resolved']} resolved")
    table.add_row(
        "escalated",
        f"{len(figures.escalated)}: {figures.level('executive')} executive, {figures.level('senior')} senior",
    )
    answered = figures.answered()
    if answered:
        table.add_row(
            "answered",
            f"{len(answered)} of {len(figures.escalated)}, half of them within {span(answered[len(answered) // 2])};"
            f" {figures.unanswered} unanswered",
        )
    table.add_row(
        "pages",
        f"{figures.pages('delivered')} delivered, {figures.pages('cancelled')} no longer needed,"
        f" {figures.pages('failed')} failed",
    )
    table.add_row(
        "targets",
        f"{figures.outcomes('met')} met, {figures.outcomes('breached')} missed, {figures.outcomes(None)} running",
    )
    table.add_row("forgotten", f"{figures.forgotten()} open cases without an owner or a clock that watches")
    console.print(table)
