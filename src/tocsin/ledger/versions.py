"""Which version a thing that is administered has: how many events its chain holds. Any change of it is one, and nothing
else is."""

from collections.abc import Iterable

from tocsin.ledger.chain import of_thing
from tocsin.storage.transaction import Tx, marks, padded


def of(tx: Tx, things: Iterable[int]) -> dict[int, int]:
    """The versions of these things, by id; none of what does not exist."""
    chosen = padded(sorted({of_thing(thing) for thing in things}))
    if not chosen:
        return {}
    rows = tx.rows(f"SELECT chain, count FROM chains WHERE chain IN ({marks(chosen)})", chosen)
    return {of_thing(chain): count for chain, count in rows}


def held(tx: Tx, thing: int) -> int:
    """The version of a thing, which nobody else changes before the transaction ends; 0 where it does not exist."""
    lock = " FOR UPDATE" if tx.dialect == "postgresql" else ""
    row = tx.row(f"SELECT count FROM chains WHERE chain = ?{lock}", (of_thing(thing),))
    return 0 if row is None else row[0]
