"""When a case next needs attention: its one timer is set to that. Pure."""

from tocsin.cases import reminding
from tocsin.cases.aggregate import Aggregate


def next_instant(state: Aggregate) -> int | None:
    """When something is due on this case; where nothing else is, that somebody hears of it again. None for a case that
    is over, or that history tells of, or that is silent behind its parent."""
    at = own_instant(state)
    return reminding.due_at(state) if at is None else at


def own_instant(state: Aggregate) -> int | None:
    """When a clock is due (one microsecond after its time, for a stop exactly then is met), a warning, a step of a
    path, a call-in, or what waits for an answer. None when none of them is."""
    case = state.case
    if case.quiet:
        return None
    found: list[int | None] = []
    for run in state.clocks:
        if run.ticking:
            found += (run.due_at + 1, run.warn_at)
    if case.state != "open":
        return min((at for at in found if at is not None), default=None)
    if case.parent is not None:
        found.append(case.provisional_until)
    found += (case.held_until, case.alert_at, case.claim_alert_at, case.triage_at, case.answer_due_at())
    if case.acknowledged_at is not None:
        found += (case.nudge_at(), case.expires_at())
    found += [climb.next_at for climb in state.escalations if climb.state == "climbing"]
    if state.calls:
        found += [call.next_at for call in state.calling()]
    return min((at for at in found if at is not None), default=None)
