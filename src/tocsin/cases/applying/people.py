"""Who has a case, and who may see it."""

from tocsin.cases.aggregate import Aggregate
from tocsin.cases.applying.parts import Change, Payload, name, name_told, optional_id, stop
from tocsin.core import ids


def _assigned(state: Aggregate, payload: Payload, at: int) -> None:
    owner = ids.from_text(payload["owner"])
    state.case.owner, state.case.alert_at = owner, None
    name(state, owner)
    stop(state, payload["stops"], at)


def _matched(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.account = optional_id(payload["account"])


def _alerted(state: Aggregate, payload: Payload, at: int) -> None:
    name_told(state, payload)
    if payload["why"] == "unowned":
        state.case.alert_at = payload["again"]
    elif payload["why"] == "unconfirmed":
        state.case.claim_alert_at = payload["again"]


def _nudged(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.nudged_at = at


def _acknowledged(state: Aggregate, payload: Payload, at: int) -> None:
    """Technically by whoever leads the work from now on; for a relationship by the escalation manager."""
    case, lead = state.case, optional_id(payload["lead"])
    if payload["lasts"] is not None:
        case.acknowledged_at, case.acknowledgement_lasts = at, payload["lasts"]
    if payload["kind"] == "relationship":
        case.escalation_manager = lead
    else:
        case.technical_lead = lead
    if lead is not None:
        name(state, lead)
    stop(state, payload["stops"], at)


def _acknowledgement_ended(state: Aggregate, payload: Payload, at: int) -> None:
    """Whoever had answered has it no more; beside the engineers' work, that is all."""
    case, kind, lead = state.case, payload["kind"], optional_id(payload["lead"])
    if not case.beside(kind):
        case.acknowledged_at = case.acknowledgement_lasts = case.nudged_at = None
    if kind == "relationship" and case.escalation_manager == lead:
        case.escalation_manager = None
    elif kind != "relationship" and case.technical_lead == lead:
        case.technical_lead = None


def _confided(state: Aggregate, payload: Payload, at: int) -> None:
    state.case.confidential = bool(payload["named"])
    state.case.named = "".join(f" {user}" for user in payload["named"]) + (" " if payload["named"] else "")


def _taken_live(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.imported = False
    if case.triage_at is not None and payload.get("answer_by"):
        case.triage_at = payload["answer_by"]


CHANGES: dict[str, Change] = {
    "case.assigned": _assigned,
    "case.matched": _matched,
    "case.alerted": _alerted,
    "case.nudged": _nudged,
    "case.acknowledged": _acknowledged,
    "case.acknowledgement_ended": _acknowledgement_ended,
    "case.confided": _confided,
    "case.taken_live": _taken_live,
}
