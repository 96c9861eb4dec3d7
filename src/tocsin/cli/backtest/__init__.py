"""`tocsin policy backtest`: what a policy would have done with a history; no database."""

from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.output import JSON_HELP, print_json, print_problems, problem_values, read_text, wrong_use
from tocsin.cli.refusals import not_over, refusals


def backtest(
    file: Annotated[Path, typer.Argument(help="A CSV file with a header; gzipped or not.")],
    map: Annotated[
        str | None,
        typer.Option("--map", help="The mapping in YAML: how columns become cases. `tocsin mapping` drafts one."),
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", help="A policy in YAML; without it, the starter b2b-saas.")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", help="Another policy in YAML: show what differs from it.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page into this file, with sliders for the thresholds.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write the refused rows to this CSV file, with line and reason.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Show what a policy would have done with a history: levels, pages, nights. Needs no database.

    Every ticket of the file is decided as of its opening. Exit code 1 where rows were refused, or where a policy
    or the mapping has problems.
    """
    from tocsin.cli.backtest import terminal, values
    from tocsin.cli.backtest.run import run
    from tocsin.cli.policyfile import compiled_policy
    from tocsin.core.errors import InvalidDocument
    from tocsin.intake.mapping.reading import parse_mapping

    if not file.is_file():
        wrong_use(f"{file}: there is no such file")
    if html is not None and (html.is_dir() or not html.absolute().parent.is_dir()):
        wrong_use(f"{html}: a file cannot be written there")
    if map is None:
        wrong_use(f"there is no --map; `tocsin mapping {file} > mapping.yaml` drafts one")
    not_over(html, file, map, policy, against)
    not_over(report, file, map, policy, against, html)
    place = map
    try:
        mapping = parse_mapping(read_text(map), map)
        place = policy or place
        mine = compiled_policy(policy)
        place = against or place
        other = None if against is None else compiled_policy(against)
        place = map
        with refusals(report) as refuse:
            done = run(file, mapping, map, mine, other, refuse, files=(policy, against), spread=html is not None)
    except InvalidDocument as error:
        if json:
            print_json({"ok": False, "problems": problem_values(error.problems)})
        else:
            print_problems(place, error.problems)
        raise typer.Exit(1) from None
    if html is not None:
        from tocsin.cli.backtest import page

        try:
            html.write_text(page.render(done), encoding="utf-8")
        except OSError as error:
            wrong_use(f"{html}: {error.strerror or error}")
    if json:
        print_json(values.of(done))
    else:
        terminal.show(done)
        if html is not None:
            typer.echo(f"\nthe page is {html}")
    raise typer.Exit(1 if done.outcome.refused else 0)
