"""`tocsin hook`: webhooks in."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_problems, print_table, read_text, say, when, wrong_use

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Webhooks in: create, list, revoke, deliveries.",
    epilog="Example: tocsin hook create helpdesk --map helpdesk.yaml",
)

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Name = Annotated[str, typer.Argument(help="Its name.")]


@app.command(epilog="Example: tocsin hook create helpdesk --map helpdesk.yaml --signed")
def create(
    name: Annotated[str, typer.Argument(help="Whose deliveries it takes.")],
    map_file: Annotated[str, typer.Option("--map", metavar="MAP", help="Where the fields stand, in YAML or JSON.")],
    signed: Annotated[bool, typer.Option("--signed", help="Take only what is signed (Standard Webhooks).")] = False,
    json: Json = False,
) -> None:
    """Create a hook. Its path, which contains its token, and its signing secret are shown only once."""
    from tocsin.core.errors import InvalidDocument
    from tocsin.intake.mapping.reading import delivered_mapping
    from tocsin.policy.yaml.lines import read

    tree = read(read_text(map_file))
    if tree.problems:
        wrong_use(f"{map_file}: {tree.problems[0]}")
    try:
        delivered_mapping(tree.data, tree)
    except InvalidDocument as error:
        print_problems(map_file, error.problems)
        raise typer.Exit(1) from None
    with access.writing("hook create") as api:
        made = api.post("/hooks", {"name": name, "map": tree.data, "signed": signed})
    if json:
        print_json(made)
        return
    say(f"deliveries go to {made['shown_once']['path']} of this server, shown only once")
    if made["shown_once"]["secret"]:
        say(f"they are signed with {made['shown_once']['secret']} (Standard Webhooks), shown only once")


@app.command("list", epilog="Example: tocsin hook list")
def list_hooks(json: Json = False) -> None:
    """Show every hook, without what is secret."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get("/hooks")["hooks"]
    if json:
        print_json(found)
        return
    print_table(
        ("name", "source", "signed", "created", "by", "last delivery", "revoked"),
        (
            (
                hook["name"],
                hook["map"]["source"] if isinstance(hook["map"]["source"], str) else "as delivered",
                "yes" if hook["signed"] else "no",
                when(hook["created_at"]),
                hook["created_by"],
                when(hook["last_at"]),
                when(hook["revoked_at"]),
            )
            for hook in found
        ),
    )


@app.command(epilog="Example: tocsin hook revoke helpdesk")
def revoke(name: Name, json: Json = False) -> None:
    """Revoke a hook."""
    with access.writing("hook revoke") as api:
        done = api.post(f"/hooks/{access.part(name)}/revocation")
    if json:
        print_json(done)
    else:
        say(f"{name} is revoked")


@app.command(epilog="Example: tocsin hook deliveries helpdesk")
def deliveries(name: Name, json: Json = False) -> None:
    """Show the latest deliveries and their results."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get(f"/hooks/{access.part(name)}/deliveries")["deliveries"]
    if json:
        print_json(found)
        return
    print_table(
        ("at", "outcome", "case", "error"),
        ((when(one["at"]), one["outcome"], one["number"] or "", one["error"] or "") for one in found),
    )
