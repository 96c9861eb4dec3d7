"""`tocsin case bulk` and `undo-bulk`: one verb on many cases."""

import json as reader
from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.access import As
from tocsin.cli.case.common import Command, Json, add
from tocsin.cli.output import print_json, say, wrong_use

DryRun = Annotated[bool, typer.Option("--dry-run", help="Change nothing; say what would be done.")]


def bulk(
    verb: Annotated[str, typer.Argument(metavar="VERB", help="Its name, as `tocsin case verbs` prints it.")],
    cases: Annotated[list[str], typer.Argument(metavar="CASE...", help="Each by its number, its id or its ticket's.")],
    arguments: Annotated[
        str | None, typer.Option("--arguments", help="What the verb asks for, in JSON, for all of them.")
    ] = None,
    dry_run: DryRun = False,
    acting: As = None,
    json: Json = False,
) -> None:
    """Carry one verb out on many cases. Says of each what became of it, and by which id all of it can be undone."""
    said = _read(arguments)
    with access.writing("case bulk", acting) as api:
        done = api.post("/cases/bulk", {"verb": verb, "cases": cases, "arguments": said, "dry_run": dry_run})
    _tell(done, f"{verb}: {'would be done' if dry_run else 'done'}", json)
    if done["id"] and not json:
        access.note(f"undo it with `tocsin case undo-bulk {done['id']}`")


def open_for(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case of the problem.")],
    accounts: Annotated[list[str], typer.Argument(metavar="ACCOUNT...", help="Customers, as tickets name them.")],
    subject: Annotated[str | None, typer.Option("--subject", help="Without one, that of the case.")] = None,
    dry_run: DryRun = False,
    acting: As = None,
    json: Json = False,
) -> None:
    """Open a case for each of these customers, which follows this one and pages nobody anew."""
    said = {"accounts": accounts, "dry_run": dry_run} | ({"subject": subject} if subject else {})
    with access.writing("case open-for", acting) as api:
        done = api.post(f"/cases/{access.part(case)}/affected", said)
    if json:
        print_json(done)
        return
    for one in done["results"]:
        became = "would be opened" if dry_run else f"case {one['number']}"
        say(f"{one['external_id']}: {became if one['done'] else 'not: ' + one['problem']['detail']}")


def undo_bulk(
    bulk: Annotated[str, typer.Argument(metavar="ID", help="The id that `tocsin case bulk` printed.")],
    dry_run: DryRun = False,
    acting: As = None,
    json: Json = False,
) -> None:
    """Undo what was done to many cases at once, wherever it still can be."""
    with access.writing("case undo-bulk", acting) as api:
        done = api.post(f"/bulk/{access.part(bulk)}/undo", {"dry_run": dry_run})
    _tell(done, f"{done['verb']}: {'would be undone' if dry_run else 'undone'}", json)
    if done["hidden"] and not json:
        access.note(f"hidden from you, and left as they are: {done['hidden']}")


def _read(arguments: str | None) -> Any:
    try:
        return {} if arguments is None else reader.loads(arguments)
    except ValueError as error:
        wrong_use(f"--arguments: this is not JSON: {error}")


def _tell(done: dict[str, Any], says: str, json: bool) -> None:
    if json:
        print_json(done)
        return
    for each in done["results"]:
        say(f"case {each['case']}: {says if each['done'] else 'not: ' + each['problem']['detail']}")


def add_to(app: typer.Typer) -> None:
    add(
        app,
        Command("bulk", bulk, """bulk assign 17 18 --arguments '{"owner": "dana"}'"""),
        Command("open-for", open_for, "open-for 17 C-1002 C-1003"),
        Command("undo-bulk", undo_bulk, "undo-bulk 1g22yvq800002"),
    )
