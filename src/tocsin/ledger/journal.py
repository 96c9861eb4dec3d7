"""The journal: append-only events, each case's in a chain of its own. `audit.py` proves it, nothing changes it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from tocsin.core import canonical, instants
from tocsin.core.errors import Conflict
from tocsin.core.wording import say
from tocsin.ledger import chain as chains
from tocsin.ledger.subscribers import Subscribers
from tocsin.ledger.tables import chains as chains_table
from tocsin.ledger.tables import events as events_table
from tocsin.ledger.tables import payloads as payloads_table
from tocsin.storage.seam import lock_platform
from tocsin.storage.transaction import Row, Tx, marks, padded


class Event(NamedTuple):
    """What happened. `payload`: the struct of its kind, or a JSON value; `actor` such as `user:dana`, `engine`; `body`:
    what is stored, in canonical JSON, where it is made already."""

    kind: str
    payload: Any
    actor: str = "engine"
    body: bytes | None = None


class Recorded(NamedTuple):
    """An event as it stands in the journal. `payload` is None once erased."""

    chain: int
    seq: int
    kind: str
    at: int
    actor: str
    payload: Any

    def show(self) -> dict[str, Any]:
        """The event as the API and webhooks show it."""
        return {
            "seq": self.seq,
            "kind": self.kind,
            "at": instants.to_text(self.at),
            "actor": self.actor,
            "payload": self.payload,
        }


class Head(NamedTuple):
    """The end of a chain: how many events, the last one's hash and time."""

    length: int
    hash: bytes
    at: int


EMPTY = Head(0, chains.GENESIS, 0)
_EXTEND = "UPDATE chains SET count = ?, seal = ?, checkpoint = NULL WHERE chain = ? AND count = ?"


@dataclass(frozen=True, slots=True)
class Journal:
    """Writes events. `key` seals the heads; `subscribers` hear of every event."""

    key: bytes
    subscribers: Subscribers = field(default_factory=Subscribers)

    def begin(self, tx: Tx, batch: Sequence[tuple[int, Sequence[Event]]]) -> None:
        """Write the first events of many new chains, in few statements."""
        events: list[Row] = []
        payloads: list[Row] = []
        heads: list[Row] = []
        for chain, new in batch:
            head = self._link(chain, EMPTY, new, tx.now, events, payloads)
            heads.append((chain, head.length, chains.seal(self.key, chain, head.length, head.hash), None))
        tx.insert(events_table, events)
        tx.insert(payloads_table, payloads)
        tx.insert(chains_table, heads)
        self.subscribers.written(tx, events)

    def append(self, tx: Tx, chain: int, new: Sequence[Event], head: Head | None = None) -> Head:
        """Write further events of a chain; times never run backwards within it. The caller holds the case's lock; the
        platform's is taken here. `head`: the chain's end, where the caller has read it in this transaction."""
        if chain == chains.PLATFORM and new:
            lock_platform(tx)
            head = None
        head = self.head(tx, chain) if head is None else head
        return self.extend(tx, [(chain, head, new)])[0] if new else head

    def extend(self, tx: Tx, batch: Sequence[tuple[int, Head, Sequence[Event]]]) -> list[Head]:
        """As `append`, for many cases in few statements: each with its end, as it was read in this transaction."""
        events: list[Row] = []
        payloads: list[Row] = []
        begun: list[Row] = []
        longer: list[Row] = []
        ends = []
        for chain, head, new in batch:
            after = self._link(chain, head, new, max(tx.now, head.at), events, payloads)
            mark = chains.seal(self.key, chain, after.length, after.hash)
            if head.length == 0:
                begun.append((chain, after.length, mark, None))
            else:
                longer.append((after.length, mark, chain, head.length))
            ends.append(after)
        tx.insert(events_table, events)
        tx.insert(payloads_table, sorted(payloads, key=_size))  # what is of one size packs closer into pages
        tx.insert(chains_table, begun)
        if tx.run_many(_EXTEND, longer) != len(longer):
            names = ", ".join(str(row[2]) for row in longer[:5])
            raise Conflict(
                say("chain {names} was extended by another writer", names=names), expected=say("its lock to be held")
            )
        self.subscribers.written(tx, events)
        return ends

    def head(self, tx: Tx, chain: int) -> Head:
        """The end of a chain; Conflict where its seal does not fit, because then somebody changed the record."""
        return self.heads(tx, [chain]).get(chain, EMPTY)

    def heads(self, tx: Tx, wanted: Iterable[int]) -> dict[int, Head]:
        """The ends of those of these chains that have begun; Conflict as for `head`."""
        chosen = padded(sorted(set(wanted)))
        if not chosen:
            return {}
        rows = tx.rows(
            "SELECT c.chain, c.count, c.seal, e.hash, e.at FROM chains c LEFT JOIN events e ON e.chain = c.chain"
            f" AND e.seq = c.count WHERE c.chain IN ({marks(chosen)})",
            chosen,
        )
        found = {}
        for chain, count, mark, last, at in rows:
            if last is None or chains.seal(self.key, chain, count, bytes(last)) != bytes(mark):
                raise Conflict(
                    say("the record was changed from outside"),
                    place=f"chain {chain}",
                    expected=say("`tocsin audit verify` to be clean"),
                )
            found[chain] = Head(count, bytes(last), at)
        return found

    @staticmethod
    def _link(chain: int, head: Head, new: Sequence[Event], at: int, events: list[Row], payloads: list[Row]) -> Head:
        count, last = head.length, head.hash
        for event, salt in zip(new, chains.salts(len(new)), strict=True):
            count += 1
            body = canonical.encode(event.payload) if event.body is None else event.body
            digest = chains.digest(salt, body)
            last = chains.link(last, chain, count, at, event.kind, event.actor, digest)
            events.append((chain, count, event.kind, at, event.actor, digest, last))
            payloads.append((chain, count, salt, body))
        return Head(count, last, at)


def _size(payload: Row) -> int:
    return len(payload[3])


def read(tx: Tx, chain: int, *, after: int = 0, limit: int = 1_000_000) -> list[Recorded]:
    """A chain's events in order, from the one behind `after`."""
    rows = tx.rows(
        "SELECT e.chain, e.seq, e.kind, e.at, e.actor, p.body FROM events e LEFT JOIN payloads p"
        " ON p.chain = e.chain AND p.seq = e.seq WHERE e.chain = ? AND e.seq > ? ORDER BY e.seq LIMIT ?",
        (chain, after, limit),
    )
    return [recorded(row) for row in rows]


def bodies(tx: Tx, chains: Iterable[int], kinds: Sequence[str]) -> list[tuple[int, str, bytes]]:
    """Chain, kind and payload of the events of these kinds in these chains, in order; without what was erased."""
    chosen = padded(sorted(chains))
    if not chosen:
        return []
    rows = tx.rows(
        "SELECT e.chain, e.kind, p.body FROM events e JOIN payloads p ON p.chain = e.chain AND p.seq = e.seq"
        f" WHERE e.chain IN ({marks(chosen)}) AND e.kind IN ({marks(kinds)}) ORDER BY e.chain, e.seq",
        (*chosen, *kinds),
    )
    return [(chain, kind, bytes(body)) for chain, kind, body in rows if body is not None]


def by_authors(tx: Tx, chains: Iterable[int], kind: str) -> list[tuple[int, str, bytes]]:
    """Chain, actor and payload of the events of a kind in these chains, in order; without what was erased."""
    chosen = padded(sorted(chains))
    if not chosen:
        return []
    rows = tx.rows(
        "SELECT e.chain, e.actor, p.body FROM events e JOIN payloads p ON p.chain = e.chain AND p.seq = e.seq"
        f" WHERE e.chain IN ({marks(chosen)}) AND e.kind = ? ORDER BY e.chain, e.seq",
        (*chosen, kind),
    )
    return [(chain, actor, bytes(body)) for chain, actor, body in rows if body is not None]


def newest(tx: Tx, chains: Iterable[int], kinds: Sequence[str]) -> dict[int, bytes]:
    """The payload of the newest event of these kinds, by chain; without those whose newest was erased."""
    return _outermost(tx, chains, kinds, "max")


def oldest(tx: Tx, chains: Iterable[int], kinds: Sequence[str]) -> dict[int, bytes]:
    """The same of the oldest."""
    return _outermost(tx, chains, kinds, "min")


def _outermost(tx: Tx, chains: Iterable[int], kinds: Sequence[str], which: Literal["min", "max"]) -> dict[int, bytes]:
    chosen = padded(sorted(chains))
    if not chosen:
        return {}
    rows = tx.rows(
        f"SELECT p.chain, p.body FROM payloads p WHERE (p.chain, p.seq) IN (SELECT chain, {which}(seq) FROM events"
        f" WHERE chain IN ({marks(chosen)}) AND kind IN ({marks(kinds)}) GROUP BY chain)",
        (*chosen, *kinds),
    )
    return {chain: bytes(body) for chain, body in rows if body is not None}


def newest_body(chain: str, kinds: Sequence[str]) -> str:
    """The same of one chain, as an expression of SQL: for statements that read more of the chain that a column names.
    `kinds` are those of the catalogue, and stand in the text."""
    named = ", ".join(f"'{kind}'" for kind in kinds)
    return (
        f"(SELECT p.body FROM payloads p WHERE p.chain = {chain} AND p.seq ="
        f" (SELECT max(v.seq) FROM events v WHERE v.chain = {chain} AND v.kind IN ({named})))"
    )


def counts(tx: Tx, condition: str, parameters: Sequence[Any]) -> dict[str, int]:
    """How many events there are by kind, of the chains for which this condition on `chain` holds."""
    return dict(
        tx.rows(f"SELECT kind, count(*) FROM events WHERE {condition} GROUP BY kind ORDER BY kind", tuple(parameters))
    )


def happened_at(tx: Tx, kind: str, which: Literal["first", "last"]) -> dict[int, int]:
    """When the first, or the last, event of this kind happened, by chain."""
    pick = {"first": "min", "last": "max"}[which]
    return dict(tx.rows(f"SELECT chain, {pick}(at) FROM events WHERE kind = ? GROUP BY chain", (kind,)))


def first(tx: Tx, chain: int) -> bytes | None:
    """The payload of a chain's first event; None once erased."""
    row = tx.row("SELECT body FROM payloads WHERE chain = ? AND seq = 1", (chain,))
    return None if row is None or row[0] is None else bytes(row[0])


class PastEvent(NamedTuple):
    """An event as it was stored, and when. `body` None: erased."""

    chain: int
    seq: int
    kind: str
    at: int
    actor: str
    body: bytes | None


def until(tx: Tx, chains: Iterable[int], at: int) -> dict[int, list[PastEvent]]:
    """What had happened by this instant in these chains, by chain and in order; without those that began later."""
    chosen = padded(sorted(set(chains)))
    if not chosen:
        return {}
    found: dict[int, list[PastEvent]] = {}
    for row in tx.rows(
        "SELECT e.chain, e.seq, e.kind, e.at, e.actor, p.body FROM events e"
        " LEFT JOIN payloads p ON p.chain = e.chain AND p.seq = e.seq"
        f" WHERE e.chain IN ({marks(chosen)}) AND e.at <= ? ORDER BY e.chain, e.seq",
        (*chosen, at),
    ):
        found.setdefault(row[0], []).append(PastEvent(*row))
    return found


class Entry(NamedTuple):
    """An event as it was stored. `body` None: erased."""

    chain: int
    seq: int
    actor: str
    body: bytes | None


def count(tx: Tx, kinds: Sequence[str]) -> int:
    """How many events of these kinds there are."""
    row = tx.row(f"SELECT count(*) FROM events WHERE kind IN ({marks(kinds)})", kinds)
    return row[0] if row else 0


def pages(tx: Tx, kinds: Sequence[str], size: int) -> Iterator[list[Entry]]:
    """Every event of these kinds, in the order of chains, so many at a time."""
    chain, seq = -(1 << 63), 0
    while rows := tx.rows(
        "SELECT e.chain, e.seq, e.actor, p.body FROM events e LEFT JOIN payloads p ON p.chain = e.chain"
        f" AND p.seq = e.seq WHERE (e.chain, e.seq) > (?, ?) AND e.kind IN ({marks(kinds)})"
        " ORDER BY e.chain, e.seq LIMIT ?",
        (chain, seq, *kinds, size),
    ):
        yield [Entry(*row) for row in rows]
        chain, seq = rows[-1][:2]


def recorded(row: Row) -> Recorded:
    """An event from its row: chain, seq, kind, at, actor, and the payload in bytes or None."""
    chain, seq, kind, at, actor, body = row
    return Recorded(chain, seq, kind, at, actor, None if body is None else canonical.decode(bytes(body)))
