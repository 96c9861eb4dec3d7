"""`tocsin replay`: an event history of another system, played through the live verbs as though it happened now."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli.output import JSON_HELP, print_json, print_problems, print_table, problem_values, read_text, wrong_use
from tocsin.cli.progress import progress
from tocsin.cli.refusals import show_rows
from tocsin.clocks import saying

if TYPE_CHECKING:
    from tocsin.core.settings import Settings
    from tocsin.insight.figures import Figures
    from tocsin.intake.csv_rows import Refused
    from tocsin.intake.history import History
    from tocsin.intake.replaying import Report
    from tocsin.runtime import Installation

KEPT = 100  # unreadable rows in JSON
CHIEF = "replay"  # who leads the teams that the policy names


def replay(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header and a row for each event; gzipped or not.")],
    map: Annotated[str, typer.Option("--map", help="The mapping in YAML, with its part `history`.")],
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="FILE", help="A policy; without it, the starter b2b-saas.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="URL", help="An empty database; without it, the one that is set."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Play the event history of another system through the live verbs, on a clock of its own.

    What would this policy have done? Cases are opened, assigned, held, resolved and opened again as the rows tell;
    clocks run, warn and run out in between. Nobody is paged, for nobody has a destination. It takes an empty database,
    with users and teams made from the file, so that the record can be looked at and proved. Exit code 1 where rows
    could not be read.

    Example: tocsin replay incidents.csv.gz --map mapping.yaml --policy policy.yaml --database sqlite:///replay.db
    """
    from tocsin.core import logging
    from tocsin.core import settings as configuration
    from tocsin.core.errors import InvalidDocument
    from tocsin.insight.figures import figures
    from tocsin.intake import history
    from tocsin.intake.mapping.reading import parse_mapping
    from tocsin.people.permissions import SYSTEM
    from tocsin.policy import starters

    logging.configure("WARNING", json=False)
    if not file.is_file():
        wrong_use(f"{file}: there is no such file")
    settings = configuration.load()
    if database is not None:
        settings = settings.model_copy(update={"database_url": database})
    source = starters.text() if policy is None else read_text(policy)
    place = map
    try:
        told = history.read(file, parse_mapping(read_text(map), map), map)
        place = policy or "policy"
        with _prepared(settings, told, source) as installation, progress("rows", len(told.told)) as done:
            report = play(installation, told, done)
            with installation.database.reading() as tx:
                found = figures(tx, SYSTEM)
    except InvalidDocument as error:
        if json:
            print_json({"ok": False, "problems": problem_values(error.problems)})
        else:
            print_problems(place, error.problems)
        raise typer.Exit(1) from None
    if json:
        unreadable = {
            "first_unreadable": [row.told() for row in told.refused[:KEPT]],
            "first_taken_as_missing": [row.told() for row in told.unread[:KEPT]],
        }
        print_json({"ok": not told.refused, **summary(told, report), **unreadable, **found.values()})
    else:
        show(told, report, found)
    raise typer.Exit(1 if told.refused else 0)


@contextmanager
def _prepared(settings: "Settings", told: "History", source: str) -> "Iterator[Installation]":
    """An empty database, made ready and held against other processes."""
    from tocsin import runtime
    from tocsin.cli.init import ensure_secret, refuse_a_second
    from tocsin.storage.database import Database

    ensure_secret(settings)
    empty = Database(settings.database_url)
    lock = runtime.hold(settings, "replay")
    try:
        refuse_a_second(empty)
        installation = prepare(settings.database_url, settings.secret(), told, source)
        try:
            yield installation
        finally:
            installation.close()
    finally:
        empty.close()
        if lock is not None:
            lock.release()


def prepare(url: str, secret: str, told: "History", source: str) -> "Installation":
    """Tables, the users and teams of a history, and a policy in force since its first row; on a clock that stands
    there. Nobody gets a destination, so paths climb and reach nobody."""
    from tocsin import runtime
    from tocsin.cli.furnish import Person, Staff, furnish
    from tocsin.core.clock import VirtualClock
    from tocsin.intake import history
    from tocsin.storage import migrate
    from tocsin.storage.database import Database

    database = Database(url)
    migrate.upgrade(database)
    runtime.require_sound(database)
    database.close()
    clock = VirtualClock(told.told[0].at if told.told else 0)
    installation = runtime.build(url, secret, clock=clock, carrier=runtime.Inline())

    def write(tx: Any) -> None:
        furnish(tx, installation, source, Staff(Person(CHIEF, "lead")))
        history.enrol(tx, installation.mint, installation.journal, told)

    try:
        installation.writer.write(write)
        installation.warm()
    except BaseException:
        installation.close()
        raise
    return installation


def play(installation: "Installation", told: "History", done: Callable[[int], None] = lambda rows: None) -> "Report":
    """All rows; then the journal is sealed to its end."""
    from tocsin.core.clock import VirtualClock
    from tocsin.intake.replaying import Replay

    assert isinstance(installation.clock, VirtualClock)
    report = Replay(installation.writer, installation.desk, installation.clock, done).run(told.told)
    installation.checkpointer.cover()
    return report


def summary(told: "History", report: "Report") -> dict[str, Any]:
    """What became of the rows, as values."""
    return {
        "rows": told.rows,
        "unreadable": len(told.refused),
        "taken_as_missing": len(told.unread),
        "tickets": report.tickets,
        "opened": report.opened,
        "linked": report.linked,
        "timers": report.settled,
        "instants": report.instants,
        "verbs": dict(report.verbs.most_common()),
        "inferred": dict(report.inferred.most_common()),
        "refused": dict(report.refused.most_common()),
        "seconds": round(report.seconds, 1),
        "rows_per_second": round(report.rows / report.seconds, 1) if report.seconds else 0,
    }


def show(told: "History", report: "Report", found: "Figures") -> None:
    """The same for people."""
    events = sum(found.events.values())
    seconds = report.seconds or 1.0
    typer.echo(
        f"{report.rows:,} rows of {report.tickets:,} tickets and {report.settled:,} timers in {seconds:.1f} s:"
        f" {events:,} events; {report.rows / seconds:,.0f} rows and {events / seconds:,.0f} events a second"
    )
    typer.echo(f"{report.opened:,} cases opened, {report.linked:,} of them linked to a ticket's earlier one\n")
    cases = [(*kind, f"{count:,}") for kind, count in found.standing.items()]
    print_table(("severity", "level", "state", "cases"), cases)
    typer.echo()
    spans = [
        (name, f"{span.cases:,}", *(saying.span(of) for of in span.percentiles.values()))
        for name, span in found.spans.items()
        if span.cases
    ]
    print_table(("time to", "cases", "50 %", "90 %", "99 %"), spans)
    typer.echo()
    outcomes = ("met", "breached", "cancelled", None)
    clocks = [(name, *(f"{of.get(outcome, 0):,}" for outcome in outcomes)) for name, of in found.clocks.items()]
    print_table(("clock", "met", "breached", "cancelled", "running"), clocks)
    for title, counts in (
        ("verb", report.verbs),
        ("what rows did not say", report.inferred),
        ("refused", report.refused),
        ("taken as missing", _reasons(told.unread)),
        ("rows that could not be read", _reasons(told.refused)),
    ):
        if counts:
            typer.echo()
            print_table((title, "times"), [(name, f"{count:,}") for name, count in counts.most_common()])
    for rows in (told.unread, told.refused):
        show_rows(rows, len(rows))


def _reasons(rows: "list[Refused]") -> Any:
    from collections import Counter

    return Counter(row.reason for row in rows)
