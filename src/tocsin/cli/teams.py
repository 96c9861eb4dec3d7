"""`tocsin team`: who leads them, and who is in them."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.changes import named
from tocsin.cli.output import JSON_HELP, print_json, print_table, say
from tocsin.cli.reaching import reach, unreach

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]

teams = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Teams, their leads and members.",
    epilog="Example: tocsin team add billing --lead dana --member bo --roster senior",
)


@teams.command("add", epilog="Example: tocsin team add billing --lead dana --member bo --roster senior")
def add_team(
    name: Annotated[str, typer.Argument(help="What policies call it: lower case, no spaces.")],
    lead: Annotated[str | None, typer.Option("--lead", help="The user who leads it.")] = None,
    member: Annotated[list[str] | None, typer.Option("--member", help="A user in it; again for more.")] = None,
    roster: Annotated[
        str | None, typer.Option("--roster", help="Whose person on call owns what is routed `assign: oncall`.")
    ] = None,
    json: Json = False,
) -> None:
    """Add a team."""
    body = {"name": name, "lead": lead, "roster": roster, "members": member or []}
    with access.writing("team add") as api:
        made = api.post("/teams", body)
    if json:
        print_json(made)
    else:
        say(f"{name} is a team")


@teams.command("change", epilog="Example: tocsin team change billing --lead dana")
def change_team(
    name: Annotated[str, typer.Argument(help="The team.")],
    lead: Annotated[str | None, typer.Option("--lead", help="The user who leads it; empty for nobody.")] = None,
    member: Annotated[
        list[str] | None, typer.Option("--member", help="A user in it; again for more. Who is not named leaves it.")
    ] = None,
    roster: Annotated[
        str | None,
        typer.Option("--roster", help="Whose person on call owns what is routed `assign: oncall`; empty for none."),
    ] = None,
    json: Json = False,
) -> None:
    """Change a team; options left out stay as they are."""
    given = {"lead": lead, "roster": roster, "members": member or None}
    changes = named(given, {"lead", "roster"}, "tocsin team change takes one of --lead, --roster, --member")
    with access.writing("team change") as api:
        changed = api.patch(f"/teams/{access.part(name)}", changes)
    if json:
        print_json(changed)
    else:
        say(f"{name} is led by {changed['lead'] or 'nobody'}; in it: {', '.join(changed['members']) or 'nobody'}")


teams.command("reach", epilog="Example: tocsin team reach support --chat https://hooks.slack.com/services/T0/B0/XX")(
    reach("team")
)
teams.command("unreach", epilog="Example: tocsin team unreach support 0DS4K2M8N6P1Q")(unreach("team"))


@teams.command("list", epilog="Example: tocsin team list")
def list_teams(json: Json = False) -> None:
    """Show every team."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get("/teams")["teams"]
    if json:
        print_json(found)
        return
    print_table(
        ("name", "lead", "members", "roster"),
        ((team["name"], team["lead"] or "", ", ".join(team["members"]), team["roster"] or "") for team in found),
    )
