"""What a connector is to the rest of Tocsin: it proves who delivers, and says what a delivery means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import msgspec

from tocsin.core.errors import InvalidInput
from tocsin.intake.accept import Once
from tocsin.intake.mapping.deliveries import Ignored
from tocsin.intake.reading import Signal
from tocsin.policy.lenient import loads

Read = Signal | Ignored | InvalidInput  # a signal, why there is none, or what is wrong with it


class Request(NamedTuple):
    """What a tool sends; `headers` by names in small letters."""

    headers: Mapping[str, str]
    raw: bytes
    query: Mapping[str, str] = {}


@dataclass(frozen=True)
class Delivery:
    """What an authenticated sender delivers."""

    headers: Mapping[str, str]
    raw: bytes = field(repr=False)

    @cached_property
    def payload(self) -> Any:
        """The JSON in it; InvalidInput where it is none."""
        try:
            return msgspec.json.decode(self.raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return loads(self.raw)


class Connector(Protocol):
    """A connector that was added, ready to take deliveries."""

    def verify(self, request: Request, now: int) -> Delivery:
        """Unauthenticated where the sender does not prove who it is."""
        ...

    def read(self, delivery: Delivery) -> list[Read]:
        """The signals that a delivery means; InvalidInput says what is wrong with all of it, or stands in place of
        one."""
        ...

    def once(self, delivery: Delivery) -> Once | None:
        """By what a delivery that comes again is known."""
        ...
