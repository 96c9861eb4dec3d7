"""`tocsin import`: the rows of a CSV file become cases."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli.output import JSON_HELP, print_json, print_problems, print_table, problem_values, read_text, wrong_use
from tocsin.cli.progress import reading
from tocsin.cli.refusals import not_over, refusals

if TYPE_CHECKING:
    from tocsin.intake.csv_import import Outcome
    from tocsin.intake.csv_rows import Refused
    from tocsin.intake.mapping import CaseMapping

REASONS = 20  # shown; the report and --json have all


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header; gzipped or not.")],
    map: Annotated[str, typer.Option("--map", help="The mapping in YAML: how columns become cases.")],
    report: Annotated[
        Path | None, typer.Option("--report", help="Write the refused rows into this CSV file, by line and reason.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Open live cases, with owners and clocks that page, instead of history.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and map every row, write nothing; needs no database.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Take in the history or the backlog of another system.

    Imported history arms no timers and pages nobody. The same file again changes nothing, so an import that was
    interrupted is simply started again. Exit code 1 where rows were refused.

    Example: tocsin import tickets.csv.gz --map mapping.yaml --report refused.csv
    """
    from tocsin.core.errors import InvalidDocument
    from tocsin.intake.mapping_reading import parse_mapping

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
) -> "Outcome":
    from tocsin import runtime
    from tocsin.core import settings
    from tocsin.intake.csv_import import import_csv
    from tocsin.people.permissions import Viewer

    viewer = Viewer(f"import:{file.name[:100]}", "operator")
    with _progress(file) as progress:
        if dry_run:
            return import_csv(file, mapping, viewer, None, _nothing, place=place, refuse=refuse, progress=progress)
        installation = runtime.launch(settings.load(), "import")
        try:
            with installation.database.reading() as tx:
                installation.desk.policies.get(tx).at(installation.clock.now())  # or say at once that there is none
            return import_csv(
                file,
                mapping,
                viewer,
                installation.writer,
                installation.take,
                live=live,
                place=place,
                refuse=refuse,
                progress=progress,
            )
        finally:
            installation.close()


def _nothing(tx: Any, bulk: Any) -> list[Any]:
    return []


@contextmanager
def _progress(file: Path) -> "Iterator[Callable[[Outcome, int], None]]":
    with reading(file) as tell:
        yield lambda outcome, position: tell(
            position, f"{outcome.opened:,} opened, {outcome.refused.total():,} refused"
        )


def summary(outcome: "Outcome") -> dict[str, Any]:
    """What became of the rows, as values."""
    return {
        "ok": not outcome.refused,
        "rows": outcome.rows,
        "opened": outcome.opened,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "recorded": outcome.recorded,
        "passed_over": outcome.passed_over,
        "live": outcome.live,
        "refused": dict(outcome.refused.most_common()),
        "taken_as_missing": dict(outcome.unread.most_common()),
        "severities": dict(Counter(severity for severity, _ in outcome.standing.values())),
        "levels": dict(Counter(level for _, level in outcome.standing.values())),
        "seconds": round(outcome.seconds, 3),
        "cases_per_second": round(outcome.opened / outcome.seconds, 1) if outcome.seconds else 0,
    }


def show(outcome: "Outcome", *, dry_run: bool = False) -> None:
    """The same for people."""
    speed = outcome.rows / outcome.seconds if outcome.seconds else 0
    typer.echo(f"{outcome.rows:,} rows in {outcome.seconds:.1f} s, {speed:,.0f} a second")
    lines = [
        (outcome.opened, "cases opened"),
        (outcome.changed, "rows that changed a case"),
        (outcome.unchanged, "rows that could be taken in" if dry_run else "rows that were known, or changed nothing"),
        (outcome.recorded, "rows that say that a ticket without a case is over, recorded"),
        (outcome.passed_over, "rows passed over, as the mapping's `row` says"),
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
    if outcome.unread:
        typer.echo()
        print_table(("taken as missing", "values"), outcome.unread.most_common(REASONS))
    if outcome.refused:
        typer.echo()
        print_table(("refused because", "rows"), outcome.refused.most_common(REASONS))
