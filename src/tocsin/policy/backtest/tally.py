"""The counts of one policy over a history, case by case. Pure."""

from collections import Counter
from zoneinfo import ZoneInfo

from tocsin.core import instants
from tocsin.policy.backtest.listing import listed
from tocsin.policy.backtest.paging import Pager
from tocsin.policy.backtest.values import Asked, CalledTarget, Listed, Share, Summary, Week
from tocsin.policy.backtest.weeks import monday, rate, span
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision
from tocsin.policy.levels import LEVELS, RANK

AIMS = {"senior": 0.02, "executive": 0.002}
"""How many of all cases a level should have at most."""

Weeks = Counter[int | None]


class Tally:
    """Counts that grow. A week is the ordinal of its Monday, None where it is not known."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.pager = Pager(policy)
        self._counts: dict[str, Counter[str]] = {
            "level": Counter(),
            "severity": Counter(dict.fromkeys(policy.document.severities, 0)),
            "kind": Counter(),
            "team": Counter(),
            "type": Counter(),
        }
        self._levels: dict[str, Weeks] = {level: Counter() for level in LEVELS}
        self._woken: Weeks = Counter()
        self._calls: dict[str, tuple[Weeks, Weeks, Weeks]] = {}
        self._asks: Counter[str] = Counter()
        self._asked = 0
        self._assumed: Counter[str] = Counter({factor.name: 0 for factor in policy.document.score})
        self._escalated: list[Listed] = []
        self._first: int | None = None
        self._last: int | None = None

    def add(self, id: str, line: int, opened_at: int | None, decision: Decision, week: int | None) -> None:
        """Count one decided case."""
        counts = self._counts
        counts["severity"][decision.severity] += 1
        counts["team"][decision.team] += 1
        counts["type"][decision.type or ""] += 1
        self._levels[decision.level][week] += 1
        if opened_at is not None:
            self._first = opened_at if self._first is None else min(self._first, opened_at)
            self._last = opened_at if self._last is None else max(self._last, opened_at)
        if decision.triage is not None:
            self._asked += 1
            self._asks.update(decision.triage.asks)
        self._assumed.update([factor.name for factor in decision.factors if factor.assumed])
        if decision.kind is not None:
            counts["kind"][decision.kind] += 1
            woken = self.pager.wakes(decision, opened_at)
            self._page(decision, week, woken)
            self._escalated.append(listed(id, line, opened_at, decision, woken))

    def _page(self, decision: Decision, week: int | None, woken: bool) -> None:
        named = self.pager.named(decision)
        if woken:
            self._woken[week] += 1
        for target in named.first | named.later:
            paged, waking, unanswered = self._calls.setdefault(target, (Counter(), Counter(), Counter()))
            (paged if target in named.first else unanswered)[week] += 1
            if woken and target in named.waking:
                waking[week] += 1

    def summary(self, zone: ZoneInfo) -> Summary:
        """All of it. `zone`: in which the weeks begin."""
        levels = {level: weeks.total() for level, weeks in self._levels.items()}
        opened: Weeks = sum(self._levels.values(), Counter())
        cases = opened.total()
        whole = span(opened)
        document = self._policy.document
        calls = [
            CalledTarget(target, *(rate(weeks, whole) for weeks in found)) for target, found in self._calls.items()
        ]
        return Summary(
            policy=document.name,
            digest=document.digest,
            thresholds=dict(self._policy.thresholds),
            cases=cases,
            undated=opened[None],
            first=None if self._first is None else instants.to_text(self._first),
            last=None if self._last is None else instants.to_text(self._last),
            zone=str(zone),
            counts={"level": levels}
            | {name: _ranked(counts) for name, counts in self._counts.items() if name != "level"},
            shares={level: _share(levels[level], cases, aim) for level, aim in AIMS.items()},
            asked=Asked(self._asked, _part(self._asked, cases), dict(self._asks.most_common())),
            assumed=_ranked(self._assumed),
            paged=rate(self._levels["senior"] + self._levels["executive"], whole),
            woken=rate(self._woken, whole),
            calls=tuple(sorted(calls, key=lambda call: (-call.paged.total, -call.unanswered.total, call.target))),
            weeks=tuple(self._week(week, opened) for week in whole),
            escalated=tuple(sorted(self._escalated, key=lambda case: (-RANK[case.level], -case.score, case.line))),
        )

    def _week(self, week: int, opened: Weeks) -> Week:
        senior, executive = self._levels["senior"][week], self._levels["executive"][week]
        return Week(monday(week), opened[week], senior, executive, self._woken[week])


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(counts.most_common())


def _part(some: int, cases: int) -> float:
    return round(some / cases, 6) if cases else 0.0


def _share(some: int, cases: int, aim: float) -> Share:
    return Share(some, _part(some, cases), aim, some <= aim * cases)
