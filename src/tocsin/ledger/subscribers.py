"""Who hears of an event: how a lower floor causes something above without knowing it.

A *within* subscriber writes rows in the very transaction of the event (paging only: a page must be queued before the
answer leaves). It is called once for all events of a kind that a bulk wrote.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.storage.transaction import Tx

Happened = tuple[int, dict[str, Any]]  # the chain and the payload
Within = Callable[[Tx, Sequence[Happened]], None]


@dataclass(slots=True)
class Subscribers:
    """The composition root fills it, once."""

    _within: dict[str, list[Within]] = field(default_factory=dict)

    def within(self, kind: str, subscriber: Within) -> None:
        self._within.setdefault(kind, []).append(subscriber)

    def tell(self, tx: Tx, kind: str, happened: Sequence[Happened]) -> None:
        if happened:
            for subscriber in self._within.get(kind, ()):
                subscriber(tx, happened)

    def hears(self, kind: str) -> bool:
        return kind in self._within
