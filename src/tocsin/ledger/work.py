"""The durable queue of what is to be done: timers and outgoing effects.

A row is one thing to do, named by kind and subject, so that asking twice leaves one row. A worker claims a batch by
moving `due_at` to the end of its lease and leaving its name; whoever finishes must still hold it. What a worker that
died had claimed becomes due again when the lease ends. What keeps failing is set aside, which the auditor raises: no
row ends in silence.

A kind may have lanes, one for each receiver, so that whoever claims can leave out those that are busy. Within a lane
what is urgent goes first, however long the rest has waited.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from tocsin.core.clock import HOUR, SECOND
from tocsin.ledger.tables import work
from tocsin.storage.transaction import Row, Tx

LEASE = 30 * SECOND
ATTEMPTS = 12  # by the pauses of `backoff` over about an hour, then aside
LONGEST = HOUR  # pause between two attempts
URGENT, USUAL = 0, 1  # how urgent a row of a lane is

_ARM = (
    "INSERT INTO work (kind, subject, due_at, generation, attempt, lane, urgency) VALUES (?, ?, ?, ?, 0, ?, ?)"
    " ON CONFLICT (kind, subject) DO UPDATE SET due_at = excluded.due_at, generation = excluded.generation,"
    " attempt = 0, holder = NULL, aside_at = NULL, error = NULL"
)


_NO_LANE = (None, None)


class Item(NamedTuple):
    kind: str
    subject: int
    due_at: int
    generation: int
    attempt: int
    holder: str | None = None


class Lane(NamedTuple):
    """Whose turn a row takes: rows with the same `receiver` share a lane."""

    receiver: int
    urgency: int = USUAL


def row(kind: str, subject: int, due_at: int, generation: int = 0, lane: Lane | None = None) -> Row:
    """A new row for `enqueue`."""
    return (kind, subject, due_at, generation, 0, None, None, None, *(lane or _NO_LANE))


def enqueue(tx: Tx, rows: Sequence[Row]) -> None:
    """New rows whose subjects are new too."""
    tx.insert(work, rows)


def arm(tx: Tx, kind: str, subject: int, due_at: int, generation: int = 0, lane: Lane | None = None) -> None:
    """There is one row for this subject, due at this time, whatever there was before; attempts start anew. It stays in
    the lane that it has."""
    tx.run(_ARM, (kind, subject, due_at, generation, *(lane or _NO_LANE)))


def arm_many(tx: Tx, kind: str, timers: Sequence[tuple[int, int]]) -> None:
    """As `arm`, for many: subjects and when they are due. In the order of subjects, as every node does it."""
    tx.run_many(_ARM, [(kind, subject, due_at, 0, *_NO_LANE) for subject, due_at in sorted(timers)])


def ensure(tx: Tx, kind: str, subject: int, due_at: int) -> None:
    """There is a row for this subject: the one that there was, or one that is due then."""
    tx.run(
        "INSERT INTO work (kind, subject, due_at, generation, attempt) VALUES (?, ?, ?, 0, 0)"
        " ON CONFLICT (kind, subject) DO NOTHING",
        (kind, subject, due_at),
    )


def rouse(tx: Tx, rows: Sequence[tuple[str, int]]) -> None:
    """There is something to do for these kinds and subjects, now. A row that is there already keeps its turn and its
    lease; its generation tells whoever holds it that there is more."""
    tx.run_many(
        "INSERT INTO work (kind, subject, due_at, generation, attempt) VALUES (?, ?, ?, 1, 0)"
        " ON CONFLICT (kind, subject) DO UPDATE SET generation = work.generation + 1",
        [(kind, subject, tx.now) for kind, subject in sorted(rows)],
    )


def clear(tx: Tx, kind: str) -> None:
    """Nothing of this kind is left to do."""
    tx.run("DELETE FROM work WHERE kind = ?", (kind,))


def disarm(tx: Tx, kind: str, subject: int) -> None:
    disarm_many(tx, kind, [subject])


def disarm_many(tx: Tx, kind: str, subjects: Sequence[int]) -> None:
    tx.run_many("DELETE FROM work WHERE kind = ? AND subject = ?", [(kind, subject) for subject in sorted(subjects)])


def claim(tx: Tx, kind: str, holder: str, limit: int, *, lease: int = LEASE) -> list[Item]:
    """Take what is due, the oldest first. Nobody else sees it until the lease ends."""
    skip = " FOR UPDATE SKIP LOCKED" if tx.dialect == "postgresql" else ""
    rows = tx.rows(
        "UPDATE work SET due_at = ?, holder = ?, attempt = attempt + 1 WHERE kind = ? AND subject IN"
        " (SELECT subject FROM work WHERE kind = ? AND due_at <= ? AND aside_at IS NULL"
        f" ORDER BY due_at LIMIT ?{skip}) RETURNING kind, subject, due_at, generation, attempt, holder",
        (tx.now + lease, holder, kind, kind, tx.now, limit),
    )
    return [Item(*found) for found in rows]


class WaitingLane(NamedTuple):
    """A lane with something due in it, of one urgency; `since` when, of its oldest row."""

    lane: Lane
    since: int


def waiting(tx: Tx, kind: str) -> list[WaitingLane]:
    """The lanes in which something is due: the urgent ones first, the longest waiting before the others. Costs a look
    at each lane that has rows, however many these are."""
    rows = tx.rows(_WAITING, (kind,) * 4)
    found = [
        WaitingLane(Lane(receiver, urgency), since)
        for receiver, *firsts in rows
        for urgency, since in zip((URGENT, USUAL), firsts, strict=True)
        if since is not None and since <= tx.now
    ]
    return sorted(found, key=lambda one: (one.lane.urgency, one.since))


_FIRST = (
    "(SELECT min(w.due_at) FROM work w WHERE w.kind = ? AND w.lane = lanes.lane AND w.lane IS NOT NULL"
    " AND w.urgency = {} AND w.aside_at IS NULL)"
)
_WAITING = (
    # From lane to lane along the index, for there may be a hundred thousand rows in one.
    "WITH RECURSIVE lanes(lane) AS ("
    "SELECT min(lane) FROM work WHERE kind = ? AND lane IS NOT NULL AND aside_at IS NULL UNION ALL"
    " SELECT (SELECT min(w.lane) FROM work w WHERE w.kind = ? AND w.lane > lanes.lane AND w.lane IS NOT NULL"
    " AND w.aside_at IS NULL) FROM lanes WHERE lanes.lane IS NOT NULL)"
    f" SELECT lane, {_FIRST.format(URGENT)}, {_FIRST.format(USUAL)} FROM lanes WHERE lane IS NOT NULL"
)


def claim_lane(tx: Tx, kind: str, lane: Lane, holder: str, limit: int) -> list[Item]:
    """As `claim`, of one lane and urgency."""
    skip = " FOR UPDATE SKIP LOCKED" if tx.dialect == "postgresql" else ""
    rows = tx.rows(
        "UPDATE work SET due_at = ?, holder = ?, attempt = attempt + 1 WHERE kind = ? AND subject IN"
        " (SELECT subject FROM work WHERE kind = ? AND lane = ? AND lane IS NOT NULL AND urgency = ? AND due_at <= ?"
        f" AND aside_at IS NULL ORDER BY due_at LIMIT ?{skip}) RETURNING kind, subject, due_at, generation, attempt,"
        " holder",
        (tx.now + LEASE, holder, kind, kind, *lane, tx.now, limit),
    )
    return [Item(*found) for found in rows]


def due(tx: Tx, kind: str, limit: int, of: str) -> list[Item]:
    """What is due, for work that is done and finished inside this transaction. `of`: the table in which the subjects
    are rows; they are held until it ends, and those that another transaction holds are left out. SQLite has one writer
    anyway."""
    held = skip = ""
    if tx.dialect == "postgresql":
        held, skip = f" JOIN {of} ON {of}.id = work.subject", f" FOR UPDATE OF {of} SKIP LOCKED"
    rows = tx.rows(
        f"SELECT work.kind, work.subject, due_at, generation, attempt, holder FROM work{held}"
        f" WHERE work.kind = ? AND due_at <= ? AND aside_at IS NULL ORDER BY due_at LIMIT ?{skip}",
        (kind, tx.now, limit),
    )
    return [Item(*found) for found in rows]


def first_due(tx: Tx, after: int, until: int) -> int | None:
    """When the first row of any kind that is due between these instants is; None without one."""
    row = tx.row("SELECT min(due_at) FROM work WHERE aside_at IS NULL AND due_at > ? AND due_at <= ?", (after, until))
    return None if row is None else row[0]


def is_due(tx: Tx, kind: str) -> bool:
    """Whether something of this kind is due by now: found by an index, however much of other kinds is."""
    asked = "SELECT 1 FROM work WHERE kind = ? AND due_at <= ? AND aside_at IS NULL LIMIT 1"
    return tx.row(asked, (kind, tx.now)) is not None


def due_kinds(tx: Tx) -> frozenset[str]:
    """The kinds of what is due by now."""
    rows = tx.rows("SELECT DISTINCT kind FROM work WHERE aside_at IS NULL AND due_at <= ?", (tx.now,))
    return frozenset(row[0] for row in rows)


def finish(tx: Tx, items: Sequence[Item]) -> None:
    """Done: the rows go, where the claim still holds."""
    tx.run_many(
        "DELETE FROM work WHERE kind = ? AND subject = ? AND holder = ? AND attempt = ?",
        [(item.kind, item.subject, item.holder, item.attempt) for item in items],
    )


def finish_unchanged(tx: Tx, item: Item) -> bool:
    """Done, unless the row's generation rose since it was claimed: then False, and it stays."""
    return bool(
        tx.run(
            "DELETE FROM work WHERE kind = ? AND subject = ? AND holder = ? AND attempt = ? AND generation = ?",
            (item.kind, item.subject, item.holder, item.attempt, item.generation),
        )
    )


def holds(tx: Tx, item: Item) -> bool:
    """Whether this claim is still the valid one; a lease that ended may have been taken over."""
    return (
        tx.row(
            "SELECT 1 FROM work WHERE kind = ? AND subject = ? AND holder = ? AND attempt = ?",
            (item.kind, item.subject, item.holder, item.attempt),
        )
        is not None
    )


def retry(tx: Tx, item: Item, error: str, *, after: int, attempts: int | None = ATTEMPTS) -> bool:
    """Try again `after` microseconds from now; False when it was set aside because it has failed too often. `attempts`
    None: it never is."""
    aside = tx.now if attempts is not None and item.attempt >= attempts else None
    tx.run(
        "UPDATE work SET due_at = ?, holder = NULL, error = ?, aside_at = ?"
        " WHERE kind = ? AND subject = ? AND holder = ? AND attempt = ?",
        (tx.now + after, error[:500], aside, item.kind, item.subject, item.holder, item.attempt),
    )
    return aside is None


def set_aside(tx: Tx, kind: str, subject: int, error: str) -> None:
    """Keep an item that cannot be done out of the way of the rest."""
    tx.run(
        "UPDATE work SET aside_at = ?, error = ?, holder = NULL WHERE kind = ? AND subject = ?",
        (tx.now, error[:500], kind, subject),
    )


def backoff(attempt: int, chance: Random, *, first: int = 2 * SECOND, most: int = LONGEST) -> int:
    """Microseconds until the next try: doubling, with jitter in the last quarter, so that failures do not march in
    step."""
    ceiling = min(most, first << min(attempt - 1, 30))
    return ceiling * 3 // 4 + chance.randrange(ceiling // 4 + 1)
