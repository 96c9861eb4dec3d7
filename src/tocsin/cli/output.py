"""What commands print: values as JSON for programs, problems and tables for people."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from tocsin.cli import tables
from tocsin.cli.safe import escaped, plain
from tocsin.core import canonical, instants
from tocsin.core.errors import Problem

if TYPE_CHECKING:
    from rich.console import Console

JSON_HELP = "Print JSON."
_WIDE = 10_000


def print_json(value: Any) -> None:
    """One JSON value on one line, in UTF-8 whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(escaped(canonical.encode(value).decode()).encode() + b"\n")
    sys.stdout.buffer.flush()


def terminal() -> "Console":
    """Where people read, in its own width; a program that reads gets every row on one line."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, cut: bool = False) -> None:
    """A table without lines, in the width of the terminal; a program gets each row on a line of its own. `cut`: the
    last column is cut where it would not fit."""
    console = terminal()
    head, *below = tables.lines(columns, rows, console.width if console.is_terminal else None, cut=cut)
    console.print(head, style="dim", markup=False, soft_wrap=True)
    for line in below:
        console.print(line, markup=False, soft_wrap=True)


def print_problems(place: str, problems: Iterable[Problem]) -> None:
    """One line each, as compilers write them, so that editors and terminals can jump to the place."""
    for problem in problems:
        where = f"{place}:{problem.line}" if problem.line else place
        says = f"{problem.key}: " if problem.key else ""
        says += problem.message + (f"; expected {problem.expected}" if problem.expected else "")
        colour = typer.colors.RED if problem.severity == "error" else typer.colors.YELLOW
        typer.echo(f"{where}: {typer.style(problem.severity, fg=colour)}: {plain(says, lines=True)}")


def problem_values(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The same as values."""
    return [
        {
            "severity": problem.severity,
            "line": problem.line,
            "key": problem.key,
            "code": problem.code,
            "message": problem.message,
            "expected": problem.expected,
        }
        for problem in problems
    ]


def read_text(file: str) -> str:
    """The text of a file, or of standard input for `-`; what cannot be read is wrong use."""
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        wrong_use(f"{file}: {error.strerror or error}")
    except UnicodeDecodeError as error:
        wrong_use(f"{file}: this is not UTF-8 text: {error.reason} at byte {error.start}")


def wrong_use(message: str) -> NoReturn:
    """Say so on standard error and end with exit code 2."""
    typer.echo(plain(message, lines=True), err=True)
    raise typer.Exit(2)


def say(text: str) -> None:
    """A line for a person, in which others' text may stand."""
    typer.echo(plain(text))


def when(instant: str | None) -> str:
    """An instant of the API for a person: `2026-11-22 10:30:00 CET`, in the zone of this machine."""
    return "" if instant is None else local(instants.from_text(instant))


def local(instant: int) -> str:
    """The same of an instant in microseconds."""
    moment = datetime.fromtimestamp(instant // 1_000_000, UTC).astimezone()
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname()}"
