"""Who changed what besides cases, and when: the events of the installation and of what is administered, by time."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tocsin.ledger.journal import Recorded, recorded
from tocsin.storage.transaction import Tx

Place = tuple[int, int, int]  # the time, chain and number of an event
SELDOM_ASKED = ("account", "alarm", "checkpoints")  # families that change all day: shown where they are asked for


class ChangesPage(NamedTuple):
    """Events, the newest first; `following`: where older ones go on, None where there are none."""

    events: list[Recorded]
    following: Place | None


def listed(tx: Tx, families: Sequence[str], limit: int, before: Place | None = None) -> ChangesPage:
    """`families`: only kinds that begin with these; none: all but those that are seldom asked for."""
    conditions = ["e.chain <= 0"]
    values: list[Any] = []
    if families:
        conditions.append("(" + " OR ".join(["e.kind LIKE ?"] * len(families)) + ")")
        values += [f"{family}.%" for family in families]
    else:
        conditions += ["e.kind NOT LIKE ?"] * len(SELDOM_ASKED)
        values += [f"{family}.%" for family in SELDOM_ASKED]
    if before is not None:
        conditions.append("(e.at, e.chain, e.seq) < (?, ?, ?)")
        values += [*before]
    rows = tx.rows(
        "SELECT e.chain, e.seq, e.kind, e.at, e.actor, p.body FROM events e LEFT JOIN payloads p"
        f" ON p.chain = e.chain AND p.seq = e.seq WHERE {' AND '.join(conditions)}"
        " ORDER BY e.at DESC, e.chain DESC, e.seq DESC LIMIT ?",
        (*values, limit + 1),
    )
    events = [recorded(row) for row in rows[:limit]]
    last = events[-1] if len(rows) > limit else None
    return ChangesPage(events, None if last is None else (last.at, last.chain, last.seq))
