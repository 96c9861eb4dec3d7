"""A case rebuilt from the journal, payloads that were erased included: what they said is lost, and it is known what
that was."""

from typing import Any, NamedTuple, TypedDict

import msgspec

from tocsin.cases.aggregate import Aggregate, Case, apply, changes, opened
from tocsin.core.errors import NotFound
from tocsin.ledger.walk import Stored

CLOCKS, ESCALATIONS = "clocks", "escalations"


class _Outline(TypedDict):
    """What the state takes from a decision; the rest of it need not be read."""

    severity: str
    level: str
    kind: str | None
    type: str | None
    product_area: str | None
    score: float
    team: str | None
    policy_version: int


class Lost(NamedTuple):
    """What an event without its payload leaves unknown. `blank` stands for the payload where the rest of it counts."""

    names: frozenset[str]
    blank: dict[str, Any] | None = None


_EVERYTHING = Lost(frozenset(Case.__struct_fields__) - {"id", "opened_at", "updated_at"} | {CLOCKS, ESCALATIONS})
_DECISION = Lost(frozenset(_Outline.__annotations__))
_CLOCKS, _ESCALATIONS = Lost(frozenset({CLOCKS})), Lost(frozenset({ESCALATIONS}))
_FIRST = {"number": 0, "source": "", "external_id": None, "account": None, "subject": "", "occurred_at": None}

LOST: dict[str, Lost] = {
    "case.opened": Lost(frozenset({*_FIRST, "imported"}), _FIRST | {"imported": False}),
    "case.decided": _DECISION,
    "case.reclassified": _DECISION,
    "case.reopened": Lost(frozenset(), {}),
    "case.taken_live": Lost(frozenset(), {}),
    "case.assigned": Lost(frozenset({"owner", CLOCKS})),
    "case.escalated": Lost(frozenset({"level", "kind", "acknowledged_at", ESCALATIONS})),
    "case.acknowledged": Lost(frozenset({"technical_lead", CLOCKS}), {"lead": None, "stops": []}),
    "case.resolved": Lost(frozenset({CLOCKS}), {"stops": []}),
    "clocks.started": _CLOCKS,
    "clocks.superseded": _CLOCKS,
    "clock.breached": _CLOCKS,
    "path.stepped": _ESCALATIONS,
    "path.stopped": _ESCALATIONS,
}

_any = msgspec.json.Decoder()
_outline = msgspec.json.Decoder(_Outline)
_DECODERS: dict[str, Any] = {"case.decided": _outline, "case.reclassified": _outline}


class Folding:
    """A chain's events, one after the other, become a case. `error` says why they could not; `lost` what is unknown."""

    def __init__(self) -> None:
        self.state: Aggregate | None = None
        self.lost: set[str] = set()
        self.error: str | None = None

    def add(self, event: Stored) -> None:
        """The next event; after an error nothing more is taken in."""
        if self.error is not None:
            return
        try:
            self._add(event)
        except NotFound as error:
            if not self.lost & {CLOCKS, ESCALATIONS}:
                self.error = f"event {event.seq}, {event.kind}: {error}"
        except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
            self.error = f"event {event.seq}, {event.kind}: {type(error).__name__}: {error}"

    def _add(self, event: Stored) -> None:
        payload = self._payload(event)
        if self.state is None:
            if event.kind != "case.opened" or payload is None:
                raise ValueError("a case begins with case.opened")
            self.state = opened(event.chain, payload, event.at)
        elif payload is not None:
            apply(self.state, event.kind, payload, event.at)
        else:
            apply(self.state, _UNCHANGING, {}, event.at)

    def _payload(self, event: Stored) -> dict[str, Any] | None:
        """What the event says; None where nothing of it can be applied."""
        if event.seq > 1 and not changes(event.kind):
            return {}
        if event.body is not None:
            payload: dict[str, Any] = _DECODERS.get(event.kind, _any).decode(event.body)
            return payload
        lost = LOST.get(event.kind, _EVERYTHING)
        self.lost |= lost.names
        return lost.blank


_UNCHANGING = "case.noted"


def adopt(state: Aggregate, stored: Aggregate, lost: set[str]) -> None:
    """Take from what is stored the values that nothing can prove any more."""
    for name in lost - {CLOCKS, ESCALATIONS}:
        setattr(state.case, name, getattr(stored.case, name))
    if CLOCKS in lost:
        state.clocks = stored.clocks
    if ESCALATIONS in lost:
        state.escalations = stored.escalations
