"""The proof of the record: every chain is read from its first event to its last and held against hashes, seals and
checkpoints.

It runs in one snapshot, in windows of chains, so that memory does not grow with the record. *Witnesses* read the same
windows of what was made from the events, and say where it differs.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Protocol

from tocsin.ledger.findings import Finding, RecordPlace
from tocsin.ledger.heads import Heads
from tocsin.ledger.walk import Chain, ChainRow, Covered, StoredEvent
from tocsin.storage.transaction import Tx, marks, padded

WINDOW = 512  # chains
PAGE = 4096  # events
LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1

Progress = Callable[[int], None]


@dataclass(slots=True)
class AuditTally:
    """What was looked at. `open`: chains that changed since the last checkpoint, the first of them at `open_since`."""

    chains: int = 0
    events: int = 0
    erased: int = 0
    open: int = 0
    open_since: int | None = None


class Witness(Protocol):
    """Holds stored rows of some kind against the events."""

    def look(self, tx: Tx, low: int, high: int) -> None:
        """Read the rows that belong to the chains from `low` to `high`; `leftovers` ends the window."""

    def hear(self, event: StoredEvent) -> None:
        """The next event of a chain, in order; without its payload where that, or the chain, was tampered with."""

    def judge(self, chain: int, sound: bool) -> Iterator[Finding]:
        """The chain has ended. Where it is not `sound`, nothing can be said about what was made from it."""
        ...

    def leftovers(self) -> Iterator[Finding]:
        """Rows of this window that belong to no chain."""
        ...

    def conclude(self, tx: Tx) -> Iterator[Finding]:
        """What only the whole shows."""
        ...


def chain_count(tx: Tx) -> int:
    """How many chains there are, for showing progress."""
    row = tx.row("SELECT count(*) FROM chains")
    return row[0] if row else 0


def verify(
    tx: Tx, key: bytes, witnesses: Sequence[Witness], tally: AuditTally, distrusted: Set[int], progress: Progress
) -> Iterator[Finding]:
    """Every finding in the chains and what was made from them. `key`: the journal's. `distrusted`: checkpoints whose
    heads say nothing. `progress` hears how many chains are done."""
    low, high = LOWEST, LOWEST
    while high < HIGHEST:
        heads, high = _window(tx, low)
        for witness in witnesses:
            witness.look(tx, low, high)
        covered = _covered(tx, heads, distrusted)
        yield from _chains(stream(tx, low, high), heads, key, covered, witnesses, tally)
        yield from _orphans(tx, low, high)
        for witness in witnesses:
            yield from witness.leftovers()
        progress(tally.chains)
        low = high + 1
    for witness in witnesses:
        yield from witness.conclude(tx)


def stream(tx: Tx, low: int, high: int) -> Iterator[StoredEvent]:
    """The events of the chains from `low` to `high`, in order."""
    chain, seq = low, LOWEST
    while True:
        rows = tx.rows(
            "SELECT e.chain, e.seq, e.kind, e.at, e.actor, e.digest, e.hash, p.salt, p.body FROM events e"
            " LEFT JOIN payloads p ON p.chain = e.chain AND p.seq = e.seq"
            f" WHERE (e.chain, e.seq) > (?, ?) AND e.chain <= ? ORDER BY e.chain, e.seq LIMIT {PAGE}",
            (chain, seq, high),
        )
        for row in rows:
            yield StoredEvent(*row)
        if len(rows) < PAGE:
            return
        chain, seq = rows[-1][:2]


def _window(tx: Tx, low: int) -> tuple[dict[int, ChainRow], int]:
    """The rows of the next chains, and the end of the window."""
    rows = tx.rows(
        f"SELECT chain, count, seal, checkpoint FROM chains WHERE chain >= ? ORDER BY chain LIMIT {WINDOW}", (low,)
    )
    heads = {row[0]: ChainRow(*row[1:]) for row in rows}
    return heads, rows[-1][0] if len(rows) == WINDOW else HIGHEST


def _chains(
    stored: Iterator[StoredEvent],
    heads: dict[int, ChainRow],
    key: bytes,
    covered: Covered,
    witnesses: Sequence[Witness],
    tally: AuditTally,
) -> Iterator[Finding]:
    def close(chain: Chain) -> Iterator[Finding]:
        head = heads.pop(chain.chain, None)
        yield from chain.close(head, key, covered)
        _count(tally, chain, covered=head is not None and head.checkpoint is not None)
        for witness in witnesses:
            yield from witness.judge(chain.chain, chain.sound)

    for number, events in groupby(stored, attrgetter("chain")):
        chain = Chain(number)
        for event in events:
            yield from chain.feed(event)
            heard = event if chain.sound else event._replace(body=None)  # nobody need read what a forger wrote
            for witness in witnesses:
                witness.hear(heard)
        yield from close(chain)
    for number in sorted(heads):
        yield from close(Chain(number))


def _count(tally: AuditTally, chain: Chain, *, covered: bool) -> None:
    tally.chains += 1
    tally.events += chain.length
    tally.erased += chain.erased
    if not covered:
        tally.open += 1
        if tally.open_since is None or chain.at < tally.open_since:
            tally.open_since = chain.at


def _covered(tx: Tx, heads: dict[int, ChainRow], distrusted: Set[int]) -> Covered:
    """The checkpoints that these chains name."""
    wanted: list[Any] = padded(sorted({head.checkpoint for head in heads.values() if head.checkpoint is not None}))
    if not wanted:
        return {}
    rows = tx.rows(f"SELECT number, heads FROM checkpoints WHERE number IN ({marks(wanted)})", wanted)
    return {row[0]: None if row[0] in distrusted else Heads(bytes(row[1])) for row in rows}


def _orphans(tx: Tx, low: int, high: int) -> Iterator[Finding]:
    for chain, seq in tx.rows(
        "SELECT p.chain, p.seq FROM payloads p LEFT JOIN events e ON e.chain = p.chain AND e.seq = p.seq"
        " WHERE p.chain >= ? AND p.chain <= ? AND e.chain IS NULL ORDER BY p.chain, p.seq",
        (low, high),
    ):
        yield Finding(RecordPlace("payloads", chain, seq), "a payload belongs to no event")
