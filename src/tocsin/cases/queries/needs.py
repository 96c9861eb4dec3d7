"""What needs somebody: the one home of the meaning behind Now, lists of cases, the API and the metrics.

A case needs somebody while it is open, is worked on (imported history is not), and needs more than its owner: it is
escalated, it missed a target that no correction excuses, nobody owns it, somebody asks for a higher level, or triage
asks. What follows another case is counted too: it has its own customer, and its own clocks. A clock that moves no
path counts while what it asks for is not done; so does one of a case that is over.

It needs somebody `now` for any of these reasons but that it is escalated: an escalation in hand, whose promises are
kept, needs nobody beside those who have it. A claim that waits for a word counts.
"""

from typing import Any, Literal, NamedTuple, get_args

from tocsin.cases import sight
from tocsin.cases.aggregate import PRACTICE as PRACTISED
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.queries import reasons
from tocsin.cases.queries.reasons import REASONS
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

Need = Literal["somebody", "now", "escalated", "unanswered", "breached", "unowned", "requests", "triage"]
NEEDS: tuple[Need, ...] = get_args(Need)

LIVE = "state = 'open' AND NOT imported"  # on the table of cases, as all of these
PRACTICE = f"state = 'open' AND imported AND source = '{PRACTISED}'"
OWING = f"state IN ('resolved', 'closed') AND NOT imported AND {reasons.OWING.rows}"
WAITING = REASONS["waits"].rows
_FOR: dict[Need, tuple[str, ...]] = {  # any of these reasons
    "somebody": ("escalated", "unanswered", "breached", "unowned", "requests", "triage"),
    "now": ("unanswered", "late", "unowned", "requests", "triage", "claimed"),
    "escalated": ("escalated",),
    "unanswered": ("unanswered",),
    "breached": ("breached",),
    "unowned": ("unowned",),
    "requests": ("requests",),
    "triage": ("triage",),
}
_CONDITIONS: dict[str, str] = {
    need: " OR ".join(f"({REASONS[name].rows})" for name in names) for need, names in _FOR.items()
}
_ALSO_OVER: tuple[Need, ...] = ("somebody", "now", "breached")

# What a case needs, as the bits of a number. They are stored: a further reason takes the next bit.
WORKED_ON, OPEN, OWES = 1, 2, 4  # OPEN: imported history too
WHY = {name: 8 << place for place, name in enumerate(REASONS)}


def condition(need: Need, *, over: bool = True) -> str:
    """Which rows of the table of cases need somebody, and for this; `somebody`: for whatever it is. `over`: whether
    some that are over may be among them; where none is, they are found along the open ones."""
    live = f"{LIVE} AND ({_CONDITIONS[need]})"
    return f"({live} OR {OWING})" if over and need in _ALSO_OVER else live


def of(state: Aggregate) -> int:
    """What a case needs, as bits; 0 for one that is over and owes nothing."""
    case = state.case
    if case.state != "open":
        over = case.state in ("resolved", "closed") and not case.imported
        return OWES if over and reasons.OWING.holds(state) else 0
    if case.imported:
        return OPEN
    found = OPEN | WORKED_ON
    for name, reason in REASONS.items():
        if reason.holds(state):
            found |= WHY[name]
    return found


def bits(need: Need) -> int:
    """Those that `of` has some of where a case needs somebody for this."""
    chosen = sum(WHY[name] for name in _FOR[need])
    return chosen | OWES if need in _ALSO_OVER else chosen


class Only(NamedTuple):
    """Of which cases alone is spoken; what is None or empty leaves nothing out. `account`: an account's id."""

    team: str | None = None
    level: str | None = None
    product_area: str | None = None
    account: int | None = None

    def condition(self) -> tuple[str, tuple[Any, ...]]:
        """It on the table of cases, or on their spans, and its parameters."""
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


def summed(amounts: dict[int, int]) -> dict[str, int]:
    """The same counts, of how many cases need what."""
    wanted: dict[str, int] = {need: bits(need) for need in NEEDS}
    wanted["open"] = WORKED_ON
    return {name: sum(amount for held, amount in amounts.items() if held & one) for name, one in wanted.items()}
