"""`tocsin triggers`: the rules that escalate without a person, and what they would have done lately."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_table


def triggers(json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Show the triggers of the policy in force: whether each is muted, and in how many cases of the last four weeks it
    would have fired, and raised a case that nothing else raises.

    Example: tocsin triggers
    """
    with access.reading() as api:
        found = api.get("/triggers")["triggers"]
    if json:
        print_json(found)
        return
    print_table(
        ("trigger", "on", "level", "muted", "fired", "raised", "what it does"),
        (
            (*(one[name] for name in ("id", "on", "level")), "yes" if one["muted"] else "", *_would(one), one["says"])
            for one in found
        ),
        cut=True,
    )


def _would(one: dict[str, Any]) -> tuple[str, ...]:
    return tuple("" if one[name] is None else str(one[name]) for name in ("fired", "raised"))
