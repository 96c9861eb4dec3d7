"""`tocsin import`: the rows of a CSV file become cases."""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from tocsin import runtime
from tocsin.core import canonical, settings
from tocsin.core.errors import InvalidDocument, TocsinError
from tocsin.intake.csv_import import Import, Outcome
from tocsin.intake.csv_picking import Each, First, Last, Picker
from tocsin.intake.csv_rows import CsvTable, Refused, open_csv
from tocsin.intake.mapping import BoundMapping, CaseMapping
from tocsin.intake.mapping_reading import parse_mapping
from tocsin.people.permissions import Viewer
from tocsin.runtime import Installation

SHOWN = 20  # reasons


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header; .gz is unpacked.")],
    map: Annotated[Path, typer.Option("--map", help="How its columns become cases, in YAML.")],
    report: Annotated[
        Path | None, typer.Option("--report", help="Write the refused rows here, by line and reason.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Open live cases, which have owners and page people, instead of history.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and map every row, and write nothing; needs no database.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what became of the rows as JSON.")] = False,
) -> None:
    """Take in the history or the backlog of another system. The same file again changes nothing.

    Imported history arms no timers and pages nobody, unless it is opened --live. Exit code 1: some rows were refused.

    Example: tocsin import tickets.csv.gz --map mapping.yaml --report refused.csv
    """
    try:
        mapping = parse_mapping(_text(map), str(map))
        outcome = _import(file, mapping, str(map), report, live, dry_run)
    except InvalidDocument as error:
        _fail(f"{error.place}: {error}" if error.place else str(error), 1)
    except TocsinError as error:
        _fail(f"{file}: {error}", 2)
    if json:
        sys.stdout.write(canonical.encode(summary(outcome)).decode() + "\n")
    else:
        show(outcome, Console(highlight=False), dry_run=dry_run)
    if outcome.refused:
        raise typer.Exit(1)
