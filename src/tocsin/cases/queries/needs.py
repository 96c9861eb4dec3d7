"""What needs somebody: the one home of the meaning behind Now, lists of cases, the API and the metrics.

A case needs somebody while it is open, is worked on (imported history is not), and needs more than its owner: it is
escalated, it missed a target that no correction excuses, nobody owns it, somebody asks for a higher level, or triage
asks. What follows another case is counted too: it has its own customer, and its own clocks. A clock that moves no
path counts while what it asks for is not done; so does one of a case that is over.

Each reason is said twice, side by side: as a condition on the table of cases, for how they are now, and of a case as a
value, by which `spans.py` writes down since when. `tests/stories/test_spans.py` holds the two against each other.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

from tocsin.cases import sight
from tocsin.cases.aggregate import Aggregate, RunningClock
from tocsin.clocks.kinds import BUILT_IN
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

Need = Literal["somebody", "escalated", "unanswered", "breached", "unowned", "requests", "triage"]
NEEDS: tuple[Need, ...] = get_args(Need)

LIVE = "state = 'open' AND NOT imported"  # on the table of cases, as all of these
_BUILT_IN = ", ".join(f"'{name}'" for name in BUILT_IN)
_CLIMBING = ", ".join(f"'{kind.name}'" for kind in BUILT_IN.values() if kind.climbs)
_MISSED = "k.outcome = 'breached' AND k.excused_by IS NULL"
_UNDONE = (
    "k.done_at IS NULL AND k.cancelled_because IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM clocks n WHERE n.case_id = k.case_id AND n.clock = k.clock AND n.cycle > k.cycle)"
)
# Cases that are over, with a promise of the policy's own that was missed and is still to be kept.
OWING = (
    "state IN ('resolved', 'closed') AND NOT imported AND id IN (SELECT k.case_id FROM clocks k"
    f" WHERE {_MISSED} AND {_UNDONE} AND k.clock NOT IN ({_BUILT_IN}))"
)


class _Why(NamedTuple):
    """A reason, as a condition on the table of cases and of a case as a value; both of cases that are worked on."""

    rows: str
    holds: Callable[[Aggregate], bool]


def _escalated(state: Aggregate) -> bool:
    return state.case.level in ("executive", "senior")


def _missed(run: RunningClock) -> bool:
    return run.outcome == "breached" and run.excused_by is None


def _undone(state: Aggregate, run: RunningClock) -> bool:
    if run.done_at is not None or run.cancelled_because is not None:
        return False
    return not any(other.clock == run.clock and other.cycle > run.cycle for other in state.clocks)


def _breached(state: Aggregate) -> bool:
    return any(_missed(run) and (_climbs(run) or _undone(state, run)) for run in state.clocks)


def _climbs(run: RunningClock) -> bool:
    return run.clock in BUILT_IN and BUILT_IN[run.clock].climbs


def _owes(state: Aggregate) -> bool:
    return any(_missed(run) and run.clock not in BUILT_IN and _undone(state, run) for run in state.clocks)


_WHY: dict[str, _Why] = {
    "escalated": _Why("level IN ('executive', 'senior')", _escalated),
    "unanswered": _Why(
        "level IN ('executive', 'senior') AND acknowledged_at IS NULL AND parent IS NULL",
        lambda state: _escalated(state) and state.case.acknowledged_at is None and state.case.parent is None,
    ),
    "breached": _Why(
        "EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = cases.id AND"
        f" {_MISSED} AND (k.clock IN ({_CLIMBING}) OR ({_UNDONE})))",
        _breached,
    ),
    "unowned": _Why("owner IS NULL", lambda state: state.case.owner is None),
    "requests": _Why("requested_level IS NOT NULL", lambda state: state.case.requested_level is not None),
    "triage": _Why("triage_at IS NOT NULL", lambda state: state.case.triage_at is not None),
}
# For a senior's word, or for the customer: Now shows the others first.
_WAITING = _Why(
    "held_at IS NOT NULL OR resolution_claimed_at > coalesce(contested_at, 0)",
    lambda state: state.case.held_at is not None or state.case.said_to_be_over,
)
WAITING = _WAITING.rows
_CONDITIONS: dict[str, str] = {
    "somebody": " OR ".join(f"({why.rows})" for why in _WHY.values()),
    **{name: why.rows for name, why in _WHY.items()},
}
_ALSO_OVER = ("somebody", "breached")

# What a case needs, as the bits of a number; nothing else has its bits.
WHY = {name: 1 << place for place, name in enumerate(_WHY)}
OWES = 1 << 6
WORKED_ON = 1 << 7
WAITS = 1 << 8
OPEN = 1 << 9  # imported history too
_ANY = sum(WHY.values())


def condition(need: Need) -> str:
    """Which rows of the table of cases need somebody, and for this; `somebody`: for whatever it is."""
    live = f"{LIVE} AND ({_CONDITIONS[need]})"
    return f"({live} OR {OWING})" if need in _ALSO_OVER else live


def of(state: Aggregate) -> int:
    """What a case needs, as bits; 0 for one that is over and owes nothing."""
    case = state.case
    if case.state != "open":
        return OWES if case.state in ("resolved", "closed") and not case.imported and _owes(state) else 0
    if case.imported:
        return OPEN
    found = OPEN | WORKED_ON
    for name, why in _WHY.items():
        if why.holds(state):
            found |= WHY[name]
    return found | WAITS if _WAITING.holds(state) else found


def bits(need: Need) -> int:
    """Those that `of` has some of where a case needs somebody for this."""
    chosen = _ANY if need == "somebody" else WHY[need]
    return chosen | OWES if need in _ALSO_OVER else chosen


def counts(tx: Tx, viewer: Viewer) -> dict[str, int]:
    """How many cases that the viewer sees need somebody, by why; and how many are open and worked on: `open`."""
    viewer.require("cases.read")
    seen, parameters = sight.condition(viewer)
    wanted = {**_CONDITIONS, "open": "TRUE"}
    sums = ", ".join(f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in wanted.values())
    row = tx.row(f"SELECT {sums} FROM cases WHERE {LIVE} AND {seen}", parameters)
    found = {name: int(count or 0) for name, count in zip(wanted, row or [0] * len(wanted), strict=True)}
    over = tx.row(f"SELECT count(*) FROM cases WHERE {OWING} AND {seen}", parameters)
    return found | {name: found[name] + (over[0] if over else 0) for name in _ALSO_OVER}


def summed(amounts: dict[int, int]) -> dict[str, int]:
    """The same counts, of how many cases need what."""
    wanted: dict[str, int] = {need: bits(need) for need in NEEDS}
    wanted["open"] = WORKED_ON
    return {name: sum(amount for held, amount in amounts.items() if held & one) for name, one in wanted.items()}
