"""Why a case needs somebody. Each reason is said twice, side by side: as a condition on the table of cases, for how
they are now, and of a case as a value, by which `spans.py` writes down since when. `tests/stories/test_spans.py` holds
the two against each other."""

from collections.abc import Callable
from typing import NamedTuple

from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.clocks.kinds import BUILT_IN

_BUILT_IN = ", ".join(f"'{name}'" for name in BUILT_IN)
_CLIMBING = ", ".join(f"'{kind.name}'" for kind in BUILT_IN.values() if kind.climbs)
_MISSED = "k.outcome = 'breached' AND k.excused_by IS NULL"
_UNDONE = (
    "k.done_at IS NULL AND k.cancelled_because IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM clocks n WHERE n.case_id = k.case_id AND n.clock = k.clock AND n.cycle > k.cycle)"
)


class Reason(NamedTuple):
    """A reason, as a condition on the table of cases and of a case as a value."""

    rows: str
    holds: Callable[[Aggregate], bool]


def _escalated(state: Aggregate) -> bool:
    return state.case.level in ("executive", "senior")


def _missed(state: Aggregate) -> list[RunningClock]:
    return [run for run in state.clocks if run.outcome == "breached" and run.excused_by is None]


def _undone(state: Aggregate, run: RunningClock) -> bool:
    if run.done_at is not None or run.cancelled_because is not None:
        return False
    return not any(other.clock == run.clock and other.cycle > run.cycle for other in state.clocks)


def _climbs(run: RunningClock) -> bool:
    return run.clock in BUILT_IN and BUILT_IN[run.clock].climbs


def _breached(state: Aggregate) -> bool:
    return any(_climbs(run) or _undone(state, run) for run in _missed(state))


def _late(state: Aggregate) -> bool:
    return any(_undone(state, run) for run in _missed(state))


def _owes(state: Aggregate) -> bool:
    return any(run.clock not in BUILT_IN and _undone(state, run) for run in _missed(state))


def _claimed(state: Aggregate) -> bool:
    case = state.case
    claim = case.containment_claimed_at if case.resolution_claimed_at is None else case.resolution_claimed_at
    return claim is not None and claim > (case.contested_at or 0)


# Of cases that are worked on. `late`: it missed a target, and the deed is still owed. `claimed`: a claim waits for a
# word, and the customer has not written since. `waits`: for a senior's word, or for the customer: Now shows the others
# first.
REASONS: dict[str, Reason] = {
    "escalated": Reason("level IN ('executive', 'senior')", _escalated),
    "unanswered": Reason(
        "level IN ('executive', 'senior') AND acknowledged_at IS NULL AND parent IS NULL",
        lambda state: _escalated(state) and state.case.acknowledged_at is None and state.case.parent is None,
    ),
    "breached": Reason(
        f"cases.id IN (SELECT k.case_id FROM clocks k WHERE {_MISSED} AND (k.clock IN ({_CLIMBING}) OR ({_UNDONE})))",
        _breached,
    ),
    "unowned": Reason("owner IS NULL", lambda state: state.case.owner is None),
    "requests": Reason("requested_level IS NOT NULL", lambda state: state.case.requested_level is not None),
    "triage": Reason("triage_at IS NOT NULL", lambda state: state.case.triage_at is not None),
    "late": Reason(
        f"EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = cases.id AND {_MISSED} AND {_UNDONE})",
        _late,
    ),
    "claimed": Reason(
        "coalesce(resolution_claimed_at, containment_claimed_at) > coalesce(contested_at, 0)",
        _claimed,
    ),
    "waits": Reason(
        "held_at IS NOT NULL OR resolution_claimed_at > coalesce(contested_at, 0)",
        lambda state: state.case.held_at is not None or state.case.said_to_be_over,
    ),
}
# Of cases that are over: a promise of the policy's own that was missed and is still to be kept.
OWING = Reason(
    f"id IN (SELECT k.case_id FROM clocks k WHERE {_MISSED} AND {_UNDONE} AND k.clock NOT IN ({_BUILT_IN}))",
    _owes,
)
