"""`tocsin user`, `team`, `roster` and `oncall`: who is there, and who answers."""

import secrets
from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_table, read_text, say, when, wrong_use

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]

users = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="People, and where pages reach them.",
    epilog="Example: tocsin user add dana --role senior --webhook https://pager.example.com/dana",
)
teams = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Teams, their leads and members.",
    epilog="Example: tocsin team add billing --lead dana --member bo --roster senior",
)
rosters = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Who is on call when.",
    epilog="Example: tocsin roster put senior.yaml",
)


@users.command("add", epilog="Example: tocsin user add dana --role senior --webhook https://pager.example.com/dana")
def add_user(
    name: Annotated[str, typer.Argument(help="What policies and commands call them: lower case, no spaces.")],
    role: Annotated[str, typer.Option("--role", help="What they may do.")] = "agent",
    email: Annotated[str | None, typer.Option("--email", help="Their address.")] = None,
    display: Annotated[str | None, typer.Option("--display", help="Their name as people write it.")] = None,
    webhook: Annotated[str | None, typer.Option("--webhook", metavar="URL", help="Where pages go.")] = None,
    password: Annotated[
        bool, typer.Option("--password", help="Make a password with which they sign in, shown this once.")
    ] = False,
    json: Json = False,
) -> None:
    """Add a user. With a webhook, the secret that signs its pages is shown this once."""
    made_up = secrets.token_urlsafe(12) if password else None
    body = {"name": name, "role": role, "email": email, "display": display, "webhook": webhook, "password": made_up}
    with access.writing("user add") as api:
        made = api.post("/users", {key: value for key, value in body.items() if value is not None})
    if json:
        print_json(made | ({"password": made_up} if made_up else {}))
        return
    say(f"{name} is a user with the role {role}")
    if made_up:
        say(f"{name} signs in with the password {made_up}, shown this once")
    if made["webhook_secret"]:
        _secret(made["webhook_secret"])
    else:
        access.note(f"no page reaches {name} yet: `tocsin user reach {name} --webhook URL`")


@users.command(epilog="Example: tocsin user reach admin --webhook https://pager.example.com/admin")
def reach(
    name: Annotated[str, typer.Argument(help="The user.")],
    webhook: Annotated[
        str | None, typer.Option("--webhook", metavar="URL", help="Where pages go, as signed POSTs.")
    ] = None,
    email: Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help="Where pages go, as e-mail.")] = None,
    json: Json = False,
) -> None:
    """Say where pages reach a user. The secret that signs those to a webhook is shown this once."""
    if (webhook is None) == (email is None):
        wrong_use("tocsin user reach takes one of --webhook and --email")
    body = {"webhook": webhook} if email is None else {"email": email}
    with access.writing("user reach") as api:
        made = api.post(f"/users/{access.part(name)}/destinations", body)
    if json:
        print_json(made)
        return
    say(f"pages to {name} go to {webhook or email}")
    if made["webhook_secret"]:
        _secret(made["webhook_secret"])


@users.command(epilog="Example: tocsin user unreach dana 0DS4K2M8N6P1Q")
def unreach(
    name: Annotated[str, typer.Argument(help="The user.")],
    destination: Annotated[
        str | None, typer.Argument(metavar="ID", help="The place; without it, show all there are.")
    ] = None,
    json: Json = False,
) -> None:
    """Send a user's pages to this place no more."""
    path = f"/users/{access.part(name)}/destinations"
    if destination is None:
        with access.reading() as api:
            found: list[dict[str, Any]] = api.get(path)["destinations"]
        if json:
            print_json(found)
        else:
            print_table(("id", "channel", "address"), ((one["id"], one["channel"], one["address"]) for one in found))
        return
    with access.writing("user unreach") as api:
        api.delete(f"{path}/{access.part(destination)}")
    if json:
        print_json({"user": name, "id": destination, "ended": True})
    else:
        say(f"pages to {name} do not go there any more")


@users.command("change", epilog="Example: tocsin user change dana --role lead")
def change_user(
    name: Annotated[str, typer.Argument(help="The user.")],
    role: Annotated[str | None, typer.Option("--role", help="What they may do.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="Their address; empty for none.")] = None,
    display: Annotated[str | None, typer.Option("--display", help="Their name as people write it.")] = None,
    active: Annotated[
        bool | None,
        typer.Option("--active/--gone", help="Whether they are still there. Who is gone is signed out, tokens end."),
    ] = None,
    json: Json = False,
) -> None:
    """Change a user; what is not named stays."""
    given = {"role": role, "email": email, "display": display, "active": active}
    changes = _changes(given, {"email"}, "tocsin user change takes one of --role, --email, --display, --active, --gone")
    with access.writing("user change") as api:
        changed = api.patch(f"/users/{access.part(name)}", changes)
    if json:
        print_json(changed)
    else:
        say(f"{name} has the role {changed['role']}" + ("" if changed["active"] else ", and is gone"))


@users.command(epilog="Example: tocsin user password dana")
def password(
    name: Annotated[str, typer.Argument(help="The user.")],
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read it from standard input, instead of making one up.")
    ] = False,
    json: Json = False,
) -> None:
    """Give a user a new password, shown this once. Whoever is signed in as them is signed out."""
    chosen = read_text("-").rstrip("\r\n") if stdin else secrets.token_urlsafe(12)
    with access.writing("user password") as api:
        api.put(f"/users/{access.part(name)}/password", {"password": chosen})
    if json:
        print_json({"name": name} | ({} if stdin else {"password": chosen}))
    else:
        say(f"{name} has a new password" + ("" if stdin else f": {chosen}, shown this once"))


@users.command("list", epilog="Example: tocsin user list")
def list_users(json: Json = False) -> None:
    """Show every user, and whether a page would reach them."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get("/users")["users"]
    if json:
        print_json(found)
        return
    print_table(
        ("name", "role", "display", "e-mail", "reachable"),
        (
            (
                user["name"],
                user["role"] if user["active"] else f"{user['role']} (gone)",
                user["display"] if user["display"] != user["name"] else "",
                user["email"] or "",
                "yes" if user["reachable"] else "no",
            )
            for user in found
        ),
    )


@teams.command("add", epilog="Example: tocsin team add billing --lead dana --member bo --roster senior")
def add_team(
    name: Annotated[str, typer.Argument(help="What policies call it: lower case, no spaces.")],
    lead: Annotated[str | None, typer.Option("--lead", help="The user who leads it.")] = None,
    member: Annotated[list[str] | None, typer.Option("--member", help="A user in it; again for more.")] = None,
    roster: Annotated[
        str | None, typer.Option("--roster", help="Whose person on call owns what is routed `assign: oncall`.")
    ] = None,
    json: Json = False,
) -> None:
    """Add a team."""
    body = {"name": name, "lead": lead, "roster": roster, "members": member or []}
    with access.writing("team add") as api:
        made = api.post("/teams", body)
    if json:
        print_json(made)
    else:
        say(f"{name} is a team")


@teams.command("change", epilog="Example: tocsin team change billing --lead dana")
def change_team(
    name: Annotated[str, typer.Argument(help="The team.")],
    lead: Annotated[str | None, typer.Option("--lead", help="The user who leads it; empty for nobody.")] = None,
    member: Annotated[
        list[str] | None, typer.Option("--member", help="A user in it; again for more. Who is not named leaves it.")
    ] = None,
    roster: Annotated[
        str | None,
        typer.Option("--roster", help="Whose person on call owns what is routed `assign: oncall`; empty for none."),
    ] = None,
    json: Json = False,
) -> None:
    """Change a team; what is not named stays."""
    given = {"lead": lead, "roster": roster, "members": member or None}
    changes = _changes(given, {"lead", "roster"}, "tocsin team change takes one of --lead, --roster, --member")
    with access.writing("team change") as api:
        changed = api.patch(f"/teams/{access.part(name)}", changes)
    if json:
        print_json(changed)
    else:
        say(f"{name} is led by {changed['lead'] or 'nobody'}; in it: {', '.join(changed['members']) or 'nobody'}")


@teams.command("list", epilog="Example: tocsin team list")
def list_teams(json: Json = False) -> None:
    """Show every team."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get("/teams")["teams"]
    if json:
        print_json(found)
        return
    print_table(
        ("name", "lead", "members", "roster"),
        ((team["name"], team["lead"] or "", ", ".join(team["members"]), team["roster"] or "") for team in found),
    )


@rosters.command(epilog="Example: tocsin roster put senior.yaml")
def put(
    file: Annotated[str, typer.Argument(help="A roster in YAML or JSON; - reads standard input.")], json: Json = False
) -> None:
    """Create or replace a roster from a file.

    {name: senior, members: [dana, carl], zone: Europe/Berlin, handoff: mon 09:00}
    """
    definition = _roster(file)
    name = definition.pop("name", None)
    if not isinstance(name, str) or not name:
        wrong_use(f"{file}: name: the roster has none; expected a name, such as senior")
    with access.writing("roster put") as api:
        made = api.put(f"/rosters/{access.part(name)}", definition)
    if json:
        print_json(made)
    else:
        say(f"{name} is a roster of {', '.join(definition.get('members', []))}")


@rosters.command("list", epilog="Example: tocsin roster list --json")
def list_rosters(json: Json = False) -> None:
    """Show every roster as it was given."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get("/rosters")["rosters"]
    if json:
        print_json(found)
        return
    print_table(
        ("name", "members", "handoff", "zone", "overrides"),
        (
            (
                roster["name"],
                ", ".join(roster["members"]),
                roster["handoff"],
                roster["zone"],
                len(roster.get("overrides", [])) or "",
            )
            for roster in found
        ),
    )


def oncall(
    roster: Annotated[str | None, typer.Argument(help="A roster; without it, all.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="At this time instead of now: 2026-11-22T09:30:00Z.")] = None,
    json: Json = False,
) -> None:
    """Show who is on call, who comes second, until when, and why.

    Example: tocsin oncall senior --at 2026-12-24T22:00:00Z
    """
    with access.reading() as api:
        found = api.get("/oncall", roster=roster, at=at)
    if json:
        print_json(found)
        return
    print_table(
        ("roster", "on call", "second", "until", "why"),
        (
            (
                duty["roster"],
                duty["primary"] or "nobody",
                duty["backup"] or "nobody",
                when(duty["until"]),
                "; ".join(duty["reasons"]),
            )
            for duty in found["oncall"]
        ),
    )


def _changes(given: dict[str, Any], nullable: set[str], otherwise: str) -> dict[str, Any]:
    """What an option names; an empty text stands for none, where that is possible."""
    changes = {key: value for key, value in given.items() if value is not None}
    if not changes:
        wrong_use(otherwise)
    return {key: None if value == "" and key in nullable else value for key, value in changes.items()}


def _roster(file: str) -> dict[str, Any]:
    from tocsin.policy.yaml_lines import read

    tree = read(read_text(file))
    if tree.problems:
        wrong_use(f"{file}: {tree.problems[0]}")
    if not isinstance(tree.data, dict):
        wrong_use(f"{file}: this is no roster; expected name, members, zone, handoff")
    return dict(tree.data)


def _secret(secret: str) -> None:
    say(f"its pages are signed with {secret} (Standard Webhooks), shown this once")
