"""What a monitoring system asks of the database every few seconds, counted in as few statements as there are figures.
It is about the installation and names no case, so it takes no viewer."""

from typing import NamedTuple

from tocsin.cases.aggregate import LIVE
from tocsin.cases.queries import needs
from tocsin.core.clock import SECOND
from tocsin.people.permissions import SYSTEM
from tocsin.storage.transaction import Tx, marks

BOUNDS = (0.5, 1, 2, 5, 10, 30, 60, 300, 900)


class Gauges(NamedTuple):
    """`cases` by level and state, but for imported history; `needs`: how many need somebody, by why; `work`: rows and
    the oldest's time by kind; `messages` by kind and state; `first_page`: upper bounds in seconds
    with how many took no longer, the last being all."""

    cases: dict[tuple[str, str], int]
    needs: dict[str, int]
    unanswered: int
    work: dict[str, tuple[int, int]]
    aside: int
    messages: dict[tuple[str, str], int]
    first_page: list[tuple[str, int]]
    first_page_seconds: float


def count(tx: Tx) -> Gauges:
    """All of it, as of now."""
    cases = tx.rows(
        "SELECT level, state, count(*) FROM cases WHERE NOT imported GROUP BY level, state ORDER BY level, state"
    )
    live = sorted(LIVE)
    unanswered = tx.row(
        "SELECT count(*) FROM escalations e JOIN cases c ON c.id = e.case_id"
        f" WHERE c.state = 'open' AND NOT c.imported AND e.state IN ({marks(live)})",
        live,
    )
    work = tx.rows("SELECT kind, count(*), min(due_at) FROM work WHERE aside_at IS NULL GROUP BY kind ORDER BY kind")
    aside = tx.row("SELECT count(*) FROM work WHERE aside_at IS NOT NULL")
    messages = tx.rows("SELECT kind, state, count(*) FROM notifications GROUP BY kind, state ORDER BY kind, state")
    spans = [max(0, row[0]) / SECOND for row in tx.rows(_FIRST)]
    bounds = [(str(float(bound)), sum(span <= bound for span in spans)) for bound in BOUNDS]
    return Gauges(
        {(level, state): amount for level, state, amount in cases},
        needs.counts(tx, SYSTEM),
        unanswered[0] if unanswered else 0,
        {kind: (amount, oldest) for kind, amount, oldest in work},
        aside[0] if aside else 0,
        {(kind, state): amount for kind, state, amount in messages},
        [*bounds, ("+Inf", len(spans))],
        sum(spans),
    )


_FIRST = (
    "SELECT min(n.settled_at) - min(e.started_at) FROM notifications n JOIN escalations e ON e.id = n.escalation"
    " WHERE n.kind = 'page' AND n.state = 'delivered' AND n.settled_at IS NOT NULL GROUP BY e.id"
)
