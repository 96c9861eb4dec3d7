"""`tocsin case verbs`: every verb that there is, for people, programs, and the page of the documentation."""

from typing import Annotated, Any

import typer

from tocsin.cases.verbs.verb import AnyVerb
from tocsin.cli.case import doing
from tocsin.cli.case.common import Command, Json, add
from tocsin.cli.output import print_json, print_table, wrong_use
from tocsin.core.clock import MINUTE, SECOND
from tocsin.verbs import VERBS

_INTRODUCTION = """\
# Every verb of a case

Written by `make reference` from the catalogue of which routes, commands and forms are made.

Where nothing else is said, whoever may work on cases may do it: agents, seniors, escalation managers, leads, account
owners and administrators. Administrators may do all of it but answer for others. `actions` of a case knows each verb by
the name in the first column; so does the command line, after `tocsin case`. A field with `?` may be left out.
"""


def verbs(
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As the page that describes every verb.")] = False,
) -> None:
    """Print every verb that there is: what it does, who may, its route and its command. Needs no database."""
    if json and markdown:
        wrong_use("--json or --markdown, not both")
    if markdown:
        typer.echo(to_markdown(), nl=False)
    elif json:
        print_json([_shown(verb) for verb in VERBS.values()])
    else:
        print_table(("verb", "what it does"), ((verb.name, f"{verb.does}.") for verb in VERBS.values()))


def to_markdown() -> str:
    """The page: a row for each verb."""
    rows = [_row(verb) for verb in VERBS.values()]
    head = ("| verb | what it does | who | resource | command |", "|---|---|---|---|---|")
    table = "\n".join((_INTRODUCTION, *head, *rows))
    made = typer.Typer(rich_markup_mode=None)
    doing.add_to(made)
    commands: dict[str, Any] = getattr(typer.main.get_command(made), "commands", {})
    return (
        "\n\n".join((table, "## The commands", *(_section(verb, commands[verb.name]) for verb in VERBS.values())))
        + "\n"
    )


def _section(verb: AnyVerb, command: Any) -> str:
    short = " or ".join(f"`{alias}`" for alias in verb.command.aliases)
    says = f"{verb.does}." + (f" Its short name is {short}." if short else "")
    taken = [f"| `{_taken(each)}` | {each.help} |" for each in command.params if each.name != "help"]
    example = f"    tocsin case {verb.command.example}"
    return "\n".join((f"### tocsin case {verb.name}", "", says, "", example, "", "| | |", "|---|---|", *taken))


def _taken(parameter: Any) -> str:
    """An argument or option as the command is called with it."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar)
    value = "" if parameter.is_flag else f" {parameter.metavar or parameter.name.upper()}"
    return f"{parameter.opts[0]}{value}"


def _shown(verb: AnyVerb) -> dict[str, Any]:
    return {
        "verb": verb.name,
        "says": verb.does,
        "permission": verb.permission,
        "states": sorted(verb.allowed.states),
        "route": f"POST /cases/{{case}}/{verb.route.resource}",
        "fields": _fields(verb),
        "aliases": list(verb.command.aliases),
        "undone_by": verb.undo.by if verb.undo else None,
        "undone_within": verb.undo.within // SECOND if verb.undo else None,
    }


def _row(verb: AnyVerb) -> str:
    until = f"Can be undone for {verb.undo.within // MINUTE} minutes" if verb.undo else ""
    does = ". ".join(filter(None, (verb.does, verb.more, until)))
    body = ", ".join(_fields(verb))
    asked = f" `{{{body}}}`" if body else ", no body"
    route = f"`POST /cases/{{case}}/{verb.route.resource}`{asked}"
    names = (verb.name, *verb.command.aliases, *(f"{name} --{switch}" for name, switch in _short(verb)))
    return f"| `{verb.name}` | {does} | {verb.who} | {route} | {', '.join(f'`{name}`' for name in names)} |"


def _fields(verb: AnyVerb) -> list[str]:
    """What the body says: the field that means the verb, then what it asks for."""
    marks = []
    if verb.route.given is not None:
        name, value = verb.route.given
        marks = [f"{name}: true" if value is True else f'{name}: "{value}"']
    return marks + [each.name + ("" if each.required else "?") for each in verb.asked()]


def _short(verb: AnyVerb) -> list[tuple[str, str]]:
    """The options of other verbs' commands that mean this one."""
    every = ((other, switch, name) for other in VERBS.values() for switch, name in other.command.switches.items())
    return [(other.name, switch) for other, switch, name in every if name == verb.name]


def add_to(app: typer.Typer) -> None:
    add(app, Command("verbs", verbs, "verbs"))
