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
    """`members`: the first of them. `following`: how many follow, whatever became of them; `every`: with those that
    were merged into it."""

    members: Sequence[Member]
    following: int
    every: int


def family(tx: Tx, viewer: Viewer, case: int, most: int) -> Family:
    """The cases that follow this one, or were merged into it, as far as the viewer sees them; open ones first."""
    seen, parameters = sight.condition(viewer)
    of_case = f"FROM cases WHERE parent = ? AND {seen}"
    rows = tx.rows(
        f"SELECT number, external_id, subject, state, level, account {of_case}"
        " ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, id DESC LIMIT ?",
        (case, *parameters, most),
    )
    by_state = tx.rows(f"SELECT state, count(*) {of_case} GROUP BY state", (case, *parameters))
    every = sum(amount for _, amount in by_state)
    following = sum(amount for state, amount in by_state if state != "merged")
    return Family([Member(*row) for row in rows], int(following), int(every))
