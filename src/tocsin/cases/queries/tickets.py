"""What the ticket of a case says, and whose it is, as its newest decision knows it: for pages, lists and messages."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from tocsin.cases import queries, sight
from tocsin.cases.aggregate import Aggregate
from tocsin.core import instants
from tocsin.people import accounts
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx


class TicketView(NamedTuple):
    """`customer_id` is the customer's own id as the help desk has it, `url` leads back to the ticket there. What nobody
    said, or was erased, is None or empty."""

    customer_id: str | None = None
    customer: str | None = None
    url: str | None = None
    priority: str | None = None
    attributes: dict[str, Any] = {}  # noqa: RUF012
    users_affected: int | None = None
    body: str | None = None

    def show(self) -> dict[str, Any]:
        """As the API has it."""
        whose = None if self.customer is None else {"external_id": self.customer_id, "name": self.customer}
        return {"account": whose, "url": self.url, "priority": self.priority, "attributes": self.attributes}


class _Said(msgspec.Struct):
    url: str | None = None
    priority: str | None = None
    attributes: dict[str, Any] = {}
    users_affected: int | None = None
    body: str | None = None


class _Account(msgspec.Struct):
    external_id: str | None = None
    name: str | None = None


class _Facts(msgspec.Struct):
    case: _Said
    account: _Account


class _Decision(msgspec.Struct):
    facts: _Facts


_decoder = msgspec.json.Decoder(_Decision)


def of(tx: Tx, viewer: Viewer, states: Iterable[Aggregate]) -> dict[int, TicketView]:
    """The tickets of these cases, by case, of those that the viewer sees."""
    chosen = [state for state in states if sight.sees(viewer, state.case)]
    stored = queries.decisions(tx, viewer, [state.case.id for state in chosen])
    known = accounts.by_id(tx, [state.case.account for state in chosen if state.case.account is not None])
    return {state.case.id: said(stored.get(state.case.id), known.get(state.case.account or 0)) for state in chosen}


def said(decision: bytes | None, account: accounts.Account | None = None) -> TicketView:
    """The ticket as a stored decision knows it; `account`: the customer, where they are on record."""
    facts = _facts(decision)
    who, case = facts.account, facts.case
    reference = account.external_id if account is not None else who.external_id
    name = (account.facts.get("name") if account is not None else who.name) or reference
    return TicketView(reference, name, case.url, case.priority, case.attributes, case.users_affected, case.body)


def _facts(decision: bytes | None) -> _Facts:
    """What cannot be read is not known: a message must go out without it, and a list be shown."""
    try:
        return _decoder.decode(decision or b"").facts
    except msgspec.MsgspecError:
        return _Facts(_Said(), _Account())


def of_same_account(tx: Tx, viewer: Viewer, case: int, limit: int) -> list[tuple[str, str, str, str, str]]:
    """The newest other cases of a case's account that the viewer sees: number, opening, state, level, subject."""
    seen, parameters = sight.condition(viewer)
    rows = tx.rows(
        "SELECT number, opened_at, state, level, subject FROM cases WHERE id <> ? AND account ="
        f" (SELECT account FROM cases WHERE id = ?) AND {seen} ORDER BY id DESC LIMIT ?",
        (case, case, *parameters, limit),
    )
    return [
        (f"#{number}", instants.to_text(opened), state, level, subject)
        for number, opened, state, level, subject in rows
    ]
