"""The rows of a file that were refused, as a CSV file of their own: by line and reason."""

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tocsin.cli.output import print_table, wrong_use

if TYPE_CHECKING:
    from tocsin.intake.csv_rows import Refused


SHOWN = 20  # rows on a terminal
WIDEST = 60  # characters of a value there
LONGEST = 1000  # characters of a value in a report


def not_over(target: Path | None, *sources: str | Path | None) -> None:
    """Ends with exit code 2 where a file that is to be written is one of those that are read."""
    for source in sources:
        there = target is not None and source is not None and target.exists() and Path(source).exists()
        if there and target.samefile(source):  # type: ignore[union-attr, arg-type]
            wrong_use(f"{target}: this file is read, and would be overwritten; name another")


@contextmanager
def refusals(path: Path | None) -> "Iterator[Callable[[Refused], None]]":
    """Where refused rows are written; nowhere without a path."""
    if path is None:
        yield lambda refused: None
        return
    try:
        target = path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        wrong_use(f"{path}: {error.strerror or error}")
    with target:
        rows = csv.writer(target)
        rows.writerow(("line", "external_id", "place", "reason", "detail", "column", "value"))
        yield lambda refused: rows.writerow(
            (
                refused.line,
                *map(_harmless, (refused.external_id, refused.place, refused.reason, refused.detail)),
                *map(_harmless, (refused.column, refused.value[:LONGEST])),
            )
        )


def show_rows(first: "Sequence[Refused]", all_of_them: int) -> None:
    """The first rows that could not be read, or not whole: line, ticket, column, what stands there and why not."""
    shown = first[:SHOWN]
    if not shown:
        return
    typer.echo()
    print_table(
        ("line", "ticket", "column", "value", "why"),
        (
            (row.line, row.external_id, row.column or row.place, row.value[:WIDEST], row.detail or row.reason)
            for row in shown
        ),
    )
    if all_of_them > len(shown):
        typer.echo(f"and {all_of_them - len(shown):,} more")


def _harmless(text: str) -> str:
    """What a spreadsheet would take for a formula, as the text that it is."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
