"""A case rebuilt from the journal, payloads that were erased included: what they said is lost, and it is known what
that was."""

from typing import Any, NamedTuple, TypedDict

import msgspec

from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.applying import apply, changes, opened, touch
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
    triage: dict[str, Any] | None
    facts: "_Facts"


class _Facts(TypedDict):
    case: "_Subject"


class _Subject(TypedDict):
    subject: str


class Lost(NamedTuple):
    """What an event without its payload leaves unknown. `blank` stands for the payload where the rest of it counts."""

    names: frozenset[str]
    blank: dict[str, Any] | None = None


_EVERYTHING = Lost(frozenset(Case.__struct_fields__) - {"id", "opened_at", "updated_at"} | {CLOCKS, ESCALATIONS})
_DECISION = Lost(frozenset(_Outline.__annotations__) - {"triage", "facts"} | {"triage_at", "triage_level", "subject"})
_CLOCKS, _ESCALATIONS = Lost(frozenset({CLOCKS})), Lost(frozenset({ESCALATIONS}))
_FIRST = {"number": 0, "source": "", "external_id": None, "account": None, "subject": "", "occurred_at": None}

_NOTHING = Lost(frozenset(), {})
_REQUEST = frozenset({"requested_level", "request_due_at"})
_NAMED = frozenset({"named"})
_CLAIMS = frozenset({"containment_claimed_at", "resolution_claimed_at", "contested_at", "claim_alert_at"})
_ENDS = frozenset({"contained_at", "resolved_at"})  # a confirmation keeps the time of the claim
_WAITS = frozenset({"held_at", "held_until", "alert_at", "triage_at", "triage_level"}) | _REQUEST | _CLAIMS

LOST: dict[str, Lost] = {
    "case.opened": Lost(frozenset({*_FIRST, "imported"}), _FIRST | {"imported": False}),
    "case.decided": _DECISION,
    "case.reclassified": _DECISION,
    "case.lowered": Lost(frozenset({"level", "kind"})),
    "case.triaged": _NOTHING,
    "case.corrected": Lost(frozenset({"corrected"})),
    "case.requested": Lost(_REQUEST),
    "case.request_answered": _NOTHING,
    "case.assigned": Lost(frozenset({"owner", "alert_at", CLOCKS}) | _NAMED),
    "case.matched": Lost(frozenset({"account"})),
    "case.alerted": Lost(frozenset({"alert_at", "claim_alert_at"}) | _NAMED),
    "case.nudged": _NOTHING,
    "case.escalated": Lost(
        frozenset({"level", "kind", "acknowledged_at", "acknowledgement_lasts", "nudged_at", ESCALATIONS})
    ),
    "case.acknowledged": Lost(
        frozenset({"technical_lead", "escalation_manager", "acknowledged_at", "acknowledgement_lasts", CLOCKS}) | _NAMED
    ),
    "case.acknowledgement_ended": Lost(
        frozenset({"technical_lead", "escalation_manager", "acknowledged_at", "acknowledgement_lasts", "nudged_at"})
    ),
    "case.claimed": Lost(frozenset({CLOCKS}) | _CLAIMS | _ENDS),
    "case.contested": _CLOCKS,
    "case.claim_rejected": Lost(frozenset({CLOCKS}) | _CLAIMS | _ENDS),
    "case.contained": Lost(frozenset({CLOCKS}), {"stops": []}),
    "case.resolved": Lost(frozenset({"resolved_at", CLOCKS}), {"stops": []}),
    "case.recovered": _NOTHING,
    "case.fired_again": Lost(frozenset({"flapped_at"}), {}),
    "case.reopened": _NOTHING,
    "case.closed": Lost(frozenset({"closed_at"}), {}),
    "case.merged": Lost(frozenset({"state", "closed_at", "parent"}) | _WAITS),
    "case.linked": Lost(frozenset({"parent", "alert_at"})),
    "case.unlinked": Lost(frozenset({"parent", "active_at"})),
    "case.held": Lost(frozenset({"held_at", "held_until", "waited", CLOCKS})),
    "case.released": Lost(frozenset({CLOCKS, "waited"}), {"clocks": [], "at": 0}),
    "case.replied": _NOTHING,
    "case.confided": Lost(frozenset({"confidential"}) | _NAMED),
    "case.taken_live": Lost(frozenset({"triage_at"}), {}),
    "clocks.started": Lost(frozenset({CLOCKS, "contained_at"})),
    "clocks.superseded": _CLOCKS,
    "clocks.corrected": _CLOCKS,
    "clocks.relieved": _CLOCKS,
    "clocks.restarted": _CLOCKS,
    "clocks.cancelled": _CLOCKS,
    "clocks.excused": _CLOCKS,
    "clock.warned": _CLOCKS,
    "clock.breached": Lost(frozenset({CLOCKS, "alert_at"})),
    "path.stepped": Lost(_NAMED | {ESCALATIONS}),
    "path.unreached": _ESCALATIONS,
    "path.answered": _ESCALATIONS,
    "path.declined": Lost(_NAMED | {ESCALATIONS}),
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
            if self.state is None or not self.lost & {CLOCKS, ESCALATIONS}:
                self.error = f"event {event.seq}, {event.kind}: {error}"
            else:  # it is about a clock or an escalation whose beginning was erased
                self.lost |= LOST.get(event.kind, _EVERYTHING).names
                touch(self.state, event.kind, event.at, event.actor)
        except (KeyError, TypeError, ValueError, msgspec.MsgspecError) as error:
            self.error = f"event {event.seq}, {event.kind}: {type(error).__name__}: {error}"

    def _add(self, event: Stored) -> None:
        payload = self._payload(event)
        if self.state is None:
            if event.kind != "case.opened" or payload is None:
                raise ValueError("a case begins with case.opened")
            self.state = opened(event.chain, payload, event.at)
        elif payload is not None:
            apply(self.state, event.kind, payload, event.at, event.actor)
        else:
            touch(self.state, event.kind, event.at, event.actor)

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


def adopt(state: Aggregate, stored: Aggregate, lost: set[str]) -> None:
    """Take from what is stored the values that nothing can prove any more."""
    for name in lost - {CLOCKS, ESCALATIONS}:
        setattr(state.case, name, getattr(stored.case, name))
    if CLOCKS in lost:
        state.clocks = stored.clocks
    if ESCALATIONS in lost:
        state.escalations = stored.escalations
