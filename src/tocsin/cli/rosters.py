"""`tocsin roster` and `oncall`: who answers when."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, local, print_json, print_table, read_text, say, when, wrong_use
from tocsin.clocks.moments import localised

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]

rosters = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Who is on call when.",
    epilog="Example: tocsin roster put senior.yaml",
)


@rosters.command(epilog="Example: tocsin roster put senior.yaml")
def put(
    file: Annotated[str, typer.Argument(help="A roster in YAML or JSON; - reads standard input.")], json: Json = False
) -> None:
    """Create or replace a roster from a file.

    {name: senior, members: [dana, carl], zone: Europe/Berlin, handoff: mon 09:00}
    """
    definition = _roster(file)
    name = definition.pop("name", None)
    if not isinstance(name, str) or not name:
        wrong_use(f"{file}: name: the roster has none; expected a name, such as senior")
    with access.writing("roster put") as api:
        made = api.put(f"/rosters/{access.part(name)}", definition)
    if json:
        print_json(made)
    else:
        say(f"{name} is a roster of {', '.join(definition.get('members', []))}")


@rosters.command("list", epilog="Example: tocsin roster list --json")
def list_rosters(json: Json = False) -> None:
    """Show every roster as it was given."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get("/rosters")["rosters"]
    if json:
        print_json(found)
        return
    print_table(
        ("name", "members", "handoff", "zone", "overrides"),
        (
            (
                roster["name"],
                ", ".join(roster["members"]),
                roster["handoff"],
                roster["zone"],
                len(roster.get("overrides", [])) or "",
            )
            for roster in found
        ),
    )


def oncall(
    roster: Annotated[str | None, typer.Argument(help="A roster; without it, all.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="At this time instead of now: 2026-11-22T09:30:00Z.")] = None,
    json: Json = False,
) -> None:
    """Show who is on call, who comes second, until when, and why.

    Example: tocsin oncall senior --at 2026-12-24T22:00:00Z
    """
    with access.reading() as api:
        found = api.get("/oncall", roster=roster, at=at)
    if json:
        print_json(found)
        return
    print_table(
        ("roster", "on call", "second", "until", "why"),
        (
            (
                duty["roster"],
                duty["primary"] or "nobody",
                duty["backup"] or "nobody",
                when(duty["until"]),
                localised("; ".join(duty["reasons"]), local),
            )
            for duty in found["oncall"]
        ),
    )


def _roster(file: str) -> dict[str, Any]:
    from tocsin.policy.yaml.lines import read

    tree = read(read_text(file))
    if tree.problems:
        wrong_use(f"{file}: {tree.problems[0]}")
    if not isinstance(tree.data, dict):
        wrong_use(f"{file}: this is no roster; expected name, members, zone, handoff")
    return dict(tree.data)
