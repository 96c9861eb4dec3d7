"""How much attention a case gets: `raise`, `request`, `answer`, `lower`, `override`, `correct`, `triage`."""

from typing import Annotated

import typer

from tocsin.cli.access import As
from tocsin.cli.case.common import Act, Case, Command, Json, Reason, Told, add, either
from tocsin.cli.output import wrong_use

Level = Annotated[str, typer.Argument(metavar="LEVEL", help="standard, senior or executive.")]


def raise_(
    case: Case,
    level: Level,
    reason: Reason,
    kind: Annotated[str | None, typer.Option("--kind", help="technical or relationship.")] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Raise a case: an agent to senior, a lead or account owner to executive."""
    Act("raise", case, "escalation", acting, json).send("is raised", level=level, reason=reason, kind=kind)


def request(
    case: Case,
    level: Level,
    reason: Reason,
    hurt: Annotated[str | None, typer.Option("--hurt", help="Who is affected.")] = None,
    wants: Annotated[str | None, typer.Option("--wants", help="What the customer wants.")] = None,
    needed_by: Annotated[str | None, typer.Option("--by", help="Until when: 2026-11-22T16:00:00Z.")] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Ask for a higher level. Silence accepts, after the policy's time."""
    Act("request", case, "escalation", acting, json).send(
        f"waits for an answer: {level} is requested",
        level=level,
        reason=reason,
        hurt=hurt,
        wants=wants,
        needed_by=needed_by,
        request=True,
    )


def answer(
    case: Case,
    accept: Annotated[bool, typer.Option("--accept", help="Raise it.")] = False,
    decline: Annotated[bool, typer.Option("--decline", help="Leave it, with a --reason.")] = False,
    reason: Told = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Answer a request for a higher level."""
    accepted = either(accept, decline, "--accept, --decline")
    if accepted is None:
        wrong_use("choose --accept or --decline")
    said = "has the requested level" if accepted else "stays at its level"
    Act("answer", case, "escalation/answer", acting, json).send(said, accept=accepted, reason=reason)


def lower(case: Case, level: Level, reason: Reason, acting: As = None, json: Json = False) -> None:
    """Lower a case, as an escalation manager or lead; its clocks keep their times."""
    Act("lower", case, "deescalation", acting, json).send("is lowered", level=level, reason=reason)


def override(
    case: Case,
    reason: Reason,
    severity: Annotated[str | None, typer.Option("--severity", help="As the policy names it.")] = None,
    level: Annotated[str | None, typer.Option("--level", help="standard, senior or executive.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="technical or relationship.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="The new owner.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="The new team.")] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Override what the policy decided; later decisions do not undo it."""
    Act("override", case, "override", acting, json).send(
        "is overridden", reason=reason, severity=severity, level=level, kind=kind, owner=owner, team=team
    )


def correct(
    case: Case,
    what: Annotated[str, typer.Argument(metavar="MISTAKE", help="wrong_severity, duplicate or false_alarm.")],
    reason: Reason,
    severity: Annotated[str | None, typer.Option("--severity", help="The right one, where it was wrong.")] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Correct an escalation that was a mistake, as a lead, soon after it began."""
    Act("correct", case, "correction", acting, json).send("is corrected", what=what, reason=reason, severity=severity)


def triage(case: Case, level: Level, reason: Reason, acting: As = None, json: Json = False) -> None:
    """Answer triage with the right level."""
    Act("triage", case, "triage", acting, json).send("is answered in triage", level=level, reason=reason)


def add_to(app: typer.Typer) -> None:
    add(
        app,
        Command("raise", raise_, "raise 17 senior --reason 'the launch is tomorrow'"),
        Command("request", request, "request 17 executive --reason 'the board asks' --hurt 'all of Acme'"),
        Command("answer", answer, "answer 17 --decline --reason 'a call will do'"),
        Command("lower", lower, "lower 17 standard --reason 'it was a test system'"),
        Command("override", override, "override 17 --severity high --reason 'only one region'"),
        Command("correct", correct, "correct 17 false_alarm --reason 'a drill'"),
        Command("triage", triage, "triage 17 senior --reason 'they cannot work'"),
    )
