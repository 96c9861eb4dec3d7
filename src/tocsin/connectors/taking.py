"""Carrying out what a delivery means, and writing down what became of each of its signals."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tocsin.cases.context import Desk
from tocsin.cases.opening import Opened
from tocsin.connectors import deliveries, links
from tocsin.connectors.deliveries import Cause, SignalOutcome
from tocsin.connectors.finding import StoredConnector
from tocsin.connectors.port import Echo, Read
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


class Meaning(NamedTuple):
    """What a delivery means: its signals, what in it may be ours, and what is remembered of its ticket."""

    signals: Sequence[Read]
    echo: Echo
    link: Mapping[str, Any]


def take(tx: Tx, desk: Desk, stored: StoredConnector, means: Meaning, again: Once | None, cause: Cause) -> list[Taken]:
    """Carry a delivery out and record what became of each of its signals. What is wrong with one of several leaves the
    others alone; of a single one it is raised. What we did ourselves begins nothing when it comes back."""
    found = []
    ours = links.ours(tx, stored, means.echo)
    signals = means.signals if ours is None else [Ignored(ours)]
    for position, signal in enumerate(signals):
        once = again if again is None or len(signals) == 1 else again.part(position, again.body)
        try:
            taken = _take(tx, desk, signal, once)
        except TocsinError as error:
            if len(signals) == 1 or isinstance(error, Unavailable):
                raise
            taken = Taken("refused", says=str(error))
        case = None if taken.opened is None else taken.opened.state.case.id
        if case is not None and isinstance(signal, Signal):
            links.keep(tx, stored.id, signal.key, case, means.link)
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
