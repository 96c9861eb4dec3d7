"""How a case gets on: claimed, contained, resolved, opened again, linked, held."""

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.applying.clocks import changed
from tocsin.cases.applying.parts import Change, Payload, rest, runs_of, stop, waits_no_more
from tocsin.core import ids


def _claimed(state: Aggregate, payload: Payload, at: int) -> None:
    at = payload.get("at") or at  # of a parent's claim
    if payload["what"] == "containment":
        state.case.containment_claimed_at = at
    else:
        state.case.resolution_claimed_at = at
    for run in runs_of(state, payload["clocks"]):
        run.claimed_at = at
    again = payload.get("again")
    if again is not None:
        state.case.claim_alert_at = min(again, state.case.claim_alert_at or again)


def _contested(state: Aggregate, payload: Payload, at: int) -> None:
    """The claim stays; its clocks run on as though they had never stopped."""
    state.case.contested_at = at
    for run in runs_of(state, payload["clocks"]):
        run.contested_at = at


def _claim_rejected(state: Aggregate, payload: Payload, at: int) -> None:
    """The clocks run on as though they had never stopped; those that another claim covers wait for that."""
    if payload["what"] == "containment":
        state.case.containment_claimed_at = None
    else:
        state.case.resolution_claimed_at = None
    for run in runs_of(state, payload["clocks"]):
        run.claimed_at = run.contested_at = None
    for run in runs_of(state, payload.get("still", ())):
        run.claimed_at = state.case.containment_claimed_at
    waits_no_more(state.case)


def _contained(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.contained_at = at if case.containment_claimed_at is None else case.containment_claimed_at
    case.containment_claimed_at = case.broken_at = case.flapped_at = None
    waits_no_more(case)
    stop(state, payload["stops"], at)


def _resolved(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.state = "resolved"
    at = payload.get("at") or at  # of a ticket that had ended before it was imported
    case.resolved_at = at if case.resolution_claimed_at is None else case.resolution_claimed_at
    rest(case)
    stop(state, payload["stops"], at)


def _reopened(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.state, case.resolved_at, case.closed_at = "open", None, None
    case.acknowledged_at = case.technical_lead = case.contained_at = None
    case.acknowledgement_lasts = case.nudged_at = case.recovered_at = case.broken_at = case.flapped_at = None


def _closed(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.state, state.case.closed_at = "closed", payload.get("at") or at


def _merged(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.state, case.closed_at, case.parent = "merged", at, ids.from_text(payload["into"])
    rest(case)


def _linked(state: Aggregate, payload: Payload, at: int) -> None:
    if payload["kind"] == "parent":
        state.case.parent, state.case.alert_at = ids.from_text(payload["case"]), None


def _unlinked(state: Aggregate, payload: Payload, at: int) -> None:
    if payload["kind"] == "parent":
        state.case.parent = None
        state.case.active_at = payload.get("worked_at") or state.case.active_at


def _held(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.held_at, state.case.held_until = at, payload["until"]
    for run in runs_of(state, payload["clocks"]):
        run.paused_at = at


def _released(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    if case.held_at is not None:
        case.waited += payload["at"] - case.held_at
    case.held_at = case.held_until = None
    changed(state, payload, at)


def _replied(state: Aggregate, payload: Payload, at: int) -> None:
    """A hold is restarted by each word of the customer; what is held as they write has waited for it."""
    held = state.case.held_at
    state.case.waited = 0 if held is None else held - at


def _recovered(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.recovered_at = at


def _fired_again(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    if case.recovered_at is not None and payload.get("told"):
        case.flapped_at = at
    case.recovered_at, case.broken_at = None, at


CHANGES: dict[str, Change] = {
    "case.claimed": _claimed,
    "case.contested": _contested,
    "case.claim_rejected": _claim_rejected,
    "case.contained": _contained,
    "case.resolved": _resolved,
    "case.reopened": _reopened,
    "case.closed": _closed,
    "case.merged": _merged,
    "case.linked": _linked,
    "case.unlinked": _unlinked,
    "case.held": _held,
    "case.released": _released,
    "case.replied": _replied,
    "case.recovered": _recovered,
    "case.fired_again": _fired_again,
}
