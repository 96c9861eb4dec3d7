"""What each event means for a case.

`apply` is the only code that turns an event into state. The verbs use it to change what is stored, the audit uses it to
rebuild a case from the journal and to compare; so the two cannot differ in what an event means. It computes nothing:
times that follow from a policy or a calendar stand in the event.
"""

from collections.abc import Iterable
from typing import Any

from tocsin.cases.aggregate import Aggregate, Case, Escalation, RunningClock, raised
from tocsin.core import ids
from tocsin.core.errors import NotFound

Payload = dict[str, Any]


def opened(case: int, payload: Payload, at: int) -> Aggregate:
    """The state behind a chain's first event, `case.opened`."""
    return Aggregate(
        Case(
            id=case,
            number=payload["number"],
            source=payload["source"],
            external_id=payload["external_id"],
            account=_id(payload["account"]),
            subject=payload["subject"],
            opened_at=at,
            updated_at=at,
            occurred_at=payload["occurred_at"],
            imported=payload["imported"],
        ),
        [],
        [],
    )


def apply(state: Aggregate, kind: str, payload: Payload, at: int) -> None:
    """Change the state by one event. What other packages write into a case's chain (a page that failed, an erasure)
    is history, and leaves the case as it is."""
    change = _CHANGES.get(kind)
    if change is not None:
        change(state, payload, at)
    touch(state, kind, at)


def touch(state: Aggregate, kind: str, at: int) -> None:
    """What an event of this kind means whatever it says: that something changed, or that somebody works on the case."""
    if kind in ACTIVITY:
        state.case.active_at = at
    if kind.partition(".")[0] in _OWN:
        state.case.updated_at = at


def changes(kind: str) -> bool:
    """Whether what events of this kind say changes the case."""
    return kind in _CHANGES


def _decided(state: Aggregate, decision: Payload, at: int) -> None:
    case = state.case
    case.severity = decision["severity"]
    case.level = decision["level"]
    case.kind = decision["kind"] if decision["level"] != "standard" else None
    case.type = decision["type"]
    case.product_area = decision["product_area"]
    case.score = decision["score"]
    case.team = decision["team"]
    case.policy_version = decision["policy_version"]
    need = decision["triage"]
    case.triage_at = need["answer_by"] if need else None
    case.triage_level = need["level_if_unanswered"] if need else None


def _reclassified(state: Aggregate, decision: Payload, at: int) -> None:
    """As decided, but never lower: lowering takes a person and a reason."""
    level, kind = state.case.level, state.case.kind
    _decided(state, decision, at)
    if not raised(level, state.case.level):
        state.case.level, state.case.kind = level, kind


def _lowered(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.level, state.case.kind = payload["level"], payload["kind"]


def _triaged(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.triage_at = state.case.triage_level = None


def _corrected(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.corrected = payload["what"]


def _requested(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.requested_level, state.case.request_due_at = payload["level"], payload["due_at"]


def _request_answered(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.requested_level = state.case.request_due_at = None


def _assigned(state: Aggregate, payload: Payload, at: int) -> None:
    owner = ids.from_text(payload["owner"])
    state.case.owner, state.case.alert_at = owner, None
    _name(state, owner)
    _stop(state, payload["stops"], at)


def _alerted(state: Aggregate, payload: Payload, at: int) -> None:
    _name_told(state, payload)
    if payload["why"] == "unowned":
        state.case.alert_at = payload["again"]


def _nudged(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.nudged_at = at


def _acknowledged(state: Aggregate, payload: Payload, at: int) -> None:
    """Technically by whoever leads the work from now on; for a relationship by the escalation manager."""
    case, lead = state.case, _id(payload["lead"])
    if payload["lasts"] is not None:
        case.acknowledged_at, case.acknowledgement_lasts = at, payload["lasts"]
    if payload["kind"] == "relationship":
        case.escalation_manager = lead
    else:
        case.technical_lead = lead
    if lead is not None:
        _name(state, lead)
    _stop(state, payload["stops"], at)


def _acknowledgement_ended(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.acknowledged_at = case.acknowledgement_lasts = case.nudged_at = None
    if case.technical_lead is not None and ids.to_text(case.technical_lead) == payload["lead"]:
        case.technical_lead = None


def _claimed(state: Aggregate, payload: Payload, at: int) -> None:
    at = payload.get("at", at)  # of a parent's claim
    if payload["what"] == "containment":
        state.case.containment_claimed_at = at
    else:
        state.case.resolution_claimed_at = at
    for run in _runs(state, payload["clocks"]):
        run.claimed_at = at


def _claim_rejected(state: Aggregate, payload: Payload, at: int) -> None:
    """The clocks run on as though they had never stopped; those that another claim covers wait for that."""
    if payload["what"] == "containment":
        state.case.containment_claimed_at = None
    else:
        state.case.resolution_claimed_at = None
    for run in _runs(state, payload["clocks"]):
        run.claimed_at = None
    for run in _runs(state, payload.get("still", ())):
        run.claimed_at = state.case.containment_claimed_at


def _contained(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.contained_at = at if case.containment_claimed_at is None else case.containment_claimed_at
    case.containment_claimed_at = None
    _stop(state, payload["stops"], at)


def _resolved(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.state = "resolved"
    case.resolved_at = at if case.resolution_claimed_at is None else case.resolution_claimed_at
    _rest(case)
    _stop(state, payload["stops"], at)


def _reopened(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.state, case.resolved_at, case.closed_at = "open", None, None
    case.acknowledged_at = case.technical_lead = case.contained_at = None
    case.acknowledgement_lasts = case.nudged_at = None


def _closed(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.state, state.case.closed_at = "closed", at


def _merged(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.state, case.closed_at, case.parent = "merged", at, ids.from_text(payload["into"])
    _rest(case)


def _linked(state: Aggregate, payload: Payload, at: int) -> None:
    if payload["kind"] == "parent":
        state.case.parent, state.case.alert_at = ids.from_text(payload["case"]), None


def _unlinked(state: Aggregate, payload: Payload, at: int) -> None:
    if payload["kind"] == "parent":
        state.case.parent = None


def _held(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.held_at, state.case.held_until = at, payload["until"]
    for run in _runs(state, payload["clocks"]):
        run.paused_at = at


def _released(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    if case.held_at is not None:
        case.waited += payload["at"] - case.held_at
    case.held_at = case.held_until = None
    _clocks_changed(state, payload, at)


def _replied(state: Aggregate, payload: Payload, at: int) -> None:
    """A hold begins anew with each word of the customer; what is held as he writes has waited for it."""
    held = state.case.held_at
    state.case.waited = 0 if held is None else held - at


def _confided(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.confidential = bool(payload["named"])
    state.case.named = "".join(f" {user}" for user in payload["named"]) + (" " if payload["named"] else "")


def _taken_live(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.imported = False


def _clocks_started(state: Aggregate, payload: Payload, at: int) -> None:
    for run in payload["clocks"]:
        state.clocks.append(RunningClock(original_due_at=run["due_at"], **run))
        if run["clock"] == "contain":  # it is asked for anew
            state.case.contained_at = None


_MAY_CHANGE = (
    "due_at",
    "target",
    "calendar",
    "origin",
    "policy_version",
    "started_at",
    "paused_at",
    "pauses",
    "warn_at",
)


def _clocks_changed(state: Aggregate, payload: Payload, at: int) -> None:
    """Each entry names a run and what is new of it; a new due time makes older timers stale."""
    for change in payload["clocks"]:
        run = _find(state, change["clock"], change["cycle"])
        before = run.due_at
        for name in _MAY_CHANGE:
            if name in change:
                setattr(run, name, change[name])
        if run.due_at != before:
            run.generation += 1


def _clocks_cancelled(state: Aggregate, payload: Payload, at: int) -> None:
    for run in _runs(state, payload["clocks"]):
        run.outcome, run.settled_at, run.cancelled_because = "cancelled", at, payload["because"]
        run.paused_at = run.claimed_at = None


def _clocks_excused(state: Aggregate, payload: Payload, at: int) -> None:
    for run in _runs(state, payload["clocks"]):
        run.excused_by = payload["by"]


def _warned(state: Aggregate, payload: Payload, at: int) -> None:
    _find(state, payload["clock"], payload["cycle"]).warn_at = payload["next"]


def _breached(state: Aggregate, payload: Payload, at: int) -> None:
    run = _find(state, payload["clock"], payload["cycle"])
    run.outcome, run.settled_at = "breached", run.due_at
    if run.clock == "assign":
        state.case.alert_at = payload["again"]


def _stop(state: Aggregate, stops: Iterable[list[Any]], at: int) -> None:
    """Clocks that an event stops, as of their claim where there is one; one stopped exactly when it is due is met. A
    paused one stopped when its pause began, whatever was claimed since."""
    for run in _runs(state, stops):
        stopped = run.paused_at or run.claimed_at or at
        run.outcome, run.settled_at = "met" if stopped <= run.due_at else "breached", stopped
        run.claimed_at = run.paused_at = None


def _escalated(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.level = payload["level"]
    if case.kind is None or payload["kind"] == "technical":  # a path beside that of the engineers changes no kind
        case.kind = payload["kind"]
    case.acknowledged_at = case.acknowledgement_lasts = case.nudged_at = None  # of a lower level: no answer to this one
    state.escalations.append(
        Escalation(
            id=ids.from_text(payload["escalation"]),
            kind=payload["kind"],
            path=payload["path"],
            policy_version=payload["policy_version"],
            state="climbing",
            passed=0,
            step=0,
            next_at=payload["first_at"],
            started_at=at,
            hours=payload["hours"],
        )
    )


def _stepped(state: Aggregate, payload: Payload, at: int) -> None:
    escalation = _escalation(state, payload)
    _name_told(state, payload)
    escalation.needed = payload["needed"]
    after = payload["next"]
    if after is None:
        escalation.state, escalation.next_at = "exhausted" if payload["notified"] else "unheard", None
    else:
        escalation.passed, escalation.step, escalation.next_at = after["pass"], after["step"], after["at"]


def _answered(state: Aggregate, payload: Payload, at: int) -> None:
    escalation = _escalation(state, payload)
    escalation.answers = f"{escalation.answers or ' '}{payload['by']} "


def _declined(state: Aggregate, payload: Payload, at: int) -> None:
    escalation = _escalation(state, payload)
    _name_told(state, payload)
    escalation.answers = escalation.answers.replace(f" {payload['by']} ", " ")
    if escalation.state == "climbing":
        escalation.next_at = payload["next_at"]


def _stopped(state: Aggregate, payload: Payload, at: int) -> None:
    escalation = _escalation(state, payload)
    escalation.state, escalation.next_at = payload["state"], None


def _rest(case: Case) -> None:
    """Nothing is waited for any more."""
    case.held_at = case.held_until = case.alert_at = case.triage_at = case.triage_level = None
    case.requested_level = case.request_due_at = None
    case.containment_claimed_at = case.resolution_claimed_at = None


def _name_told(state: Aggregate, payload: Payload) -> None:
    """Whoever is called to a confidential case may see it."""
    if state.case.confidential:
        for person in payload["notified"]:
            _name(state, ids.from_text(person["user"]))


def _name(state: Aggregate, user: int) -> None:
    """Whoever works on a confidential case may see it."""
    case = state.case
    if case.confidential and not case.sees(user):
        case.named = f"{case.named or ' '}{ids.to_text(user)} "


def _id(text: str | None) -> int | None:
    return None if text is None else ids.from_text(text)


def _runs(state: Aggregate, wanted: Iterable[list[Any]]) -> list[RunningClock]:
    return [_find(state, clock, cycle) for clock, cycle in wanted]


def _find(state: Aggregate, clock: str, cycle: int) -> RunningClock:
    for run in state.clocks:
        if run.clock == clock and run.cycle == cycle:
            return run
    raise NotFound(f"the case has no {clock} clock of cycle {cycle}")


def _escalation(state: Aggregate, payload: Payload) -> Escalation:
    wanted = ids.from_text(payload["escalation"])
    for escalation in state.escalations:
        if escalation.id == wanted:
            return escalation
    raise NotFound(f"the case has no escalation {payload['escalation']}")


# What shows that somebody works on a case, and so keeps an acknowledgement alive.
ACTIVITY = frozenset(
    {
        "case.assigned",
        "case.noted",
        "case.claimed",
        "case.claim_rejected",
        "case.contained",
        "case.overridden",
        "case.held",
        "case.linked",
        "case.requested",
        "case.triaged",
    }
)
_OWN = frozenset({"case", "clock", "clocks", "path"})
_CHANGES: dict[str, Any] = {
    "case.decided": _decided,
    "case.reclassified": _reclassified,
    "case.lowered": _lowered,
    "case.triaged": _triaged,
    "case.corrected": _corrected,
    "case.requested": _requested,
    "case.request_answered": _request_answered,
    "case.assigned": _assigned,
    "case.alerted": _alerted,
    "case.nudged": _nudged,
    "case.escalated": _escalated,
    "case.acknowledged": _acknowledged,
    "case.acknowledgement_ended": _acknowledgement_ended,
    "case.claimed": _claimed,
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
    "case.confided": _confided,
    "case.taken_live": _taken_live,
    "clocks.started": _clocks_started,
    "clocks.superseded": _clocks_changed,
    "clocks.corrected": _clocks_changed,
    "clocks.relieved": _clocks_changed,
    "clocks.restarted": _clocks_changed,
    "clocks.cancelled": _clocks_cancelled,
    "clocks.excused": _clocks_excused,
    "clock.warned": _warned,
    "clock.breached": _breached,
    "path.stepped": _stepped,
    "path.answered": _answered,
    "path.declined": _declined,
    "path.stopped": _stopped,
}
