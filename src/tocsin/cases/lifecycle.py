"""Which verb a case allows in which state, and why not otherwise: one pure table, whose reasons the screens show."""

from collections.abc import Callable
from enum import StrEnum

from tocsin.cases.aggregate import Aggregate
from tocsin.clocks.kinds import ACKNOWLEDGE, CONTAIN
from tocsin.core.errors import NotAllowed


class Verb(StrEnum):
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    DECLINE = "decline"
    RAISE = "raise"
    REQUEST = "request"
    ANSWER = "answer"
    LOWER = "lower"
    OVERRIDE = "override"
    CORRECT = "correct"
    TRIAGE = "triage"
    HOLD = "hold"
    RELEASE = "release"
    CONTAIN = "contain"
    CONFIRM_CONTAINMENT = "confirm containment"
    RESOLVE = "resolve"
    CONFIRM_RESOLUTION = "confirm resolution"
    REOPEN = "reopen"
    CLOSE = "close"
    RELIEVE = "relieve"
    LINK = "link"
    NOTE = "note"
    CONFIDE = "confide"
    SEND_UPDATE = "send update"
    EXPLAIN = "explain"
    ASK_TEAM = "ask team"
    ANSWER_TEAM = "answer team"
    MARK_MILESTONE = "mark milestone"


_EVER = frozenset({"open", "resolved", "closed", "merged"})
_OVER = {
    "open": "the case is open",
    "resolved": "the case is resolved already",
    "closed": "the case is closed",
    "merged": "the case was merged into another",
}
_STATES: dict[Verb, frozenset[str]] = {
    Verb.REOPEN: frozenset({"resolved", "closed"}),
    Verb.CLOSE: frozenset({"resolved"}),
    Verb.CORRECT: frozenset({"open", "resolved"}),
    Verb.LINK: frozenset({"open", "resolved", "closed"}),
    Verb.NOTE: _EVER,
    Verb.CONFIDE: _EVER,
    Verb.SEND_UPDATE: frozenset({"open", "resolved", "closed"}),
    Verb.EXPLAIN: frozenset({"open", "resolved", "closed"}),
    Verb.MARK_MILESTONE: frozenset({"open", "resolved", "closed"}),
}
_OPEN = frozenset({"open"})
# What makes sense only on a case that somebody works on. Imported history is quiet until somebody takes it.
_LIVE = frozenset(
    {
        *(Verb.ACKNOWLEDGE, Verb.DECLINE, Verb.REQUEST, Verb.TRIAGE, Verb.CORRECT),
        *(Verb.HOLD, Verb.CONTAIN, Verb.RELIEVE, Verb.ASK_TEAM, Verb.ANSWER_TEAM),
    }
)
_QUIET = "the case was imported, and nobody works on it yet; assign or raise it first"


def why_not(verb: Verb, state: Aggregate) -> str | None:
    """The reason why the case does not allow the verb now; None when it does."""
    if state.case.state not in _STATES.get(verb, _OPEN):
        if verb is Verb.CLOSE and state.case.state == "open":
            return "the case is open; resolve it first"
        return _OVER[state.case.state]
    if state.case.imported and verb in _LIVE:
        return _QUIET
    further = _FURTHER.get(verb)
    return further(state) if further is not None else None


def require(verb: Verb, state: Aggregate) -> None:
    """NotAllowed, with the reason, where the case does not allow the verb."""
    reason = why_not(verb, state)
    if reason is not None:
        raise NotAllowed(reason, place=verb.value)


def _acknowledge(state: Aggregate) -> str | None:
    if state.case.level == "standard" and state.running(ACKNOWLEDGE) is None:
        return "the case is not escalated, so there is nothing to acknowledge"
    if state.case.acknowledged_at is not None and not state.live():
        return "the case is acknowledged already"
    return None


def _decline(state: Aggregate) -> str | None:
    answered = any(climb.state == "acknowledged" for climb in state.escalations)
    return None if state.live() or answered else "nobody was paged about the case, so there is nothing to decline"


def _raise(state: Aggregate) -> str | None:
    return "the case is at the highest level already" if state.case.level == "executive" else None


def _request(state: Aggregate) -> str | None:
    if state.case.requested_level is not None:
        return "an escalation is requested already, and waits for an answer"
    return _raise(state)


def _answer(state: Aggregate) -> str | None:
    return None if state.case.requested_level is not None else "no escalation is requested"


def _lower(state: Aggregate) -> str | None:
    return "the case is not escalated" if state.case.level == "standard" else None


def _triage(state: Aggregate) -> str | None:
    return None if state.case.triage_at is not None else "the case is not in triage"


def _hold(state: Aggregate) -> str | None:
    return "the case is on hold already" if state.case.held_at is not None else None


def _release(state: Aggregate) -> str | None:
    return None if state.case.held_at is not None else "the case is not on hold"


def _contain(state: Aggregate) -> str | None:
    case = state.case
    if case.level == "standard" and state.running(CONTAIN) is None:
        return "the case is not escalated, so it has no containment target"
    if case.contained_at is not None:
        return "the case is contained already"
    if case.containment_claimed_at is not None:
        return "containment is claimed already, and waits to be confirmed"
    return None


def _confirm_containment(state: Aggregate) -> str | None:
    return None if state.case.containment_claimed_at is not None else "nobody has marked the case as contained"


def _resolve(state: Aggregate) -> str | None:
    if state.case.resolution_claimed_at is not None:
        return "the resolution is claimed already, and waits to be confirmed"
    return None


def _relieve(state: Aggregate) -> str | None:
    return None if any(run.ticking for run in state.clocks) else "no clock is running"


def _confirm_resolution(state: Aggregate) -> str | None:
    return None if state.case.resolution_claimed_at is not None else "nobody has marked the case as resolved"


_FURTHER: dict[Verb, Callable[[Aggregate], str | None]] = {
    Verb.ACKNOWLEDGE: _acknowledge,
    Verb.DECLINE: _decline,
    Verb.RAISE: _raise,
    Verb.REQUEST: _request,
    Verb.ANSWER: _answer,
    Verb.LOWER: _lower,
    Verb.TRIAGE: _triage,
    Verb.HOLD: _hold,
    Verb.RELEASE: _release,
    Verb.CONTAIN: _contain,
    Verb.CONFIRM_CONTAINMENT: _confirm_containment,
    Verb.RESOLVE: _resolve,
    Verb.CONFIRM_RESOLUTION: _confirm_resolution,
    Verb.RELIEVE: _relieve,
}
