"""The conditions of rules as `decide` runs them, and the trace of what fired and what could not be answered.

Most facts of most cases are missing, and a missing fact costs an exception. So the trace keeps a mask of what is
missing: a condition whose every fact is missing has one answer for all cases, and one that lacks some of its facts
and reads no long ones has few answers, which are kept.
"""

from functools import lru_cache
from typing import Any

from tocsin.policy.decision import Unknown
from tocsin.policy.expressions import EvaluationError, Expression
from tocsin.policy.facts import TRIAGE, Facts
from tocsin.policy.reasons import ReasonText
from tocsin.policy.seen import Variables

Answer = tuple[bool, Unknown | None]

BITS: dict[str, int] = {path: 1 << position for position, path in enumerate(TRIAGE.paths())}
CASE_BITS = {path.removeprefix("case."): bit for path, bit in BITS.items() if path.startswith("case.")}
ACCOUNT_BITS = {path.removeprefix("account."): bit for path, bit in BITS.items() if path.startswith("account.")}
ALL_MISSING = sum(BITS.values())


@lru_cache(1024)  # senders leave out the same fields again and again
def missing(case: tuple[str, ...], account: tuple[str, ...]) -> int:
    """The mask of what is missing, beside these fields."""
    known = sum(CASE_BITS.get(name, 0) for name in case) + sum(ACCOUNT_BITS.get(name, 0) for name in account)
    return ALL_MISSING & ~known


_LONG = frozenset({"case.subject", "case.body", "case.text", "case.attributes"})
_KEPT = 512


class Trace:
    """What happened on the way to one decision. `facts` are as they were given: reasons quote them. `words`: which
    patterns of the policy were found in the text, a bit each; all of them as long as nobody has looked."""

    __slots__ = ("facts", "missing", "muted", "reasons", "rules", "unknown", "words")

    def __init__(self, facts: Facts, muted: frozenset[str]) -> None:
        self.facts = facts
        self.muted = muted
        self.missing = ALL_MISSING
        self.words = ~0
        self.rules: list[str] = []
        self.unknown: list[Unknown] = []
        self.reasons: list[ReasonText] = []


class Condition:
    """A rule's condition: true, false, or unanswerable, which counts as false and is named. `words`: the patterns of
    which one has to be found in the text, a bit each; 0 where it may hold without."""

    __slots__ = ("_blank", "_function", "_kept", "_keys", "_needs", "compared", "id", "references", "source", "words")

    def __init__(self, rule: str, expression: Expression, words: int = 0) -> None:
        self.id = rule
        self.words = words
        self.source = expression.source
        self.references = expression.references
        self.compared = expression.compared
        self._function = expression.function
        self._needs = sum(BITS[path] for path in expression.references)
        self._blank = self._evaluate({"case": {}, "account": {}, "decision": {}})
        self._keys = [] if _LONG.intersection(expression.references) else [p.split(".") for p in expression.references]
        self._kept: dict[tuple[Any, ...], Answer] = {}

    def holds(self, variables: Variables, trace: Trace) -> bool:
        """Whether the rule fires; the trace gets its id, or why there is no answer."""
        if self.words and not self.words & trace.words:
            return False
        lacking = self._needs & trace.missing
        if not lacking:
            try:
                true, unknown = self._function(variables) is True, None
            except EvaluationError as error:
                true, unknown = False, Unknown(self.id, str(error), error.missing)
        elif lacking == self._needs:
            true, unknown = self._blank
        else:
            true, unknown = self._without(variables)
        if true:
            if self.id in trace.muted:
                return False
            trace.rules.append(self.id)
        elif unknown is not None and self.id not in trace.muted:
            trace.unknown.append(unknown)
        return true

    def _without(self, variables: Variables) -> Answer:
        """The answer where some of its facts are missing."""
        if not self._keys:
            return self._evaluate(variables)
        values = [variables[root].get(field) for root, field in self._keys]
        key = tuple([tuple(value) if value.__class__ is list else value for value in values])
        answer = self._kept.get(key)
        if answer is None:
            answer = self._evaluate(variables)
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[key] = answer
        return answer

    def _evaluate(self, variables: Variables) -> Answer:
        try:
            return self._function(variables) is True, None
        except EvaluationError as error:
            return False, Unknown(self.id, str(error), error.missing)
