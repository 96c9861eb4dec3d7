"""`tocsin audit changes`: who changed what besides cases."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_table


def changes(
    family: Annotated[
        list[str] | None,
        typer.Option("--family", help="Only these: user, team, token, account, roster, policy, alarm, ..."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many, the newest first.")] = 50,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Show who changed users, teams, tokens, rosters, destinations, webhooks, hooks and the policy, and when.

    Accounts and alarms, which change all day, are shown where --family asks for them.
    """
    with access.reading() as api:
        found: dict[str, Any] = api.ask(
            "GET", "/audit/changes", query={"limit": limit, "family": family or None}
        ).json()
    if json:
        print_json(found["changes"])
        return
    print_table(
        ("at", "by", "whom", "what"),
        ((each["at"], each["actor"], each["thing"] or "", each["says"]) for each in found["changes"]),
    )
