"""A case as one value: its row, its clocks and its escalations, folded from its events.

`apply` is the only code that turns an event into state. The verbs use it to change what is stored, the audit uses it to
rebuild a case from the journal and to compare; so the two cannot differ in what an event means.
"""

from typing import Any

import msgspec

from tocsin.core import ids
from tocsin.core.errors import NotFound

LEVELS = ("standard", "senior", "executive")
LIVE = ("climbing", "exhausted", "unheard")  # states of an escalation that nobody has answered or stopped


class Case(msgspec.Struct):
    """The row of a case, in the order of the table's columns. Times are microseconds, UTC."""

    id: int
    number: int
    source: str
    external_id: str | None
    account: int | None
    subject: str
    state: str = "open"
    level: str = "standard"
    kind: str | None = None
    severity: str = ""
    type: str | None = None
    product_area: str | None = None
    score: float = 0.0
    team: str | None = None
    owner: int | None = None
    policy_version: int = 0
    opened_at: int = 0
    updated_at: int = 0
    occurred_at: int | None = None
    acknowledged_at: int | None = None
    technical_lead: int | None = None
    resolved_at: int | None = None
    closed_at: int | None = None
    imported: bool = False


class RunningClock(msgspec.Struct):
    """The row of one run of a clock, in the order of the table's columns (behind the case's id)."""

    clock: str
    cycle: int
    policy_version: int
    calendar: str
    target: str
    origin: str
    started_at: int
    due_at: int
    original_due_at: int
    paused_at: int | None = None
    outcome: str | None = None
    settled_at: int | None = None
    generation: int = 0


class Escalation(msgspec.Struct):
    """The row of an escalation, in the order of the table's columns (the case's id left out)."""

    id: int
    kind: str
    path: str
    policy_version: int
    state: str
    passed: int
    step: int
    next_at: int | None
    started_at: int


class Aggregate(msgspec.Struct):
    """Everything that a verb needs to know about a case."""

    case: Case
    clocks: list[RunningClock]
    escalations: list[Escalation]

    def running(self, clock: str) -> RunningClock | None:
        """The run of this clock that has no outcome yet."""
        for run in self.clocks:
            if run.clock == clock and run.outcome is None:
                return run
        return None

    def climbing(self) -> list[Escalation]:
        return [escalation for escalation in self.escalations if escalation.state == "climbing"]


def opened(case: int, payload: dict[str, Any], at: int) -> Aggregate:
    """The state behind a chain's first event, `case.opened`."""
    account = payload["account"]
    return Aggregate(
        Case(
            id=case,
            number=payload["number"],
            source=payload["source"],
            external_id=payload["external_id"],
            account=None if account is None else ids.from_text(account),
            subject=payload["subject"],
            opened_at=at,
            updated_at=at,
            occurred_at=payload["occurred_at"],
            imported=payload["imported"],
        ),
        [],
        [],
    )


def apply(state: Aggregate, kind: str, payload: dict[str, Any], at: int) -> None:
    """Change the state by one event. What other packages write into a case's chain (a page that failed, an erasure)
    is history, and leaves the case as it is."""
    change = _CHANGES.get(kind)
    if change is not None:
        change(state, payload, at)
    if kind.partition(".")[0] in _OWN:
        state.case.updated_at = at


def changes(kind: str) -> bool:
    """Whether events of this kind change more than the time of the last change."""
    return kind in _CHANGES


def _decided(state: Aggregate, decision: dict[str, Any], at: int) -> None:
    case = state.case
    case.severity = decision["severity"]
    case.level = decision["level"]
    case.kind = decision["kind"] if decision["level"] != "standard" else None
    case.type = decision["type"]
    case.product_area = decision["product_area"]
    case.score = decision["score"]
    case.team = decision["team"]
    case.policy_version = decision["policy_version"]


def _reclassified(state: Aggregate, decision: dict[str, Any], at: int) -> None:
    """As decided, but never lower: lowering takes a person and a reason."""
    level, kind = state.case.level, state.case.kind
    _decided(state, decision, at)
    if not raised(level, state.case.level):
        state.case.level, state.case.kind = level, kind


def raised(before: str, after: str) -> bool:
    """Whether the second level is above the first."""
    return LEVELS.index(after) > LEVELS.index(before)


def _superseded(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    for change in payload["clocks"]:
        run = _find(state, change["clock"], change["cycle"])
        run.due_at, run.target, run.calendar = change["due_at"], change["target"], change["calendar"]
        run.origin, run.policy_version = change["origin"], change["policy_version"]
        run.generation += 1


def _reopened(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    state.case.state, state.case.resolved_at, state.case.closed_at = "open", None, None
    state.case.acknowledged_at = state.case.technical_lead = None


def _taken_live(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    state.case.imported = False


def _clocks_started(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    for run in payload["clocks"]:
        state.clocks.append(RunningClock(original_due_at=run["due_at"], **run))


def _breached(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    run = _find(state, payload["clock"], payload["cycle"])
    run.outcome, run.settled_at = "breached", run.due_at


def _assigned(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    state.case.owner = ids.from_text(payload["owner"])
    _stop(state, payload["stops"], at)


def _stop(state: Aggregate, stops: list[list[Any]], at: int) -> None:
    """Clocks that an event stops; one stopped exactly when it is due is met."""
    for clock, cycle in stops:
        run = _find(state, clock, cycle)
        run.outcome, run.settled_at = "met" if at <= run.due_at else "breached", at


def _escalated(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    state.case.level = payload["level"]
    state.case.kind = payload["kind"]
    state.case.acknowledged_at = None  # of a lower level, which is no answer to this one
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
        )
    )


def _stepped(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    escalation = _escalation(state, payload)
    after = payload["next"]
    if after is None:
        escalation.state, escalation.next_at = "exhausted" if payload["notified"] else "unheard", None
    else:
        escalation.passed, escalation.step, escalation.next_at = after["pass"], after["step"], after["at"]


def _acknowledged(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    state.case.acknowledged_at = at
    state.case.technical_lead = ids.from_text(payload["lead"]) if payload["lead"] else None
    _stop(state, payload["stops"], at)


def _stopped(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    escalation = _escalation(state, payload)
    escalation.state, escalation.next_at = payload["state"], None


def _resolved(state: Aggregate, payload: dict[str, Any], at: int) -> None:
    state.case.state, state.case.resolved_at = "resolved", at
    _stop(state, payload["stops"], at)


def _find(state: Aggregate, clock: str, cycle: int) -> RunningClock:
    for run in state.clocks:
        if run.clock == clock and run.cycle == cycle:
            return run
    raise NotFound(f"the case has no {clock} clock of cycle {cycle}")


def _escalation(state: Aggregate, payload: dict[str, Any]) -> Escalation:
    wanted = ids.from_text(payload["escalation"])
    for escalation in state.escalations:
        if escalation.id == wanted:
            return escalation
    raise NotFound(f"the case has no escalation {payload['escalation']}")


_OWN = frozenset({"case", "clock", "clocks", "path"})
_CHANGES: dict[str, Any] = {
    "case.decided": _decided,
    "case.reclassified": _reclassified,
    "case.reopened": _reopened,
    "case.taken_live": _taken_live,
    "clocks.superseded": _superseded,
    "case.assigned": _assigned,
    "case.escalated": _escalated,
    "case.acknowledged": _acknowledged,
    "case.resolved": _resolved,
    "clocks.started": _clocks_started,
    "clock.breached": _breached,
    "path.stepped": _stepped,
    "path.stopped": _stopped,
}
