"""What stands around a case: `link`, `confide`, `note`."""

from typing import Annotated

import typer

from tocsin.cli.access import As
from tocsin.cli.case.common import Act, Case, Command, Json, Reason, Told, add
from tocsin.cli.output import read_text


def link(
    case: Case,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="related, parent or merged.")],
    other: Annotated[
        str,
        typer.Argument(metavar="OTHER", help="The other case: the related one, the parent, or the one to merge into."),
    ],
    reason: Told = None,
    undo: Annotated[bool, typer.Option("--undo", help="Undo the link instead.")] = False,
    acting: As = None,
    json: Json = False,
) -> None:
    """Link a case to another, let it follow the other as its parent, or merge it into the other."""
    said = f"is no longer linked to {other}" if undo else f"is linked to {other}, {kind}"
    Act("link", case, "links", acting, json).send(said, kind=kind, case=other, reason=reason, unlink=undo)


def confide(
    case: Case,
    reason: Reason,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="USER...", help="Without names: everybody sees it.")
    ] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Make a case confidential: only these users and those who work on it see it. Without names: no longer
    confidential."""
    said = "is confidential" if names else "is open to everybody"
    Act("confide", case, "confidentiality", acting, json).send(said, names=names or [], reason=reason)


def note(
    case: Case,
    text: Annotated[str, typer.Argument(help="The text; - reads standard input.")],
    acting: As = None,
    json: Json = False,
) -> None:
    """Add a note for colleagues."""
    Act("note", case, "notes", acting, json).send("has the note", text=read_text("-") if text == "-" else text)


def add_to(app: typer.Typer) -> None:
    add(
        app,
        Command("link", link, "link 18 parent 17"),
        Command("confide", confide, "confide 17 dana lea --reason 'the regulator asks'"),
        Command("note", note, "note 17 'The vendor is on it.'"),
    )
