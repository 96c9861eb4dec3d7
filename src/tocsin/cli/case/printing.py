"""One case on a terminal: who has it, its clocks, why it was decided so, what happened, whom it paged."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tocsin.cases.asking import follows
from tocsin.cli.case.common import attributes
from tocsin.cli.output import local, terminal, when
from tocsin.cli.safe import plain, plain_value
from tocsin.clocks import saying
from tocsin.core import instants
from tocsin.core.clock import SECOND
from tocsin.core.wording import PLAIN
from tocsin.events import sentence

BAR = 20
_ATTRIBUTES = 4  # so that the targets are not far below
LEVELS = {"executive": "bold red", "senior": "yellow", "standard": ""}
OUTCOMES = {"met": "green", "breached": "red", None: ""}
PAGES = {"delivered": "green", "failed": "red"}


def print_case(case: dict[str, Any], events: list[dict[str, Any]], now: int) -> None:
    """Print a case of the API with its timeline, for a person. `now`: by the clock of the server, in microseconds."""
    console = terminal()
    decision = case.get("decision")
    said = decision["facts"]["case"] if decision is not None else {}
    body = plain(said.get("body") or "", lines=True).strip()
    case, events, said = plain_value(case), plain_value(events), plain_value(said) | {"body": body}
    _head(console, case)
    if decision is not None:
        _ticket(console, said, attributes(case))
    _calls(console, case["calls"])
    _clocks(console, case, now)
    if decision is not None:
        _decision(console, case["decision"])
    _timeline(console, case, events)
    _pages(console, case["pages"])


def _head(console: Console, case: dict[str, Any]) -> None:
    ticket = f" · {case['source']} {case['external_id']}" if case["external_id"] else ""
    console.print(f"[bold]{case['number']}{escape(ticket)}[/bold]  {escape(case['subject'])}", soft_wrap=True)
    style = LEVELS[case["level"]]
    level = f"[{style}]{case['level']}[/]" if style else case["level"]
    kind = f" {case['kind']}" if case["kind"] else ""
    parts = [f"{level}{kind}", escape(case["severity"]), case["state"]]
    parts.append(f"owner {escape(case['owner'])}" if case["owner"] else "[red]nobody owns it[/red]")
    parts.append(f"team {escape(case['team'] or 'none')}")
    if case["technical_lead"]:
        parts.append(f"technical lead {escape(case['technical_lead'])}")
    if case["escalation_manager"]:
        parts.append(f"escalation manager {escape(case['escalation_manager'])}")
    console.print(" · ".join(parts), soft_wrap=True)
    said = [f"customer {case['account']['name']}"] if case["account"] else ["no account"]
    said += [f"priority {case['priority']}"] if case["priority"] else []
    said += [case["url"]] if case["url"] else []
    console.print(escape(" · ".join(said)), soft_wrap=True)
    if case["bridge"]:
        console.print(escape(f"bridge {case['bridge']}"), soft_wrap=True)
    if case["followers"]:
        console.print(escape(f"followed by {', '.join(case['followers'])}"), soft_wrap=True)
    if flags := _flags(case):
        console.print(" · ".join(flags), soft_wrap=True)
    console.print(f"[dim]opened {when(case['opened_at'])}[/dim]")
    if "as_of" in case:
        erased = f"; erased since: {', '.join(case['erased'])}" if case["erased"] else ""
        console.print(f"[bold]as of {when(case['as_of'])}[/bold]{erased}", soft_wrap=True)
    if case["next"]:
        _next(console, case["next"])


def _next(console: Console, asked: dict[str, Any]) -> None:
    """What the case asks now, by which commands it is answered, and what follows without an answer."""
    acts = ", ".join(f"[bold]{escape(act)}[/bold]" for act in asked["acts"])
    console.print(f"\n{escape(asked['question'])} {acts}", soft_wrap=True)
    then = follows(PLAIN, asked["otherwise"], when(asked["at"]) if asked["at"] else None)
    if then:
        console.print(f"[dim]{escape(then)}[/dim]", soft_wrap=True)


def _flags(case: dict[str, Any]) -> list[str]:
    """What is true of the case beside its state, and what it waits for."""
    found = [name for name in ("acknowledged", "contained") if case[name]]
    claims = [what for what in ("containment", "resolution") if case[f"{what}_claimed_at"]]
    found += [f"{what} claimed, to be confirmed" for what in claims]
    found += ["the customer has written since"] if claims and case["contested_at"] else []
    if case["state"] == "open" and case["recovered_at"]:
        found.append(f"{case['source']} says that it is over")
    if case["held"]:
        found.append(f"on hold until {when(case['held_until'])}")
    if case["request"]:
        found.append(f"{case['request']['level']} requested, accepted at {when(case['request']['due_at'])}")
    if case["triage"]:
        found.append(f"triage asks until {when(case['triage']['answer_by'])}")
    if case["imported"] and case["state"] == "open":
        found.append("imported: no clock runs and nobody is notified until somebody is assigned or the customer writes")
    elif case["imported"]:
        found.append("imported")
    if case["corrected"]:
        found.append(f"corrected: {case['corrected'].replace('_', ' ')}")
    if case["parent"]:
        found.append(f"{'merged into' if case['state'] == 'merged' else 'follows'} case {case['parent']}")
    if case["confidential"]:
        found.append(escape(f"confidential: {', '.join(case['named'])}"))
    if "answers_for" in case:
        found.append(f"answers for case {case['answers_for']['number']}, which was merged")
    return found


def _ticket(console: Console, said: dict[str, Any], attributes: list[str]) -> None:
    """What the customer wrote, and what else the ticket says."""
    facts = [f"{said['users_affected']:,} users affected"] if said.get("users_affected") is not None else []
    if said.get("tags"):
        facts.append(f"tags {', '.join(said['tags'])}")
    facts += attributes[:_ATTRIBUTES]
    if len(attributes) > _ATTRIBUTES:
        facts.append(f"{len(attributes) - _ATTRIBUTES} more attributes, with --json")
    if not said["body"] and not facts:
        return
    console.print("\n[bold]what the customer wrote[/bold]")
    if said["body"]:
        console.print(escape(said["body"]), soft_wrap=True)
    if facts:
        console.print(f"[dim]{escape(' · '.join(facts))}[/dim]", soft_wrap=True)


def _calls(console: Console, calls: list[dict[str, Any]]) -> None:
    """Who was called in, and whether they come."""
    if not calls:
        return
    table = _table(console, "called in", "", "by", "at", "", "for")
    for call in calls:
        target = call["target"]
        who = target["name"] if target["kind"] == "user" else f"{target['kind']} {target['name']}"
        by, reason = escape(call["by"] or ""), escape(call["reason"] or "")
        table.add_row(escape(who), by, when(call["started_at"]), escape(_came(call)), reason)
    console.print(table)


def _came(call: dict[str, Any]) -> str:
    if call["state"] == "answered":
        return f"{call['answered_by']} comes"
    if call["state"] == "calling":
        waits = [name for name in call["called"] if name not in call["declined"]]
        return f"waits for {', '.join(waits)}"
    ends = {"declined": "everybody declined", "unanswered": "nobody answered", "withdrawn": "withdrawn"}
    return ends.get(call["state"], "the case is over")


def _clocks(console: Console, case: dict[str, Any], now: int) -> None:
    if not case["clocks"]:
        return
    table = _table(console, "SLA targets", "", "target", "calendar", "due", "")
    for run in case["clocks"]:
        name = saying.name(run["clock"], run.get("title") or run["clock"]) + (
            "" if run["cycle"] == 1 else f" {run['cycle']}"
        )
        table.add_row(name, run["target"], escape(run["calendar"]), when(run["due_at"]), _outcome(run, now))
    console.print(table)


def _outcome(run: dict[str, Any], now: int) -> str:
    if run["outcome"] is None:
        return "paused" if run["paused"] else _runs(run, now)
    text = run["outcome"] + (f": {run['cancelled_because'].replace('_', ' ')}" if run["cancelled_because"] else "")
    text += f", excused: {run['excused_by'].replace('_', ' ')}" if run["excused_by"] else ""
    if run["confirmed_at"]:
        text += f", claimed at {when(run['claimed_at'] or run['settled_at'])}, confirmed at {when(run['confirmed_at'])}"
    if run["done_at"]:
        text += f", done at {when(run['done_at'])}"
    if run.get("spare") is not None:
        text += f" with {saying.span(run['spare'] * SECOND)} to spare"
    return f"[{OUTCOMES[run['outcome']]}]{text}[/]" if OUTCOMES.get(run["outcome"]) else text


def _runs(run: dict[str, Any], now: int) -> str:
    """How a clock without an outcome stands: a claim that the customer contests stops it no more."""
    if run["claimed_at"] and not run["contested_at"]:
        return "claimed"
    left = saying.left(_at(run["due_at"]), now)
    if run["claimed_at"]:
        return f"{left}: claimed at {when(run['claimed_at'])}, and the customer says otherwise"
    return left


def _decision(console: Console, decision: dict[str, Any]) -> None:
    table = _table(console, f"score {decision['score']:.4g} of 100", "", "points", "of", "", "because")
    for factor in decision["factors"]:
        bar = "━" * round(factor["value"] * BAR)
        reason = escape(factor["reason"])
        table.add_row(
            escape(factor["name"]),
            f"{factor['points']:.4g}",
            f"{factor['weight']:g}",
            f"[cyan]{bar:<{BAR}}[/cyan]",
            f"[dim]{reason}[/dim]" if factor["assumed"] else reason,
        )
    console.print(table)
    console.print(f"\n[bold]why[/bold] [dim]under version {decision['policy_version']}[/dim]")
    for reason in decision["reasons"]:
        console.print(f"  {escape(reason)}", soft_wrap=True)


def _timeline(console: Console, case: dict[str, Any], events: list[dict[str, Any]]) -> None:
    opened = _at(case["opened_at"])
    table = _table(console, "timeline", "", "", "", "")
    table.show_header = False
    named = {"clocks": {run["clock"]: run.get("title") or run["clock"] for run in case["clocks"]}}
    for event in events:
        at = _at(event["at"])
        actor = "" if event["actor"].startswith("engine") else event["actor"].partition(" via ")[0]
        table.add_row(
            f"[dim]{when(event['at'])[11:]}[/dim]",
            f"+{saying.span(at - opened)}",
            escape(sentence(event | named, local)),
            f"[dim]{escape(actor)}[/dim]",
        )
    console.print(table)


def _pages(console: Console, pages: list[dict[str, Any]]) -> None:
    if not pages:
        return
    table = _table(console, "pages and notices", "", "", "by", "state", "attempts", "queued", "")
    for page in pages:
        style = PAGES.get(page["state"], "dim")
        table.add_row(
            escape(page["user"]),
            page["kind"],
            escape(page["channel"]),
            f"[{style}]{page['state']}[/]"
            + (", acknowledged" if page["acknowledged_at"] else ", declined" if page["declined_at"] else ""),
            str(page["attempts"]),
            when(page["queued_at"]),
            escape(page["error"] or ""),
        )
    console.print(table)


def _table(console: Console, title: str, *columns: str) -> Table:
    console.print(f"\n[bold]{escape(title)}[/bold]")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column(columns[0], no_wrap=True)
    for place, column in enumerate(columns[1:], 2):
        last = place >= len(columns) - 1
        table.add_column(column, justify="right" if column in ("points", "of") else "left", no_wrap=not last)
    return table


def _at(text: str) -> int:
    return instants.from_text(text)
