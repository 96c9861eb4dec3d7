"""What the meanings of several kinds of events share."""

from collections.abc import Callable, Iterable
from typing import Any

from tocsin.cases.aggregate import Aggregate, Case, Escalation, RunningClock
from tocsin.core import ids
from tocsin.core.errors import NotFound

Payload = dict[str, Any]
Change = Callable[[Aggregate, Payload, int], None]  # of the state, by what an event says, at its time


def optional_id(text: str | None) -> int | None:
    return None if text is None else ids.from_text(text)


def runs_of(state: Aggregate, wanted: Iterable[list[Any]]) -> list[RunningClock]:
    return [run_of(state, clock, cycle) for clock, cycle in wanted]


def run_of(state: Aggregate, clock: str, cycle: int) -> RunningClock:
    for run in state.clocks:
        if run.clock == clock and run.cycle == cycle:
            return run
    raise NotFound(f"the case has no {clock} clock of cycle {cycle}")


def escalation_of(state: Aggregate, payload: Payload) -> Escalation:
    wanted = ids.from_text(payload["escalation"])
    for escalation in state.escalations:
        if escalation.id == wanted:
            return escalation
    raise NotFound(f"the case has no escalation {payload['escalation']}")


def name(state: Aggregate, user: int) -> None:
    """Whoever works on a confidential case may see it."""
    case = state.case
    if case.confidential and not case.sees(user):
        case.named = f"{case.named or ' '}{ids.to_text(user)} "


def name_told(state: Aggregate, payload: Payload) -> None:
    """Whoever is called to a confidential case may see it."""
    if state.case.confidential:
        for person in payload["notified"]:
            name(state, ids.from_text(person["user"]))


def rest(case: Case) -> None:
    """Nothing is waited for any more."""
    case.held_at = case.held_until = case.alert_at = case.triage_at = case.triage_level = None
    case.requested_level = case.request_due_at = None
    case.containment_claimed_at = case.resolution_claimed_at = None
    waits_no_more(case)


def waits_no_more(case: Case) -> None:
    """Where no claim waits to be confirmed, nobody is told of one, and what was said against it is done with."""
    if case.containment_claimed_at is case.resolution_claimed_at is None:
        case.contested_at = case.claim_alert_at = None


def stop(state: Aggregate, stops: Iterable[list[Any]], at: int) -> None:
    """Clocks that an event stops, as of their claim where there is one; one stopped exactly when it is due is met. A
    paused one stopped when its pause began, whatever was claimed since."""
    for run in runs_of(state, stops):
        stopped = min(since for since in (run.paused_at, run.claimed_at, at) if since is not None)
        run.confirmed_at = at if run.claimed_at is not None else None
        run.outcome, run.settled_at = "met" if stopped <= run.due_at else "breached", stopped
        run.claimed_at = run.contested_at = run.paused_at = None
