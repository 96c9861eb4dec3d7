"""`tocsin case`: the cases and what people do to them, on a server or in a database."""

import typer

from tocsin.cli.case import catalogue, doing, many, opening, reading


def group() -> typer.Typer:
    """The commands, those of all verbs that there are now among them."""
    made = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="List, show, open and work on cases.",
        epilog="Example: tocsin case list --state open --level executive",
    )
    for module in (reading, opening, doing, many, catalogue):
        module.add_to(made)
    return made


app = group()
