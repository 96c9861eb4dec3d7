"""Checkpoints: from time to time the heads of all chains that changed are signed together.

A chain's own seal shows that the chain was changed, but not that it is gone with its seal, or was put back to an
earlier state whose seal somebody kept. Checkpoints show both. They are numbered without gaps, each signs the one
before it, and only the newest carries a `tip`: so none can be removed, altered, added or moved without the key.
"""

import struct
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest as hmac
from typing import NamedTuple

from tocsin.core.clock import MINUTE
from tocsin.core.logging import log
from tocsin.ledger import chain as chains
from tocsin.ledger.events import Begun
from tocsin.ledger.heads import ChainHead, Heads, hashes
from tocsin.ledger.journal import Journal
from tocsin.ledger.tables import checkpoints
from tocsin.storage.seam import take_turn
from tocsin.storage.transaction import Tx
from tocsin.storage.writer import GroupWriter

EVERY = MINUTE
BATCH = 500  # chains in one checkpoint at most, so that nobody waits long for the writer
LOWEST = -(1 << 63)  # below every chain

_fixed = struct.Struct(">qq").pack


def sign(key: bytes, number: int, at: int, heads: bytes, previous: bytes) -> bytes:
    """The signature of a checkpoint. `previous`: that of the one before it, `GENESIS` for the first."""
    return hmac(key, b"checkpoint" + _fixed(number, at) + previous + sha256(heads).digest(), "sha256")


def tip(key: bytes, number: int, signature: bytes) -> bytes:
    """What only the newest checkpoint carries."""
    return hmac(key, b"newest" + _fixed(number, 0) + signature, "sha256")


class Batch(NamedTuple):
    """How far a round came: the chains that were covered, and the last one looked at; None where no more are left."""

    covered: int
    last: int | None


def cover(tx: Tx, journal: Journal, key: bytes, after: int = LOWEST) -> Batch:
    """Sign the heads of the next chains behind `after` that changed since the last checkpoint.

    A chain whose seal does not fit is left out and reported: signing it would make the forgery look genuine.
    """
    if not take_turn(tx, "checkpoint"):
        return Batch(0, None)
    newest = tx.row("SELECT number, at, signature FROM checkpoints ORDER BY number DESC LIMIT 1")
    if newest is None and after == LOWEST:
        journal.append(tx, chains.PLATFORM, [Begun().event()])
    changed = _changed(tx, after)
    last = changed[-1][0] if len(changed) == BATCH else None
    entries = _genuine(tx, journal, changed)
    if not entries:
        return Batch(0, last)
    number, at, previous = (1, tx.now, chains.GENESIS) if newest is None else _following(tx, *newest)
    heads = Heads.of(entries).packed
    signature = sign(key, number, at, heads, previous)
    tx.run("UPDATE checkpoints SET tip = NULL WHERE tip IS NOT NULL")
    tx.insert(checkpoints, [(number, at, heads, signature, tip(key, number, signature))])
    tx.run_many(
        "UPDATE chains SET checkpoint = ? WHERE chain = ?",
        [(number, entry.chain) for entry in entries],
    )
    log.info("checkpoint.signed", checkpoint=f"{number}:{signature.hex()}", chains=len(entries))
    return Batch(len(entries), last)


def _changed(tx: Tx, after: int) -> list[tuple[int, int, bytes]]:
    """Chain, count and seal, the rows locked; those that are just being written come with the next round."""
    lock = " FOR UPDATE SKIP LOCKED" if tx.dialect == "postgresql" else ""
    rows = tx.rows(
        "SELECT chain, count, seal FROM chains WHERE checkpoint IS NULL AND chain > ?"
        f" ORDER BY chain LIMIT {BATCH}{lock}",
        (after,),
    )
    return [(chain, count, bytes(seal)) for chain, count, seal in rows]


def _genuine(tx: Tx, journal: Journal, changed: list[tuple[int, int, bytes]]) -> list[ChainHead]:
    found = hashes(tx, [(chain, count) for chain, count, _ in changed])
    entries = []
    for chain, count, seal in changed:
        head = found.get((chain, count))
        if head is not None and chains.seal(journal.key, chain, count, head) == seal:
            entries.append(ChainHead(chain, count, head))
        else:
            log.error("checkpoint.refused", chain=chain, expected="`tocsin audit verify` to be clean")
    return entries


def _following(tx: Tx, number: int, at: int, signature: bytes) -> tuple[int, int, bytes]:
    return number + 1, max(at, tx.now), bytes(signature)


@dataclass(slots=True)
class Checkpointer:
    """The loop that signs: `step` does nothing until a minute after it last did. `key` is of its own."""

    writer: GroupWriter
    journal: Journal
    key: bytes
    _next: int = 0

    def step(self) -> int:
        """One round; how many chains were covered."""
        now = self.writer.clock.now()
        if now < self._next:
            return 0
        self._next = now + EVERY
        return self.cover()

    def cover(self) -> int:
        """Cover whatever changed since the last checkpoint, a batch in each transaction; how many chains."""
        total, after = 0, LOWEST
        while True:
            batch = self._batch(after)
            total += batch.covered
            if batch.last is None:
                return total
            after = batch.last

    def _batch(self, after: int) -> Batch:
        return self.writer.write(lambda tx: cover(tx, self.journal, self.key, after))
