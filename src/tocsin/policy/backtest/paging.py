"""Whom the paths of a decision would page, by the names of their targets: no roster says who that was. Pure."""

from typing import NamedTuple

from tocsin.clocks.calendars import Calendar
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision
from tocsin.policy.hours import hours_of
from tocsin.policy.levels import LevelName


class NamedTargets(NamedTuple):
    """The targets of a case's paths: those of first steps, those of these that may be woken, and those of later steps
    only."""

    first: frozenset[str]
    waking: frozenset[str]
    later: frozenset[str]


class Pager:
    """Whom a policy pages."""

    def __init__(self, policy: Policy) -> None:
        self._paths = policy.document.paths
        document, levels = policy.document, [level for level, _ in policy.thresholds]
        self._hours: dict[tuple[str, str], Calendar] = {
            (level, severity): document.calendars[hours_of(document, level, severity)]
            for level in levels
            for severity in document.severities
        }
        self._known: dict[tuple[str | None, str | None, str], NamedTargets] = {}

    def named(self, decision: Decision) -> NamedTargets:
        key = (decision.path, decision.relationship_path, decision.team)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._named(*key)
        return found

    def outside(self, level: LevelName, severity: str, opened_at: int | None) -> bool:
        """Whether such a case opened outside of the hours of whoever takes it; never of unknown time."""
        calendar = self._hours.get((level, severity))
        return opened_at is not None and calendar is not None and not calendar.is_open(opened_at)

    def wakes(self, decision: Decision, opened_at: int | None) -> bool:
        """Whether the first page would have woken somebody."""
        return (
            decision.wake and decision.path is not None and self.outside(decision.level, decision.severity, opened_at)
        )

    def _named(self, path: str | None, relationship: str | None, team: str) -> NamedTargets:
        waking = self._targets(path, team, slice(0, 1))
        first = waking | self._targets(relationship, team, slice(0, 1))
        later = self._targets(path, team, slice(1, None)) | self._targets(relationship, team, slice(1, None))
        return NamedTargets(first, waking, later - first)

    def _targets(self, path: str | None, team: str, steps: slice) -> frozenset[str]:
        if path is None:
            return frozenset()
        return frozenset(
            f"lead:{team}" if target == "lead:team" else target
            for step in self._paths[path].steps[steps]
            for target in step.notify
        )
