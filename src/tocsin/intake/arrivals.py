"""Arrivals in bulk: signals that are taken in once each, however often they come. A bulk handler of the group writer.

The first arrival of a ticket opens its case, together with all others of the bulk; later ones change it, in order.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Literal, NamedTuple

from tocsin.cases.aggregate import Case
from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened, cases_of
from tocsin.intake import signals
from tocsin.intake.beginning import Recorded
from tocsin.intake.signals import Signal
from tocsin.intake.tables import receipts
from tocsin.storage.transaction import Tx, marks, padded

ArrivalEffect = Literal["opened", "changed", "unchanged", "recorded", "live"]


class Arrival(NamedTuple):
    """A signal and the key by which it is known if it comes again. Without a key it only ever opens a case."""

    signal: Signal
    key: bytes | None = None


class Taken(NamedTuple):
    """What came of an arrival. `case` None: it had come before, or has none (`recorded`: it says that it is over).
    `live`: history leaves a case alone that people work on."""

    effect: ArrivalEffect
    case: Case | None = None


def take_many(tx: Tx, desk: Desk, bulk: Sequence[Arrival]) -> list[Taken | Exception]:
    """What came of each arrival, or an error in place of one that is refused, in order."""
    seen = _seen(tx, [arrival.key for arrival in bulk if arrival.key is not None])
    held = cases_of(tx, [arrival.signal.key for arrival in bulk])
    answers: dict[int, Taken | Exception] = {}
    tickets: dict[tuple[str, str], list[int]] = {}
    for place, (signal, key) in enumerate(bulk):
        known = key in seen if key is not None else signal.key in held or signal.key in tickets
        if known:
            answers[place] = Taken("unchanged")
        else:
            tickets.setdefault(signal.key, []).append(place)
    # In rounds, one arrival of each ticket at a time: the order of a ticket's arrivals is all that matters.
    for places in zip_longest(*tickets.values()):
        present = [place for place in places if place is not None]
        received = signals.receive_many(tx, desk, [bulk[place].signal for place in present])
        for place, answer in zip(present, received, strict=True):
            answers[place] = _taken(answer, bulk[place].signal)
    _remember(tx, bulk, answers)
    return [answers[place] for place in range(len(bulk))]


def _taken(answer: Opened | Recorded | Exception, signal: Signal) -> Taken | Exception:
    if isinstance(answer, Exception):
        return answer
    if isinstance(answer, Recorded):
        return Taken("recorded")
    case = answer.state.case
    if answer.new:
        return Taken("opened", case)
    if signal.imported and not signals.history(answer.state):
        return Taken("live", case)
    return Taken("changed" if answer.changed else "unchanged", case)


def _seen(tx: Tx, keys: Sequence[bytes]) -> set[bytes]:
    chosen = padded(keys)
    if not chosen:
        return set()
    return {bytes(row[0]) for row in tx.rows(f"SELECT key FROM receipts WHERE key IN ({marks(chosen)})", chosen)}


def _remember(tx: Tx, bulk: Sequence[Arrival], answers: dict[int, Taken | Exception]) -> None:
    """Keep the keys of what was taken in now; what was refused may come again."""
    tx.insert(
        receipts,
        [
            (arrival.key, answer.case.id, tx.now)
            for place, arrival in enumerate(bulk)
            if arrival.key is not None and isinstance(answer := answers[place], Taken) and answer.case is not None
        ],
    )
