"""`tocsin bench`: the speed of this machine, each figure against a named reference of the same run."""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.output import JSON_HELP, print_json

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Measure this machine.",
    epilog="Example: tocsin bench decide",
)


@app.command("decide", epilog="Example: tocsin bench decide --runs 5")
def decide_command(
    runs: Annotated[int, typer.Option("--runs", min=1, max=100, help="How many runs; the median counts.")] = 5,
    json: Json = False,
) -> None:
    """Decisions a second on one core, for each starter policy; no database."""
    from tocsin.cli.bench import decide, machine

    results = decide.run(runs)
    if json:
        print_json({"machine": machine.describe(), "results": results})
        return
    typer.echo(machine.describe())
    for result in results:
        for line in result.lines():
            typer.echo(line)


@app.command("intake", epilog="Example: tocsin bench intake --runs 3 --seconds 5")
def intake_command(
    url: Annotated[
        str | None, typer.Option("--database", help="An empty database; without it a file of SQLite.", metavar="URL")
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, max=100, help="How many runs; the median counts.")] = 3,
    seconds: Annotated[float, typer.Option("--seconds", min=0.5, max=600, help="How long each part takes.")] = 5.0,
    hook: Annotated[bool, typer.Option("--hook", help="Deliver them to a hook, read by a mapping.")] = False,
    json: Json = False,
) -> None:
    """Tickets a second over HTTP into a server of its own, durable, decided, their pages queued before the answer."""
    from tocsin.cli.bench import intake, machine

    result = intake.run(url, runs=runs, seconds=seconds, hook=hook)
    if json:
        print_json({"machine": machine.describe(), "result": result})
        return
    typer.echo(machine.describe())
    for line in result.lines():
        typer.echo(line)


@app.command("timers", epilog="Example: tocsin bench timers --pending 1000000 --runs 3")
def timers_command(
    url: Annotated[
        str | None, typer.Option("--database", help="An empty database; without it files of SQLite.", metavar="URL")
    ] = None,
    pending: Annotated[
        int, typer.Option("--pending", min=0, max=10_000_000, help="How many timers wait meanwhile.")
    ] = 1_000_000,
    runs: Annotated[int, typer.Option("--runs", min=1, max=100, help="How many runs; the median counts.")] = 3,
    seconds: Annotated[float, typer.Option("--seconds", min=0.5, max=600, help="How long each part takes.")] = 5.0,
    json: Json = False,
) -> None:
    """Timers fired a second while others wait, how late one is, and how long it takes from a ticket to its page."""
    from tocsin.cli.bench import machine, pages, timers

    paged = pages.run(url, runs=runs, seconds=seconds)
    fired = timers.run(url, pending=pending, runs=runs, seconds=seconds)
    if json:
        print_json({"machine": machine.describe(), "timers": fired, "pages": paged})
        return
    typer.echo(machine.describe())
    for line in (*fired.lines(), *paged.lines()):
        typer.echo(line)


@app.command("pages", epilog="Example: tocsin bench pages --runs 3 --seconds 10")
def pages_command(
    url: Annotated[
        str | None, typer.Option("--database", help="An empty database; without it a file of SQLite.", metavar="URL")
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, max=100, help="How many runs; the median counts.")] = 3,
    seconds: Annotated[float, typer.Option("--seconds", min=0.5, max=600, help="How long each run takes.")] = 10.0,
    json: Json = False,
) -> None:
    """How long a page takes beside a flood of tickets, a system that hears of every event, and a slow receiver."""
    from tocsin.cli.bench import crowd, machine

    result = crowd.run(url, runs=runs, seconds=seconds)
    if json:
        print_json({"machine": machine.describe(), "result": result})
        return
    typer.echo(machine.describe())
    for line in result.lines():
        typer.echo(line)


@app.command("storm", epilog="Example: tocsin bench storm --alerts 50000 --seconds 60")
def storm_command(
    url: Annotated[
        str | None, typer.Option("--database", help="An empty database; without it a file of SQLite.", metavar="URL")
    ] = None,
    alerts: Annotated[int, typer.Option("--alerts", min=10, max=1_000_000, help="How many come.")] = 50_000,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=3600, help="Within how long.")] = 60.0,
    quiet: Annotated[float, typer.Option("--quiet", min=1, max=600, help="How long it is measured before.")] = 20.0,
    json: Json = False,
) -> None:
    """How long unrelated cases take to page before a storm of alerts, and while it lasts."""
    from tocsin.cli.bench import machine, storm

    result = storm.run(url, alerts=alerts, seconds=seconds, quiet=quiet)
    if json:
        print_json({"machine": machine.describe(), "result": result})
        return
    typer.echo(machine.describe())
    for line in result.lines():
        typer.echo(line)


@app.command("asof", epilog="Example: tocsin bench asof --cases 100000 --looks 60")
def asof_command(
    url: Annotated[
        str | None, typer.Option("--database", help="An empty database; without it a file of SQLite.", metavar="URL")
    ] = None,
    cases: Annotated[int, typer.Option("--cases", min=1000, max=10_000_000, help="How many are opened.")] = 100_000,
    looks: Annotated[int, typer.Option("--looks", min=1, max=10_000, help="At how many instants it is looked.")] = 60,
    json: Json = False,
) -> None:
    """How long Now, a list and a case take as of an instant of the month in which so many cases were opened."""
    from tocsin.cli.bench import asof, machine

    result = asof.run(url, cases=cases, looks=looks)
    if json:
        print_json({"machine": machine.describe(), "result": result})
        return
    typer.echo(machine.describe())
    for line in result.lines():
        typer.echo(line)


@app.command("web", epilog="Example: tocsin bench web --keep company --seconds 60")
def web_command(
    url: Annotated[
        str | None, typer.Option("--database", help="An empty database; without it a file of SQLite.", metavar="URL")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option("--keep", help="A folder in which what was filled is found again.", metavar="FOLDER")
    ] = None,
    live: Annotated[int, typer.Option("--open", min=100, max=10_000_000, help="How many cases are open.")] = 100_000,
    over: Annotated[int, typer.Option("--closed", min=100, max=100_000_000, help="How many are closed.")] = 1_000_000,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=3600, help="How long pages are asked for.")] = 60.0,
    viewers: Annotated[int, typer.Option("--viewers", max=600, help="How many pages are live afterwards.")] = 0,
    processes: Annotated[
        int, typer.Option("--page-processes", min=0, max=16, help="How many further processes draw pages.")
    ] = 2,
    json: Json = False,
) -> None:
    """How long pages take in a company with very many cases, while 20 are asked for and 5 cases change each second."""
    from tocsin.cli.bench import machine, web

    result = web.run(url, keep=keep, live=live, over=over, seconds=seconds, viewers=viewers, processes=processes)
    if json:
        print_json({"machine": machine.describe(), "result": result})
        return
    typer.echo(machine.describe())
    for line in result.lines():
        typer.echo(line)
