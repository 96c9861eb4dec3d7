"""`tocsin token`: API tokens."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_table, say, when

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="API tokens: create, list, revoke.",
    epilog="Example: tocsin token create zendesk --role operator",
)

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


@app.command(epilog="Example: tocsin token create zendesk --role operator")
def create(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    role: Annotated[str | None, typer.Option("--role", help="What it may do; without it, what the user may.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="The user as whom it acts.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", metavar="PERMISSION", help="Limit it to this permission of the role. Repeatable."),
    ] = None,
    json: Json = False,
) -> None:
    """Create a token. It is shown only once."""
    with access.writing("token create") as api:
        made = api.post("/tokens", {"name": name, "role": role, "user": user, "scopes": scope or None})
    if json:
        print_json(made)
    else:
        typer.echo(made["token"])


@app.command("list", epilog="Example: tocsin token list")
def list_tokens(json: Json = False) -> None:
    """Show every token, without what is secret."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get("/tokens")["tokens"]
    if json:
        print_json(found)
        return
    print_table(
        ("name", "role", "scopes", "user", "created", "by", "revoked"),
        (
            (
                token["name"],
                token["role"],
                "all" if token["scopes"] is None else ", ".join(token["scopes"]),
                token["user"] or "",
                when(token["created_at"]),
                token["created_by"],
                when(token["revoked_at"]),
            )
            for token in found
        ),
    )


@app.command(epilog="Example: tocsin token revoke zendesk")
def revoke(name: Annotated[str, typer.Argument(help="Its name.")], json: Json = False) -> None:
    """Revoke a token; every process knows within two seconds."""
    with access.writing("token revoke") as api:
        done = api.post(f"/tokens/{access.part(name)}/revocation")
    if json:
        print_json(done)
    else:
        say(f"{name} is revoked")
