"""Deliveries in bulk: signals that are taken in once each, however often they come. A bulk handler of the group writer.

The first delivery of a ticket opens its case, together with all others of the bulk; later ones change it, in order.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from tocsin.cases.aggregate import Case
from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened, cases_of, open_many
from tocsin.core.errors import TocsinError
from tocsin.intake import signals
from tocsin.intake.signals import Signal
from tocsin.intake.tables import receipts
from tocsin.storage.seam import lock_cases
from tocsin.storage.transaction import Tx, marks, padded

Effect = Literal["opened", "changed", "unchanged", "live"]


class Delivery(NamedTuple):
    """A signal and the key by which it is known if it comes again. Without a key it only ever opens a case."""

    signal: Signal
    key: bytes | None = None


class Taken(NamedTuple):
    """What came of a delivery. `case` None: it had come before. `live`: history leaves a case
    alone that people work on."""

    effect: Effect
    case: Case | None = None


def take_many(tx: Tx, desk: Desk, bulk: Sequence[Delivery]) -> list[Taken | Exception]:
    """What came of each delivery, or an error in place of one that is refused, in order."""
    seen = _seen(tx, [delivery.key for delivery in bulk if delivery.key is not None])
    held = cases_of(tx, [delivery.signal.key for delivery in bulk])
    answers: dict[int, Taken | Exception] = {}
    opening: dict[tuple[str, str], int] = {}
    changing: list[int] = []
    for place, (signal, key) in enumerate(bulk):
        if key is not None and key in seen:
            answers[place] = Taken("unchanged")
        elif signal.key not in held and signal.key not in opening:
            opening[signal.key] = place
        elif key is None:
            answers[place] = Taken("unchanged")
        else:
            changing.append(place)
    lock_cases(tx, list(held.values()))
    answers.update(_open(tx, desk, bulk, list(opening.values())))
    for place in changing:
        answers[place] = _change(tx, desk, bulk[place].signal)
    _remember(tx, bulk, answers)
    return [answers[place] for place in range(len(bulk))]


def _open(tx: Tx, desk: Desk, bulk: Sequence[Delivery], places: list[int]) -> dict[int, Taken | Exception]:
    if not places:
        return {}
    opened = open_many(tx, desk, [bulk[place].signal.ticket() for place in places])
    return {place: _taken(answer, bulk[place].signal) for place, answer in zip(places, opened, strict=True)}


def _change(tx: Tx, desk: Desk, signal: Signal) -> Taken | Exception:
    try:
        return _taken(signals.receive(tx, desk, signal), signal)
    except TocsinError as error:  # refused before anything was written
        return error


def _taken(answer: Opened | Exception, signal: Signal) -> Taken | Exception:
    if isinstance(answer, Exception):
        return answer
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


def _remember(tx: Tx, bulk: Sequence[Delivery], answers: dict[int, Taken | Exception]) -> None:
    """Keep the keys of what was taken in now; what was refused may come again."""
    tx.insert(
        receipts,
        [
            (delivery.key, answer.case.id, tx.now)
            for place, delivery in enumerate(bulk)
            if delivery.key is not None and isinstance(answer := answers[place], Taken) and answer.case is not None
        ],
    )
