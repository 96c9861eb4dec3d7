"""Reading cases. Every query takes a `Viewer`."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from tocsin.cases import store
from tocsin.cases.aggregate import Aggregate
from tocsin.core import ids
from tocsin.ledger import journal
from tocsin.ledger.journal import Recorded
from tocsin.people.directory import User
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx, marks, padded

DECIDING = ("case.decided", "case.reclassified")


def decision_bytes(tx: Tx, case: int) -> bytes | None:
    """The case's newest decision as it stands in the journal; None once erased."""
    return decisions(tx, [case]).get(case)


def decisions(tx: Tx, cases: Iterable[int]) -> dict[int, bytes]:
    """The newest decision of each of these cases, but for those whose newest was erased."""
    chosen = padded(sorted(set(cases)))
    if not chosen:
        return {}
    rows = tx.rows(
        "SELECT p.chain, p.body FROM payloads p WHERE (p.chain, p.seq) IN (SELECT chain, max(seq) FROM events"
        f" WHERE chain IN ({marks(chosen)}) AND kind IN (?, ?) GROUP BY chain)",
        (*chosen, *DECIDING),
    )
    return {case: bytes(body) for case, body in rows if body is not None}


def timeline(tx: Tx, viewer: Viewer, case: int) -> list[Recorded]:
    """The case's history, oldest first."""
    viewer.require("cases.read")
    return journal.read(tx, case)


def find(tx: Tx, reference: str) -> int | None:
    """The case behind an id or a number, as a person types it."""
    if reference.isascii() and reference.isdecimal() and len(reference) < 13:
        row = tx.row("SELECT id FROM cases WHERE number = ?", (int(reference),))
    else:
        row = tx.row("SELECT id FROM cases WHERE id = ?", (ids.from_text(reference, "case"),))
    return row[0] if row else None


def pages(tx: Tx, viewer: Viewer, case: int) -> list[dict[str, Any]]:
    """Who was paged or told about a case, and what became of each message. `state`: queued, sent (on its way now),
    delivered (the receiver took it), failed, cancelled; `acknowledged_at`: its person answered."""
    viewer.require("cases.read")
    rows = tx.rows(
        "SELECT n.id, n.kind, u.name, d.channel,"
        " CASE WHEN n.state = 'queued' AND n.sent_at IS NOT NULL AND n.error IS NULL THEN 'sent' ELSE n.state END,"
        " n.attempts, n.queued_at, n.sent_at, n.settled_at, n.acknowledged_at, n.error"
        " FROM notifications n JOIN users u ON u.id = n.user_id JOIN destinations d ON d.id = n.destination"
        " WHERE n.case_id = ? ORDER BY n.id",
        (case,),
    )
    return [dict(zip(_PAGE, (ids.to_text(row[0]), *row[1:]), strict=True)) for row in rows]


_PAGE = (
    *("id", "kind", "user", "channel", "state", "attempts"),
    *("queued_at", "sent_at", "settled_at", "acknowledged_at", "error"),
)


class Filter(NamedTuple):
    """Which cases: `equal` by column; the owner where `by_owner`; those before `before`, at most `limit`."""

    equal: dict[str, Any]
    owner: User | None
    by_owner: bool
    before: int | None
    limit: int


def listed(tx: Tx, viewer: Viewer, wanted: Filter) -> tuple[list[Aggregate], int | None]:
    """Cases, the newest first, and the place to go on from; None at the end."""
    viewer.require("cases.read")
    conditions = [f"{column} = ?" for column in wanted.equal]
    parameters: list[Any] = list(wanted.equal.values())
    if wanted.by_owner:
        conditions.append("owner = ?")
        parameters.append(wanted.owner.id if wanted.owner else -1)
    if wanted.before is not None:
        conditions.append("id < ?")
        parameters.append(wanted.before)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = tx.rows(f"SELECT id FROM cases {where} ORDER BY id DESC LIMIT ?", (*parameters, wanted.limit + 1))
    found = store.load_many(tx, [row[0] for row in rows[: wanted.limit]])
    following = rows[wanted.limit - 1][0] if len(rows) > wanted.limit else None
    return [found[row[0]] for row in rows[: wanted.limit]], following
