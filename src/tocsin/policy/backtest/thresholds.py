"""What other thresholds would give: all that the level of a case rests on, kept so that a page can count again. Pure.

A case reaches the level of the highest threshold that its score attains, or that of the highest minimum that holds,
whichever is higher. It is technical where its score or a technical minimum escalates it. Whether it wakes somebody
may depend on the level, and so is decided for each level beforehand.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import count
from typing import NamedTuple

from tocsin.policy.backtest.listing import listed
from tocsin.policy.backtest.paging import Pager
from tocsin.policy.backtest.values import Listed
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import again
from tocsin.policy.decision import Decision
from tocsin.policy.levels import RANK, LevelName

LISTED = 5_000  # of the highest cases; all are counted
_ALWAYS, _NEVER = -1.0, 1_000.0  # scores are from 0 to 100


class Cell(NamedTuple):
    """Cases that no thresholds tell apart. `technical` and `relationship`: the ranks of their minimums; `wakes`: the
    sum of 2 ** (rank - 1) for each level at which a technical escalation wakes somebody."""

    score: float
    technical: int
    relationship: int
    wakes: int
    week: int | None


@dataclass(slots=True)
class Spread:
    """All cases by cell, and the highest of them as they are listed."""

    cells: Counter[Cell] = field(default_factory=Counter)
    highest: list[tuple[bool, float, int, Cell, Listed]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=lambda: count(0, -1))

    def add(self, cell: Cell, id: str, line: int, opened_at: int | None, decision: Decision) -> None:
        self.cells[cell] += 1
        place = (bool(cell.technical or cell.relationship), cell.score, next(self._order))
        if len(self.highest) < LISTED:
            heapq.heappush(self.highest, (*place, cell, listed(id, line, opened_at, decision, False)))
        elif place > self.highest[0][:3]:
            heapq.heapreplace(self.highest, (*place, cell, listed(id, line, opened_at, decision, False)))

    def cases(self) -> list[tuple[Cell, Listed]]:
        """The highest cases: those that a minimum holds, then by score."""
        return [(cell, case) for *_, cell, case in sorted(self.highest, key=lambda one: one[:3], reverse=True)]


class Levels:
    """What the levels of a policy's cases rest on."""

    def __init__(self, policy: Policy, pager: Pager) -> None:
        self._pager = pager
        self._names = [name for name, _ in reversed(policy.thresholds)]
        self._forced = {name: _only(policy, name) for name in self._names}
        self._one_for_all = not any(path.startswith("decision.") for path in policy.wake.references)

    def cell(self, decision: Decision, opened_at: int | None, week: int | None) -> Cell:
        floors = {"technical": 0, "relationship": 0}
        for minimum in decision.minimums:
            floors[minimum.kind] = max(floors[minimum.kind], RANK[minimum.level])
        wakes = sum(
            2 ** (RANK[name] - 1)
            for name in self._names
            if self._pager.outside(name, decision.severity, opened_at) and self._wakes(decision, name)
        )
        return Cell(decision.score, floors["technical"], floors["relationship"], wakes, week)

    def _wakes(self, decision: Decision, level: LevelName) -> bool:
        """Whether a technical escalation of this case to this level may wake people."""
        if decision.kind == "technical" and (self._one_for_all or decision.level == level):
            return decision.wake
        return again(self._forced[level], decision).wake


def _only(policy: Policy, level: LevelName) -> Policy:
    """The same policy, in which every score reaches this level and none another."""
    return replace(
        policy, thresholds=tuple((name, _ALWAYS if name == level else _NEVER) for name, _ in policy.thresholds)
    )
