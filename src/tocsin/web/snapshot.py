"""What one transaction knows for pages, each thing of it read or computed once, however many readers ask."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from tocsin.cases.queries import changes
from tocsin.cases.queries.changes import ConfidedCase
from tocsin.core import ids
from tocsin.runtime import Installation
from tocsin.storage.transaction import Tx

T = TypeVar("T")


@dataclass(slots=True)
class DrawnParts:
    """What the snapshot before has drawn, and what this one has: whatever was not used again is forgotten."""

    before: dict[Hashable, tuple[Any, str]] = field(default_factory=dict)
    now: dict[Hashable, tuple[Any, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Snapshot:
    """`tx`: whose transaction it is, at one instant. `open`: what pages show that are open, each once. `revision`:
    another number whenever a case has changed that everybody sees, of one look after the other. `alone`: whether only
    one reader asks."""

    here: Installation
    tx: Tx
    open: Collection[Any] = ()
    drawn: DrawnParts = field(default_factory=DrawnParts)
    revision: int = 0
    alone: bool = False
    _known: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What goes by this key; made by whoever asks first. The key holds everything that it depends on."""
        if key not in self._known:
            self._known[key] = make()
        return cast(T, self._known[key])

    def again(self, key: Hashable, says: Any, draw: Callable[[], str]) -> str:
        """A text that an earlier snapshot has drawn under this key, where it said the same."""
        held = self.drawn.now.get(key) or self.drawn.before.get(key)
        if held is None or held[0] != says:
            held = (says, draw())
        self.drawn.now[key] = held
        return held[1]

    @property
    def all_confided(self) -> list[ConfidedCase]:
        """The confidential cases of the board."""
        return self.once("all confided", lambda: changes.confided(self.tx))

    def confided(self, user: int | None) -> dict[int, int]:
        """The confidential cases of the board that this user sees, with when each changed. Who sees the same ones, sees
        the same board."""
        return self.once(("confided", user), lambda: self._confided(user))

    def sight(self, user: int | None) -> Hashable:
        """What tells readers apart by what they see; who they are, where only one asks."""
        return user if self.alone else frozenset(self.confided(user))

    def _confided(self, user: int | None) -> dict[int, int]:
        own = None if user is None else f" {ids.to_text(user)} "
        return {one.case: one.changed_at for one in self.all_confided if own is not None and own in one.named}
