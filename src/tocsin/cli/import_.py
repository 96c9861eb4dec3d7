"""`tocsin import`: the rows of a CSV file become cases."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import (
    JSON_HELP,
    print_json,
    print_problems,
    print_table,
    problem_values,
    read_text,
    say,
    wrong_use,
)
from tocsin.cli.progress import reading
from tocsin.cli.refusals import not_over, refusals, show_rows

if TYPE_CHECKING:
    from tocsin.cli.access import Api
    from tocsin.core.errors import TocsinError
    from tocsin.intake.csv_import import ImportOutcome, Send
    from tocsin.intake.csv_rows import Refused
    from tocsin.intake.importing import Became, Row
    from tocsin.intake.mapping.model import CaseMapping

REASONS = 20  # shown; --json has more, the report all
_MOST_BYTES = 4 * 1024 * 1024  # of one request
_PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between two tries


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header; gzipped or not.")],
    map: Annotated[str, typer.Option("--map", help="The mapping in YAML: how columns become cases.")],
    report: Annotated[
        Path | None, typer.Option("--report", help="Write the refused rows to this CSV file, with line and reason.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Open live cases, with owners and clocks that page, instead of history.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and map every row, write nothing; needs no database.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Take in the history or the backlog of another system, on a database or through the server of TOCSIN_URL.

    Imported history starts no clocks and pages nobody. The same file again changes nothing, so an import that was
    interrupted is simply started again. Exit code 1 where rows were refused.

    Example: tocsin import tickets.csv.gz --map mapping.yaml --report refused.csv
    """
    from tocsin.core.errors import InvalidDocument
    from tocsin.intake.mapping.reading import parse_mapping

    if not file.is_file():
        wrong_use(f"{file}: there is no such file")
    not_over(report, file, map)
    try:
        mapping = parse_mapping(read_text(map), map)
        with refusals(report) as refuse:
            outcome = _import(file, map, mapping, live, dry_run, refuse)
    except InvalidDocument as error:
        if json:
            print_json({"ok": False, "problems": problem_values(error.problems)})
        else:
            print_problems(map, error.problems)
        raise typer.Exit(1) from None
    if json:
        print_json(summary(outcome))
    else:
        show(outcome, dry_run=dry_run)
    raise typer.Exit(1 if outcome.refused else 0)


def _import(
    file: Path, place: str, mapping: "CaseMapping", live: bool, dry_run: bool, refuse: "Callable[[Refused], None]"
) -> "ImportOutcome":
    from tocsin.intake.csv_import import import_csv

    with _progress(file) as progress:
        if dry_run:
            return import_csv(file, mapping, None, place=place, refuse=refuse, progress=progress)
        with access.writing("import") as api:
            send = sending(api, file.name[:200], live=live)
            return import_csv(file, mapping, send, place=place, refuse=refuse, progress=progress)


def sending(api: "Api", name: str, *, live: bool = False) -> "Send":
    """Rows go to `POST /imports`, as many at once as it takes. While it is away for a moment, they are sent again."""
    import msgspec

    from tocsin.intake import importing

    def send(rows: "list[Row]") -> "list[Became | TocsinError]":
        found: list[Any] = []
        for part in _parts([msgspec.to_builtins(row) for row in rows]):
            answer = _patiently(api, {"name": name, "live": live, "rows": part})
            found += [importing.read(each) for each in answer["results"]]
        return found

    return send


def _parts(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """As many rows at once as a request may hold."""
    import msgspec

    part: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        more = len(msgspec.json.encode(row))
        if part and size + more > _MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(row)
        size += more
    if part:
        yield part


def _patiently(api: "Api", body: dict[str, Any]) -> Any:
    """The answer; Unavailable once it has been away for too long."""
    from threading import Event

    from tocsin.core.errors import Unavailable

    for pause in _PAUSES if api.remote else ():
        try:
            return api.post("/imports", body)
        except Unavailable:
            Event().wait(pause)
    return api.post("/imports", body)


@contextmanager
def _progress(file: Path) -> "Iterator[Callable[[ImportOutcome, int], None]]":
    with reading(file) as tell:
        yield lambda outcome, position: tell(
            position, f"{outcome.opened:,} opened, {outcome.refused.total():,} refused"
        )


def summary(outcome: "ImportOutcome") -> dict[str, Any]:
    """What became of the rows, as values."""
    return {
        "ok": not outcome.refused,
        "rows": outcome.rows,
        "opened": outcome.opened,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "recorded": outcome.recorded,
        "passed_over": outcome.passed_over,
        "ignored": dict(outcome.ignored.most_common()),
        "live": outcome.live,
        "refused": dict(outcome.refused.most_common()),
        "first_refused": [row.told() for row in outcome.first_refused],
        "taken_as_missing": dict(outcome.unread.most_common()),
        "first_taken_as_missing": [value.told() for value in outcome.first_unread],
        "without_ids": outcome.without_ids,
        "assumed": dict(outcome.assumed.most_common()),
        "severities": dict(Counter(severity for severity, _ in outcome.standing.values())),
        "levels": dict(Counter(level for _, level in outcome.standing.values())),
        "seconds": round(outcome.seconds, 3),
        "cases_per_second": round(outcome.opened / outcome.seconds, 1) if outcome.seconds else 0,
    }


def show(outcome: "ImportOutcome", *, dry_run: bool = False) -> None:
    """The same for people."""
    speed = outcome.rows / outcome.seconds if outcome.seconds else 0
    typer.echo(f"{outcome.rows:,} rows in {outcome.seconds:.1f} s, {speed:,.0f} a second")
    lines = [
        (outcome.opened, "cases opened"),
        (outcome.changed, "rows that changed a case"),
        (outcome.unchanged, "rows that could be taken in" if dry_run else "rows that were known, or changed nothing"),
        (outcome.recorded, "rows that say that a ticket without a case is over, recorded"),
        (outcome.passed_over, "rows passed over, as the mapping's `row` says"),
        *((count, f"rows ignored: {reason}") for reason, count in outcome.ignored.most_common()),
        (outcome.live, "rows about cases that people work on, left alone"),
        (outcome.refused.total(), "rows refused"),
    ]
    for count, text in lines:
        if count:
            typer.echo(f"{count:>12,}  {text}")
    standing = Counter(outcome.standing.values())
    if standing:
        typer.echo()
        print_table(("severity", "level", "cases"), [(*kind, f"{count:,}") for kind, count in standing.most_common()])
    for title, counts, first in (
        ("taken as missing", outcome.unread, outcome.first_unread),
        ("refused because", outcome.refused, outcome.first_refused),
    ):
        if counts:
            typer.echo()
            print_table((title, "times"), counts.most_common(REASONS))
            show_rows(first, counts.total())
    if outcome.assumed:
        typer.echo()
        print_table(("what the file does not say", "times"), outcome.assumed.most_common())
    if outcome.without_ids:
        say("the file has no ids: each row is a ticket, known by its line and its text when the same file comes again")
