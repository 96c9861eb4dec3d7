"""`tocsin case`: the cases and what people do to them, on a server or in a database."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.access import As
from tocsin.cli.output import JSON_HELP, print_json, print_table, read_text, say, when, wrong_use

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="List, show, open and work on cases.",
    epilog="Example: tocsin case list --state open --level executive",
)

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Case = Annotated[str, typer.Argument(metavar="CASE", help="Its number or id.")]


@app.command("list", epilog="Example: tocsin case list --state open --level executive")
def list_cases(
    state: Annotated[str | None, typer.Option("--state", help="open, resolved, closed or merged.")] = None,
    level: Annotated[str | None, typer.Option("--level", help="standard, senior or executive.")] = None,
    severity: Annotated[str | None, typer.Option("--severity", help="As the policy names it.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="The team that has it.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="The user who owns it.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """Show cases, the newest first."""
    with access.reading() as api:
        found = api.get("/cases", state=state, level=level, severity=severity, team=team, owner=owner, limit=limit)
    if json:
        print_json(found)
        return
    print_table(
        ("number", "ticket", "level", "severity", "state", "owner", "team", "next due", "subject"),
        (
            (
                case["number"],
                case["external_id"] or "",
                case["level"],
                case["severity"],
                case["state"],
                case["owner"] or "nobody",
                case["team"] or "",
                _next_due(case),
                case["subject"],
            )
            for case in found["cases"]
        ),
    )
    if found["cursor"]:
        access.note(f"there are more than {limit}: raise --limit, or narrow the list")


@app.command(epilog="Example: tocsin case show 17")
def show(case: Case, json: Json = False) -> None:
    """Show a case: who has it, its clocks, why it was decided so, what happened, whom it paged."""
    with access.reading() as api:
        path = f"/cases/{access.part(case)}"
        found = api.get(path)
        events: list[dict[str, Any]] = api.get(f"{path}/timeline")["events"]
    if json:
        print_json(found | {"timeline": events})
        return
    from tocsin.cli.casefile import print_case

    print_case(found, events)


@app.command("open", epilog="Example: tocsin case open 'API is down' --account acme --users-affected 5000")
def open_case(
    subject: Annotated[str | None, typer.Argument(help="What it is about.")] = None,
    body: Annotated[str | None, typer.Option("--body", help="The text.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="The customer's external id.")] = None,
    external_id: Annotated[str | None, typer.Option("--ticket", help="The ticket's id where it comes from.")] = None,
    users_affected: Annotated[int | None, typer.Option("--users-affected", min=0, help="How many.")] = None,
    priority: Annotated[str | None, typer.Option("--priority", help="As the customer put it.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag; again for more.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="The body of POST /cases in JSON instead; - reads standard input.")
    ] = None,
    json: Json = False,
) -> None:
    """Open a case. The same ticket again answers with the same case."""
    if (subject is None) == (file is None):
        wrong_use("a case needs a subject, or a --file")
    ticket = _ticket(file) if file is not None else {"subject": subject}
    given = {
        "body": body,
        "account": {"external_id": account} if account else None,
        "external_id": external_id,
        "users_affected": users_affected,
        "priority": priority,
        "tags": tag,
    }
    with access.writing("case open") as api:
        made = api.post("/cases", ticket | {name: value for name, value in given.items() if value is not None})
        remote = api.remote
    if json:
        print_json(made)
        return
    said = "is open already" if made.get("unchanged") else "is open"
    say(f"case {made['number']} {said}: {_summary(made)}")
    if not remote and made["escalations"]:
        access.note("pages wait in the database until a server runs: `tocsin serve`")


@app.command(epilog="Example: tocsin case ack 17")
def ack(case: Case, acting: As = None, json: Json = False) -> None:
    """Acknowledge an escalated case: whoever does leads the technical work, and the paging stops."""
    _act("case ack", case, "acknowledgement", {}, acting, json, "is acknowledged")


@app.command(epilog="Example: tocsin case assign 17 dana")
def assign(
    case: Case,
    owner: Annotated[str, typer.Argument(help="The user who shall own it.")],
    acting: As = None,
    json: Json = False,
) -> None:
    """Give a case to somebody."""
    _act("case assign", case, "assignment", {"owner": owner}, acting, json, f"belongs to {owner}")


@app.command(epilog="Example: tocsin case resolve 17 --note 'The cache was full.'")
def resolve(
    case: Case,
    note: Annotated[str | None, typer.Option("--note", help="How, for colleagues.")] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Say that the problem is solved."""
    _act("case resolve", case, "resolution", {"note": note}, acting, json, "is resolved")


@app.command(epilog="Example: tocsin case note 17 'The vendor is on it.'")
def note(
    case: Case,
    text: Annotated[str, typer.Argument(help="What to write down; - reads standard input.")],
    acting: As = None,
    json: Json = False,
) -> None:
    """Write something down, for colleagues."""
    _act("case note", case, "notes", {"text": read_text("-") if text == "-" else text}, acting, json, "has the note")


def _act(doing: str, case: str, verb: str, body: dict[str, Any], acting: str | None, json: bool, said: str) -> None:
    with access.writing(doing, acting) as api:
        done = api.post(f"/cases/{access.part(case)}/{verb}", body)
    if json:
        print_json(done)
    else:
        say(f"case {done['number']} {said}: {_summary(done)}")


def _ticket(file: str) -> dict[str, Any]:
    import json as reader

    try:
        found = reader.loads(read_text(file))
    except ValueError as error:
        wrong_use(f"{file}: this is not JSON: {error}")
    if not isinstance(found, dict):
        wrong_use(f"{file}: this is no ticket; expected a JSON object")
    return found


def _summary(case: dict[str, Any]) -> str:
    owner = f"owned by {case['owner']}" if case["owner"] else "owned by nobody yet"
    return f"{case['level']}, {case['severity']}, {case['state']}, {owner}, team {case['team']}"


def _next_due(case: dict[str, Any]) -> str:
    """The first clock that is still to be met, and when."""
    waiting = [run for run in case["clocks"] if run["outcome"] is None and not run["paused"]]
    if case["state"] != "open" or not waiting:
        return ""
    first = min(waiting, key=lambda run: run["due_at"])
    return f"{first['clock']} {when(first['due_at'])}"
