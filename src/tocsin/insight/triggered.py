"""What the triggers of the policy in force would have done with the own cases of the last four weeks: told beside each,
so that whoever mutes one knows what that means. Kept for some minutes, as it takes a while."""

import threading
from dataclasses import dataclass, field

from tocsin.cases.queries import openings
from tocsin.core.clock import DAY, MINUTE
from tocsin.people.permissions import Viewer
from tocsin.policy.backtest.triggered import PastOpening, WouldHave, would_have
from tocsin.policy.compiled import Policy
from tocsin.storage.transaction import Tx

LOOKS_BACK = 28 * DAY
MOST = 2000  # cases that are looked at, the newest
_KEPT = 10 * MINUTE


@dataclass(slots=True)
class Triggered:
    """What was found, by whoever asked and the version."""

    _found: dict[tuple[int | None, int], tuple[int, dict[str, WouldHave]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, tx: Tx, viewer: Viewer, policy: Policy) -> dict[str, WouldHave]:
        """By the trigger's id, of the cases that the viewer sees."""
        if not policy.watching:
            return {}
        key = (viewer.user, policy.version)
        with self._lock:
            at, found = self._found.get(key, (0, {}))
        if tx.now - at > _KEPT:
            found = would_have(policy, _history(tx, viewer))
            with self._lock:
                self._found = {other: one for other, one in self._found.items() if tx.now - one[0] <= _KEPT}
                self._found[key] = (tx.now, found)
        return found


def _history(tx: Tx, viewer: Viewer) -> list[PastOpening]:
    found = openings.page(tx, viewer, tx.now - LOOKS_BACK, None, MOST)
    return [PastOpening(one.number, one.opened_at, one.facts) for one in reversed(found) if one.facts is not None]
