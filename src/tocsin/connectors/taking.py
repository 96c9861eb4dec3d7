"""Carrying out what a delivery means, and writing down what became of each of its signals."""

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened
from tocsin.connectors import deliveries
from tocsin.connectors.deliveries import Cause, Outcome
from tocsin.connectors.port import Read
from tocsin.core.errors import InvalidInput, TocsinError, Unavailable
from tocsin.intake.accept import Once
from tocsin.intake.beginning import Recorded
from tocsin.intake.mapping.deliveries import Ignored
from tocsin.intake.signals import receive_once
from tocsin.storage.transaction import Tx


class Taken(NamedTuple):
    """What became of one signal of a delivery: opened, changed, unchanged, recorded, ignored, refused. `says`: why."""

    outcome: str
    opened: Opened | None = None
    says: str | None = None


def take(tx: Tx, desk: Desk, connector: int, signals: Sequence[Read], again: Once | None, cause: Cause) -> list[Taken]:
    """Carry a delivery out and record what became of each of its signals. What is wrong with one of several leaves the
    others alone; of a single one it is raised."""
    found = []
    for position, signal in enumerate(signals):
        once = again if again is None or len(signals) == 1 else again.part(position, again.body)
        try:
            taken = _take(tx, desk, signal, once)
        except TocsinError as error:
            if len(signals) == 1 or isinstance(error, Unavailable):
                raise
            taken = Taken("refused", says=str(error))
        case = None if taken.opened is None else taken.opened.state.case.id
        deliveries.record(tx, desk.mint, connector, Outcome(taken.outcome, case, _why(taken)), cause)
        found.append(taken)
    return found


def _take(tx: Tx, desk: Desk, signal: Read, once: Once | None) -> Taken:
    if isinstance(signal, InvalidInput):
        raise signal
    if isinstance(signal, Ignored):
        return Taken("ignored", says=signal.reason)
    taken = receive_once(tx, desk, signal, once)
    if isinstance(taken, Recorded):
        return Taken(taken.effect, says=taken.says)
    outcome = "opened" if taken.new else "changed" if taken.changed else "unchanged"
    return Taken("recorded" if taken.effect == "recorded" else outcome, taken)


def _why(taken: Taken) -> str | None:
    return taken.says if taken.outcome in ("ignored", "refused") else None
