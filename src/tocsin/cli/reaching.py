"""`reach` and `unreach`: where pages reach somebody. The options are the fields of all channels."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_table, say, wrong_use
from tocsin.cli.safe import plain
from tocsin.notify.channels import registry
from tocsin.notify.channels.port import Field

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
_DOES = {
    "user": "Add a destination for a user's pages.",
    "team": "Add a destination that is told of every page about a case of a team.",
    "role": "Add a destination that is told of every page that names a role (role:NAME in paths).",
}
_BY_POSITION = inspect.Parameter.POSITIONAL_OR_KEYWORD


def reach(kind: str) -> Callable[..., None]:
    """The command that adds a destination for a user, a team or a role."""

    def command(**given: Any) -> None:
        name, json = given.pop("name"), given.pop("json")
        body = {field: value for field, value in given.items() if value is not None}
        ways = [channel.address.name for channel in registry.to_people()]
        if sum(way in body for way in ways) != 1:
            wrong_use(f"tocsin {kind} reach takes one of {', '.join(f'--{way}' for way in ways)}")
        with access.writing(f"{kind} reach") as api:
            made = api.post(f"/{kind}s/{access.part(name)}/destinations", body)
            if kind == "role":
                _warn_of_unnamed(api, name)
        if json:
            print_json(made)
            return
        say(f"pages to {name} go to {made['address']}")
        if made["webhook_secret"]:
            say_secret(made["webhook_secret"])

    whom = Annotated[str, typer.Argument(help=f"The {kind}.")]
    parameters = [
        _parameter("name", whom, inspect.Parameter.empty),
        *(_parameter(field.name, _option(field), None) for field, _ in registry.fields()),
        _parameter("json", Json, False),
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    command.__doc__ = f"{_DOES[kind]} The secret that signs those to a webhook is shown only once."
    return command


def _warn_of_unnamed(api: access.Api, role: str) -> None:
    """Say so where the policy in force never notifies this role. It may be one that the next policy will name."""
    from tocsin.policy.document import parse
    from tocsin.policy.names import duties_in

    version = api.get("/policies")["in_force"]
    named = duties_in(parse(api.text(f"/policies/{version}"), f"version {version}")) if version else frozenset()
    if role not in named:
        known = f"it names {', '.join(sorted(named))}" if named else "it names no role"
        said = f"warning: the policy in force never notifies role:{role}, so no page goes there; {known}"
        typer.echo(plain(said), err=True)


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, _BY_POSITION, annotation=annotation, default=default)


def _option(field: Field) -> Any:
    option = f"--{field.name}"
    if field.flag:
        return Annotated[bool | None, typer.Option(f"{option}/--no-{field.name}", help=f"{field.says}.")]
    says = f"{field.says}: {', '.join(field.choices)}." if field.choices else f"{field.says}."
    return Annotated[str | None, typer.Option(option, metavar=field.metavar, help=says)]


def unreach(kind: str) -> Callable[..., None]:
    """The command that shows the destinations of a user, a team or a role, and removes one."""

    def command(name: str, destination: str | None = None, json: bool = False) -> None:
        path = f"/{kind}s/{access.part(name)}/destinations"
        if destination is None:
            _show(path, json)
            return
        with access.writing(f"{kind} unreach") as api:
            api.delete(f"{path}/{access.part(destination)}")
        if json:
            print_json({kind: name, "id": destination, "ended": True})
        else:
            say(f"the destination of {name} is removed")

    which = typer.Argument(metavar="ID", help="The place; without it, show all there are.")
    command.__annotations__ = {
        "name": Annotated[str, typer.Argument(help=f"The {kind}.")],
        "destination": Annotated[str | None, which],
        "json": Json,
    }
    command.__doc__ = f"Remove a destination of a {kind}."
    return command


def _show(path: str, json: bool) -> None:
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get(path)["destinations"]
    if json:
        print_json(found)
        return
    said = {True: "yes", False: "no", None: "not said"}
    print_table(
        ("id", "channel", "address", "wakes"),
        ((one["id"], one["channel"], one["address"], said[one["wakes"]]) for one in found),
    )


def say_secret(secret: str) -> None:
    """The one time that a webhook's secret is shown."""
    say(f"its pages are signed with {secret} (Standard Webhooks), shown only once")
