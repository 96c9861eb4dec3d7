"""`tocsin role`: where a role that paths name is told of its pages."""

import typer

from tocsin.cli.reaching import reach, unreach

_REACH = "Example: tocsin role reach duty-director --chat https://hooks.slack.com/services/T0/B0/XX"

roles = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Where roles that paths name (role:NAME) are told of their pages.",
    epilog=_REACH,
)
roles.command("reach", epilog=_REACH)(reach("role"))
roles.command("unreach", epilog="Example: tocsin role unreach duty-director 0DS4K2M8N6P1Q")(unreach("role"))
