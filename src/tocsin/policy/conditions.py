"""The conditions of rules as decide runs them, and the trace of what fired and what could not be answered."""

from collections.abc import Callable
from typing import Any

from tocsin.policy.decision import Unknown

Variables = dict[str, dict[str, Any]]
Test = Callable[[Variables], tuple[bool, str | None]]


class Trace:
    """What happened on the way to one decision."""

    __slots__ = ("muted", "reasons", "rules", "unknowns")

    def __init__(self, muted: frozenset[str]) -> None:
        self.muted = muted
        self.rules: list[str] = []
        self.unknowns: list[Unknown] = []
        self.reasons: list[str] = []


class Condition:
    """A rule's condition: true, false, or unanswerable, which counts as false and is named."""

    __slots__ = ("id", "references", "source", "test", "unknowns")

    def __init__(self, rule: str, source: str, test: Test, references: tuple[str, ...] = ()) -> None:
        self.id = rule
        self.source = source
        self.test = test
        self.references = references
        self.unknowns: dict[str, Unknown] = {}

    def holds(self, variables: Variables, trace: Trace) -> bool:
        """Whether the rule fires; the trace gets its id, or why there is no answer."""
        if self.id in trace.muted:
            return False
        true, reason = self.test(variables)
        if true:
            trace.rules.append(self.id)
        elif reason is not None:
            trace.unknowns.append(self.unknown(reason))
        return true

    def unknown(self, reason: str) -> Unknown:
        """One object for each distinct reason: they are few, and decisions are many."""
        known = self.unknowns.get(reason)
        if known is None:
            known = Unknown(self.id, reason)
            if len(self.unknowns) < 100:
                self.unknowns[reason] = known
        return known
