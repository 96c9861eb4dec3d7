"""Who has a case: `ack`, `decline`, `assign`."""

from typing import Annotated

import typer

from tocsin.cli.access import As
from tocsin.cli.case.common import Act, Case, Command, Json, Told, add


def ack(case: Case, acting: As = None, json: Json = False) -> None:
    """Acknowledge an escalated case: you lead the technical work, and the paging stops."""
    Act("ack", case, "acknowledgement", acting, json).send("is acknowledged")


def decline(case: Case, reason: Told = None, acting: As = None, json: Json = False) -> None:
    """Decline a page, or give an acknowledgement back: the backup is paged, or the next step."""
    Act("decline", case, "acknowledgement", acting, json).send("is declined", decline=True, reason=reason)


def assign(
    case: Case,
    owner: Annotated[str, typer.Argument(help="The new owner.")],
    acting: As = None,
    json: Json = False,
) -> None:
    """Give a case to somebody."""
    Act("assign", case, "assignment", acting, json).send(f"belongs to {owner}", owner=owner)


def add_to(app: typer.Typer) -> None:
    add(
        app,
        Command("ack", ack, "ack 17"),
        Command("decline", decline, "decline 17 --reason 'on a train until four'"),
        Command("assign", assign, "assign 17 dana"),
    )
