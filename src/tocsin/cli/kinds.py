"""`tocsin audit events`: every kind of event that there is, for people, programs, and the page of the documentation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli.output import JSON_HELP, print_json, print_table, wrong_use

if TYPE_CHECKING:
    from tocsin.ledger.kinds import EventKind

_INTRODUCTION = """\
# Every kind of event

Written by `make reference` from the catalogue that the server itself uses.

What happens to a case is an event: appended to its history, never changed, sealed to the one before it
([the proof](audit.md)). The timeline of a case shows them, a webhook delivers those that it asks for
([webhooks out](operations.md#webhooks-out)), `tocsin audit export` prints them all.

Each has `seq` (its place in the history, from 1), `kind`, `at`, `actor` (`user:dana`, `token:helpdesk`, `engine`) and
`payload`, whose fields the last column names. In payloads ids are text; instants and spans are microseconds, instants
since 1970 in UTC. A field that does not apply may be null or absent. A payload that was erased is null.

Each user, team, token, account, roster, destination, webhook, hook and alarm has a history, too. Its events say which
values are new; of secrets their SHA-256 only. `tocsin audit changes` shows who did it and when
([who changed what](audit.md#who-changed-what))."""

_FAMILIES = {
    "case": "A case",
    "clocks": "Its clocks, set by what happens to the case",
    "clock": "A clock that runs out",
    "path": "Its paths",
    "call": "Its call-ins",
    "evidence": "What collectors fetched for it",
    "page": "Pages that fail",
    "notice": "Notices that fail",
    "alarm": "Alarms",
    "audit": "Repairs",
    "payload": "Erasing",
    "checkpoints": "Checkpoints",
    "bulk": "What one request did to many cases",
    "view": "Views",
    "policy": "The policy",
    "roster": "Rosters",
    "guard": "What people set for a time over what happens by itself",
    "user": "Users",
    "team": "Teams",
    "token": "Tokens",
    "account": "Accounts",
    "destination": "Where pages reach people",
    "webhook": "Other systems that hear of events",
    "hook": "Hooks, to which other tools deliver",
    "effect": "What goes back to the systems of tickets",
}


def events(
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As the page that describes every kind.")] = False,
) -> None:
    """Print every kind of event that there is: what has happened, and which fields it has. Needs no database."""
    from tocsin.events import listed

    if json and markdown:
        wrong_use("--json or --markdown, not both")
    kinds = listed()
    if markdown:
        typer.echo(to_markdown(kinds), nl=False)
    elif json:
        print_json([{"kind": kind.name, "says": kind.says, "fields": kind.fields} for kind in kinds])
    else:
        print_table(("kind", "what happened"), ((kind.name, kind.says) for kind in kinds))


def to_markdown(kinds: "Sequence[EventKind]") -> str:
    """The page: a table for each family, in the order in which the families first come up."""
    families: dict[str, list[EventKind]] = {}
    for kind in kinds:
        families.setdefault(kind.name.partition(".")[0], []).append(kind)
    sections = [_section(family, members) for family, members in families.items()]
    private = ", ".join(f"`{kind.name}`" for kind in kinds if kind.private)
    kept = f"These are for this installation alone, and are not delivered to other systems: {private}."
    return "\n\n".join((_INTRODUCTION, kept, *sections)) + "\n"


def _section(family: str, kinds: "list[EventKind]") -> str:
    lines = [f"| `{kind.name}` | {kind.says} | {_fields(kind)} |" for kind in kinds]
    title = _FAMILIES.get(family, family)
    return "\n".join((f"## {title}: `{family}.*`", "", "| kind | what happened | fields |", "|---|---|---|", *lines))


def _fields(kind: "EventKind") -> str:
    return ", ".join(f"`{name}`" for name in kind.fields) or "none"
