"""One chain under proof: fed with its events in order, it says what is wrong with each of them and with its end."""

import struct
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from tocsin.ledger import chain as chains
from tocsin.ledger.events import Erased
from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.ledger.heads import Heads


class StoredEvent(NamedTuple):
    """An event with its payload as they stand in the database. `body` None: the payload is not there."""

    chain: int
    seq: int
    kind: str
    at: int
    actor: str
    digest: bytes
    hash: bytes
    salt: bytes | None
    body: bytes | None


class ChainRow(NamedTuple):
    """The row of a chain."""

    length: int
    seal: bytes
    checkpoint: int | None


Covered = Mapping[int, Heads | None]
"""Checkpoints by number; None for one that was tampered with, so that its heads say nothing."""


class Chain:
    """Remembers only the last event and which payloads are gone, however long the chain is."""

    def __init__(self, chain: int) -> None:
        self.chain = chain
        self.length = 0
        self.last = chains.GENESIS
        self.at = 0
        self.sound = True
        self._missing: set[int] = set()
        self._erased: set[int] = set()

    @property
    def erased(self) -> int:
        """How many payloads were erased, and are gone."""
        return len(self._erased & self._missing)

    def feed(self, event: StoredEvent) -> Iterator[Finding]:
        """What is wrong with the next event. Each fault is named once: what follows it is held against what stands
        there."""
        follows = event.seq == self.length + 1
        if not follows:
            yield self._gap(event)
        if follows and _link(self.last, event) != event.hash:
            yield self._at(event.seq, "the event was changed: its hash does not follow from the event before it")
        if event.at < self.at:
            yield self._at(event.seq, "time runs backwards", f"at or after {self.at}", event.at)
        if event.body is None or event.salt is None:
            self._missing.add(event.seq)
        elif _digest(event.salt, event.body) != event.digest:
            yield self._at(event.seq, "the payload was changed: it does not match its digest", table="payloads")
        elif event.kind == Erased.KIND:
            self._erased |= _erasures(event.body)
        self.length, self.last, self.at = event.seq, event.hash, event.at

    def close(self, head: ChainRow | None, key: bytes, covered: Covered) -> Iterator[Finding]:
        """What is wrong with its end."""
        for seq in sorted(self._missing - self._erased):
            yield self._at(seq, "the payload was removed, and no erasure says so", table="payloads")
        for seq in sorted(self._erased - self._missing):
            yield self._at(seq, "the payload is there, though it was erased", table="payloads")
        if head is None:
            yield self._of_row("the chain's row with count and seal is missing")
        elif head.length != self.length:
            yield self._of_row("the chain has another number of events", head.length, self.length)
        elif chains.seal(key, self.chain, self.length, self.last) != head.seal:
            yield self._of_row("the seal does not match: the chain was rewritten, or its seal changed")
        elif head.checkpoint is not None:
            yield from self._covered(head.checkpoint, covered)

    def _covered(self, checkpoint: int, covered: Covered) -> Iterator[Finding]:
        if checkpoint not in covered:
            yield self._of_row("the chain's row names a checkpoint that does not exist", found=checkpoint)
            return
        heads = covered[checkpoint]
        entry = None if heads is None else heads.find(self.chain)
        if heads is not None and (entry is None or entry.length != self.length):
            yield self._of_row(f"checkpoint {checkpoint} does not cover this head of the chain")

    def _gap(self, event: StoredEvent) -> Finding:
        expected = self.length + 1
        if event.seq == expected + 1:
            what = f"event {expected} is missing"
        elif event.seq > expected:
            what = f"events {expected} to {event.seq - 1} are missing"
        else:
            what = "there is an event where none can be"
        return self._at(expected if event.seq > expected else event.seq, what, expected, event.seq)

    def _at(self, seq: int, what: str, expected: Any = None, found: Any = None, table: str = "events") -> Finding:
        self.sound = False
        return Finding(RecordPlace(table, self.chain, seq), what, expected, found)

    def _of_row(self, what: str, expected: Any = None, found: Any = None) -> Finding:
        self.sound = False
        return Finding(RecordPlace("chains", self.chain, row="end of the chain"), what, expected, found)


def _link(previous: bytes, event: StoredEvent) -> bytes | None:
    """The hash that the event must have; None where its values are of no kind that Tocsin writes."""
    try:
        return chains.link(previous, event.chain, event.seq, event.at, event.kind, event.actor, event.digest)
    except (TypeError, AttributeError, UnicodeEncodeError, struct.error):
        return None


def _erasures(body: bytes) -> set[int]:
    """The events that an erasure names; none where Tocsin did not write it, which the seal shows."""
    try:
        return set(Erased.read(body).events)
    except (ValueError, TypeError, KeyError, msgspec.MsgspecError):
        return set()


def _digest(salt: bytes, body: bytes) -> bytes | None:
    try:
        return chains.digest(salt, body)
    except TypeError:
        return None
