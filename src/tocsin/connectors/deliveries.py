"""Deliveries as they are kept, to be looked at and replayed, and what became of each of their signals.

A sender that proved who it is has its deliveries kept, secrets masked. They are forgotten after some days, and with the
payloads of a case that they were about.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from tocsin.connectors import finding, masking
from tocsin.connectors.port import Delivery
from tocsin.connectors.tables import hook_deliveries, kept_deliveries
from tocsin.core import canonical, ids, instants
from tocsin.core.clock import DAY
from tocsin.core.errors import InvalidInput, NotFound
from tocsin.core.ids import IdMint
from tocsin.core.wording import say
from tocsin.ledger.events import Erased
from tocsin.storage.transaction import Row, Tx, marks, padded

OUTCOMES_KEPT = 30 * DAY
MOST_BYTES = 256 * 1024
Numbers = Callable[[Sequence[int]], Mapping[int, int]]  # numbers of the cases that may be named, by id


class SignalOutcome(NamedTuple):
    """What became of one signal: opened, changed, unchanged, recorded, ignored, refused. `error`: why not."""

    what: str
    case: int | None = None
    error: str | None = None


class Cause(NamedTuple):
    """What brought a signal: the kept delivery, and who replayed it."""

    delivery: int | None = None
    replayed_by: str | None = None


def record(tx: Tx, mint: IdMint, hook: int, outcome: SignalOutcome, cause: Cause) -> None:
    error = outcome.error and outcome.error[:500]
    tx.insert(hook_deliveries, [(mint.new(tx.now), hook, tx.now, outcome.what, outcome.case, error, *cause)])


def keep(tx: Tx, mint: IdMint, hook: int, delivery: Delivery, secret: Collection[str]) -> int:
    """Keep a delivery; its id. `secret`: names of the headers that hold one."""
    kept = mint.new(tx.now)
    headers = canonical.encode(masking.headers(delivery.headers, secret))
    tx.insert(kept_deliveries, [(kept, hook, tx.now, len(delivery.raw), headers, _body(delivery))])
    return kept


def _body(delivery: Delivery) -> bytes | None:
    """None for what is too large, or cannot be masked because it is no JSON."""
    if len(delivery.raw) > MOST_BYTES:
        return None
    try:
        return masking.body(delivery.raw, delivery.payload)
    except (InvalidInput, RecursionError):
        return None


def kept(tx: Tx, hook: int, delivery: int) -> Delivery:
    """A kept delivery. NotFound where there is none; InvalidInput where its body was not kept, or was erased."""
    found = _found(tx, hook, delivery)
    if found.headers is None or found.body is None:
        raise InvalidInput(
            say("the body of this delivery is not kept"), place="delivery", expected=say("one with a body")
        )
    return Delivery(canonical.decode(bytes(found.headers)), bytes(found.body))


def about(tx: Tx, delivery: int) -> list[int]:
    """The cases that it was about."""
    rows = tx.rows(
        "SELECT DISTINCT case_id FROM hook_deliveries WHERE delivery = ? AND case_id IS NOT NULL", (delivery,)
    )
    return [row[0] for row in rows]


def outcomes(tx: Tx, name: str, limit: int, numbers: Numbers) -> list[dict[str, Any]]:
    """What became of the last signals of a connector, the newest first; NotFound where there is no such connector."""
    rows = tx.rows(
        "SELECT id, at, outcome, case_id, error FROM hook_deliveries WHERE hook = ? ORDER BY id DESC LIMIT ?",
        (finding.id_of(tx, name), limit),
    )
    shown = numbers([row[3] for row in rows if row[3] is not None])
    return [
        {"id": ids.to_text(one), "at": instants.to_text(at), **_outcome(outcome, shown)} for one, at, *outcome in rows
    ]


def listed(tx: Tx, hook: int, before: int | None, limit: int, numbers: Numbers) -> list[dict[str, Any]]:
    """Kept deliveries of a connector, the newest first, each with what became of its signals."""
    rows = tx.rows(
        "SELECT id, at, size, body IS NOT NULL FROM kept_deliveries WHERE hook = ?"
        f"{'' if before is None else ' AND id < ?'} ORDER BY id DESC LIMIT ?",
        (hook, *(() if before is None else (before,)), limit),
    )
    signals = _signals(tx, [row[0] for row in rows], numbers)
    return [_shown(row[0], row[1], row[2], bool(row[3]), signals[row[0]]) for row in rows]


def shown(tx: Tx, hook: int, delivery: int, numbers: Numbers) -> dict[str, Any]:
    """A kept delivery with its headers and its body; without them where one of its cases may not be named."""
    found = _found(tx, hook, delivery)
    cases = about(tx, delivery)
    seen = len(numbers(cases)) == len(cases)
    signals = _signals(tx, [delivery], numbers)[delivery]
    outline = _shown(found.id, found.at, found.size, found.body is not None, signals)
    headers = canonical.decode(bytes(found.headers)) if found.headers is not None and seen else None
    body = bytes(found.body).decode("utf-8", "replace") if found.body is not None and seen else None
    return {**outline, "headers": headers, "body": body}


def sweep(tx: Tx, days: int) -> int:
    """Forget deliveries older than so many days, and outcomes older than 30; how many."""
    gone = tx.run("DELETE FROM kept_deliveries WHERE at <= ?", (tx.now - days * DAY,))
    return gone + tx.run("DELETE FROM hook_deliveries WHERE at <= ?", (tx.now - OUTCOMES_KEPT,))


def forget(tx: Tx, events: Sequence[Row]) -> None:
    """The journal's *after* subscriber: what was delivered about a case is erased with its payloads."""
    cases = sorted({row[0] for row in events if row[2] == Erased.KIND and row[0] > 0})
    if cases:
        chosen = padded(cases)
        tx.run(
            "UPDATE kept_deliveries SET headers = NULL, body = NULL WHERE id IN"
            f" (SELECT delivery FROM hook_deliveries WHERE case_id IN ({marks(chosen)}))",
            chosen,
        )
        tx.run(f"UPDATE hook_deliveries SET error = NULL WHERE case_id IN ({marks(chosen)})", chosen)


class _Kept(NamedTuple):
    """A kept delivery, in the order of the query's columns."""

    id: int
    at: int
    size: int
    headers: bytes | None
    body: bytes | None


def _found(tx: Tx, hook: int, delivery: int) -> _Kept:
    row = tx.row("SELECT id, at, size, headers, body FROM kept_deliveries WHERE id = ? AND hook = ?", (delivery, hook))
    if row is None:
        raise NotFound(say("there is no such delivery, or it is kept no more"), place="delivery")
    return _Kept._make(row)


def _signals(tx: Tx, deliveries: Sequence[int], numbers: Numbers) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {delivery: [] for delivery in deliveries}
    if not deliveries:
        return found
    chosen = padded(sorted(deliveries))
    rows = tx.rows(
        "SELECT delivery, at, replayed_by, outcome, case_id, error FROM hook_deliveries"
        f" WHERE delivery IN ({marks(chosen)}) ORDER BY id",
        chosen,
    )
    named = numbers([case for *_, case, _ in rows if case is not None])
    for delivery, at, replayed_by, *outcome in rows:
        more = {"at": instants.to_text(at), "replayed_by": replayed_by}
        found[delivery].append(more | _outcome(outcome, named))
    return found


def _shown(delivery: int, at: int, size: int, whole: bool, signals: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": ids.to_text(delivery),
        "at": instants.to_text(at),
        "size": size,
        "kept": whole,
        "signals": signals,
    }


def _outcome(row: Sequence[Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    what, case, error = row
    return {
        "outcome": what,
        "case": ids.to_text(case) if case in numbers else None,
        "number": numbers.get(case),
        "error": error,
    }
