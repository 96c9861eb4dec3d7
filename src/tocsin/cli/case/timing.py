"""The clocks of a case: `hold`, `release`, `relieve`."""

from typing import Annotated

import typer

from tocsin.cli.access import As
from tocsin.cli.case.common import Act, Case, Command, Json, Reason, Told, add
from tocsin.cli.output import when


def hold(
    case: Case,
    reason: Reason,
    until: Annotated[str | None, typer.Option("--until", help="At the latest: 2026-11-24T09:00:00Z.")] = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Put a case on hold until the customer answers; clocks pause as the policy says."""
    Act("hold", case, "hold", acting, json).send(
        lambda done: f"is on hold until {when(done['held_until'])}", reason=reason, until=until
    )


def release(case: Case, reason: Told = None, acting: As = None, json: Json = False) -> None:
    """End the hold: the paused clocks run on."""
    Act("release", case, "hold", acting, json).send("is no longer on hold", release=True, reason=reason)


def relieve(
    case: Case,
    clock: Annotated[str, typer.Argument(help="assign, acknowledge, contain, resolve, update or idle.")],
    due_at: Annotated[str, typer.Argument(metavar="DUE", help="The new due time: 2026-11-24T09:00:00Z.")],
    reason: Reason,
    acting: As = None,
    json: Json = False,
) -> None:
    """Give a running clock more time. The first due time stays on record."""
    Act("relieve", case, "relief", acting, json).send(
        f"has until {due_at} for {clock}", clock=clock, due_at=due_at, reason=reason
    )


def add_to(app: typer.Typer) -> None:
    add(
        app,
        Command("hold", hold, "hold 17 --reason 'we wait for their logs' --until 2026-11-24T09:00:00Z"),
        Command("release", release, "release 17"),
        Command("relieve", relieve, "relieve 17 resolve 2026-11-24T09:00:00Z --reason 'agreed with the customer'"),
    )
