"""`tocsin score`: the decision for one case, explained; no database."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli.output import JSON_HELP, local, print_json, print_table, say, wrong_use
from tocsin.cli.policyfile import compiled_policy
from tocsin.cli.safe import plain

if TYPE_CHECKING:
    from tocsin.policy.decision import Decision
    from tocsin.policy.explain import Change, Explanation

BAR = 10


def score(
    file: Annotated[str, typer.Argument(help="A case as for POST /cases, in JSON; - reads standard input.")] = "-",
    policy: Annotated[
        str | None, typer.Option("--policy", help="A policy in YAML; without it, the starter b2b-saas.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="Decide at this time instead of now, such as 2026-11-22T09:30:00Z.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Explain what would be done with a case, and what would change it. Needs no database.

    Exit code 1 where the policy is not valid, 2 where the case is not.

    Example: echo '{"subject": "API is down", "users_affected": 5000}' | tocsin score
    """
    import msgspec

    from tocsin.core import instants
    from tocsin.core.clock import SystemClock
    from tocsin.core.errors import InvalidInput
    from tocsin.policy.decide import decide
    from tocsin.policy.decision import ENGINE
    from tocsin.policy.explain import explain
    from tocsin.policy.facts import facts_of, read_body
    from tocsin.policy.language import with_language

    compiled = compiled_policy(policy)
    try:
        now = SystemClock().now() if at is None else instants.from_text(at, "--at")
        decision = decide(compiled, with_language(compiled, facts_of(read_body(_read(file)))), now)
    except InvalidInput as error:
        wrong_use(f"{file}: {error}")
    explanation = explain(compiled, decision)
    if json:
        more = {"engine": ENGINE, "explanation": msgspec.to_builtins(explanation)}
        print_json(msgspec.to_builtins(decision) | more)
    else:
        _show(decision, explanation)


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        wrong_use(f"{file}: {error.strerror or error}")


def _show(decision: "Decision", explanation: "Explanation") -> None:
    kind = f" ({decision.kind})" if decision.kind else ""
    assign = f", {decision.assign}" if decision.assign != "none" else ""
    paths = [path for path in (decision.path, decision.relationship_path) if path]
    _heading(f"{decision.level}{kind}, severity {decision.severity}, score {decision.score:.6g} of 100")
    for name, value in (
        ("score", _distances(decision)),
        ("type", decision.type or "not known"),
        ("product area", decision.product_area or "not known"),
        ("team", decision.team + assign),
        ("path", ", ".join(paths) or "none"),
        ("wakes people", "yes" if decision.wake else "no"),
        ("rests on", decision.evidence),
    ):
        say(f"  {name:<14}{value}")
    _heading("score")
    print_table(("factor", "points", "of", "", "reason"), _waterfall(decision))
    _heading("targets")
    print_table(
        ("clock", "in", "calendar", "because of"),
        [
            (clock, target.duration + _since(target.origin), target.calendar, target.why)
            for clock, target in decision.targets.items()
        ],
    )
    for title, lines in (
        ("why", [*decision.reasons, *_asked(decision)]),
        ("why not escalated", list(explanation.why_not_escalated)),
        ("not answered", sorted({each.reason for each in decision.unknown})),
        ("what would change the level", _changes(explanation)),
    ):
        if lines:
            _heading(title)
            for line in lines:
                say(f"  {line}")


def _heading(text: str) -> None:
    typer.echo("\n" + typer.style(plain(text), bold=True))


def _waterfall(decision: "Decision") -> list[tuple[str, ...]]:
    rows = [
        (factor.name, f"{factor.points:.4g}", f"{factor.weight:g}", "█" * round(factor.value * BAR), factor.reason)
        for factor in decision.factors
    ]
    return [*rows, ("score", f"{decision.score:.4g}", "100", "", "")]


def _distances(decision: "Decision") -> str:
    return ", ".join(
        f"{abs(points):.4g} {'below' if points > 0 else 'above'} {level}" for level, points in decision.distance.items()
    )


def _since(origin: str) -> str:
    return " of the opening" if origin == "opened" else ""


def _asked(decision: "Decision") -> list[str]:

    triage = decision.triage
    if triage is None:
        return []
    lines = [f"a person is asked: {name}" for name in triage.asks]
    if triage.level_if_unanswered:
        lines.append(f"level {triage.level_if_unanswered} if nobody answers by {local(triage.answer_by)}")
    return lines


def _changes(explanation: "Explanation") -> list[str]:
    changes = (("up", explanation.raises), ("down", explanation.lowers))
    return [_change(way, change) for way, change in changes if change is not None] or ["no single fact"]


def _change(way: str, change: "Change") -> str:
    after = "missing" if change.after is None else _text(change.after)
    before = "missing" if change.before is None else _text(change.before)
    as_what = ", as classified" if change.classified else ""
    return (
        f"{way} to {change.level}: {change.fact} {after} instead of {before}{as_what}"
        f" (score {change.score:.6g}; {change.because})"
    )


def _text(value: Any) -> str:
    from tocsin.core import canonical

    return canonical.encode(value).decode()
