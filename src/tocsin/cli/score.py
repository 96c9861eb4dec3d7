"""`tocsin score`: the decision for one case, explained; no database."""

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tocsin.core import canonical, instants
from tocsin.core.clock import SystemClock
from tocsin.core.errors import InvalidInput, TocsinError
from tocsin.policy import starters
from tocsin.policy.compiled import Policy, compile_policy
from tocsin.policy.decide import decide
from tocsin.policy.decision import ENGINE, Decision
from tocsin.policy.document import parse
from tocsin.policy.explain import Change, Explanation, explain
from tocsin.policy.facts import facts_of, read_body

BAR = 20


def score(
    file: Annotated[str, typer.Argument(help="A case as for POST /cases, in JSON; - reads standard input.")] = "-",
    policy: Annotated[
        Path | None, typer.Option("--policy", help="A policy; without it, the starter b2b-saas.", show_default=False)
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="Decide at this time instead of now, such as 2026-11-22T09:30:00Z.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the decision and its explanation as JSON.")] = False,
) -> None:
    """Explain what would be done with a case, and what would change it. Needs no database.

    Example: echo '{"subject": "API is down", "users_affected": 5000}' | tocsin score
    """
    compiled = _policy(policy)
    try:
        now = SystemClock().now() if at is None else instants.from_text(at, "--at")
        facts = facts_of(read_body(_read(file)))
        decision = decide(compiled, facts, now)
    except InvalidInput as error:
        _fail(f"{file}: {error}" if file != "-" else str(error), 2)
    explanation = explain(compiled, decision)
    if json:
        whole = msgspec.to_builtins(decision) | {"engine": ENGINE, "explanation": msgspec.to_builtins(explanation)}
        sys.stdout.write(canonical.encode(whole).decode() + "\n")
    else:
        _show(compiled, decision, explanation, Console(highlight=False))


def _policy(path: Path | None) -> Policy:
    try:
        text = starters.text() if path is None else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"{path}: {error}", 2)
    try:
        return compile_policy(parse(text, str(path or starters.DEFAULT)))
    except TocsinError as error:
        _fail(str(error), 1)


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise InvalidInput(error.strerror or str(error)) from None


def _fail(message: str, code: int) -> NoReturn:
    Console(stderr=True, highlight=False).print(escape(message), style="red", soft_wrap=True)
    raise typer.Exit(code)


def _show(policy: Policy, decision: Decision, explanation: Explanation, console: Console) -> None:
    head = Table.grid(padding=(0, 2))
    kind = f" ({decision.kind})" if decision.kind else ""
    for name, value in (
        ("level", f"[bold]{decision.level}[/bold]{kind}"),
        ("severity", escape(decision.severity)),
        ("type", escape(decision.type or "not known")),
        ("team", escape(decision.team) + (f", {decision.assign}" if decision.assign != "none" else "")),
        ("score", f"{decision.score:.6g} of 100"),
        ("paths", escape(", ".join(path for path in (decision.path, decision.relationship_path) if path) or "none")),
        ("wakes people", "yes" if decision.wake else "no"),
        ("evidence", decision.evidence),
    ):
        head.add_row(f"[dim]{name}[/dim]", value)
    console.print(head)
    console.print()
    console.print(_waterfall(decision))
    console.print()
    if decision.targets:
        console.print(_targets(decision))
        console.print()
    for title, lines in (
        ("why", [*decision.reasons, *(f"asked in triage: {name}" for name in _asks(decision))]),
        ("not escalated because", list(explanation.why_not_escalated)),
        ("could not be answered", sorted({each.reason for each in decision.unknown})),
        ("what would change it", _changes(explanation)),
    ):
        if lines:
            console.print(f"[bold]{title}[/bold]")
            for line in lines:
                console.print(f"  {escape(line)}", soft_wrap=True)


def _asks(decision: Decision) -> tuple[str, ...]:
    return decision.triage.asks if decision.triage else ()


def _waterfall(decision: Decision) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column, justify in (("factor", "left"), ("points", "right"), ("of", "right"), ("", "left"), ("reason", "left")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for factor in decision.factors:
        bar = "█" * round(factor.value * BAR)
        reason = escape(factor.reason)
        table.add_row(
            escape(factor.name),
            f"{factor.points:.4g}",
            f"{factor.weight:g}",
            f"{bar:<{BAR}}",
            f"[dim]{reason}[/dim]" if factor.assumed else reason,
        )
    table.add_row("[bold]score[/bold]", f"[bold]{decision.score:.4g}[/bold]", "100", "", _distance(decision))
    return table


def _distance(decision: Decision) -> str:
    parts = [
        f"{points:.4g} below {level}" if points > 0 else f"{-points:.4g} above {level}"
        for level, points in decision.distance.items()
    ]
    return ", ".join(parts)


def _targets(decision: Decision) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("target", "in", "calendar", "from"):
        table.add_column(column)
    for clock, target in decision.targets.items():
        opened = " (since opening)" if target.origin == "opened" else ""
        table.add_row(clock, target.duration + opened, escape(target.calendar), escape(target.why))
    return table


def _changes(explanation: Explanation) -> list[str]:
    found = [_change("up", explanation.raises), _change("down", explanation.lowers)]
    return [line for line in found if line] or ["no single fact"]


def _change(direction: str, change: Change | None) -> str:
    if change is None:
        return ""
    if change.after is None:
        what = f"{change.fact} missing instead of {_text(change.before)}"
    else:
        instead = "" if change.before is None else f" instead of {_text(change.before)}"
        what = f"{change.fact} {_text(change.after)}{instead}"
    return f"{direction} to {change.level} with {what}: score {change.score:.6g}"


def _text(value: Any) -> str:
    return canonical.encode(value).decode()
