"""Finding messages that got lost between their cause and their queue, and queueing them again."""

from collections.abc import Collection

import msgspec

from tocsin.cases.happenings.paths import PathDeclined, PathStepped, Step
from tocsin.core import ids
from tocsin.ledger import backlog, journal, work
from tocsin.ledger.subscribers import Happened
from tocsin.notify import jobs, subscriptions
from tocsin.notify.destinations import Destinations
from tocsin.notify.jobs import KIND
from tocsin.storage.transaction import Tx, marks, padded


def unpaged(tx: Tx, reach: Destinations, cases: Collection[int], escalations: Collection[int]) -> list[Happened[Step]]:
    """For each of these cases' live escalations: its newest step, with those people whom it named, who can be reached,
    and for whom there is no page at all. Empty where every page is accounted for."""
    if not escalations:
        return []
    steps = _newest_steps(tx, cases)
    paged = _paged(tx, cases)
    found: list[Happened[Step]] = []
    for escalation in steps.keys() & set(escalations):
        for case, step in steps[escalation]:
            missed = [
                person
                for person in step.notified
                if (escalation, step.passed, step.step, user := ids.from_text(person["user"])) not in paged
                and user in reach
            ]
            if missed:
                found.append((case, msgspec.structs.replace(step, notified=missed)))
    return found


def _newest_steps(tx: Tx, cases: Collection[int]) -> dict[int, list[Happened[Step]]]:
    """The newest step of each escalation, and what was declined since."""
    found: dict[int, list[Happened[Step]]] = {}
    for chain, kind, body in journal.bodies(tx, cases, (PathStepped.KIND, PathDeclined.KIND)):
        step = (PathDeclined if kind == PathDeclined.KIND else PathStepped).read(body)
        escalation = ids.from_text(step.escalation)
        handed_on = found.get(escalation, []) if kind == PathDeclined.KIND else []
        found[escalation] = [*handed_on, (chain, step)]
    return found


def _paged(tx: Tx, cases: Collection[int]) -> set[tuple[int, int, int, int]]:
    chosen = padded(sorted(cases))
    rows = tx.rows(
        f"SELECT escalation, pass, step, user_id FROM notifications WHERE case_id IN ({marks(chosen)})", chosen
    )
    return {(row[0], row[1], row[2], row[3]) for row in rows}


def unsent(tx: Tx, limit: int) -> list[tuple[int, int | None]]:
    """Notifications that are queued and have no row of work to send them, with their cases. A notice that was kept goes
    out in its digest."""
    rows = tx.rows(
        f"SELECT n.id, n.case_id FROM notifications n WHERE {backlog.missing('n.id')}"
        " AND n.state = 'queued' AND n.digest IS NULL ORDER BY n.id LIMIT ?",
        (KIND, limit),
    )
    return [(row[0], row[1]) for row in rows]


def requeue(tx: Tx, notification: int) -> None:
    found = tx.row("SELECT kind, destination FROM notifications WHERE id = ?", (notification,))
    if found is not None:
        work.arm(tx, KIND, notification, tx.now, lane=jobs.lane(*found))


def let_go(tx: Tx, notification: int) -> None:
    """A page that was set aside and has lost its reason: the path was answered without it. That it failed stays."""
    work.disarm(tx, KIND, notification)


def stranded(tx: Tx, limit: int) -> list[tuple[str, int]]:
    """Queues of subscriptions (a kind of work and a case) with events to deliver and no row of work for them."""
    rows = tx.rows(
        "SELECT DISTINCT subscription, chain FROM deliveries WHERE state IN ('queued', 'sent') LIMIT ?", (limit,)
    )
    by_queue: dict[str, list[int]] = {}
    for subscription, chain in rows:
        by_queue.setdefault(subscriptions.queue_of(subscription), []).append(chain)
    lost: list[tuple[str, int]] = []
    for queue, chains in by_queue.items():
        held = backlog.subjects(tx, queue, chains)
        lost += [(queue, chain) for chain in chains if chain not in held]
    return lost
