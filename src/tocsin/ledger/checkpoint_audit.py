"""The checkpoints under proof: each against its signature, the one before it, and the chains that it covers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tocsin.ledger import chain as chains
from tocsin.ledger.checkpoints import sign, tip
from tocsin.ledger.events import Begun
from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.ledger.heads import ChainHead, Heads
from tocsin.storage.transaction import Tx

PAGE = 32  # checkpoints
ENTRIES = 256  # entries looked up at once


class Checkpoint(NamedTuple):
    """The row of a checkpoint."""

    number: int
    at: int
    heads: bytes
    signature: bytes
    tip: bytes | None

    @property
    def name(self) -> str:
        """Number and signature: whoever keeps it outside can hold the record against it later."""
        return f"{self.number}:{self.signature.hex()}"


@dataclass(slots=True)
class CheckpointAudit:
    """`anchors`: names of checkpoints kept outside. Known once `verify` is through: `newest`, its number `count`, and
    the `distrusted`, whose heads say nothing."""

    key: bytes
    anchors: Sequence[str] = ()
    newest: Checkpoint | None = None
    count: int = 0
    distrusted: set[int] = field(default_factory=set)
    _gone: set[int] = field(default_factory=set)  # chains reported as gone, each once

    def verify(self, tx: Tx) -> Iterator[Finding]:
        """Every finding in the checkpoints, oldest first, and in what they cover."""
        outside = {int(number): signature for number, signature in (anchor.split(":") for anchor in self.anchors)}
        before: tuple[bytes, ...] = (chains.GENESIS,)
        covered: list[tuple[int, ChainHead]] = []
        for checkpoint in stream(tx):
            if checkpoint.number < 1:
                yield _at(checkpoint.number, "there is a checkpoint where none can be")
                continue
            yield from self._gap(checkpoint.number)
            if checkpoint.number != self.count + 1:
                before = ()
            expected = [sign(self.key, *_signed(checkpoint), previous) for previous in before]
            genuine = checkpoint.signature in expected
            if genuine:
                covered.extend((checkpoint.number, entry) for entry in Heads(checkpoint.heads))
            else:
                self.distrusted.add(checkpoint.number)
            if before and not genuine:
                yield _at(checkpoint.number, "the checkpoint was changed or forged: its signature does not match")
            anchor = outside.pop(checkpoint.number, None)
            if anchor is not None and anchor != checkpoint.signature.hex():
                yield _at(checkpoint.number, "this is not the checkpoint that was kept outside", anchor)
            yield from self._tip_of_older()
            # Where only a signature was changed, the next one still rests on that which was there.
            before = (checkpoint.signature,) if genuine else (checkpoint.signature, *expected[:3])
            self.newest, self.count = checkpoint, checkpoint.number
            while len(covered) >= ENTRIES:
                yield from self._entries(tx, covered[:ENTRIES])
                del covered[:ENTRIES]
        yield from self._entries(tx, covered)
        yield from self._end(tx)
        for number in sorted(outside):
            yield _at(number, "the checkpoint that was kept outside is missing", outside[number])

    def _gap(self, number: int) -> Iterator[Finding]:
        if number > self.count + 1:
            yield _at(self.count + 1, f"checkpoints are missing; the next that there is has the number {number}")

    def _tip_of_older(self) -> Iterator[Finding]:
        if self.newest is not None and self.newest.tip is not None:
            yield _at(self.newest.number, "the checkpoint claims to be the newest, and is not")

    def _end(self, tx: Tx) -> Iterator[Finding]:
        if self.newest is None:
            if tx.row("SELECT 1 FROM events WHERE chain = ? AND kind = ?", (chains.PLATFORM, Begun.KIND)):
                yield _at(1, "every checkpoint is missing")
        elif self.newest.tip != tip(self.key, self.newest.number, self.newest.signature):
            yield _at(self.newest.number + 1, "newer checkpoints were removed, or the mark of the newest was changed")

    def _entries(self, tx: Tx, covered: Sequence[tuple[int, ChainHead]]) -> Iterator[Finding]:
        stored = _stored(tx, [entry for _, entry in covered])
        for number, entry in covered:
            yield from self._entry(number, entry, *stored[entry[:2]])

    def _entry(
        self, number: int, entry: ChainHead, found: bytes | None, count: int | None, checkpoint: int | None
    ) -> Iterator[Finding]:
        chain = entry.chain
        if found is None and count is None:
            if chain not in self._gone:
                self._gone.add(chain)
                yield Finding(RecordPlace("chains", chain), f"it is gone as a whole; checkpoint {number} covers it")
        elif found != entry.hash:
            what = "is missing" if found is None else "was replaced"
            yield Finding(
                RecordPlace("events", chain, entry.length),
                f"the event {what}; checkpoint {number} covers it",
                entry.hash,
                found,
            )
        elif count == entry.length and checkpoint != number:
            what = "the chain's row names another checkpoint than the one that covers it"
            yield Finding(RecordPlace("chains", chain, row="end of the chain"), what, number, checkpoint)


def stream(tx: Tx) -> Iterator[Checkpoint]:
    """Every checkpoint, the oldest first."""
    after = -(1 << 63)
    while rows := tx.rows(
        f"SELECT number, at, heads, signature, tip FROM checkpoints WHERE number > ? ORDER BY number LIMIT {PAGE}",
        (after,),
    ):
        yield from (Checkpoint(*row) for row in rows)
        after = rows[-1][0]


def _stored(tx: Tx, entries: Sequence[ChainHead]) -> dict[tuple[int, int], tuple[bytes | None, int | None, int | None]]:
    """What the database has of these chains: the hash at the entry's place, and count and checkpoint of the row."""
    if not entries:
        return {}
    pairs = ",".join(["(?, ?)"] * len(entries))
    rows = tx.rows(
        f"WITH wanted (chain, seq) AS (VALUES {pairs}) SELECT w.chain, w.seq, e.hash, c.count, c.checkpoint"
        " FROM wanted w LEFT JOIN events e ON e.chain = w.chain AND e.seq = w.seq"
        " LEFT JOIN chains c ON c.chain = w.chain",
        [value for entry in entries for value in entry[:2]],
    )
    return {row[:2]: row[2:] for row in rows}


def _signed(checkpoint: Checkpoint) -> tuple[int, int, bytes]:
    return checkpoint.number, checkpoint.at, checkpoint.heads


def _at(number: int, what: str, expected: Any = None) -> Finding:
    return Finding(RecordPlace("checkpoints", row=f"checkpoint {number}"), what, expected)
