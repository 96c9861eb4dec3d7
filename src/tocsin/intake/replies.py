"""Answers kept for a day under the `Idempotency-Key` of their request, for requests that are about no case."""

from typing import Any, NamedTuple

from tocsin.core import canonical
from tocsin.intake.accept import KEPT, Once, reused
from tocsin.intake.tables import replies
from tocsin.storage.transaction import Tx


class Reply(NamedTuple):
    """What a request is answered; `again`: as it was answered before, but for its secrets."""

    body: dict[str, Any]
    again: bool = False


def find(tx: Tx, once: Once | None) -> Reply | None:
    """The answer that this key got already; KeyReused where it came with another body."""
    if once is None:
        return None
    row = tx.row(
        "SELECT body, answer, at FROM replies WHERE token = ? AND route = ? AND key = ?",
        (once.token, once.route, once.key),
    )
    if row is None:
        return None
    if row[2] <= tx.now - KEPT:
        tx.run("DELETE FROM replies WHERE token = ? AND route = ? AND key = ?", (once.token, once.route, once.key))
        return None
    if bytes(row[0]) != once.body:
        raise reused(once)
    return Reply(canonical.decode(bytes(row[1])), True)


def keep(tx: Tx, once: Once | None, answer: dict[str, Any]) -> None:
    """Remember what the request with this key was answered, in the transaction that carried it out."""
    if once is not None:
        tx.insert(replies, [(once.token, once.route, once.key, once.body, canonical.encode(answer), tx.now)])


def sweep(tx: Tx) -> int:
    """Forget answers older than a day; how many."""
    return tx.run("DELETE FROM replies WHERE at <= ?", (tx.now - KEPT,))
