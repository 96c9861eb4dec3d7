"""What needs somebody: the one condition behind Now, lists of cases, the API and the metrics.

A case needs somebody while it is open, is worked on (imported history is not), and needs more than its owner: it is
escalated, it missed a target that no correction excuses, nobody owns it, somebody asks for a higher level, or triage
asks. What follows another case is counted too: it has its own customer, and its own clocks. A clock that moves no
path counts while what it asks for is not done; so does one of a case that is over.

It needs somebody `now` for any of these reasons but that it is escalated: an escalation in hand, whose promises are
kept, needs nobody beside those who have it. A claim that waits for a word counts.
"""

from typing import Any, Literal, NamedTuple, get_args

from tocsin.cases import sight
from tocsin.clocks.kinds import BUILT_IN
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

Need = Literal["somebody", "now", "escalated", "unanswered", "breached", "unowned", "requests", "triage"]
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
_WHY: dict[str, str] = {
    "escalated": "level IN ('executive', 'senior')",
    "unanswered": "level IN ('executive', 'senior') AND acknowledged_at IS NULL AND parent IS NULL",
    "breached": f"cases.id IN (SELECT k.case_id FROM clocks k WHERE {_MISSED} AND"
    f" (k.clock IN ({_CLIMBING}) OR ({_UNDONE})))",
    "unowned": "owner IS NULL",
    "requests": "requested_level IS NOT NULL",
    "triage": "triage_at IS NOT NULL",
}
_CLAIMED = "coalesce(resolution_claimed_at, containment_claimed_at) > coalesce(contested_at, 0)"
_LATE = f"EXISTS (SELECT 1 FROM clocks k WHERE k.case_id = cases.id AND {_MISSED} AND {_UNDONE})"
_NOW = (_WHY["unanswered"], _LATE, _WHY["unowned"], _WHY["requests"], _WHY["triage"], _CLAIMED)
_CONDITIONS: dict[str, str] = {
    "somebody": " OR ".join(f"({why})" for why in _WHY.values()),
    "now": " OR ".join(f"({why})" for why in _NOW),
    **_WHY,
}
_ALSO_OVER = ("somebody", "now", "breached")


def condition(need: Need) -> str:
    """Which rows of the table of cases need somebody, and for this; `somebody`: for whatever it is."""
    live = f"{LIVE} AND ({_CONDITIONS[need]})"
    return f"({live} OR {OWING})" if need in _ALSO_OVER else live


class Only(NamedTuple):
    """Of which cases alone is spoken; what is None or empty leaves nothing out. `account`: an account's id."""

    team: str | None = None
    level: str | None = None
    product_area: str | None = None
    account: int | None = None

    def condition(self) -> tuple[str, tuple[Any, ...]]:
        """It on the table of cases, and its parameters."""
        chosen = [(name, value) for name, value in self._asdict().items() if value]
        return " AND ".join(["TRUE", *(f"{name} = ?" for name, _ in chosen)]), tuple(value for _, value in chosen)


EVERYTHING = Only()


def count(tx: Tx, viewer: Viewer, need: Need) -> int:
    """How many cases that the viewer sees need somebody, for this reason."""
    viewer.require("cases.read")
    seen, parameters = sight.condition(viewer)
    row = tx.row(f"SELECT count(*) FROM cases WHERE {condition(need)} AND {seen}", parameters)
    return int(row[0]) if row else 0


def counts(tx: Tx, viewer: Viewer, only: Only = EVERYTHING) -> dict[str, int]:
    """How many cases that the viewer sees need somebody, by why; and how many are open and worked on: `open`."""
    viewer.require("cases.read")
    seen, parameters = sight.narrowed(viewer, *only.condition())
    wanted = {**_CONDITIONS, "open": "TRUE"}
    sums = ", ".join(f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in wanted.values())
    row = tx.row(f"SELECT {sums} FROM cases WHERE {LIVE} AND {seen}", parameters)
    found = {name: int(count or 0) for name, count in zip(wanted, row or [0] * len(wanted), strict=True)}
    over = tx.row(f"SELECT count(*) FROM cases WHERE {OWING} AND {seen}", parameters)
    return found | {name: found[name] + (over[0] if over else 0) for name in _ALSO_OVER}
