"""`tocsin case`: the cases and what people do to them, on a server or in a database."""

import typer

from tocsin.cli.case import attention, closing, company, opening, owning, reading, telling, timing

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="List, show, open and work on cases.",
    epilog="Example: tocsin case list --state open --level executive",
)
for module in (reading, opening, owning, attention, closing, timing, company, telling):
    module.add_to(app)
