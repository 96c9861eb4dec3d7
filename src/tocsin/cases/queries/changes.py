"""When cases changed last, for pages that are open: looked at every second, so by indexes alone and for all viewers
together."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from tocsin.storage.transaction import Tx, marks, padded


class Changes(NamedTuple):
    """What changes whenever the board does: for everybody, and for those named in confidential cases."""

    public: tuple[Any, ...]
    confided: list[tuple[str, int, int]]  # who may see it, the case, when it changed


def on_board(tx: Tx) -> Changes:
    escalated = tx.rows(
        "SELECT id, updated_at FROM cases"
        " WHERE state = 'open' AND NOT imported AND level IN ('executive', 'senior') AND NOT confidential ORDER BY id"
    )
    others = tx.row(
        "SELECT count(*), max(updated_at), count(owner), count(triage_at), count(requested_level) FROM cases"
        " WHERE state = 'open' AND NOT imported AND level = 'standard' AND NOT confidential"
    )
    confided = tx.rows(
        "SELECT named, id, updated_at FROM cases WHERE state = 'open' AND NOT imported AND confidential ORDER BY id"
    )
    return Changes((hash(tuple(escalated)), others), confided)


def of(tx: Tx, cases: Iterable[int]) -> dict[int, int]:
    """When each of these cases changed last."""
    chosen = padded(sorted(cases))
    if not chosen:
        return {}
    return dict(tx.rows(f"SELECT id, updated_at FROM cases WHERE id IN ({marks(chosen)})", chosen))
