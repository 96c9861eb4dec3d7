"""Rules that another one keeps from ever doing anything."""

from collections.abc import Iterator

from tocsin.core.errors import Problem
from tocsin.policy.expressions import Expression
from tocsin.policy.expressions.syntax import Node
from tocsin.policy.implication import TRUE, condition, either, implies
from tocsin.policy.model import RANK, Document

_SET_ON_THE_WAY = frozenset({"case.type", "case.product_area"})


def shadowed(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    """Routes and classifications that come too late, minimums and questions that another one covers."""
    yield from _routes(document, expressions)
    yield from _classifications(document, expressions)
    yield from _minimums(document, expressions)


def _node(expressions: dict[str, Expression], key: str, source: str | None) -> Node | None:
    """The condition as a tree; None for one that does not compile."""
    if source is None:
        return TRUE
    expression = expressions.get(key)
    if expression is None:
        return None
    return TRUE if expression.constant is True else condition(source)


def _references(expressions: dict[str, Expression], key: str) -> tuple[str, ...]:
    return expressions[f"{key}.when"].references


def _first(rules: list[tuple[str, Node]], node: Node) -> str | None:
    """The rule that holds whenever the condition does; "" for several that do together."""
    for name, earlier in rules:
        if implies(node, earlier):
            return name
    return "" if len(rules) > 1 and implies(node, either(earlier for _, earlier in rules)) else None


def _behind(name: str) -> str:
    return f"{name!r}, which stands before it" if name else "the rules before it"


def _routes(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    earlier: list[tuple[str, Node]] = []
    for index, rule in enumerate(document.route):
        key = f"route[{index}]"
        node = _node(expressions, f"{key}.when", rule.when)
        if node is None:
            continue
        if (first := _first(earlier, node)) is not None:
            message = f"no case comes here: all that match are taken by {_behind(first)}"
            yield Problem(message, key, document.lines.get(key), "the narrower rule first")
        earlier.append((rule.id, node))


def _classifications(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    earlier: dict[str, list[tuple[str, Node]]] = {"type": [], "product_area": [], "severity": []}
    for index, rule in enumerate(document.classify):
        key = f"classify[{index}]"
        node = _node(expressions, f"{key}.when", rule.when)
        if node is None:
            continue
        taken = [_first(earlier[field], node) for field in rule.set]
        if all(first is not None for first in taken):
            names = next((first for first in taken if first), "")
            message = f"this never sets anything: {' and '.join(rule.set)} are set by {_behind(names)}"
            yield Problem(message, key, document.lines.get(key), "the narrower rule first")
        # What reads the fields that rules set may have answered otherwise when its turn came.
        if _SET_ON_THE_WAY.isdisjoint(_references(expressions, key)):
            for field in rule.set:
                earlier[field].append((rule.id, node))


def _minimums(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    nodes = [_node(expressions, f"minimums[{index}].when", rule.when) for index, rule in enumerate(document.minimums)]
    for index, (rule, node) in enumerate(zip(document.minimums, nodes, strict=True)):
        key = f"minimums[{index}]"
        if node is TRUE:
            message, expected = f"every case is raised to {rule.level}", "a condition that few cases meet"
            yield Problem(message, f"{key}.when", document.lines.get(f"{key}.when"), expected, "warning")
            continue
        for place, (other, wider) in enumerate(zip(document.minimums, nodes, strict=True)):
            if node is None or wider is None or place == index or other.kind != rule.kind:
                continue
            if RANK[other.level] < RANK[rule.level] or not implies(node, wider):
                continue
            # Of two that say the same, the first one is left alone.
            if RANK[other.level] > RANK[rule.level] or place < index or not implies(wider, node):
                message = f"this adds nothing to {other.id!r}, which holds whenever it does"
                yield Problem(message, key, document.lines.get(key), "one of the two", "warning")
                break
