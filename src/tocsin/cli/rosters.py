"""`tocsin roster` and `oncall`: who answers when."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, local, print_json, print_table, read_text, say, when, wrong_use
from tocsin.clocks.moments import localised

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]

rosters = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Who is on call when.",
    epilog="Example: tocsin roster put senior.yaml",
)


@rosters.command(epilog="Example: tocsin roster put senior.yaml")
def put(
    file: Annotated[str, typer.Argument(help="A roster in YAML or JSON; - reads standard input.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show who would be on call, and change nothing.")] = False,
    json: Json = False,
) -> None:
    """Create or replace a roster from a file, and show who is on call before and after.

    {name: senior, members: [dana, carl], zone: Europe/Berlin, handoff: mon 09:00}. Whoever is on call keeps the running
    shift; the new order goes on behind them. Another `first` than before starts the order on that day.
    """
    definition = _roster(file)
    name = definition.pop("name", None)
    if not isinstance(name, str) or not name:
        wrong_use(f"{file}: name: the roster has none; expected a name, such as senior")
    with access.writing("roster put") as api:
        query = {"dry_run": "true"} if dry_run else {}
        made = api.ask("PUT", f"/rosters/{access.part(name)}", query=query, body=definition).json()
    if json:
        print_json(made)
        return
    verb = "would be" if dry_run else "is"
    say(f"{name} {verb} a roster of {', '.join(definition.get('members', []))}")
    _compare(made["before"], made["after"])


def _compare(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """Who is on call now and in the next shifts, as it was and as it is."""
    if not before:
        print_table(
            ("from", "on call", "second"),
            ((when(shift["start"]), _named(shift, "primary"), _named(shift, "backup")) for shift in after),
        )
        return
    starts = sorted({shift["start"] for shift in (*before, *after)})
    rows = [(start, _at(before, start), _at(after, start)) for start in starts]
    print_table(
        ("from", "before", "after", ""),
        ((when(start), was, is_, "" if was == is_ else "changes") for start, was, is_ in rows if was and is_),
    )


def _at(shifts: list[dict[str, Any]], instant: str) -> str:
    """Who is on call at an instant by these shifts; nothing outside of them."""
    found = next((shift for shift in shifts if shift["start"] <= instant < shift["end"]), None)
    return "" if found is None else _named(found, "primary")


def _named(shift: dict[str, Any], place: str) -> str:
    return shift[place] or "nobody"


@rosters.command("list", epilog="Example: tocsin roster list --json")
def list_rosters(json: Json = False) -> None:
    """Show every roster as it was given."""
    with access.reading() as api:
        found: list[dict[str, Any]] = api.get("/rosters")["rosters"]
    if json:
        print_json(found)
        return
    print_table(
        ("name", "members", "handoff", "zone", "overrides"),
        (
            (
                roster["name"],
                ", ".join(roster["members"]),
                roster["handoff"],
                roster["zone"],
                len(roster.get("overrides", [])) or "",
            )
            for roster in found
        ),
    )


def oncall(
    roster: Annotated[str | None, typer.Argument(help="A roster; without it, all.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="At this time instead of now: 2026-11-22T09:30:00Z.")] = None,
    json: Json = False,
) -> None:
    """Show who is on call, who comes second, until when, with the reason; and whom a page would not reach.

    Example: tocsin oncall senior --at 2026-12-24T22:00:00Z
    """
    with access.reading() as api:
        found = api.get("/oncall", roster=roster, at=at)
    if json:
        print_json(found)
        return
    print_table(
        ("roster", "on call", "second", "until", "why"),
        (
            (
                duty["roster"],
                duty["primary"] or "nobody",
                duty["backup"] or "nobody",
                when(duty["until"]),
                localised("; ".join(duty["reasons"]), local),
            )
            for duty in found["oncall"]
        ),
    )
    for duty in found["oncall"]:
        if duty["primary"] is None or duty["primary"] in {absent["user"] for absent in duty["away"]}:
            access.note(f"{duty['roster']}: NOBODY CAN BE REACHED; a page to this roster reaches nobody")
        for absent in duty["away"]:
            access.note(f"{duty['roster']}: {absent['user']} {absent['why']}, and is passed over")
        for asleep in duty["asleep"]:
            access.note(f"{duty['roster']}: {asleep['user']} {asleep['why']}")


def _roster(file: str) -> dict[str, Any]:
    from tocsin.policy.yaml.lines import read

    tree = read(read_text(file))
    if tree.problems:
        wrong_use(f"{file}: {tree.problems[0]}")
    if not isinstance(tree.data, dict):
        wrong_use(f"{file}: this is not a roster; expected name, members, zone, handoff")
    return dict(tree.data)
