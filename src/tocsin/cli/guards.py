"""`tocsin automation`, `window`, `silence`, `watch` and `mute`: what people set for a time over what happens by
itself."""

from collections.abc import Callable
from inspect import Parameter, Signature
from pathlib import Path
from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_table, say, when
from tocsin.guards import planned
from tocsin.guards.kinds import ASKED, KINDS, MUTE, SILENCE, WATCH, WINDOW, GuardKind

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]

_EXAMPLES = {
    WINDOW.name: "window add --area api --from 2026-12-05T22:00:00+01:00 --for 2h --reason 'the database moves'",
    SILENCE.name: "silence add --account acme --for 90m --reason 'they test their fallback'",
    WATCH.name: "watch add --account acme --level senior --for 14d --reason 'their go-live'",
    MUTE.name: "mute add --rule classify.down-words --for 2h --reason 'a campaign says so in every mail'",
}


def _group(kind: GuardKind) -> typer.Typer:
    """The commands of one kind."""
    example = f"Example: tocsin {_EXAMPLES[kind.name]}"
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=f"{kind.does.text}.", epilog=example)
    app.command("add", epilog=example)(_add(kind))
    app.command("list", epilog=f"Example: tocsin {kind.name} list")(_list(kind))
    if kind is WINDOW:
        app.command("import", epilog="Example: tocsin window import work.ics --area api")(_import)
    app.command("end", epilog=f"Example: tocsin {kind.name} end 0hct5k2m8n6p1")(_end(kind))
    return app


def _add(kind: GuardKind) -> Callable[..., None]:
    def run(reason: str, lasts: str | None, ends_at: str | None, json: bool, **given: Any) -> None:
        body = {"reason": reason, "lasts": lasts, "ends_at": ends_at, **given}
        with access.writing(f"{kind.name} add") as api:
            made = api.post(f"/{kind.plural}", {name: value for name, value in body.items() if value})
        if json:
            print_json(made)
        else:
            say(f"{made['id']} holds from {when(made['starts_at'])} to {when(made['ends_at'])}")

    parameters = [
        _option("reason", Reason, Parameter.empty),
        *(_asked(name) for name in kind.asks),
        *(
            [_option("starts_at", _text("--from", "TIME", "When it begins; without it, at once."))]
            if kind.planned
            else []
        ),
        _option("lasts", _text("--for", "DURATION", "How long it lasts, such as 90m or 2d.")),
        _option("ends_at", _text("--until", "TIME", "Or when it ends, such as 2026-12-05T22:00:00+01:00.")),
        _option("json", Json, False),
    ]
    return _signed(run, parameters, f"Set one. {kind.does.text}.")


def _list(kind: GuardKind) -> Callable[..., None]:
    def run(json: bool) -> None:
        with access.reading() as api:
            found: list[dict[str, Any]] = api.get(f"/{kind.plural}")[kind.plural]
        if json:
            print_json(found)
        else:
            _print(found)

    return _signed(run, [_option("json", Json, False)], "Show what stands or is to come, then what is over.")


def _import(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An iCalendar file.", exists=True, dir_okay=False)],
    area: Annotated[
        list[str] | None, typer.Option("--area", help="A product area that they cover; again for more.")
    ] = None,
    account: Annotated[list[str] | None, typer.Option("--account", help="An account; again for more.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag of tickets; again for more.")] = None,
    mode: Annotated[str, typer.Option("--mode", help="quiet: pages wait; annotate: cases are only marked.")] = "quiet",
    reason: Annotated[str, typer.Option("--reason", help="What stands before the name of each event.")] = "",
    json: Json = False,
) -> None:
    """Set a window for each occurrence of a calendar's events within sixty days, repeated ones too; all or none."""
    text = file.read_bytes()[: planned.MOST_BYTES + 1].decode("utf-8", "replace")
    body = {"calendar": text, "areas": area or [], "accounts": account or [], "tags": tag or [], "mode": mode}
    with access.writing("window import") as api:
        made = api.post("/windows/calendar", {**body, "reason": reason})
    if json:
        print_json(made)
        return
    _print(made["windows"])
    if made["known"]:
        say(f"{made['known']} stood there already")


def _end(kind: GuardKind) -> Callable[..., None]:
    def run(guard: str) -> None:
        with access.writing(f"{kind.name} end") as api:
            api.delete(f"/{kind.plural}/{access.part(guard)}")
        say(f"{guard} is over")

    told = _option("guard", Annotated[str, typer.Argument(metavar="ID", help="Its id.")], Parameter.empty)
    says = "End one before its time. What it had kept from paging pages at once."
    return _signed(run, [told], says)


def _asked(name: str) -> Parameter:
    asked = ASKED[name]
    values = " or ".join(value for value, _ in asked.choices)
    more = "; again for more" if asked.many else f": {values}" if asked.choices else ""
    kind: Any = list[str] | None if asked.many else str | None
    return _option(
        name,
        Annotated[kind, typer.Option(f"--{asked.option}", metavar=asked.option.upper(), help=f"{asked.says}{more}.")],
    )


def _text(option: str, metavar: str, says: str) -> Any:
    return Annotated[str | None, typer.Option(option, metavar=metavar, help=says)]


def _option(name: str, annotation: Any, default: Any = None) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


_BEGINS = _option("starts_at", _text("--from", "TIME", "When it begins; without it, at once."))


def _signed(run: Any, parameters: list[Parameter], does: str) -> Callable[..., None]:
    """A function as a command with these parameters."""
    run.__signature__ = Signature(parameters)
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    run.__doc__ = does
    made: Callable[..., None] = run
    return made


def _print(found: list[dict[str, Any]]) -> None:
    print_table(
        ("id", "kind", "state", "from", "to", "by", "about", "reason"),
        (
            (
                *(one["id"], one["kind"], one["state"], when(one["starts_at"])),
                *(when(one["ended_at"] or one["ends_at"]), one["by"], _about(one), one["reason"]),
            )
            for one in found
        ),
    )


def _about(one: dict[str, Any]) -> str:
    """What a guard is about, in one line."""
    accounts = [account["name"] for account in one.get("accounts", ())]
    parts = [*one.get("areas", ()), *accounts, *one.get("tags", ())]
    return ", ".join([*parts, *(one[name] for name in ("rule", "level", "mode") if one.get(name))])


automation = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Whether the policy escalates by itself: on, off, status.",
    epilog="Example: tocsin automation off --reason 'a rule escalates everything'",
)


@automation.command("off", epilog="Example: tocsin automation off --reason 'a rule escalates everything'")
def turn_off(reason: Reason, json: Json = False) -> None:
    """Turn automation off: every new decision goes to triage, with its clocks running, until somebody turns it on."""
    _turn(on=False, reason=reason, json=json)


@automation.command("on", epilog="Example: tocsin automation on --reason 'the rule is mended'")
def turn_on(reason: Reason, json: Json = False) -> None:
    """Turn automation on again. What waits in triage without an answer takes its level when its time is over."""
    _turn(on=True, reason=reason, json=json)


@automation.command(epilog="Example: tocsin automation status")
def status(json: Json = False) -> None:
    """Say whether automation is on, and show every guard that stands or is to come."""
    with access.reading() as api:
        found = api.get("/automation")
    if json:
        print_json(found)
        return
    say("automation is on" if found["on"] else "automation is off")
    if found["guards"]:
        _print(found["guards"])


def _turn(*, on: bool, reason: str, json: bool) -> None:
    with access.writing(f"automation {'on' if on else 'off'}") as api:
        done = api.post("/automation", {"on": on, "reason": reason})
    if json:
        print_json(done)
    else:
        say(f"automation is {'on' if on else 'off'}")


window, silence, watch, mute = (_group(KINDS[kind.name]) for kind in (WINDOW, SILENCE, WATCH, MUTE))
