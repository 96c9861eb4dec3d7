"""A case rebuilt from the journal, payloads that were erased included: what they said is lost, and it is known what
that was."""

import msgspec

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.applying import touch
from tocsin.cases.events import kind_of
from tocsin.cases.happenings.base import CALLS, CLOCKS, ESCALATIONS, PARTS, CaseEvent
from tocsin.cases.happenings.deciding import Opened
from tocsin.core.errors import NotFound
from tocsin.ledger.journal import PastEvent
from tocsin.ledger.walk import StoredEvent


class Folding:
    """A chain's events, one after the other, become a case. `error` says why they could not; `lost` what is unknown."""

    def __init__(self) -> None:
        self.state: Aggregate | None = None
        self.lost: set[str] = set()
        self.error: str | None = None

    def add(self, event: StoredEvent | PastEvent) -> None:
        """The next event; after an error nothing more is taken in."""
        kind = kind_of(event.kind)
        if self.error is not None or (kind is None and self.state is not None):
            return
        try:
            self._add(event, kind)
        except NotFound as error:
            if self.state is None or kind is None or not self.lost & PARTS:
                self.error = f"event {event.seq}, {event.kind}: {error}"
            else:  # it is about a clock, an escalation or a call-in whose beginning was erased
                self.lost |= kind.LOSES.names
                touch(self.state, kind, event.at, event.actor)
        except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
            self.error = f"event {event.seq}, {event.kind}: {type(error).__name__}: {error}"

    def _add(self, event: StoredEvent | PastEvent, kind: type[CaseEvent] | None) -> None:
        if self.state is None:
            opened = self._said(event, kind) if kind is not None else None
            if not isinstance(opened, Opened):
                raise ValueError("a case begins with case.opened")
            self.state = opened.begun(event.chain, event.at)
        elif kind is not None:
            said = self._said(event, kind) if kind.changes() else None
            if said is not None:
                said.apply(self.state, event.at)
            touch(self.state, kind, event.at, event.actor)

    def _said(self, event: StoredEvent | PastEvent, kind: type[CaseEvent]) -> CaseEvent | None:
        """What the event says; None where nothing of it can be applied."""
        if event.body is not None:
            return kind.read(event.body)
        self.lost |= kind.LOSES.names
        return kind.blank()


def adopt(state: Aggregate, stored: Aggregate, lost: set[str]) -> None:
    """Take from what is stored the values that nothing can prove any more."""
    for name in lost - PARTS:
        setattr(state.case, name, getattr(stored.case, name))
    if CLOCKS in lost:
        state.clocks = stored.clocks
    if ESCALATIONS in lost:
        state.escalations = stored.escalations
    if CALLS in lost:
        state.calls = stored.calls
