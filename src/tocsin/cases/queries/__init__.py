"""Reading cases. Every query takes a `Viewer`; a confidential case does not exist for one who is not named for it."""

from collections.abc import Iterable
from typing import Any

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.family import mentions
from tocsin.cases.happenings.deciding import Decided, Reclassified
from tocsin.cases.queries.naming import Named, find, found, named, with_ticket
from tocsin.core import ids
from tocsin.ledger import journal
from tocsin.ledger.journal import Recorded
from tocsin.people.permissions import SYSTEM, Viewer
from tocsin.storage.transaction import Tx, marks, padded

__all__ = ["Named", "find", "found", "named", "with_ticket"]

DECIDING = (Decided.KIND, Reclassified.KIND)


def load(tx: Tx, viewer: Viewer, case: int) -> Aggregate:
    """One case with its clocks and escalations; NotFound where there is none for this viewer."""
    viewer.require("cases.read")
    state = store.load(tx, case)
    sight.require(viewer, state.case)
    return state


def numbers(tx: Tx, viewer: Viewer, cases: Iterable[int | None]) -> dict[int, int]:
    """The numbers of these cases by id, as far as the viewer may see them."""
    chosen = padded(sorted({case for case in cases if case is not None}))
    if not chosen:
        return {}
    seen, parameters = sight.condition(viewer)
    return dict(
        tx.rows(f"SELECT id, number FROM cases WHERE id IN ({marks(chosen)}) AND {seen}", (*chosen, *parameters))
    )


def decision_bytes(tx: Tx, viewer: Viewer, case: int) -> bytes | None:
    """The case's newest decision as it stands in the journal; None once erased, and where the viewer sees no case."""
    return decisions(tx, viewer, [case]).get(case)


def decisions(tx: Tx, viewer: Viewer, cases: Iterable[int]) -> dict[int, bytes]:
    """The newest decision of each of these cases that the viewer sees, but for those whose newest was erased."""
    viewer.require("cases.read")
    wanted = set(cases)
    chosen = padded(sorted(wanted if viewer is SYSTEM else wanted & numbers(tx, viewer, wanted).keys()))
    if not chosen:
        return {}
    rows = tx.rows(
        "SELECT p.chain, p.body FROM payloads p WHERE (p.chain, p.seq) IN (SELECT chain, max(seq) FROM events"
        f" WHERE chain IN ({marks(chosen)}) AND kind IN (?, ?) GROUP BY chain)",
        (*chosen, *DECIDING),
    )
    return {case: bytes(body) for case, body in rows if body is not None}


def timeline(tx: Tx, viewer: Viewer, case: int) -> list[Recorded]:
    """The case's history, oldest first; other cases that the viewer may not see are not named in it. NotFound where
    there is no such case for this viewer."""
    viewer.require("cases.read")
    _require(tx, viewer, case)
    events = journal.read(tx, case)
    seen = numbers(tx, viewer, mentions.mentioned(events))
    return [mentions.shown(event, seen) for event in events]


def pages(tx: Tx, viewer: Viewer, case: int) -> list[dict[str, Any]]:
    """Who was paged or told about a case, and what became of each message. `state`: queued, sent (on its way now),
    delivered (the receiver took it), failed, cancelled; `acknowledged_at`, `declined_at`: its person answered. NotFound
    where there is no such case for this viewer."""
    viewer.require("cases.read")
    _require(tx, viewer, case)
    rows = tx.rows(
        "SELECT n.id, n.kind, coalesce(u.name, 'team:' || t.name, 'role:' || d.role), d.channel,"
        " CASE WHEN n.state = 'queued' AND n.sent_at IS NOT NULL AND n.error IS NULL THEN 'sent' ELSE n.state END,"
        " n.attempts, n.queued_at, n.sent_at, n.settled_at, n.acknowledged_at, n.declined_at, n.error"
        " FROM notifications n JOIN destinations d ON d.id = n.destination LEFT JOIN users u ON u.id = n.user_id"
        " LEFT JOIN teams t ON t.id = d.team"
        " WHERE n.case_id = ? ORDER BY n.id",
        (case,),
    )
    return [dict(zip(_PAGE, (ids.to_text(row[0]), *row[1:]), strict=True)) for row in rows]


_PAGE = (
    *("id", "kind", "user", "channel", "state", "attempts"),
    *("queued_at", "sent_at", "settled_at", "acknowledged_at", "declined_at", "error"),
)


def has_severity(tx: Tx, viewer: Viewer, severity: str) -> bool:
    """Whether any case that the viewer sees has this severity."""
    return _any(tx, viewer, "severity", severity)


def has_team(tx: Tx, viewer: Viewer, team: str) -> bool:
    """Whether any case that the viewer sees is of this team."""
    return _any(tx, viewer, "team", team)


def _any(tx: Tx, viewer: Viewer, column: str, value: str) -> bool:
    viewer.require("cases.read")
    seen, parameters = sight.condition(viewer)
    return tx.row(f"SELECT 1 FROM cases WHERE {column} = ? AND {seen} LIMIT 1", (value, *parameters)) is not None


def _require(tx: Tx, viewer: Viewer, case: int) -> None:
    if case not in numbers(tx, viewer, [case]):
        raise sight.absent(case)
