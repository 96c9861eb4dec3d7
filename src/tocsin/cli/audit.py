"""`tocsin audit`: the proof of the record. Every command only reads, also beside a running server."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tocsin.cli import administered, kinds
from tocsin.cli.output import JSON_HELP, print_json, say, wrong_use
from tocsin.cli.progress import progress
from tocsin.cli.safe import plain

if TYPE_CHECKING:
    from tocsin.audit import Report
    from tocsin.cases.record.replay import Replay
    from tocsin.core.settings import Settings
    from tocsin.ledger.findings import Finding
    from tocsin.storage.transaction import Tx

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Prove that the record is what was written, and that every decision can be made again.",
    epilog="Example: tocsin audit verify && tocsin audit replay",
)

app.command(epilog="Example: tocsin audit events --json")(kinds.events)
app.command(epilog="Example: tocsin audit changes --family user")(administered.changes)

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]

_ANCHOR = re.compile(r"\d{1,18}:[0-9a-f]{64}")
_LONG = 200


@app.command(epilog="Example: tocsin audit verify --anchor 1042:5f0c...e1")
def verify(
    json: Json = False,
    anchor: Annotated[
        list[str] | None,
        typer.Option("--anchor", help="A checkpoint that was noted outside, NUMBER:SIGNATURE; any number of times."),
    ] = None,
) -> None:
    """Find everything that was changed, removed, reordered or inserted in the journal, and every row that the journal
    does not explain.

    Exit code 1 where something is found."""
    from tocsin import audit
    from tocsin.ledger.audit import chain_count

    anchors = anchor or []
    for each in anchors:
        if not _ANCHOR.fullmatch(each):
            wrong_use(f"--anchor {each}: this names no checkpoint; expected NUMBER:SIGNATURE, as verify prints it")
    report = audit.Report()
    with _reading() as (tx, settings):
        keys = audit.Keys.of(settings.secret())
        with progress("chains", chain_count(tx)) as done:
            findings = _shown(audit.verify(tx, keys, report, anchors=anchors, progress=done), json)
    if json:
        print_json({"ok": not report.findings, "findings": findings, **_summary(report)})
    else:
        _tell(report)
    raise typer.Exit(1 if report.findings else 0)


@app.command(epilog="Example: tocsin audit replay --json")
def replay(json: Json = False) -> None:
    """Make every stored decision again by its policy and compare the bytes. Exit code 1 where this release decides
    differently. Decisions of an older engine may differ, because rules of the engine have changed since; they are
    shown."""
    from tocsin.cases.record import replay as again

    report = again.Replay()
    with _reading() as (tx, _), progress("decisions", again.count(tx)) as done:
        findings = _shown(again.replay(tx, report, done), json)
    if json:
        print_json({"ok": not report.failed, "engines": _engines(report), "findings": findings})
    else:
        for row in _engines(report):
            name = "no engine named" if row["engine"] is None else f"engine {row['engine']}"
            say(f"{name}: {row['equal']} equal, {row['different']} different, {row['erased']} erased")
        if not report.engines:
            typer.echo("no decision is stored")
    raise typer.Exit(1 if report.failed else 0)


@app.command(epilog="Example: tocsin audit export --case 4711 > case.jsonl")
def export(
    case: Annotated[
        str | None, typer.Option("--case", help="Only this case: its number, its id, or the number of its ticket.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON lines; there is no other format.")] = True,
) -> None:
    """Print the journal as JSON lines, with everything needed to compute its hashes again; of one
    case its evidence too."""
    from tocsin.administration import evidence
    from tocsin.cases import queries
    from tocsin.clocks import moments
    from tocsin.core import canonical, ids
    from tocsin.ledger.export import lines
    from tocsin.people.permissions import SYSTEM

    with _reading() as (tx, _):
        chain = None if case is None else queries.found(tx, SYSTEM, case)
        if chain is not None:
            to = moments.reader(moments.utc, {})
            for one in evidence.of_case(tx, chain):
                line = {"record": "evidence", **evidence.whole(tx, chain, ids.to_text(one.item.id), to)}
                sys.stdout.buffer.write(canonical.encode(line) + b"\n")
        for line in lines(tx, chain):
            sys.stdout.buffer.write(canonical.encode(line) + b"\n")
    sys.stdout.buffer.flush()


@contextmanager
def _reading() -> "Iterator[tuple[Tx, Settings]]":
    """A snapshot of the database that the settings name."""
    from tocsin.core.settings import load
    from tocsin.storage import migrate
    from tocsin.storage.database import Database

    settings = load()
    database = Database(settings.database_url)
    if database.path is not None and not database.path.is_file():
        wrong_use(f"there is no database at {database.path}; expected TOCSIN_DATABASE_URL, or `tocsin init`")
    try:
        migrate.require_current(database)
        with database.reading() as tx:
            yield tx, settings
    finally:
        database.close()


def _shown(findings: "Iterator[Finding]", json: bool) -> list[dict[str, Any]]:
    """The findings as values for JSON; for people, each is printed as soon as it is found."""
    if json:
        return [finding.value() for finding in findings]
    for finding in findings:
        value = finding.value()
        typer.echo(f"{typer.style(plain(value['place']), fg=typer.colors.RED)}: {plain(value['what'])}")
        for name in ("expected", "found"):
            if value[name] is not None:
                say(f"    {name}: {_short(value[name])}")
    return []


def _short(value: Any) -> str:
    from tocsin.core import canonical

    text = value if isinstance(value, str) else canonical.encode(value).decode()
    return text if len(text) <= _LONG else text[:_LONG] + " ..."


def _summary(report: "Report") -> dict[str, Any]:
    from tocsin.core import instants

    tally = report.tally
    return {
        "chains": tally.chains,
        "events": tally.events,
        "erased": tally.erased,
        "not_compared": report.unproved,
        "not_covered": tally.open,
        "not_covered_since": None if tally.open_since is None else instants.to_text(tally.open_since),
        "checkpoint": None if report.newest is None else report.newest.name,
    }


def _tell(report: "Report") -> None:
    told = _summary(report)
    verdict = f"{report.findings} findings" if report.findings else "nothing was changed"
    typer.echo(f"{told['events']} events in {told['chains']} chains: {verdict}")
    if told["erased"]:
        typer.echo(f"{told['erased']} payloads were erased; {told['not_compared']} values rested on them")
    if told["not_covered"]:
        since = told["not_covered_since"]
        typer.echo(f"{told['not_covered']} chains changed since the newest checkpoint, the first of them at {since}")
    if told["checkpoint"]:
        typer.echo(f"newest checkpoint: {told['checkpoint']}")


def _engines(report: "Replay") -> list[dict[str, Any]]:
    known = sorted(report.engines.items(), key=lambda pair: (pair[0] is None, pair[0] or 0))
    return [
        {"engine": version, "equal": outcome.equal, "different": outcome.different, "erased": outcome.erased}
        for version, outcome in known
    ]
