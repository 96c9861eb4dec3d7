"""`tocsin case open`."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.case.common import Command, Json, add, summary
from tocsin.cli.output import print_json, read_text, say, wrong_use


def open_case(
    subject: Annotated[str | None, typer.Argument(help="What it is about.")] = None,
    body: Annotated[str | None, typer.Option("--body", help="The text.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="The customer's external id.")] = None,
    external_id: Annotated[str | None, typer.Option("--ticket", help="The ticket's id where it comes from.")] = None,
    users_affected: Annotated[int | None, typer.Option("--users-affected", min=0, help="How many.")] = None,
    priority: Annotated[str | None, typer.Option("--priority", help="As the customer put it.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where the ticket is found in its own tool.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; again for more.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="The body of POST /cases in JSON instead; - reads standard input.")
    ] = None,
    json: Json = False,
) -> None:
    """Open a case. The same ticket again answers with the same case."""
    if (subject is None) == (file is None):
        wrong_use("a case needs a subject, or a --file")
    ticket = _ticket(file) if file is not None else {"subject": subject}
    given = {
        "body": body,
        "account": {"external_id": account} if account else None,
        "external_id": external_id,
        "users_affected": users_affected,
        "priority": priority,
        "url": url,
        "tags": tag,
    }
    with access.writing("case open") as api:
        made = api.post("/cases", ticket | {name: value for name, value in given.items() if value is not None})
        remote = api.remote
    if json:
        print_json(made)
        return
    if made.get("effect") == "recorded":
        say(made["says"])
        return
    hidden = "level" not in made and made["confidential"]  # which a case just opened is not
    said = "is open already" if made.get("unchanged") or hidden else "is open"
    say(f"case {made['number']} {said}: {summary(made)}")
    for remark in _remarks(made):
        access.note(remark)
    if not remote and made.get("escalations"):
        access.note("pages are sent when a server runs: `tocsin serve`")


def _remarks(made: dict[str, Any]) -> list[str]:
    """What the answer says of the ticket: what was cut or not understood, or why nothing was opened."""
    if made.get("unchanged"):
        return [made["says"]] if made.get("says") else []
    facts = (made.get("decision") or {}).get("facts", {})
    return [f"{field}: {remark}" for field, remark in facts.get("remarks", {}).items()]


def _ticket(file: str) -> dict[str, Any]:
    import json as reader

    try:
        found = reader.loads(read_text(file))
    except ValueError as error:
        wrong_use(f"{file}: this is not JSON: {error}")
    if not isinstance(found, dict):
        wrong_use(f"{file}: this is not a ticket; expected a JSON object")
    return found


def add_to(app: typer.Typer) -> None:
    add(app, Command("open", open_case, "open 'API is down' --account acme --users-affected 5000"))
