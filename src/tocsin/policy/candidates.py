"""Changes of one fact that are worth trying: the values that a policy tells apart.

They are read off the policy: the points of a curve and where it crosses a threshold, the keys of a map, the types of
the taxonomy, the constants of conditions, and no value at all.
"""

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product
from typing import Any

from tocsin.core.texts import fold
from tocsin.policy.compiled import Policy
from tocsin.policy.decision import Decision
from tocsin.policy.expressions.functions import EQUALITIES, RELATIONS
from tocsin.policy.expressions.parser import parse
from tocsin.policy.expressions.syntax import Call, Literal, MacroLoop, Node, Select, children, dotted
from tocsin.policy.facts import ACCOUNT_FIELDS, CASE_FIELDS, Facts
from tocsin.policy.model import Factor
from tocsin.policy.scoring import read_path

WORDS = frozenset({"case.subject", "case.body", "case.text"})  # what the customer wrote is not for us to change
MOST = 2000
COMPARING = frozenset({*EQUALITIES, *RELATIONS, "@in", "startsWith", "endsWith", "contains"})
_TINY = 1e-6
_REMEMBERED = 4096  # conditions
Proposal = tuple[str, Any, Any]


def proposals(policy: Policy, decision: Decision) -> Iterator[Proposal]:
    """(fact, present value, other value), in the order of the policy's declarations; each once."""
    facts = decision.facts
    seen: set[tuple[str, str]] = set()
    for fact, value in _values(policy, decision):
        if len(seen) >= MOST:
            return
        path = _spelled(facts, fact.split("."))
        fact = ".".join(path)
        if not _is_fact(path) or fact in WORDS:
            continue
        before = read_path(facts, path)
        for after in _fitting(fact, before, value):
            key = (fact, repr(after))
            if key not in seen and not _equal(before, after):
                seen.add(key)
                yield fact, before, after


def _spelled(facts: Facts, path: list[str]) -> list[str]:
    """The path of an attribute with its key as the facts have it: conditions find it in any spelling."""
    if path[:2] != ["case", "attributes"] or len(path) != 3:
        return path
    known = facts["case"].get("attributes") or {}
    return [*path[:2], next((key for key in known if fold(key).strip() == fold(path[2])), path[2])]


def changed(facts: Facts, fact: str, value: Any) -> Facts:
    """The facts with one of them changed; None removes it."""
    path = fact.split(".")
    root: dict[str, Any] = dict(facts)
    parent = root
    for key in path[:-1]:
        parent[key] = dict(parent.get(key) or {})
        parent = parent[key]
    if value is None:
        parent.pop(path[-1], None)
    else:
        parent[path[-1]] = value
    return root


class _Missing:
    """Marks the proposal that a fact be missing."""


def _values(policy: Policy, decision: Decision) -> Iterator[tuple[str, Any]]:
    for factor in policy.document.score:
        if factor.source == "case.severity":
            for name in policy.document.types:
                yield "case.type", name
        elif factor.source is not None:
            for value in _of_factor(policy, decision, factor):
                yield factor.source, value
    for condition in policy.conditions:
        yield from _compared(condition.source)
    for root, fields in (("case", CASE_FIELDS), ("account", ACCOUNT_FIELDS)):
        for field in fields:
            value = decision.facts[root].get(field)
            if field == "attributes":
                for key in sorted(value or ()):
                    yield f"case.attributes.{key}", _Missing
            elif value is not None:
                yield f"{root}.{field}", _Missing


def _of_factor(policy: Policy, decision: Decision, factor: Factor) -> Iterator[Any]:
    if factor.map is not None:
        yield from factor.map
    curve = factor.curve or ()
    if not curve or not factor.weight:
        return
    points = next(score.points for score in decision.factors if score.name == factor.name)
    for _, at in policy.thresholds:
        for x in _crossings(curve, (at - decision.score + points) / factor.weight):
            yield from (float(math.ceil(x)), float(math.floor(x)), round(x + _TINY, 6), round(x - _TINY, 6))
    yield from (x for x, _ in curve)


def _crossings(curve: Sequence[tuple[float, float]], value: float) -> Iterator[float]:
    """Where the curve has this value."""
    for (x0, y0), (x1, y1) in pairwise(curve):
        if y0 != y1 and min(y0, y1) <= value <= max(y0, y1):
            yield x0 + (x1 - x0) * (value - y0) / (y1 - y0)


@lru_cache(maxsize=_REMEMBERED)
def _compared(source: str) -> tuple[tuple[str, Any], ...]:
    """The same of a condition's text: every page of a case asks for those of its whole policy."""
    return tuple(_comparisons(parse(source)))


def _comparisons(node: Node) -> Iterator[tuple[str, Any]]:
    """Facts and the constants that a condition compares them with."""
    if isinstance(node, MacroLoop):
        yield from product(_paths(node.items), _constants(node))
    elif isinstance(node, Call) and node.function in COMPARING:
        yield from product(_paths(node), _constants(node))
    else:
        for child in children(node):
            yield from _comparisons(child)


def _paths(node: Node) -> Iterator[str]:
    if isinstance(node, Select) and (path := dotted(node)) is not None:
        yield path
        return
    for child in children(node):
        yield from _paths(child)


def _constants(node: Node) -> Iterator[Any]:
    if isinstance(node, Literal) and isinstance(node.value, (bool, int, float, str)):
        yield node.value
    for child in children(node):
        yield from _constants(child)


def _fitting(fact: str, before: Any, value: Any) -> Iterator[Any]:
    """A proposed value in the type of its fact: numbers with their neighbours, elements added to lists and removed."""
    if value is _Missing:
        if isinstance(before, list):
            yield from ([other for other in before if other != element] for element in before)
        yield None
        return
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if fact == "case.users_affected":
        if number:
            yield from (other for other in (int(value), int(value) - 1, int(value) + 1) if 0 <= other < 2**53)
    elif fact == "account.arr":
        if number:
            yield from (float(other) for other in (value, value - 1, value + 1) if other >= 0)
    elif fact == "case.tags":
        if isinstance(value, str) and value not in (before or ()):
            yield [*(before or ()), value]
    elif fact.startswith("case.attributes."):
        if number and not isinstance(before, float):
            yield int(value)
        if number:
            yield float(value)
        else:
            yield value
    elif isinstance(value, str):
        yield value


def _equal(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _is_fact(path: Sequence[str]) -> bool:
    if path[0] == "account":
        return len(path) == 2 and path[1] in ACCOUNT_FIELDS
    if path[0] != "case" or len(path) < 2:
        return False
    if path[1] == "attributes":
        return len(path) == 3
    return len(path) == 2 and path[1] in CASE_FIELDS
