"""`tocsin me`: who asks."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.access import As
from tocsin.cli.output import JSON_HELP, print_json, print_table


def me(acting: As = None, json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Show who you are here: your role and teams, what reaches you and whether it wakes you, when you are on call.

    Example: tocsin me
    """
    with access.reading(acting) as api:
        found = api.get("/me")
    if json:
        print_json(found)
        return
    teams = ", ".join(team["name"] + (" (lead)" if team["lead"] else "") for team in found["teams"])
    places = ", ".join(_place(place) for place in found["destinations"])
    rows = [
        ("name", found["name"]),
        ("role", found["role"]),
        ("teams", teams or "none"),
        ("pages go to", places or "nowhere"),
        *(("on call", f"{_duty(duty)} until {duty['end']}") for duty in found["on_call"]),
        *(("on call next", f"{_duty(duty)} from {duty['start']}") for duty in found["next_on_call"]),
    ]
    print_table(("", ""), rows)


def _place(place: dict[str, Any]) -> str:
    wakes = {True: "wakes", False: "does not wake", None: "nobody has said whether it wakes"}[place["wakes"]]
    return f"{place['channel']} {place['address']} ({wakes})"


def _duty(duty: dict[str, Any]) -> str:
    return f"{duty['roster']}, {duty['role']}"
