"""Rules that another one keeps from ever doing anything."""

from collections.abc import Iterator
from typing import Any

from tocsin.core.errors import Problem
from tocsin.core.wording import Listed, Said, marked, say
from tocsin.policy.expressions import Expression
from tocsin.policy.expressions.syntax import Node
from tocsin.policy.implication import TRUE, Search, cases, condition
from tocsin.policy.levels import RANK
from tocsin.policy.model import Document

_AND = marked(" and ")
_SET_ON_THE_WAY = frozenset({"case.type", "case.product_area"})


def shadowed(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    """Routes and classifications that come too late, minimums and questions that another one covers."""
    search = Search()
    yield from _routes(document, expressions, search)
    yield from _classifications(document, expressions, search)
    yield from _minimums(document, expressions, search)


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


class _Before:
    """The rules that stand before another one, to be asked whether they leave anything for it."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._rules: list[tuple[str, Node]] = []
        self._speaking_of: dict[Any, list[int]] = {}

    def add(self, name: str, node: Node) -> None:
        for mark in self._search.marks(node):
            self._speaking_of.setdefault(mark, []).append(len(self._rules))
        self._rules.append((name, node))

    def cover(self, node: Node) -> str | None:
        """The rule that holds whenever the condition does; "" for several that do together, None for none."""
        found = [self._one(case) for case in cases(node)]
        if None in found:
            return None
        return found[0] if len(set(found)) == 1 else self._one(node) or ""

    def _one(self, node: Node) -> str | None:
        marks = self._search.marks(node) | self._search.marks(TRUE)
        near = sorted({index for mark in marks for index in self._speaking_of.get(mark, ())})
        return next(
            (self._rules[index][0] for index in near if self._search.implies(node, self._rules[index][1])), None
        )


def _behind(name: str) -> Said:
    return say("{name}, which stands before it", name=repr(name)) if name else say("the rules before it")


def _routes(document: Document, expressions: dict[str, Expression], search: Search) -> Iterator[Problem]:
    before = _Before(search)
    for index, rule in enumerate(document.route):
        key = f"route[{index}]"
        node = _node(expressions, f"{key}.when", rule.when)
        if node is None:
            continue
        if (wider := before.cover(node)) is not None:
            says = say("no case comes here: all that match are taken by {wider}", wider=_behind(wider))
            yield Problem(says, key, document.lines.get(key), say("the narrower rule first"))
        before.add(rule.id, node)


def _classifications(document: Document, expressions: dict[str, Expression], search: Search) -> Iterator[Problem]:
    before = {field: _Before(search) for field in ("type", "product_area", "severity")}
    for index, rule in enumerate(document.classify):
        key = f"classify[{index}]"
        node = _node(expressions, f"{key}.when", rule.when)
        if node is None:
            continue
        taken = [before[field].cover(node) for field in rule.set]
        if None not in taken:
            names = next(filter(None, taken), "")
            fields = Listed(list(rule.set), _AND)
            says = say("this never sets anything: {fields} are set by {wider}", fields=fields, wider=_behind(names))
            yield Problem(says, key, document.lines.get(key), say("the narrower rule first"))
        # What reads the fields that rules set may have answered otherwise when its turn came.
        if _SET_ON_THE_WAY.isdisjoint(_references(expressions, key)):
            for field in rule.set:
                before[field].add(rule.id, node)


def _minimums(document: Document, expressions: dict[str, Expression], search: Search) -> Iterator[Problem]:
    nodes = [_node(expressions, f"minimums[{index}].when", rule.when) for index, rule in enumerate(document.minimums)]
    for index, (rule, node) in enumerate(zip(document.minimums, nodes, strict=True)):
        key = f"minimums[{index}]"
        if node is TRUE:
            says = say("every case is raised to {level}", level=rule.level)
            wanted = say("a condition that few cases meet")
            yield Problem(says, f"{key}.when", document.lines.get(f"{key}.when"), wanted, "warning")
            continue
        for place, (other, wider) in enumerate(zip(document.minimums, nodes, strict=True)):
            if node is None or wider is None or place == index or other.kind != rule.kind:
                continue
            if RANK[other.level] < RANK[rule.level] or not search.implies(node, wider):
                continue
            # Of two that say the same, the first one is left alone.
            if RANK[other.level] > RANK[rule.level] or place < index or not search.implies(wider, node):
                says = say("this adds nothing to {rule}, which holds whenever it does", rule=repr(other.id))
                yield Problem(says, key, document.lines.get(key), say("one of the two"), "warning")
                break
