"""Cases that follow others, as lists show them."""

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.cases import sight
from tocsin.people.permissions import Viewer
from tocsin.storage.transaction import Tx, marks, padded


def followers(tx: Tx, viewer: Viewer, cases: Sequence[int]) -> dict[int, int]:
    """How many open cases that the viewer sees follow each of these; those that nobody follows are left out."""
    chosen = padded(sorted(set(cases)))
    if not chosen:
        return {}
    seen, parameters = sight.condition(viewer)
    rows = tx.rows(
        f"SELECT parent, count(*) FROM cases WHERE parent IN ({marks(chosen)}) AND state = 'open' AND {seen}"
        " GROUP BY parent",
        (*chosen, *parameters),
    )
    return {parent: int(amount) for parent, amount in rows}


class Member(NamedTuple):
    """A case that follows another, or was merged into it."""

    number: int
    external_id: str | None
    subject: str
    state: str
    level: str
    account: int | None


class Family(NamedTuple):
    """The first of them, the newest first, and how many there are in all."""

    members: Sequence[Member]
    amount: int


def family(tx: Tx, viewer: Viewer, case: int, most: int) -> Family:
    """The cases that follow this one, or were merged into it, as far as the viewer sees them; open ones first."""
    seen, parameters = sight.condition(viewer)
    of_case = f"FROM cases WHERE parent = ? AND {seen}"
    rows = tx.rows(
        f"SELECT number, external_id, subject, state, level, account {of_case}"
        " ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, id DESC LIMIT ?",
        (case, *parameters, most),
    )
    counted = tx.row(f"SELECT count(*) {of_case}", (case, *parameters)) if len(rows) == most else None
    return Family([Member(*row) for row in rows], len(rows) if counted is None else int(counted[0]))
