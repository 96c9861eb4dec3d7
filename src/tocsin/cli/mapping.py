"""`tocsin mapping`: a first mapping for a file, from the names of its columns."""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.output import wrong_use


def mapping(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header; gzipped or not.")],
    source: Annotated[
        str | None, typer.Option("--source", help="Where the tickets come from; without it, the file's name.")
    ] = None,
) -> None:
    """Draft the mapping of a file: how its columns become cases. Guesses delimiter, encoding, times and numbers.

    The draft is for you to read and correct; what it leaves out is listed at its end.

    Example: tocsin mapping tickets.csv > mapping.yaml
    """
    from tocsin.intake.mapping import draft, guessing

    if not file.is_file():
        wrong_use(f"{file}: there is no such file")
    form = guessing.form_of(file)
    header, rows = guessing.sample(file, form)
    name = source or file.name.split(".")[0][:100] or "file"
    typer.echo(draft.draft(name, form, header, rows), nl=False)
