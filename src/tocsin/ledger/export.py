"""The record as JSON lines, from which a third party can compute every hash again without Tocsin; `docs/audit.md`
describes them."""

from collections.abc import Iterator
from typing import Any

from tocsin.core import ids
from tocsin.ledger.audit import HIGHEST, LOWEST, stream
from tocsin.ledger.chain import case_of, thing_of
from tocsin.ledger.checkpoint_audit import stream as checkpoints
from tocsin.ledger.heads import Heads
from tocsin.ledger.walk import StoredEvent
from tocsin.storage.transaction import Tx

PAGE = 1000


def lines(tx: Tx, chain: int | None = None) -> Iterator[dict[str, Any]]:
    """Events in order, then the heads of their chains; for the whole record, then the checkpoints."""
    low, high = (LOWEST, HIGHEST) if chain is None else (chain, chain)
    for event in stream(tx, low, high):
        yield _event(event)
    while rows := tx.rows(
        "SELECT chain, count, seal, checkpoint FROM chains WHERE chain >= ? AND chain <= ?"
        f" ORDER BY chain LIMIT {PAGE}",
        (low, high),
    ):
        for number, count, seal, checkpoint in rows:
            yield {
                "record": "chain",
                "chain": number,
                **_whose(number),
                "count": count,
                "seal": seal.hex(),
                "checkpoint": checkpoint,
            }
        if rows[-1][0] == HIGHEST:
            break
        low = rows[-1][0] + 1
    if chain is None:
        for checkpoint in checkpoints(tx):
            yield {
                "record": "checkpoint",
                "number": checkpoint.number,
                "at": checkpoint.at,
                "heads": [[entry.chain, entry.length, entry.hash.hex()] for entry in Heads(checkpoint.heads)],
                "signature": checkpoint.signature.hex(),
            }


def _whose(chain: int) -> dict[str, str | None]:
    """The id of the case whose chain it is, or of the thing that is administered."""
    case, thing = case_of(chain), thing_of(chain)
    return {
        "case": None if case is None else ids.to_text(case),
        "thing": None if thing is None else ids.to_text(thing),
    }


def _event(event: StoredEvent) -> dict[str, Any]:
    """`payload` is the very text that was hashed, as a string; null once erased."""
    return {
        "record": "event",
        "chain": event.chain,
        **_whose(event.chain),
        "seq": event.seq,
        "kind": event.kind,
        "at": event.at,
        "actor": event.actor,
        "salt": None if event.salt is None else event.salt.hex(),
        "payload": None if event.body is None else event.body.decode("utf-8", "backslashreplace"),
        "digest": event.digest.hex(),
        "hash": event.hash.hex(),
    }
