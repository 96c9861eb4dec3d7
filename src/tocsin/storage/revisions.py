"""What is read for every case and changes seldom (policy, people, rosters) is kept in memory and proved fresh.

Whoever changes it renews its revision in the same transaction; whoever reads it compares revisions in its own. So every
node decides by what is stored, never by what it remembers. A revision is a minted id, never counted up: a number that a
failed transaction had used cannot come back with another meaning.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tocsin.core.ids import IdMint
from tocsin.storage.transaction import Tx

T = TypeVar("T")


def renew(tx: Tx, mint: IdMint, name: str) -> None:
    """Say that what goes by this name has changed."""
    tx.revisions = None
    tx.run(
        "INSERT INTO revisions (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, mint.new(tx.now)),
    )


def current(tx: Tx) -> dict[str, int]:
    """Every revision, read once in a transaction: jobs of one group see the same surroundings."""
    if tx.revisions is None:
        tx.revisions = dict(tx.rows("SELECT name, value FROM revisions"))
    return tx.revisions


@dataclass(slots=True)
class Cached(Generic[T]):
    """A value loaded once per revision."""

    name: str
    load: Callable[[Tx], T]
    _held: tuple[int, T] | None = field(default=None)

    def get(self, tx: Tx, revisions: dict[str, int] | None = None) -> T:
        """The value as this transaction sees it. `revisions`: what `current(tx)` said, where it was asked already."""
        revision = (current(tx) if revisions is None else revisions).get(self.name, 0)
        held = self._held
        if held is None or held[0] != revision:
            held = self._held = (revision, self.load(tx))
        return held[1]

    def held(self) -> T | None:
        """What was loaded last, for showing names; None where nothing was yet. Decisions use `get`."""
        return self._held[1] if self._held is not None else None

    def forget(self) -> None:
        """For after a rollback: what was loaded may have been written by what was undone."""
        self._held = None
