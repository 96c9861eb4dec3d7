"""Deliveries as they are kept, to be looked at and replayed, and what became of each of their signals.

A sender that proved who it is has its deliveries kept, secrets masked. They are forgotten after some days, and with the
payloads of a case that they were about.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from tocsin.connectors import masking, store
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


class Outcome(NamedTuple):
    """What became of one signal: opened, changed, unchanged, recorded, ignored, refused. `error`: why not."""

    what: str
    case: int | None = None
    error: str | None = None


class Cause(NamedTuple):
    """What brought a signal: the kept delivery, and who replayed it."""

    delivery: int | None = None
    replayed_by: str | None = None


def record(tx: Tx, mint: IdMint, hook: int, outcome: Outcome, cause: Cause) -> None:
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
    row = _row(tx, hook, delivery)
    if row[3] is None or row[4] is None:
        raise InvalidInput(
            say("the body of this delivery is not kept"), place="delivery", expected=say("one with a body")
        )
    return Delivery(canonical.decode(bytes(row[3])), bytes(row[4]))


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
        (store.id_of(tx, name), limit),
    )
    shown = numbers([row[3] for row in rows if row[3] is not None])
    return [{"id": ids.to_text(row[0]), "at": instants.to_text(row[1]), **_outcome(row[2:5], shown)} for row in rows]


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
    row = _row(tx, hook, delivery)
    cases = about(tx, delivery)
    seen = len(numbers(cases)) == len(cases)
    found = _shown(row[0], row[1], row[2], row[4] is not None, _signals(tx, [delivery], numbers)[delivery])
    headers = canonical.decode(bytes(row[3])) if row[3] is not None and seen else None
    body = bytes(row[4]).decode("utf-8", "replace") if row[4] is not None and seen else None
    return {**found, "headers": headers, "body": body}


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


def _row(tx: Tx, hook: int, delivery: int) -> Row:
    row = tx.row("SELECT id, at, size, headers, body FROM kept_deliveries WHERE id = ? AND hook = ?", (delivery, hook))
    if row is None:
        raise NotFound(say("there is no such delivery, or it is kept no more"), place="delivery")
    return row


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
    named = numbers([row[4] for row in rows if row[4] is not None])
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
