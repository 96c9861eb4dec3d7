"""Pages that wait for the answer of one person."""

from tocsin.cases.aggregate import LIVE
from tocsin.cases.relations import PATHS
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx

_LIVE = ", ".join(f"'{state}'" for state in LIVE)


def cases(tx: Tx, viewer: Viewer) -> list[int]:
    """The cases whose live path has paged this viewer, who has neither answered nor declined, the first paged first;
    also such as they may not see. Read along the paths that are live, of which there are few."""
    if viewer.user is None:
        return []
    joined = "CROSS JOIN" if tx.dialect == "sqlite" else "JOIN"  # which SQLite carries out in this order
    rows = tx.rows(
        f"SELECT n.case_id FROM {PATHS} e {joined} notifications n ON n.escalation = e.id"
        f" WHERE e.state IN ({_LIVE}) AND n.user_id = ? AND n.kind = 'page' AND n.state <> 'cancelled'"
        " AND n.acknowledged_at IS NULL AND n.declined_at IS NULL GROUP BY n.case_id ORDER BY min(n.queued_at)",
        (viewer.user,),
    )
    return [row[0] for row in rows]
