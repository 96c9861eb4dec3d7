"""What events mean for the escalations of a case."""

from tocsin.cases.aggregate import Aggregate, Escalation
from tocsin.cases.applying.parts import Change, Payload, escalation_of, name_told
from tocsin.core import ids


def _escalated(state: Aggregate, payload: Payload, at: int) -> None:
    case = state.case
    case.level = payload["level"]
    if case.kind is None or payload["kind"] == "technical":  # a path beside that of the engineers changes no kind
        case.kind = payload["kind"]
    if not case.beside(payload["kind"]):  # what was answered was a lower level
        case.acknowledged_at = case.acknowledgement_lasts = case.nudged_at = None
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
    escalation = escalation_of(state, payload)
    name_told(state, payload)
    escalation.needed = payload["needed"]
    after = payload["next"]
    if after is None:
        escalation.state, escalation.next_at = "exhausted" if payload["notified"] else "unheard", None
    else:
        escalation.passed, escalation.step, escalation.next_at = after["pass"], after["step"], after["at"]


def _answered(state: Aggregate, payload: Payload, at: int) -> None:
    escalation = escalation_of(state, payload)
    escalation.answers = f"{escalation.answers or ' '}{payload['by']} "


def _declined(state: Aggregate, payload: Payload, at: int) -> None:
    escalation = escalation_of(state, payload)
    name_told(state, payload)
    escalation.answers = escalation.answers.replace(f" {payload['by']} ", " ")
    if escalation.state == "climbing":
        escalation.next_at = payload["next_at"]


def _unreached(state: Aggregate, payload: Payload, at: int) -> None:
    escalation = escalation_of(state, payload)
    if escalation.state == "climbing":
        escalation.next_at = payload["next_at"]


def _stopped(state: Aggregate, payload: Payload, at: int) -> None:
    escalation = escalation_of(state, payload)
    escalation.state, escalation.next_at = payload["state"], None


CHANGES: dict[str, Change] = {
    "case.escalated": _escalated,
    "path.stepped": _stepped,
    "path.answered": _answered,
    "path.declined": _declined,
    "path.unreached": _unreached,
    "path.stopped": _stopped,
}
