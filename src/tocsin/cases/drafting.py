"""Events in the making, and the state that they lead to; the case itself is not touched."""

from collections.abc import Iterable

from tocsin.cases import store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.applying import apply
from tocsin.ledger.journal import Event


class Draft:
    """`state` is brought forward by each event that is added at the instant `now`."""

    def __init__(self, state: Aggregate, now: int) -> None:
        self.state = store.copy(state)
        self.events: list[Event] = []
        self.now = now

    def add(self, event: Event) -> None:
        self.events.append(event)
        apply(self.state, event, self.now)

    def add_all(self, events: Iterable[Event]) -> None:
        for event in events:
            self.add(event)
