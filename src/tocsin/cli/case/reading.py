"""`tocsin case list` and `show`."""

from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from tocsin.cli import access
from tocsin.cli.access import As
from tocsin.cli.case.common import Case, Command, Json, add, attributes, tell_others
from tocsin.cli.output import print_json, print_table
from tocsin.clocks import saying
from tocsin.core import instants, texts

_SHORT = ("number", "level", "severity", "state", "owner", "next due", "customer", "subject")
_FURTHER = ("ticket", "priority", "team", "link", "attributes")
_ATTRIBUTES = 3  # of a case, in a list
_CUSTOMER, _SUBJECT = 24, 60  # characters, in a list

AsOf = Annotated[str | None, typer.Option("--as-of", help="As it was at this instant, such as 2026-11-22T09:30:00Z.")]


def list_cases(
    state: Annotated[str | None, typer.Option("--state", help="open, resolved, closed or merged.")] = None,
    level: Annotated[str | None, typer.Option("--level", help="standard, senior or executive.")] = None,
    severity: Annotated[str | None, typer.Option("--severity", help="As the policy names it.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="technical or relationship.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="As the policy names it.")] = None,
    area: Annotated[str | None, typer.Option("--area", help="The product area, as the policy names it.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="The team that has it.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="The user who owns it; me: whoever asks.")] = None,
    account: Annotated[str | None, typer.Option("--account", help="The customer's id, ours or their own.")] = None,
    ticket: Annotated[str | None, typer.Option("--ticket", help="The ticket's id where it comes from.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="The tool that it comes from.")] = None,
    needs: Annotated[
        str | None,
        typer.Option(
            "--needs", help="somebody, now, or why: escalated, unanswered, breached, unowned, requests or triage."
        ),
    ] = None,
    followed_by: Annotated[
        str | None, typer.Option("--followed-by", help="The user who follows it; me: whoever asks.")
    ] = None,
    imported: Annotated[
        bool | None, typer.Option("--imported/--live", help="Only imported history, or all but that.")
    ] = None,
    search: Annotated[
        str | None,
        typer.Option("--q", "--search", help="Words of subject, text or notes, the ticket's id, the customer's name."),
    ] = None,
    sort: Annotated[
        str,
        typer.Option("--sort", help="newest, oldest, age, unanswered, urgency, due, level, severity, owner, account."),
    ] = "newest",
    as_of: AsOf = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many at most.")] = 50,
    wide: Annotated[
        bool, typer.Option("--wide", help="Ticket, priority, team, link and attributes too, and subjects as they are.")
    ] = False,
    acting: As = None,
    json: Json = False,
) -> None:
    """Show cases, the newest first, or in another order."""
    with access.reading(acting) as api:
        found = api.get(
            "/cases",
            state=state,
            level=level,
            severity=severity,
            kind=kind,
            type=type_,
            product_area=area,
            team=team,
            owner=owner,
            account=account,
            external_id=ticket,
            source=source,
            needs=needs,
            followed_by=followed_by,
            imported=None if imported is None else str(imported).lower(),
            q=search,
            sort=sort,
            limit=limit,
            as_of=as_of,
        )
        now = _at(api, as_of)
    if json:
        print_json(found)
        return
    columns = (*_SHORT, *_FURTHER) if wide else _SHORT
    print_table(columns, (_row(case, now, wide) for case in found["cases"]), cut=not wide)
    if found["cursor"]:
        access.note(f"there are more than {limit}: raise --limit, or narrow the list")


def show(case: Case, as_of: AsOf = None, acting: As = None, json: Json = False) -> None:
    """Show a case: who has it, its clocks, why it was decided so, what happened, whom it paged."""
    with access.reading(acting) as api:
        path = f"/cases/{access.part(case)}"
        found = api.get(path, as_of=as_of)
        events: list[dict[str, Any]] = api.get(f"{path}/timeline", as_of=as_of)["events"]
        now = _at(api, as_of)
    if json:
        print_json(found | {"timeline": events})
        return
    from tocsin.cli.case.printing import print_case

    print_case(found, events, now)
    tell_others(case, found)


def affected(
    case: Case,
    product: Annotated[list[str] | None, typer.Option("--product", help="One that they have; once for each.")] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Only those of this plan.")] = None,
    region: Annotated[str | None, typer.Option("--region", help="Only those there.")] = None,
    attribute: Annotated[
        list[str] | None, typer.Option("--attribute", metavar="NAME=VALUE", help="Only those; once for each.")
    ] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Show customers whom the problem of a case concerns, those first who have not written."""
    with access.reading(acting) as api:
        asked = {"product": product, "plan": plan, "region": region, "attribute": attribute}
        query = urlencode({name: value for name, value in asked.items() if value}, doseq=True)
        found = api.get(f"/cases/{access.part(case)}/affected{'?' * bool(query)}{query}")
    if json:
        print_json(found)
        return
    print_table(
        ("account", "name", "segment", "because", "has written"),
        (
            (
                one["external_id"],
                one["name"] or "",
                one["segment"] or "",
                "; ".join(one["because"]),
                f"case {one['case']}" if one["case"] else "",
            )
            for one in found["accounts"]
        ),
    )


def _at(api: access.Api, as_of: str | None) -> int:
    """The instant by which times are told."""
    return api.now() if as_of is None else instants.from_text(as_of, "as_of")


def _row(case: dict[str, Any], now: int, wide: bool) -> tuple[object, ...]:
    """The cells of a case."""
    customer, subject = case["account"]["name"] if case["account"] else "", case["subject"]
    found = (
        case["number"],
        case["level"],
        case["severity"],
        case["state"] + (", imported" if case["imported"] else ""),
        case["owner"] or "nobody",
        _next_due(case, now),
    )
    if not wide:
        return (*found, texts.cut(customer, _CUSTOMER), texts.cut(subject, _SUBJECT))
    attributed = ", ".join(attributes(case, _ATTRIBUTES))
    ticket = (case["external_id"] or "", case["priority"] or "", case["team"] or "", case["url"] or "")
    return (*found, customer, subject, *ticket, attributed)


def _next_due(case: dict[str, Any], now: int) -> str:
    """The first clock that is still to be met, and in what time."""
    waiting = [run for run in case["clocks"] if run["outcome"] is None and not run["paused"]]
    if case["state"] != "open" or not waiting:
        return ""
    first = min(waiting, key=lambda run: run["due_at"])
    return saying.state(first["clock"], first.get("title") or first["clock"], instants.from_text(first["due_at"]), now)


def similar(case: Case, acting: As = None, json: Json = False) -> None:
    """Show which open cases may be of the same problem, the likeliest first, and why."""
    with access.reading(acting) as api:
        found = api.get(f"/cases/{access.part(case)}/similar")
    if json:
        print_json(found)
        return
    offered = found["offered"]
    print_table(
        ("case", "ticket", "level", "likely", "because", "subject"),
        (
            (
                f"#{one['number']}",
                one["external_id"] or "",
                one["level"],
                f"{one['likelihood']:.0%}{' (offered)' if offered and offered['number'] == one['number'] else ''}",
                "; ".join(one["because"]),
                texts.cut(one["subject"], _SUBJECT),
            )
            for one in found["similar"]
        ),
    )


def evidence(case: Case, acting: As = None, json: Json = False) -> None:
    """Show what collectors fetched for a case, the newest first, or why nothing came."""
    with access.reading(acting) as api:
        found = api.get(f"/cases/{access.part(case)}/evidence")["evidence"]
    if json:
        print_json(found)
        return
    print_table(
        ("collector", "state", "asked", "says", "sha256"),
        (
            (
                one["collector"],
                one["state"],
                one["asked_at"],
                texts.cut(one["says"] or one["error"] or "", _SUBJECT),
                (one["sha256"] or "")[:12],
            )
            for one in found
        ),
    )


def add_to(app: typer.Typer) -> None:
    add(
        app,
        Command("list", list_cases, "list --state open --level executive"),
        Command("show", show, "show 17"),
        Command("similar", similar, "similar 17"),
        Command("evidence", evidence, "evidence 17"),
        Command("affected", affected, "affected 17 --product chat"),
    )
