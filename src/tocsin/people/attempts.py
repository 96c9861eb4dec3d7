"""How often somebody may try to sign in: counted in this process's memory, which is bounded."""

import threading
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from tocsin.core.clock import MINUTE

WINDOW = 15 * MINUTE
_MOST_KEYS = 20_000


@dataclass(slots=True)
class Attempts:
    """Failures of the last quarter of an hour. An account may fail more often from many addresses than from one, so
    that a stranger who guesses does not lock its owner out at once."""

    per_pair: int = 8
    per_account: int = 60
    per_address: int = 120
    _failed: OrderedDict[tuple[str, ...], deque[int]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, account: str, address: str, now: int) -> int | None:
        """Count a try before its password is looked at, so that many at once are no way around the limit. None, or the
        microseconds to wait where there were too many, which does not count."""
        with self._lock:
            limits = self._limits(account, address)
            waits = [self._wait(key, most, now) for key, most in limits]
            if any(waits):
                return max(waits)
            for key, _ in limits:
                self._failed.setdefault(key, deque()).append(now)
                self._failed.move_to_end(key)
            while len(self._failed) > _MOST_KEYS:
                self._failed.popitem(last=False)
            return None

    def succeeded(self, account: str, address: str) -> None:
        """The right password: what failed before from there is forgotten, and this was no failure."""
        with self._lock:
            for position, (key, _) in enumerate(self._limits(account, address)):
                if position == 0:
                    self._failed.pop(key, None)
                elif found := self._failed.get(key):
                    found.pop()

    def _wait(self, key: tuple[str, ...], most: int, now: int) -> int:
        found = self._failed.get(key)
        if found is None:
            return 0
        while found and found[0] <= now - WINDOW:
            found.popleft()
        return 0 if len(found) < most else found[0] + WINDOW - now

    def _limits(self, account: str, address: str) -> Sequence[tuple[tuple[str, ...], int]]:
        return (
            (("pair", account, address), self.per_pair),
            (("account", account), self.per_account),
            (("address", address), self.per_address),
        )
