"""When cases changed last, for pages that are open: looked at every second, so by indexes alone and for all viewers
together."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from tocsin.cases.queries import needs
from tocsin.core import ids
from tocsin.core.clock import MINUTE
from tocsin.storage.transaction import Tx, marks, padded

_WINDOW = MINUTE  # longer than any pause between two looks, and than two servers' clocks differ


class ConfidedCase(NamedTuple):
    """A confidential case that the board shows to those who may see it. `named`: their ids, in blanks."""

    named: str
    case: int
    changed_at: int


def confided(tx: Tx) -> list[ConfidedCase]:
    """Those that are open, or over and owed something still."""
    found = tx.rows("SELECT named, id, updated_at FROM cases WHERE state = 'open' AND confidential ORDER BY id")
    found += tx.rows(f"SELECT named, id, updated_at FROM cases WHERE {needs.OWING} AND confidential ORDER BY id")
    return [ConfidedCase(*row) for row in found]


@dataclass(slots=True)
class Revision:
    """A number that becomes another one whenever a case changes that everybody sees, or that everybody saw until now.
    It is kept from one look to the next, and each reads only what changed lately, however many cases there are."""

    number: int = 0
    _changed: dict[int, int] | None = None
    _confided: set[int] = field(default_factory=set)

    def look(self, tx: Tx, confided: Iterable[ConfidedCase]) -> int:
        """The number as of this transaction."""
        rows = tx.rows("SELECT id, updated_at, confidential FROM cases WHERE updated_at >= ?", (tx.now - _WINDOW,))
        changed, before = {case: at for case, at, hidden in rows if not hidden}, self._changed
        now = {one.case for one in confided}
        if before is not None and (now - self._confided or any(before.get(case) != at for case, at in changed.items())):
            self.number += 1
        self._changed, self._confided = changed, now
        return self.number


class Changed(NamedTuple):
    """When a case changed last. `named`: who may see it; None where everybody may."""

    at: int
    named: str | None

    def seen_by(self, user: int | None) -> bool:
        return self.named is None or (user is not None and f" {ids.to_text(user)} " in self.named)


def of(tx: Tx, cases: Iterable[int]) -> dict[int, Changed]:
    """Of each of these cases."""
    chosen = padded(sorted(cases))
    if not chosen:
        return {}
    rows = tx.rows(f"SELECT id, updated_at, confidential, named FROM cases WHERE id IN ({marks(chosen)})", chosen)
    return {case: Changed(at, named if confidential else None) for case, at, confidential, named in rows}
