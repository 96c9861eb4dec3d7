"""How many cases came in lately, for the triggers that count them: read and written within the transaction that opens
the cases. Where no trigger of the policy counts, nothing is read."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from tocsin.cases.arrivals import usual_of
from tocsin.cases.tables import trigger_hits
from tocsin.clocks.durations import Duration
from tocsin.core import ids
from tocsin.detection.arrivals import WINDOWS, Usual, surge
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision
from tocsin.policy.facts import COUNTS, Facts
from tocsin.policy.triggering import Hit, hits, surging
from tocsin.policy.triggers.counting import LONGEST
from tocsin.storage.transaction import Tx

_MOST = 5000  # cases of an hour that are looked at for a surge
_SAID = "surge: "  # before the area of which a surge was said


class Counted:
    """What the triggers of a policy count, of one transaction."""

    def __init__(self, tx: Tx, policy: Policy) -> None:
        self._tx = tx
        self._policy = policy
        self._counting = any(one.kind.where in ("count", "surge") for one in policy.watching)
        self._usual: dict[str, Usual] = {}
        self._times: dict[tuple[str, str], list[int]] = {}
        self._new: Counter[tuple[str, str]] = Counter()
        self._rows: list[tuple[str, str, int, int]] = []

    def decided(
        self, case: int, account: int | None, decision: Decision, again: Callable[[Facts], Decision]
    ) -> Decision:
        """The decision of a new case, with what is counted where that is enough. `again` decides it with more facts."""
        if not self._counting:
            return decision
        found = hits(self._policy.watching, decision, None if account is None else ids.to_text(account))
        counts: dict[str, Any] = {}
        for hit in found:
            count = self._count(hit) + 1
            if count >= hit.least and count > counts.get(hit.trigger, {"count": 0})["count"]:
                counts[hit.trigger] = {"count": count, "of": hit.of}
            self._new[hit.trigger, hit.key] += 1
            self._rows.append((hit.trigger, hit.key, self._tx.now, case))
        for trigger, area in surging(self._policy.watching, decision):
            self._rows.append((trigger, area, self._tx.now, case))
            if (surges := self._surge(trigger, area, case)) is not None:
                counts[trigger] = surges
        return again({**decision.facts, COUNTS: counts}) if counts else decision

    def _surge(self, trigger: str, area: str, case: int) -> dict[str, Any] | None:
        """The numbers of a surge that has not been said yet."""
        key = (trigger, area)
        if key not in self._times:
            self._times[key] = self._since(trigger, area)
        self._times[key].append(self._tx.now)
        if area not in self._usual:
            self._usual[area] = usual_of(self._tx, area)
        found = surge(self._times[key], self._tx.now, self._usual[area])
        if found is None:
            return None
        said = _SAID + area
        known = (trigger, said) in self._new or bool(self._since(trigger, said))
        self._new[trigger, said] += 1
        self._rows.append((trigger, said, self._tx.now, case))
        if known:
            return None
        span = str(Duration("working", found.window))
        return {
            "count": found.amount,
            "of": area,
            "span": span,
            "expected": round(found.expected, 1),
            "chance": float(f"{found.chance:.2g}"),
        }

    def _since(self, trigger: str, key: str) -> list[int]:
        rows = self._tx.rows(
            "SELECT at FROM trigger_hits WHERE trigger = ? AND counted = ? AND at > ? ORDER BY at DESC LIMIT ?",
            (trigger, key, self._tx.now - max(WINDOWS), _MOST),
        )
        return [row[0] for row in rows]

    def write(self) -> None:
        self._tx.insert(trigger_hits, self._rows)

    def _count(self, hit: Hit) -> int:
        row = self._tx.row(
            "SELECT count(*) FROM trigger_hits WHERE trigger = ? AND counted = ? AND at > ?",
            (hit.trigger, hit.key, self._tx.now - hit.within),
        )
        return (int(row[0]) if row else 0) + self._new[hit.trigger, hit.key]


def sweep(tx: Tx) -> int:
    """Forget what no trigger counts any more; how much."""
    return tx.run("DELETE FROM trigger_hits WHERE at < ?", (tx.now - LONGEST.microseconds,))
