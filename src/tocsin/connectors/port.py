"""What a connector is to the rest of Tocsin: it proves who delivers, says what that means, and what goes back."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from tocsin.connectors.declared import Declared
from tocsin.connectors.delivery import Delivery
from tocsin.connectors.pulls import Pull
from tocsin.core.errors import InvalidInput
from tocsin.intake.accept import Once
from tocsin.intake.mapping.deliveries import Ignored
from tocsin.intake.reading import Signal

Read = Signal | Ignored | InvalidInput  # a signal, why there is none, or what is wrong with it


__all__ = ["Connector", "Delivery", "Echo", "Element", "Read", "Request"]


class Request(NamedTuple):
    """What a tool sends; `headers` by names in small letters."""

    headers: Mapping[str, str]
    raw: bytes
    query: Mapping[str, str] = {}


class Echo(NamedTuple):
    """What an element says that may be ours: who did it, by what their system knows it, what it says."""

    actor: str | None = None
    reference: str | None = None
    text: str | None = None


class Element(NamedTuple):
    """A part of a delivery that means one signal: what it means, what in it may be ours, and what is remembered of its
    ticket, so that effects find it."""

    read: Read
    echo: Echo = Echo()
    link: Mapping[str, Any] = {}


class Connector(Protocol):
    """A connector that was added, ready to take deliveries."""

    def verify(self, request: Request, now: int) -> Delivery:
        """Unauthenticated where the sender does not prove who it is."""
        ...

    def read(self, delivery: Delivery) -> list[Element]:
        """What a delivery means, signal by signal; InvalidInput says what is wrong with all of it, or stands in place
        of one."""
        ...

    def once(self, delivery: Delivery) -> Once | None:
        """By what a delivery that comes again is known."""
        ...

    @property
    def pull(self) -> Pull | None:
        """What is asked of its tool, from a cursor on, and the deliveries of an answer."""
        ...

    def effects(self, kind: str) -> list[Declared]:
        """What goes out to its system when an event of this kind happens to the case of one of its tickets."""
        ...
