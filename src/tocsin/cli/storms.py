"""`tocsin storms`: many cases like each other at once, of which one pages for all."""

from typing import Annotated

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_table


def storms(json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Show the storms that last: which case pages for all, and how many follow it. To have each page for itself, mute
    the rule `storm`; a case that does not belong is let go by `tocsin case unlink`.

    Example: tocsin storms
    """
    with access.reading() as api:
        found = api.get("/storms")
    if json:
        print_json(found)
        return
    print_table(
        ("case", "of", "joined", "since", "last", "subject"),
        (
            (
                f"#{one['case']['number']}",
                one["of"],
                str(one["joined"]),
                one["began_at"],
                one["last_at"],
                one["case"]["subject"],
            )
            for one in found["storms"]
        ),
        cut=True,
    )
