"""The demonstration as lines on a terminal: what came in, what was decided, who was told, who answered."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from tocsin.cli.demo.tickets import Arrival
from tocsin.cli.safe import plain
from tocsin.clocks.saying import span
from tocsin.core import instants

LEVELS = {"executive": "bold red", "senior": "bold yellow", "standard": "dim"}
_PLAIN = {"·": "-", "✆": "*", "▲": "^", "✓": "+", "■": "."}  # for terminals of another encoding
_INDENT = 13
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_CUSTOMER, _NARROW = 24, 20  # columns for a customer's name: where there are many, and few
_ROOMY = 100


class Story:
    """Prints. Every fact comes from an answer of the API or from a page that arrived."""

    def __init__(self, console: Console, zone: ZoneInfo) -> None:
        self.console = console
        self._zone = zone
        self._wide = _CUSTOMER if console.width >= _ROOMY else _NARROW

    def time(self, instant: int) -> str:
        """The wall clock of the company's office."""
        return datetime.fromtimestamp(instant / 1_000_000, UTC).astimezone(self._zone).strftime("%H:%M")

    def hour(self, instant: int) -> int:
        """The hour of that clock."""
        return datetime.fromtimestamp(instant / 1_000_000, UTC).astimezone(self._zone).hour

    def came_in(self, at: int, arrival: Arrival, case: dict[str, Any]) -> None:
        account = arrival.body.get("account")
        who = account["name"] if account else "nobody we know"
        users = arrival.body.get("users_affected")
        text = Text.from_markup(f"[dim]{self.time(at)}[/dim]  {_number(case)}")
        text.append(f"{who:<{self._wide}}", style="dim" if account is None else "")
        text.append(arrival.body["subject"], style="" if case["level"] == "standard" else "bold")
        if users:
            text.append(f"  {users:,} {'user' if users == 1 else 'users'}", style="dim")
        self._line(text)
        self._decided(case)

    def changed(self, at: int, arrival: Arrival, before: dict[str, Any], case: dict[str, Any]) -> None:
        """A signal about a case that there is already."""
        news = ", ".join(
            f"{name.replace('_', ' ')} now {value:,}" if isinstance(value, int) else f"{name} now {value}"
            for name, value in arrival.body.items()
            if name not in ("external_id", "source")
        )
        raised = f", from {before['level']} to {case['level']}" if before["level"] != case["level"] else ""
        text = Text.from_markup(f"[dim]{self.time(at)}[/dim]  {_number(case)}")
        text.append(f"the help desk adds: {news}")
        text.append(raised, style="bold")
        self._line(text)
        self._decided(case)

    def _decided(self, case: dict[str, Any]) -> None:
        kind = "relationship; " if case["kind"] == "relationship" else ""
        text = Text(" " * _INDENT)
        level = f"{case['level']}, {case['severity']}"
        text.append(f"{level:<{self._wide}}", style=LEVELS[case["level"]])
        text.append(f"{case['external_id']}  " if case["external_id"] else "", style="dim")
        text.append(f"{case['team']}, {case['owner'] or 'nobody yet'}  ")
        text.append(kind, style="dim")
        text.append(why(case["decision"]), style="dim")
        self._line(text)

    def paged(self, at: int, page: dict[str, Any], names: list[str], seconds: float | None) -> None:
        """Pages of one step arrived. `seconds`: real ones since the ticket came in, for the first step."""
        path = page["path"]
        first = path["pass"] == 1 and path["step"] == 1
        text = Text.from_markup(f"[dim]{self.time(at)}[/dim]  {_number(page['case'])}")
        if first:
            text.append(self._mark("✆"), style="cyan")
            text.append(f"paged {_and(names)}")
            if seconds is not None:
                text.append(f", in {seconds:.1f} s of real time", style="dim")
        else:
            text.append(self._mark("▲"), style="yellow")
            again = f", pass {path['pass']}" if path["pass"] > 1 else ""
            text.append(f"no answer: climbs to step {path['step']} of {path['name']}{again}, paged {_and(names)}")
        self._line(text)

    def acknowledged(self, at: int, case: dict[str, Any], name: str, after: int) -> None:
        text = Text.from_markup(f"[dim]{self.time(at)}[/dim]  {_number(case)}")
        text.append(self._mark("✓"), style="green")
        text.append(f"{name} has it, {span(after)} after it came in")
        text.append(_against_target(case, "acknowledge", at), style="dim")
        self._line(text)

    def says(self, at: int, case: dict[str, Any], what: str) -> None:
        """Something that somebody did, in one sentence."""
        text = Text.from_markup(f"[dim]{self.time(at)}[/dim]  {_number(case)}")
        text.append(self._mark("·"), style="dim")
        text.append(what)
        self._line(text)

    def signed_in(self, at: int, name: str) -> None:
        """A visitor plays somebody from now on."""
        says = f"you are {name} from now on; what {name} has to do waits for you"
        self._line(Text.from_markup(f"[dim]{self.time(at)}[/dim]  [bold]{says}[/bold]"))

    def did(self, at: int, case: dict[str, Any], name: str, what: str) -> None:
        """Something that the visitor did, on the pages or by a command."""
        text = Text.from_markup(f"[dim]{self.time(at)}[/dim]  {_number(case)}")
        text.append(f"you, as {name}: ", style="bold")
        text.append(what)
        self._line(text)

    def noticed(self, at: int, case: dict[str, Any], why: str, says: str, to: str) -> None:
        """What somebody is told without being asked for an answer."""
        text = Text.from_markup(f"[dim]{self.time(at)}[/dim]  {_number(case)}")
        text.append(f"{why}: ", style="red" if why == "breach" else "yellow")
        text.append(_INSTANT.sub(lambda found: self.time(instants.from_text(found[0])), says))
        text.append(f"; told {to}", style="dim")
        self._line(text)

    def resolved(self, at: int, case: dict[str, Any], name: str, after: int) -> None:
        text = Text.from_markup(f"[dim]{self.time(at)}[/dim]  {_number(case)}")
        text.append(self._mark("■"), style="green")
        text.append(f"resolved by {name} after {span(after)}")
        self._line(text)

    def alarmed(self, at: int, name: str, says: list[str]) -> None:
        """What the engine tells the leads because nobody else may see it."""
        for what in says:
            self._line(Text(f"{self.time(at)}  ! alarm to {name}: {what}", style="red"))

    def refused(self, at: int, what: str, reason: str) -> None:
        self._line(Text(f"{self.time(at)}  {what}: {reason}", style="red"))

    def _mark(self, mark: str) -> str:
        return f"{mark if self.console.encoding.startswith('utf') else _PLAIN[mark]} "

    def _line(self, text: Text) -> None:
        """One line; on a terminal never more than fits."""
        text.plain = plain(text.plain)
        if self.console.is_terminal:
            text.truncate(
                self.console.width, overflow="ellipsis" if self.console.encoding.startswith("utf") else "crop"
            )
        self.console.print(text, soft_wrap=True, highlight=False)


def why(decision: dict[str, Any]) -> str:
    """The decision's own reasons in one line: what set the level, and what the text was taken for."""
    parts = [_level(decision)]
    kind = next((reason for reason in decision["reasons"] if reason.startswith("type ")), None)
    if kind is not None:
        name, _, rule = kind.removeprefix("type ").partition(": ")
        parts.append(f"{name.replace('_', ' ')} by {rule.removeprefix('classify.')}")
    if decision["triage"]:
        asks = ", ".join(name.removeprefix("triage.") for name in decision["triage"]["asks"])
        parts.append(f"a person is asked: {asks}")
    return "; ".join(parts)


def _level(decision: dict[str, Any]) -> str:
    score, level, distance = decision["score"], decision["level"], decision["distance"]
    raised = [minimum["id"] for minimum in decision["minimums"] if minimum["raised"]]
    if raised:
        return f"score {score:.0f}, never below {level}: {raised[-1]}"
    if level == "standard":
        name, points = min(distance.items(), key=lambda item: float(item[1]))
        return f"score {score:.0f}, {points:.0f} below {name}"
    return f"score {score:.0f} reaches {level} ({score + distance[level]:g})"


def _against_target(case: dict[str, Any], clock: str, at: int) -> str:
    """How long before its target a clock was stopped, or how late: a missed one was settled when it ran out, not at the
    instant `at` when what it asks for was done. Nothing where it neither was met nor missed."""
    run = max((run for run in case["clocks"] if run["clock"] == clock), key=lambda run: int(run["cycle"]), default=None)
    if run is None or run["outcome"] not in ("met", "breached"):
        return ""
    due = instants.from_text(run["due_at"])
    if run["outcome"] == "breached":
        return f"; late by {span(at - due)}"
    return f"; {span(due - instants.from_text(run['settled_at']))} before the target"


def _number(case: dict[str, Any]) -> str:
    return escape(f"{'#' + str(case['number']):<6}")


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
