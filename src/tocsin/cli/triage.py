"""`tocsin triage`: the questions that wait for a person, and answering them."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.access import As
from tocsin.cli.output import JSON_HELP, print_json, print_table, say, when

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The questions that wait for a person: list, answer.",
    epilog="Example: tocsin triage list",
)
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


@app.command("list", epilog="Example: tocsin triage list")
def list_(acting: As = None, json: Json = False) -> None:
    """Show the questions that wait, the first to be answered by itself first."""
    with access.reading(acting) as api:
        found = api.get("/triage")
    if json:
        print_json(found)
        return
    print_table(
        ("case", "ticket", "question", "by itself", "at", "put off until", "subject"),
        [_row(one) for one in found["questions"]],
        cut=True,
    )
    today = found["today"]
    if today["answered"]:
        say(f"in 24 hours: {today['answered']} answered by people, who agreed in {today['agreed']}")


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    off = one["snoozed"] or {"until": None}
    follows = (one["otherwise"] or "").rstrip(".")
    return (
        f"#{one['number']}",
        one["external_id"] or "",
        one["title"],
        follows,
        when(one["at"]),
        when(off["until"]),
        one["subject"],
    )


@app.command("answer", epilog="Example: tocsin triage answer 17 senior --reason 'they cannot work'")
def answer(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Its number, or its id, or that of its ticket.")],
    level: Annotated[str | None, typer.Argument(metavar="LEVEL", help="The level that is right.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, for the record.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="The type that is right.")] = None,
    area: Annotated[str | None, typer.Option("--area", help="The product area that is right.")] = None,
    severity: Annotated[str | None, typer.Option("--severity", help="The severity that is right.")] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Answer one: with the level that is right, or with what the case is, from which the level follows."""
    said = {"level": level, "reason": reason, "type": type_, "product_area": area, "severity": severity}
    with access.writing("triage answer", acting) as api:
        done = api.post(
            f"/cases/{access.part(case)}/triage", {name: value for name, value in said.items() if value is not None}
        )
    if json:
        print_json(done)
    else:
        say(f"case {done['number']} is answered: {done['level']}, {done['severity']}, team {done['team']}")
