"""What waits in the queue of work, for whoever looks at it and does not carry it out: how much there is, what is late,
what was set aside, and what the audit compares."""

from collections.abc import Iterable
from typing import NamedTuple

from tocsin.storage.transaction import Row, Tx, marks, padded

COMPARED = ("due_at", "generation", "attempt", "holder", "aside_at", "error", "lane", "urgency")
_AT_ONCE = 1000  # subjects that are asked for in one statement


def subjects(tx: Tx, kind: str, among: Iterable[int] | None = None) -> set[int]:
    """Which subjects have a row of this kind; `among`: of these."""
    if among is None:
        return {row[0] for row in tx.rows("SELECT subject FROM work WHERE kind = ?", (kind,))}
    return set(queued(tx, kind, among))


class Queued(NamedTuple):
    """A row as it stands in the queue."""

    due_at: int
    attempt: int
    aside_at: int | None


def queued(tx: Tx, kind: str, wanted: Iterable[int]) -> dict[int, Queued]:
    """The rows of these subjects, by subject."""
    every, found = sorted(set(wanted)), dict[int, Queued]()
    for start in range(0, len(every), _AT_ONCE):
        chosen = padded(every[start : start + _AT_ONCE])
        rows = tx.rows(
            f"SELECT subject, due_at, attempt, aside_at FROM work WHERE kind = ? AND subject IN ({marks(chosen)})",
            (kind, *chosen),
        )
        found.update({subject: Queued(*rest) for subject, *rest in rows})
    return found


def missing(column: str) -> str:
    """A condition on a column that holds subjects: the queue has no row for it. Its parameter: the kind."""
    return f"NOT EXISTS (SELECT 1 FROM work w WHERE w.kind = ? AND w.subject = {column})"


def stored(tx: Tx, kind: str, low: int, high: int) -> dict[int, Row]:
    """The rows of the subjects from `low` to `high` as the audit compares them: the columns `COMPARED`."""
    rows = tx.rows(
        f"SELECT subject, {', '.join(COMPARED)} FROM work WHERE kind = ? AND subject >= ? AND subject <= ?",
        (kind, low, high),
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def next_due(tx: Tx, kind: str, until: int) -> int | None:
    """When the first row that is due by then is due; None where there is none."""
    row = tx.row("SELECT min(due_at) FROM work WHERE kind = ? AND aside_at IS NULL AND due_at <= ?", (kind, until))
    return None if row is None else row[0]


class Late(NamedTuple):
    """Rows of one kind that nobody has taken in time: how many (counted up to a limit), the oldest's time."""

    kind: str
    amount: int
    since: int


def overdue(tx: Tx, before: int, *, most: int = 1000) -> list[Late]:
    """Kinds with rows that were due before an instant and are neither leased nor set aside."""
    found = []
    kind = ""
    while (row := tx.row("SELECT kind FROM work WHERE kind > ? ORDER BY kind LIMIT 1", (kind,))) is not None:
        kind = row[0]  # from kind to kind along the key: there may be a million rows, but few kinds
        late = tx.row(
            "SELECT count(*), min(due_at) FROM (SELECT due_at FROM work WHERE kind = ? AND due_at < ?"
            " AND aside_at IS NULL ORDER BY due_at LIMIT ?) late",
            (kind, before, most),
        )
        if late is not None and late[0]:
            found.append(Late(kind, late[0], late[1]))
    return found


class Aside(NamedTuple):
    """A row that was set aside, and why."""

    kind: str
    subject: int
    at: int
    error: str


def aside(tx: Tx, limit: int) -> list[Aside]:
    """What was set aside, the oldest first."""
    rows = tx.rows(
        "SELECT kind, subject, aside_at, error FROM work WHERE aside_at IS NOT NULL ORDER BY aside_at LIMIT ?", (limit,)
    )
    return [Aside(row[0], row[1], row[2], row[3] or "") for row in rows]


def count(tx: Tx) -> dict[str, tuple[int, int]]:
    """How many rows wait, by kind, and when the first of them is due; without what is set aside."""
    rows = tx.rows("SELECT kind, count(*), min(due_at) FROM work WHERE aside_at IS NULL GROUP BY kind ORDER BY kind")
    return {kind: (amount, first) for kind, amount, first in rows}


def count_aside(tx: Tx) -> int:
    """How many rows are set aside."""
    row = tx.row("SELECT count(*) FROM work WHERE aside_at IS NOT NULL")
    return int(row[0]) if row else 0
