"""Which case answers for one that was merged into another."""

from collections.abc import Iterable

from tocsin.storage.transaction import Tx, marks, padded


def standing(tx: Tx, cases: Iterable[int]) -> dict[int, int]:
    """Each of these cases and the one that stands for it: itself, or the last in the line of those that it was merged
    into. No line ends where it began, since only an open case takes others in."""
    found = {case: case for case in cases}
    while followed := _into(tx, set(found.values())):
        found = {case: followed.get(stands, stands) for case, stands in found.items()}
    return found


def _into(tx: Tx, cases: Iterable[int]) -> dict[int, int]:
    chosen = padded(sorted(cases))
    if not chosen:
        return {}
    return dict(tx.rows(f"SELECT id, parent FROM cases WHERE id IN ({marks(chosen)}) AND state = 'merged'", chosen))
