"""What decisions, and what people set, mean for a case."""

from tocsin.cases.aggregate import Aggregate, raised
from tocsin.cases.applying.parts import Change, Payload


def _decided(state: Aggregate, decision: Payload, at: int) -> None:
    case = state.case
    case.subject = decision["facts"]["case"]["subject"]  # a ticket may be renamed
    case.severity = decision["severity"]
    case.level = decision["level"]
    case.kind = decision["kind"] if decision["level"] != "standard" else None
    case.type = decision["type"]
    case.product_area = decision["product_area"]
    case.score = decision["score"]
    case.team = decision["team"]
    case.policy_version = decision["policy_version"]
    need = decision["triage"]
    asks = need is not None and case.state == "open"  # nobody is asked about what is over
    case.triage_at = need["answer_by"] if asks else None
    case.triage_level = need["level_if_unanswered"] if asks else None


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


CHANGES: dict[str, Change] = {
    "case.decided": _decided,
    "case.reclassified": _reclassified,
    "case.lowered": _lowered,
    "case.triaged": _triaged,
    "case.corrected": _corrected,
    "case.requested": _requested,
    "case.request_answered": _request_answered,
}
