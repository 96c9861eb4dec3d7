"""`tocsin user`: who is there, and where pages reach them."""

import secrets
from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.changes import named
from tocsin.cli.output import JSON_HELP, print_json, print_table, read_text, say
from tocsin.cli.reaching import reach, say_secret, unreach

LANGUAGE_HELP = "The language in which they read, such as de."
ZONE_HELP = "The zone in which they read times, such as Europe/Berlin."
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]

users = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Users, and where pages reach them.",
    epilog="Example: tocsin user add dana --role senior --webhook https://pager.example.com/dana",
)


@users.command("add", epilog="Example: tocsin user add dana --role senior --webhook https://pager.example.com/dana")
def add_user(
    name: Annotated[str, typer.Argument(help="What policies and commands call them: lower case, no spaces.")],
    role: Annotated[str, typer.Option("--role", help="What they may do.")] = "agent",
    email: Annotated[str | None, typer.Option("--email", help="Their address.")] = None,
    display: Annotated[str | None, typer.Option("--display", help="Their name as people write it.")] = None,
    webhook: Annotated[str | None, typer.Option("--webhook", metavar="URL", help="Where pages go.")] = None,
    zone: Annotated[str | None, typer.Option("--zone", help=ZONE_HELP)] = None,
    language: Annotated[str | None, typer.Option("--language", help=LANGUAGE_HELP)] = None,
    password: Annotated[
        bool, typer.Option("--password", help="Make a password with which they sign in, shown only once.")
    ] = False,
    json: Json = False,
) -> None:
    """Add a user. With a webhook, the secret that signs its pages is shown only once."""
    made_up = secrets.token_urlsafe(12) if password else None
    body = {"name": name, "role": role, "email": email, "display": display, "webhook": webhook, "password": made_up}
    body |= {"zone": zone, "language": language}
    with access.writing("user add") as api:
        made = api.post("/users", {key: value for key, value in body.items() if value is not None})
    if json:
        print_json(made | ({"password": made_up} if made_up else {}))
        return
    say(f"{name} is a user with the role {role}")
    if made_up:
        say(f"{name} signs in with the password {made_up}, shown only once")
    if made["webhook_secret"]:
        say_secret(made["webhook_secret"])
    else:
        access.note(f"no page reaches {name} yet: `tocsin user reach {name} --webhook URL`")


_REACH = "Example: tocsin user reach admin --webhook https://pager.example.com/admin"
users.command("reach", epilog=_REACH)(reach("user"))
users.command("unreach", epilog="Example: tocsin user unreach dana 0DS4K2M8N6P1Q")(unreach("user"))


@users.command("change", epilog="Example: tocsin user change dana --role lead")
def change_user(
    name: Annotated[str, typer.Argument(help="The user.")],
    role: Annotated[str | None, typer.Option("--role", help="What they may do.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="Their address; empty for none.")] = None,
    display: Annotated[str | None, typer.Option("--display", help="Their name as people write it.")] = None,
    zone: Annotated[str | None, typer.Option("--zone", help=ZONE_HELP + " Empty: that of the policy.")] = None,
    language: Annotated[
        str | None, typer.Option("--language", help=LANGUAGE_HELP + " Empty: what their browser asks for.")
    ] = None,
    active: Annotated[
        bool | None,
        typer.Option("--active/--gone", help="Whether they are active. --gone signs them out and ends their tokens."),
    ] = None,
    json: Json = False,
) -> None:
    """Change a user; options left out stay as they are."""
    given = {"role": role, "email": email, "display": display, "zone": zone, "language": language, "active": active}
    options = "--role, --email, --display, --zone, --language, --active, --gone"
    changes = named(given, {"email", "zone", "language"}, f"tocsin user change takes one of {options}")
    with access.writing("user change") as api:
        changed = api.patch(f"/users/{access.part(name)}", changes)
    if json:
        print_json(changed)
    else:
        say(f"{name} has the role {changed['role']}" + ("" if changed["active"] else ", and is not active"))


@users.command(epilog="Example: tocsin user password dana")
def password(
    name: Annotated[str, typer.Argument(help="The user.")],
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read it from standard input, instead of making one up.")
    ] = False,
    json: Json = False,
) -> None:
    """Set a new password, shown only once. All sessions of this user end."""
    chosen = read_text("-").rstrip("\r\n") if stdin else secrets.token_urlsafe(12)
    with access.writing("user password") as api:
        api.put(f"/users/{access.part(name)}/password", {"password": chosen})
    if json:
        print_json({"name": name} | ({} if stdin else {"password": chosen}))
    else:
        say(f"{name} has a new password" + ("" if stdin else f": {chosen}, shown only once"))


@users.command(epilog="Example: tocsin user unlock dana")
def unlock(name: Annotated[str, typer.Argument(help="The user.")], json: Json = False) -> None:
    """Lift the wait after failed sign-ins, for this user and for blocked addresses."""
    with access.writing("user unlock") as api:
        api.delete(f"/users/{access.part(name)}/attempts")
    if json:
        print_json({"name": name, "unlocked": True})
    else:
        say(f"{name} may try to sign in again")


@users.command("list", epilog="Example: tocsin user list")
def list_users(json: Json = False) -> None:
    """Show every user, and whether a page would reach them."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get("/users")["users"]
    if json:
        print_json(found)
        return
    print_table(
        ("name", "role", "display", "e-mail", "zone", "language", "reachable"),
        (
            (
                user["name"],
                user["role"] if user["active"] else f"{user['role']} (gone)",
                user["display"] if user["display"] != user["name"] else "",
                user["email"] or "",
                user["zone"] or "",
                user["language"] or "",
                "yes" if user["reachable"] else "no",
            )
            for user in found
        ),
    )
