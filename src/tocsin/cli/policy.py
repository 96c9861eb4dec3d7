"""`tocsin policy`: what can be done with a policy that is a file, without a database; `activation` does the rest."""

from typing import TYPE_CHECKING, Annotated

import typer

from tocsin.cli import activation, backtest
from tocsin.cli.output import JSON_HELP, print_json, print_problems, problem_values, read_text, wrong_use

if TYPE_CHECKING:
    from tocsin.core.errors import Problem
    from tocsin.policy.model import Document

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Check, test, show, compare, try on a history and activate policies.",
    epilog="Example: tocsin policy show --starter b2b-saas > policy.yaml && tocsin policy check policy.yaml",
)
app.command(epilog="Example: tocsin policy activate policy.yaml --reason 'stricter for billing'")(activation.activate)
app.command(epilog="Example: tocsin policy history")(activation.history)
app.command(epilog="Example: tocsin policy revert --reason 'too many pages'")(activation.revert)
app.command(epilog="Example: tocsin policy backtest tickets.csv.gz --map mapping.yaml --html backtest.html")(
    backtest.backtest
)

File = Annotated[str, typer.Argument(help="A policy in YAML; - reads standard input.")]
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


@app.command(epilog="Example: tocsin policy check policy.yaml")
def check(
    file: File,
    json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")] = False,
) -> None:
    """Find everything that is wrong with a policy.

    Each problem has its line and what was expected. Exit code 1 where there is an error.
    """
    _, problems = _examine(file)
    errors = sum(problem.severity == "error" for problem in problems)
    failed = bool(errors or (strict and problems))
    if json:
        print_json({"ok": not failed, "problems": problem_values(problems)})
    else:
        print_problems(file, problems)
        typer.echo(f"{file}: {_counted(errors, 'error')}, {_counted(len(problems) - errors, 'warning')}")
    raise typer.Exit(1 if failed else 0)


@app.command("test", epilog="Example: tocsin policy test policy.yaml")
def run_tests(file: File, json: Json = False) -> None:
    """Decide the examples of a policy and compare. Exit code 1 where one comes out differently."""
    from tocsin.policy.examples import run_examples

    document, problems = _examine(file)
    errors = [problem for problem in problems if problem.severity == "error"]
    if document is None or errors:
        if json:
            print_json({"ok": False, "problems": problem_values(errors), "examples": []})
        else:
            print_problems(file, errors)
        raise typer.Exit(1)
    results = run_examples(document)
    failed = [result for result in results if not result.ok]
    if json:
        print_json({"ok": not failed, "problems": [], "examples": results})
        raise typer.Exit(1 if failed else 0)
    for result in results:
        mark = typer.style("ok  ", fg=typer.colors.GREEN) if result.ok else typer.style("FAIL", fg=typer.colors.RED)
        typer.echo(f"{mark} {result.name}")
        if not result.ok:
            typer.echo(f"     {file}:{result.line}" + (f": {result.error}" if result.error else ""))
            for field, expected in result.expected.items():
                if field in result.got and result.got[field] != expected:
                    typer.echo(f"     {field}: expected {_shown(expected)}, got {_shown(result.got[field])}")
    typer.echo(f"{_counted(len(results), 'example')}, {len(failed)} failed")
    raise typer.Exit(1 if failed else 0)


@app.command(epilog="Example: tocsin policy show --starter consumer > policy.yaml")
def show(
    file: Annotated[str | None, typer.Argument(help="A policy in YAML; - reads standard input.")] = None,
    starter: Annotated[
        str | None, typer.Option("--starter", help="b2b-saas (without a file), it-service-desk or consumer.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Write out what the document leaves unsaid.")] = False,
    json: Json = False,
) -> None:
    """Show a policy: its text, or complete with its defaults."""
    from tocsin.core.errors import NotFound
    from tocsin.policy import starters

    if file is not None and starter is not None:
        wrong_use("name a file or a starter, not both")
    try:
        text = read_text(file) if file is not None else starters.text(starter or starters.DEFAULT)
    except NotFound as error:
        wrong_use(f"{error.detail}; expected {error.expected}")
    if not (defaults or json):
        typer.echo(text, nl=False)
        return
    from tocsin.policy.plain import plain, to_yaml

    document = _parsed(text, file or "starter")
    if json:
        print_json(plain(document))
    else:
        typer.echo(to_yaml(document), nl=False)


@app.command(epilog="Example: tocsin policy diff policy.yaml proposal.yaml")
def diff(
    old: Annotated[str, typer.Argument(help="The policy as it is.")],
    new: Annotated[str, typer.Argument(help="The policy as it shall be.")],
    json: Json = False,
) -> None:
    """Tell what changes from one policy to another.

    It is the meaning that counts, defaults included, and not how it is written.
    """
    from tocsin.policy.diff import diff as compare

    before, after = _parsed(read_text(old), old), _parsed(read_text(new), new)
    changes = compare(before, after)
    if json:
        print_json(changes)
        return
    colours = {"added": typer.colors.GREEN, "removed": typer.colors.RED}
    for change in changes:
        typer.secho(str(change), fg=colours.get(change.kind, typer.colors.YELLOW))
    typer.echo(_counted(len(changes), "change") if changes else "the two mean the same")


@app.command(epilog="Example: tocsin policy schema > policy.schema.json")
def schema(
    json: Annotated[bool, typer.Option("--json", help="On one line.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As a page that describes every key.")] = False,
) -> None:
    """Print the JSON Schema of policies.

    It is of the draft 2020-12; editors complete policies from it. With the YAML language server, the first line
    of policy.yaml is

    # yaml-language-server: $schema=policy.schema.json
    """
    import msgspec

    from tocsin.policy.document import schema as build
    from tocsin.policy.schema.reference import to_markdown

    if json and markdown:
        wrong_use("--json or --markdown, not both")
    if markdown:
        typer.echo(to_markdown(build()), nl=False)
    elif json:
        print_json(build())
    else:
        typer.echo(msgspec.json.format(msgspec.json.encode(build()), indent=2).decode())


def _examine(file: str) -> "tuple[Document | None, list[Problem]]":
    """The document, unless it is refused, and all its problems."""
    from tocsin.core.errors import InvalidDocument
    from tocsin.policy.check import check as look
    from tocsin.policy.document import parse

    try:
        document = parse(read_text(file), file)
    except InvalidDocument as error:
        return None, list(error.problems)
    return document, look(document)


def _parsed(text: str, place: str) -> "Document":
    from tocsin.core.errors import InvalidDocument
    from tocsin.policy.document import parse

    try:
        return parse(text, place)
    except InvalidDocument as error:
        print_problems(place, error.problems)
        raise typer.Exit(1) from None


def _shown(value: object) -> str:
    from tocsin.core import canonical

    return canonical.encode(value).decode()


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
