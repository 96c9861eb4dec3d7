"""`tocsin risk`: cases below an escalation that may yet become one."""

from typing import Annotated

import typer

from tocsin.cli import access
from tocsin.cli.access import As
from tocsin.cli.output import JSON_HELP, print_json, print_table, say

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Cases below an escalation that may yet become one.",
    epilog="Example: tocsin risk list",
)
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


@app.callback()
def group() -> None:
    """A group, though it has one command."""


@app.command("list", epilog="Example: tocsin risk list")
def list_(acting: As = None, json: Json = False) -> None:
    """Show the cases at risk, the likeliest first, with what speaks for it. `tocsin case answer-risk` answers."""
    with access.reading(acting) as api:
        found = api.get("/risks")
    if json:
        print_json(found)
        return
    if found["miss_at_most"] is None:
        say("the policy asks for no estimate; its section `risk` does")
        return
    learnt = found["learnt"]
    if learnt is None or not learnt["knows"]:
        known = 0 if learnt is None else learnt["escalated"]
        say(f"too little is known yet: {known} cases escalated, some {found['needed']} are needed")
        return
    print_table(
        ("case", "likely", "because", "answer", "subject"),
        (
            (
                f"#{one['number']}",
                f"{round(100 * one['likelihood'])} %",
                "; ".join(factor["says"] for factor in one["factors"][:2]),
                one["answer"] or "",
                one["subject"],
            )
            for one in found["risks"]
        ),
        cut=True,
    )
