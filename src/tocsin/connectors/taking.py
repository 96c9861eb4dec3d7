"""Carrying out what a delivery means, and writing down what became of each of its signals."""

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened
from tocsin.connectors import deliveries, links
from tocsin.connectors.deliveries import Cause, SignalOutcome
from tocsin.connectors.finding import StoredConnector
from tocsin.connectors.links import Echoes
from tocsin.connectors.port import Element, Read
from tocsin.core.errors import InvalidInput, TocsinError, Unavailable
from tocsin.intake.accept import Once
from tocsin.intake.beginning import Recorded
from tocsin.intake.mapping.deliveries import Ignored
from tocsin.intake.reading import Signal
from tocsin.intake.signals import receive_once
from tocsin.storage.transaction import Tx


class Taken(NamedTuple):
    """What became of one signal of a delivery: opened, changed, unchanged, recorded, ignored, refused. `says`: why."""

    outcome: str
    opened: Opened | None = None
    says: str | None = None


def take(
    tx: Tx, desk: Desk, stored: StoredConnector, means: Sequence[Element], again: Once | None, cause: Cause
) -> list[Taken]:
    """Carry a delivery out and record what became of each of its signals. What is wrong with one of several leaves the
    others alone; of a single one it is raised. What we did ourselves begins nothing when it comes back."""
    found, echoes = [], Echoes(tx, stored)
    for position, element in enumerate(means):
        once = again if again is None or len(means) == 1 else again.part(position, again.body)
        ours = echoes.ours(element.echo)
        signal = element.read if ours is None else Ignored(ours)
        try:
            taken = _take(tx, desk, signal, once)
        except TocsinError as error:
            if len(means) == 1 or isinstance(error, Unavailable):
                raise
            taken = Taken("refused", says=str(error))
        case = None if taken.opened is None else taken.opened.state.case.id
        if case is not None and isinstance(signal, Signal):
            links.keep(tx, stored.id, signal.key, case, element.link)
        deliveries.record(tx, desk.mint, stored.id, SignalOutcome(taken.outcome, case, _why(taken)), cause)
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
