"""What must be in the record, counted straight from the file by code that shares nothing with the replay."""

import csv
import gzip
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from examples.uci.proof import Proof

from tocsin.insight.figures import Figures
from tocsin.storage.transaction import Tx

OVER = ("Resolved", "Closed")
LONGEST = timedelta(hours=720)  # `clocks.pause.at_most` of history.yaml, which the holds of a case share
Row = dict[str, str]


def by_incident(incidents: Path) -> dict[str, list[Row]]:
    """The rows of each incident by time; read apart from the replay."""
    found: dict[str, list[Row]] = {}
    with gzip.open(incidents, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["number"], []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (_time(row), int(row["sys_mod_count"])))
    return found


def recount(tx: Tx, tickets: dict[str, list[Row]], found: Figures, proof: Proof) -> None:
    """What must be in the record, counted straight from the file."""
    expected: Counter[str] = Counter()
    for rows in tickets.values():
        _count(rows, expected)
    for kind, count in sorted(expected.items()):
        recorded = found.events.get(kind, 0)
        proof.check(
            f"{kind}, counted from the file", recorded == count, f"{recorded} events instead of {count}", of=count
        )
    closed = sum(count for (_, _, state), count in found.standing.items() if state == "closed")
    ended = expected["case.opened"] if all(rows[-1]["incident_state"] == "Closed" for rows in tickets.values()) else -1
    proof.check("every case is closed in the end", closed == ended, f"{closed} of {ended}", of=closed)
    left = {table: (tx.row(f"SELECT count(*) FROM {table}") or (None,))[0] for table in ("notifications", "work")}
    proof.check("no timer is left, and nobody was paged", not any(left.values()), str(left))


def _count(rows: list[Row], expected: Counter[str]) -> None:
    """One incident: the events that its rows must have led to."""
    last: Row | None = None
    owned, waiting = False, _Waiting()
    for row in rows:
        now, was = row["incident_state"], last["incident_state"] if last else None
        if was is None or (was == "Closed" and now not in OVER):
            expected["case.opened"] += 1
            last, owned, waiting = None, False, _Waiting()
        if was == "Resolved" and now not in OVER:
            expected["case.reopened"] += 1
        stays_over = last is not None and was in OVER and now in OVER
        if row["assigned_to"] not in ("?", last["assigned_to"] if last else None) and not stays_over:
            expected["case.assigned"] += 1
            owned = True
        if last and row["assignment_group"] not in ("?", last["assignment_group"]) and not stays_over:
            expected["case.overridden"] += 1
        if last is None or now != was:
            waiting.ends(_time(row), counts=now not in OVER)
            expected["case.held"] += now.startswith("Awaiting") and waiting.begins(_time(row))
        if now in OVER and (last is None or was not in OVER):
            expected["case.resolved"] += 1
            expected["case.assigned"] += not owned  # whoever resolves what nobody owns owns it
            owned = True
        expected["case.closed"] += now == "Closed" and was != "Closed"
        last = row


class _Waiting:
    """How long one case has waited."""

    def __init__(self) -> None:
        self._spent = timedelta()
        self._since: datetime | None = None

    def begins(self, at: datetime) -> bool:
        """Whether it may wait once more."""
        self._since = at if self._spent < LONGEST else None
        return self._since is not None

    def ends(self, at: datetime, *, counts: bool) -> None:
        """It waits no more, if it did. A wait that a resolution ends does not count, unless it had ended by itself."""
        if self._since is None:
            return
        waited, left = at - self._since, LONGEST - self._spent
        self._spent += left if waited >= left else waited if counts else timedelta()
        self._since = None


def _time(row: Row) -> datetime:
    return datetime.strptime(row["sys_updated_at"], "%d/%m/%Y %H:%M")
