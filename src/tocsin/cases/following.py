"""What a child takes over from its parent: that somebody has it, or no more, and that it is contained. Pure."""

from collections.abc import Callable, Sequence

from tocsin.cases.aggregate import Aggregate, Case
from tocsin.cases.scene import Scene
from tocsin.core import ids
from tocsin.ledger.journal import Event

_FOLLOWED = ("case.acknowledged", "case.acknowledgement_ended", "case.contained")


def heard(events: Sequence[Event]) -> list[Event]:
    """The events that children follow."""
    return [event for event in events if event.kind in _FOLLOWED]


def follow(heard: Sequence[Event]) -> Callable[[Aggregate, Scene], list[Event]]:
    """A plan for a child of the case that these events happened to."""

    def plan(state: Aggregate, scene: Scene) -> list[Event]:
        return [event for happened in heard if (event := _followed(state, happened)) is not None]

    return plan


def caught_up(state: Aggregate, parent: Case, actor: str) -> list[Event]:
    """What a case takes over when it begins to follow another."""
    case, events = state.case, []
    if parent.acknowledged_at is not None and case.acknowledged_at is None and case.level != "standard":
        lead = ids.to_text(parent.technical_lead) if parent.technical_lead else None
        kind, lasts = parent.kind or "technical", parent.acknowledgement_lasts
        payload = {"lead": lead, "kind": kind, "stops": _stops(state, "acknowledge"), "lasts": lasts}
        events.append(Event("case.acknowledged", payload, actor))
    if parent.contained_at is not None and case.contained_at is None and case.level != "standard":
        events.append(Event("case.contained", {"note": "with its parent", "stops": _stops(state, "contain")}, actor))
    return events


def _followed(state: Aggregate, event: Event) -> Event | None:
    case, said = state.case, event.payload
    if event.kind == "case.acknowledged" and case.acknowledged_at is None:
        return Event("case.acknowledged", said | {"stops": _stops(state, "acknowledge")}, event.actor)
    if event.kind == "case.acknowledgement_ended" and case.acknowledged_at is not None:
        return Event("case.acknowledgement_ended", said, event.actor)
    if event.kind == "case.contained" and case.contained_at is None:
        return Event("case.contained", {"note": "with its parent", "stops": _stops(state, "contain")}, event.actor)
    return None


def _stops(state: Aggregate, clock: str) -> list[list[object]]:
    run = state.running(clock)
    return [] if run is None else [[run.clock, run.cycle]]
