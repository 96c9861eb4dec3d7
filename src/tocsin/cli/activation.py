"""`tocsin policy activate`, `history` and `revert`: which policy is in force, on a server or in a database."""

from typing import Annotated, Any

import typer

from tocsin.cli import access
from tocsin.cli.output import JSON_HELP, print_json, print_problems, print_table, read_text, say, when

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the record.")]


def activate(
    policy: Annotated[
        str, typer.Argument(metavar="FILE|VERSION", help="A policy in YAML, or a version stored before.")
    ],
    at: Annotated[str | None, typer.Option("--at", help="From this time instead of now: 2026-11-23T10:00:00Z.")] = None,
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Put a policy in force, after its check and its examples. Running clocks are left as they are.

    Exit code 1 where the check or an example fails.
    """
    from tocsin.core.errors import InvalidDocument

    source = None if policy.isascii() and policy.isdecimal() else read_text(policy)
    with access.writing("policy activate") as api:
        if source is None:
            source = api.text(f"/policies/{access.part(policy)}")
        try:
            made = api.post("/policies", {"source": source, "reason": reason, "effective_at": at})
        except InvalidDocument as error:
            print_problems(policy, error.problems)
            raise typer.Exit(1) from None
    if json:
        print_json(made)
    else:
        say(f"version {made['version']} is in force from {when(made['effective_at'])}")


def history(json: Json = False) -> None:
    """Show every activation, the newest first; * marks the one in force."""
    with access.reading() as api:
        found: dict[str, Any] = api.get("/policies")
    if json:
        print_json(found)
        return
    print_table(
        ("", "activation", "version", "from", "activated", "by", "reason", "withdrawn"),
        (
            (
                "*" if row["id"] == found["activation"] else "",
                row["id"],
                row["version"],
                when(row["effective_at"]),
                when(row["activated_at"]),
                row["activated_by"],
                row["reason"],
                when(row["withdrawn_at"]),
            )
            for row in found["activations"]
        ),
    )


def revert(
    reason: Reason = "",
    activation: Annotated[
        str | None,
        typer.Option("--activation", metavar="ID", help="One still to come, as `history` names it, instead."),
    ] = None,
    json: Json = False,
) -> None:
    """Withdraw the activation in force, so that the previous one is in force again."""
    with access.writing("policy revert") as api:
        done = api.post("/policies/reversion", {"reason": reason, "activation": activation})
    if json:
        print_json(done)
    else:
        say(f"version {done['withdrawn']} is withdrawn")
