"""Reading cases. Every query takes a `Viewer`; a confidential case does not exist for one who is not named for it."""

from collections.abc import Iterable
from typing import Any

from tocsin.cases import sight, store
from tocsin.cases.aggregate import Aggregate
from tocsin.cases.family import mentions
from tocsin.core import ids
from tocsin.core.errors import Conflict, InvalidInput, NotFound
from tocsin.ledger import journal
from tocsin.ledger.journal import Recorded
from tocsin.people.permissions import SYSTEM, Permission, Viewer
from tocsin.storage.transaction import Tx, marks, padded

DECIDING = ("case.decided", "case.reclassified")


def find(tx: Tx, viewer: Viewer, reference: str) -> int | None:
    """The case behind an id or a number, as a person types it; None where there is none for this viewer."""
    if reference.isascii() and reference.isdecimal() and len(reference) < 13:
        column, value = "number", int(reference)
    else:
        column, value = "id", ids.from_text(reference, "case")
    seen, parameters = sight.condition(viewer)
    row = tx.row(f"SELECT id FROM cases WHERE {column} = ? AND {seen}", (value, *parameters))
    return row[0] if row else None


def found(tx: Tx, viewer: Viewer, reference: str, permission: Permission = "cases.read") -> int:
    """The case behind an id, a number, or the number of its ticket, as a face was given it. Forbidden without the
    permission, whether there is such a case or not; NotFound where there is none for this viewer, or none is called so;
    Conflict where several have that ticket's number."""
    viewer.require(permission)
    try:
        case = find(tx, viewer, reference)
    except InvalidInput:  # neither a number nor an id
        case = None
    return _of_one_ticket(tx, viewer, reference) if case is None else case


_EXPECTED = "the number of a case, as in `tocsin case list --search WORDS`, its id, or its ticket's own number"


def _of_one_ticket(tx: Tx, viewer: Viewer, reference: str) -> int:
    # What is all digits means the number of a case: else it would mean another one as soon as there is such a case.
    number = reference.isascii() and reference.isdecimal()
    tickets = [] if number else with_ticket(tx, viewer, reference)
    if len(tickets) > 1:
        some = " and ".join(f"#{number}" for _, number in tickets)
        raise Conflict(f"more than one case has the ticket {reference[:40]}", place="case", expected=f"one of {some}")
    if not tickets:
        raise NotFound(f"there is no case {reference[:40]}", place="case", expected=_EXPECTED)
    return tickets[0][0]


def of_ticket(tx: Tx, viewer: Viewer, source: str, external_id: str) -> int | None:
    """The case that a sender's ticket means now; None where there is none for this viewer."""
    row = tx.row("SELECT case_id FROM case_keys WHERE source = ? AND external_id = ?", (source, external_id))
    return row[0] if row and row[0] in numbers(tx, viewer, row) else None


def with_ticket(tx: Tx, viewer: Viewer, external_id: str) -> list[tuple[int, int]]:
    """Up to three cases that the viewer sees and that have this ticket, whoever sent it: id and number, the oldest
    first."""
    seen, parameters = sight.condition(viewer)
    return tx.rows(
        f"SELECT id, number FROM cases WHERE external_id = ? AND {seen} ORDER BY id LIMIT 3", (external_id, *parameters)
    )


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
        "SELECT n.id, n.kind, u.name, d.channel,"
        " CASE WHEN n.state = 'queued' AND n.sent_at IS NOT NULL AND n.error IS NULL THEN 'sent' ELSE n.state END,"
        " n.attempts, n.queued_at, n.sent_at, n.settled_at, n.acknowledged_at, n.declined_at, n.error"
        " FROM notifications n JOIN users u ON u.id = n.user_id JOIN destinations d ON d.id = n.destination"
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
