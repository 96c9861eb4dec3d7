"""Targets of a case: from its severity, its level, and the rules on plan or region. The strictest wins.

The strictest is the one that is due first if it started now. Most comparisons are settled when they are first
met: thirty minutes around the clock are never later than thirty working minutes. Only the others ask the calendars.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tocsin.clocks import durations, targets
from tocsin.clocks.calendars import Calendar
from tocsin.clocks.durations import Duration
from tocsin.clocks.kinds import ClockName
from tocsin.policy.decision import ChosenTarget
from tocsin.policy.levels import LevelName
from tocsin.policy.model import Document, Target

CACHE_SIZE = 4096


class Candidate(NamedTuple):
    duration: Duration
    calendar: Calendar
    chosen: ChosenTarget

    def due(self, now: int, opened_at: int) -> int:
        """When it would be due, if its clock started now."""
        return self.calendar.add(opened_at if self.chosen.origin == "opened" else now, self.duration)

    def never_later(self, other: "Candidate") -> bool:
        """Whether it is due no later than the other, whatever the time."""
        return (
            (self.chosen.origin == other.chosen.origin or self.chosen.origin == "opened")
            and self.duration.unit == other.duration.unit
            and self.duration.amount <= other.duration.amount
            and (
                self.chosen.calendar == other.chosen.calendar
                or self.duration.unit == "days"
                or (self.calendar.always and self.duration.unit == "working")
            )
        )


class Contest(NamedTuple):
    """What a combination of severity, level and rules leads to: settled targets, and candidates still to compare."""

    settled: dict[ClockName, ChosenTarget]
    open: tuple[tuple[ClockName, tuple[Candidate, ...]], ...]


class TargetTable:
    """All targets of a policy."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._contests: dict[tuple[str, LevelName, tuple[int, ...]], Contest] = {}
        # Cases that are opened together start their clocks at one instant, most of them with the same targets.
        self._memo: tuple[int, dict[tuple[str, str], int]] = (-1, {})
        self._warnings: tuple[int, dict[tuple[str, str, str], int | None]] = (-1, {})

    def choose(
        self, severity: str, level: LevelName, rules: tuple[int, ...], now: int, opened_at: int
    ) -> dict[ClockName, ChosenTarget]:
        """The strictest target of each clock that runs at this level, in a dictionary that the caller may change;
        `rules` are positions in the document."""
        key = (severity, level, rules)
        contest = self._contests.get(key)
        if contest is None:
            contest = self._contest(*key)
            if len(self._contests) < CACHE_SIZE:
                self._contests[key] = contest
        chosen = dict(contest.settled)
        for clock, candidates in contest.open:
            chosen[clock] = min(candidates, key=lambda candidate: candidate.due(now, opened_at)).chosen
        return chosen

    def due(self, target: ChosenTarget, now: int, opened_at: int) -> int:
        """When a chosen target would be due, if its clock started now."""
        start = opened_at if target.origin == "opened" else now
        memo = self._memo
        if memo[0] != start:
            memo = self._memo = (start, {})
        key = (target.calendar, target.duration)
        due = memo[1].get(key)
        if due is None:
            due = self._document.calendars[target.calendar].add(start, durations.parse(target.duration))
            memo[1][key] = due
        return due

    def warning(self, clock: ClockName, target: ChosenTarget, now: int, opened_at: int) -> int | None:
        """When the clock would first warn, if it started now; None where the policy wants no warnings of it."""
        fractions = self._document.clocks.warnings.get(clock)
        if not fractions:
            return None
        start = opened_at if target.origin == "opened" else now
        memo = self._warnings
        if memo[0] != start:
            memo = self._warnings = (start, {})
        key = (clock, target.calendar, target.duration)
        if key not in memo[1]:
            calendar = self._document.calendars[target.calendar]
            run = targets.start(clock, durations.parse(target.duration), calendar, start)
            memo[1][key] = targets.next_warning(run, fractions, now)
        return memo[1][key]

    def _contest(self, severity: str, level: LevelName, rules: tuple[int, ...]) -> Contest:
        settled: dict[ClockName, ChosenTarget] = {}
        still_open = []
        for clock, kind in self._document.clocks.kinds.items():
            if level == "standard" and kind.of_escalations:
                continue
            candidates = _undominated(list(self._candidates(clock, severity, level, rules)))
            if len(candidates) == 1:
                settled[clock] = candidates[0].chosen
            elif candidates:
                still_open.append((clock, tuple(candidates)))
        return Contest(settled, tuple(still_open))

    def _candidates(
        self, clock: ClockName, severity: str, level: LevelName, rules: tuple[int, ...]
    ) -> Iterator[Candidate]:
        gravity = self._document.severities[severity]
        if clock in gravity.targets:
            yield self._candidate(gravity.targets[clock], gravity.calendar, f"severity {severity}")
        attention = self._document.levels.get(level)
        if attention is not None and clock in attention.targets:
            yield self._candidate(attention.targets[clock], gravity.calendar, f"level {level}")
        for position in rules:
            rule = self._document.targets[position]
            if clock in rule.targets:
                yield self._candidate(rule.targets[clock], rule.calendar or gravity.calendar, f"targets.{rule.id}")

    def _candidate(self, target: Target, calendar: str, why: str) -> Candidate:
        name = target.calendar or calendar
        chosen = ChosenTarget(str(target.duration), name, target.origin, why)
        return Candidate(target.duration, self._document.calendars[name], chosen)


def _undominated(candidates: list[Candidate]) -> list[Candidate]:
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(other.never_later(candidate) for other in kept):
            kept = [other for other in kept if not candidate.never_later(other)]
            kept.append(candidate)
    return kept
