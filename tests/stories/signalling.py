"""Signals and deliveries as they come in."""

from typing import Any

from tests.testing import World
from tocsin.cases.opening import Opened
from tocsin.core import canonical
from tocsin.intake import signals
from tocsin.intake.arrivals import Arrival
from tocsin.intake.beginning import Recorded
from tocsin.people.permissions import SYSTEM


def read(**given: Any) -> signals.Signal:
    return signals.read_signal(canonical.encode(given), SYSTEM)


def signal(here: World, **given: Any) -> int:
    """The case behind a signal."""
    desk = here.installation.desk
    opened = here.installation.writer.write(lambda tx: signals.receive(tx, desk, read(**given)))
    assert isinstance(opened, Opened)
    return opened.state.case.id


def imported(here: World, **given: Any) -> None:
    arrival = Arrival(read(**given)._replace(imported=True), b"the key of an arrival")
    here.installation.writer.write_item(here.installation.take, arrival)


def take(here: World, given: dict[str, Any], **more: Any) -> Opened | Recorded:
    once = more.pop("once", None)
    desk, signal = here.installation.desk, read(**given | more)
    return here.installation.writer.write(lambda tx: signals.receive_once(tx, desk, signal, once))


def taken(here: World, given: dict[str, Any], **more: Any) -> Opened:
    answer = take(here, given, **more)
    assert isinstance(answer, Opened)
    return answer
