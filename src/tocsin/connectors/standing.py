"""How connectors fare: when each was last heard, whether that is long ago for it, and what became of the last day."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from tocsin.core.clock import HOUR, MINUTE
from tocsin.storage.transaction import Tx

_LOOKED_AT = 60  # signals by which the usual gap is told
_ENOUGH = 10
_PATIENCE = 8  # usual gaps until a source counts as silent
_LEAST = 10 * MINUTE
HOURS = 24


class LastHeard(NamedTuple):
    """When a connector was last heard, and whether that is long ago for it: as in `Standing`."""

    last_at: int | None
    gap: int | None
    silent: bool


class Standing(NamedTuple):
    """`last_at`: when the connector was last heard, None: never. `gap`: how long it usually is between two signals,
    None where too few have come to say. `silent`: whether it is longer now by far. `hours`: how many signals came in
    each hour of the last day, the oldest first; of those: `ignored`, `refused`. Spans in microseconds."""

    last_at: int | None
    gap: int | None
    silent: bool
    hours: tuple[int, ...]
    ignored: int
    refused: int

    @property
    def signals(self) -> int:
        return sum(self.hours)


def of(tx: Tx, connector: int) -> Standing:
    """How the connector with this id fares now."""
    last_at, gap, silent = heard(tx, connector)
    begin = tx.now // HOUR * HOUR - (HOURS - 1) * HOUR
    rows = tx.rows(
        "SELECT outcome, (at - ?) / ?, count(*) FROM hook_deliveries WHERE hook = ? AND at >= ? GROUP BY 1, 2",
        (begin, HOUR, connector, begin),
    )
    hours, became = Counter[int](), Counter[str]()
    for outcome, hour, amount in rows:
        hours[int(hour)] += amount
        became[outcome] += amount
    return Standing(
        last_at,
        gap,
        silent,
        tuple(hours[hour] for hour in range(HOURS)),
        became["ignored"],
        became["refused"],
    )


def heard(tx: Tx, connector: int) -> LastHeard:
    """When the connector with this id was last heard."""
    recent = [
        row[0]
        for row in tx.rows(
            "SELECT at FROM hook_deliveries WHERE hook = ? ORDER BY id DESC LIMIT ?", (connector, _LOOKED_AT)
        )
    ]
    last_at, gap = recent[0] if recent else None, usual_gap(recent)
    return LastHeard(last_at, gap, is_silent(last_at, gap, tx.now))


def sources(tx: Tx) -> dict[str, LastHeard]:
    """All connectors that are at work, by name."""
    rows = tx.rows("SELECT id, name FROM hooks WHERE revoked_at IS NULL ORDER BY name")
    return {name: heard(tx, connector) for connector, name in rows}


def usual_gap(times: Sequence[int]) -> int | None:
    """The median of what lies between these instants, the newest first; None where they are too few."""
    if len(times) < _ENOUGH:
        return None
    return int(median(later - earlier for later, earlier in pairwise(times)))


def is_silent(last_at: int | None, gap: int | None, now: int) -> bool:
    """Whether it is far longer than usual that something was heard."""
    return last_at is not None and gap is not None and now - last_at > max(_LEAST, _PATIENCE * gap)
