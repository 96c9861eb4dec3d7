"""Cases that follow others, as lists show them."""

from collections.abc import Sequence

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
