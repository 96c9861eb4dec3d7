"""What needs somebody: the one condition behind Now, lists of cases, the API and the metrics.

A case needs somebody while it is open, is worked on (imported history is not), and needs more than its owner: it is
escalated, it missed a target that no correction excuses, nobody owns it, somebody asks for a higher level, or triage
asks. What follows another case is counted too: it has its own customer, and its own clocks.
"""

from typing import Literal, get_args

from tocsin.cases import sight
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

Need = Literal["somebody", "escalated", "unanswered", "breached", "unowned", "requests", "triage"]
NEEDS: tuple[Need, ...] = get_args(Need)

LIVE = "state = 'open' AND NOT imported"  # on the table of cases, as all of these
_WHY: dict[str, str] = {
    "escalated": "level IN ('executive', 'senior')",
    "unanswered": "level IN ('executive', 'senior') AND acknowledged_at IS NULL AND parent IS NULL",
    "breached": "EXISTS (SELECT 1 FROM clocks k"
    " WHERE k.case_id = cases.id AND k.outcome = 'breached' AND k.excused_by IS NULL)",
    "unowned": "owner IS NULL",
    "requests": "requested_level IS NOT NULL",
    "triage": "triage_at IS NOT NULL",
}
_CONDITIONS: dict[str, str] = {"somebody": " OR ".join(f"({why})" for why in _WHY.values()), **_WHY}


def condition(need: Need) -> str:
    """Which rows of the table of cases need somebody, and for this; `somebody`: for whatever it is."""
    return f"{LIVE} AND ({_CONDITIONS[need]})"


def counts(tx: Tx, viewer: Viewer) -> dict[str, int]:
    """How many cases that the viewer sees need somebody, by why; and how many are open and worked on: `open`."""
    viewer.require("cases.read")
    seen, parameters = sight.condition(viewer)
    wanted = {**_CONDITIONS, "open": "TRUE"}
    sums = ", ".join(f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)" for condition in wanted.values())
    row = tx.row(f"SELECT {sums} FROM cases WHERE {LIVE} AND {seen}", parameters)
    return {name: int(count or 0) for name, count in zip(wanted, row or [0] * len(wanted), strict=True)}
