"""How events change a case. What each means stands in its kind (`happenings`); what all have in common is here."""

from collections.abc import Iterable

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.happenings.base import CaseEvent
from tocsin.ledger.journal import Event


def apply(state: Aggregate, event: Event, at: int) -> None:
    """Change the state by one event. What other packages write into a case's chain (a page that failed, an erasure)
    is history, and leaves the case as it is."""
    happened = event.payload
    if isinstance(happened, CaseEvent):
        happened.apply(state, at)
        touch(state, type(happened), at, event.actor)


def apply_all(state: Aggregate, events: Iterable[Event], at: int) -> None:
    """Change the state by these events, one behind the other."""
    for event in events:
        apply(state, event, at)


def touch(state: Aggregate, kind: type[CaseEvent], at: int, actor: str) -> None:
    """What an event of this kind means whatever it says: that something changed, or that somebody works on the case."""
    if kind.WORK and _by_somebody(actor):
        state.case.active_at = at
    if kind.CHANGE:
        state.case.updated_at = at


def is_work(event: Event) -> bool:
    """Whether an event shows that somebody works on the case, and so keeps an acknowledgement alive: a person or a
    token. What the engine does by itself is nobody's work."""
    return isinstance(event.payload, CaseEvent) and event.payload.WORK and _by_somebody(event.actor)


def _by_somebody(actor: str) -> bool:
    return actor != "engine" and not actor.startswith("engine:")
