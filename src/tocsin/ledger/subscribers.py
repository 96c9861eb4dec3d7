"""Who hears of an event: how a lower floor causes something above without knowing it.

A *within* subscriber hears of one kind, and writes rows in the very transaction of the event: pages and notices, the
answer on pages that went out, words to search by. So a page is queued before the answer leaves. It is called once for
all events of a kind that a bulk wrote, and by whoever wrote them: `cases/writing.py` for what happens to a case,
`notify/pipeline.py` for a page that failed. What is only put into the journal it does not hear of.

An *after* subscriber hears of every kind, from the journal itself, so no event can pass it by: what goes to other
systems, and what is forgotten with an erased payload. In the transaction it leaves rows of its own, which are sent
later; it must cost next to nothing while nobody listens.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar

from tocsin.storage.transaction import Row, Tx


class Kind(Protocol):
    """A struct that declares a kind of event (`kinds.py: Happening`)."""

    KIND: ClassVar[str]


Said = TypeVar("Said", bound=Kind)
Happened = tuple[int, Said]  # the chain, and what happened
Within = Callable[[Tx, Sequence[Happened[Said]]], None]
After = Callable[[Tx, Sequence[Row]], None]  # rows of the table of events: chain, seq, kind, ...


@dataclass(slots=True)
class Subscribers:
    """The composition root fills it, once."""

    _within: dict[str, list[Within[Any]]] = field(default_factory=dict)
    _after: list[After] = field(default_factory=list)

    def within(self, kind: type[Said], subscriber: Within[Said]) -> None:
        self._within.setdefault(kind.KIND, []).append(subscriber)

    def after(self, subscriber: After) -> None:
        self._after.append(subscriber)

    def tell(self, tx: Tx, kind: str, happened: Sequence[tuple[int, Any]]) -> None:
        if happened:
            for subscriber in self._within.get(kind, ()):
                subscriber(tx, happened)

    def written(self, tx: Tx, events: Sequence[Row]) -> None:
        """For the journal: these rows have just been written."""
        if events:
            for subscriber in self._after:
                subscriber(tx, events)

    def hears(self, kind: str) -> bool:
        return kind in self._within
