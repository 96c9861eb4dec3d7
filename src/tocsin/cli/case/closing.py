"""How a case ends: `contain`, `resolve`, `close`; and begins again: `reopen`."""

from typing import Annotated, Any

import typer

from tocsin.cli.access import As
from tocsin.cli.case.common import Act, Case, Command, Json, Reason, Told, add, either
from tocsin.cli.output import wrong_use

Note = Annotated[str | None, typer.Option("--note", help="How, as a note for colleagues.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Confirm what somebody claimed.")]
Reject = Annotated[bool, typer.Option("--reject", help="Reject it, with a --reason; the clocks run on.")]


def contain(
    case: Case,
    note: Note = None,
    confirm: Confirm = False,
    reject: Reject = False,
    reason: Told = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Mark a case as contained; on an escalated case a senior confirms or rejects it."""

    def said(done: dict[str, Any]) -> str:
        return _became(done["contained"], done["containment_claimed_at"], "contained")

    Act("contain", case, "containment", acting, json).send(said, **_claim(note, confirm, reject, reason))


def resolve(
    case: Case,
    note: Note = None,
    confirm: Confirm = False,
    reject: Reject = False,
    reason: Told = None,
    acting: As = None,
    json: Json = False,
) -> None:
    """Mark a case as resolved; on an escalated case a senior confirms or rejects it."""

    def said(done: dict[str, Any]) -> str:
        return _became(done["state"] == "resolved", done["resolution_claimed_at"], "resolved")

    Act("resolve", case, "resolution", acting, json).send(said, **_claim(note, confirm, reject, reason))


def close(case: Case, note: Note = None, acting: As = None, json: Json = False) -> None:
    """Close a resolved case."""
    Act("close", case, "closure", acting, json).send("is closed", note=note)


def reopen(case: Case, reason: Reason, acting: As = None, json: Json = False) -> None:
    """Reopen a resolved or closed case."""
    Act("reopen", case, "reopening", acting, json).send("is open again", reason=reason)


def _claim(note: str | None, confirm: bool, reject: bool, reason: str | None) -> dict[str, Any]:
    confirmed = either(confirm, reject, "--confirm, --reject")
    if confirmed is None:
        if reason is not None:
            wrong_use("--reason goes with --confirm or --reject; a claim has a --note")
        return {"note": note}
    if note is not None:
        wrong_use("--note goes with a claim; --confirm and --reject have a --reason")
    return {"verdict": "confirm" if confirmed else "reject", "reason": reason}


def _became(is_so: bool, claimed_at: str | None, what: str) -> str:
    if is_so:
        return f"is {what}"
    return f"is marked as {what}; a senior has to confirm" if claimed_at else f"is not {what}"


def add_to(app: typer.Typer) -> None:
    add(
        app,
        Command("contain", contain, "contain 17 --note 'traffic goes to the other region'"),
        Command("resolve", resolve, "resolve 17 --note 'The cache was full.'"),
        Command("reopen", reopen, "reopen 17 --reason 'it is back'"),
        Command("close", close, "close 17"),
    )
