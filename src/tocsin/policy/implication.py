"""Whether one condition holds whenever another does. Sound, not complete: yes is certain, no may be ignorance.

Errors are minded: "holds" is true, neither false nor an error, so a missing fact cannot break what is found here.
"""

from collections.abc import Iterable
from typing import Any

from tocsin.policy.expressions.parser import parse
from tocsin.policy.expressions.syntax import Call, ListOf, Literal, Logic, Name, Node, Select, children, dotted

TRUE = Literal(0, True)

STEPS_AT_MOST = 2_000

_MIRRORED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}


def condition(source: str | None) -> Node:
    """The syntax of a condition that compiles; without one, what always holds."""
    return TRUE if source is None else parse(source)


def is_value(record: str, field: str, value: str) -> Node:
    """`record.field == value`."""
    return Call(0, "_==_", (Select(0, Name(0, record), field), Literal(0, value)))


def both(*nodes: Node) -> Node:
    return Logic(0, "&&", nodes)


def either(nodes: Iterable[Node]) -> Node:
    return Logic(0, "||", tuple(nodes))


def implies(given: Node, asked: Node) -> bool:
    """Whether `asked` holds for all facts for which `given` does."""
    return _Search().implies(given, asked)


class _Search:
    """One question; after so many steps the answer is no, so that nobody's conditions take for ever."""

    def __init__(self) -> None:
        self._steps = 0

    def implies(self, given: Node, asked: Node) -> bool:
        self._steps += 1
        if self._steps > STEPS_AT_MOST:
            return False
        cases, demands = _terms(given, "||"), _terms(asked, "&&")
        if len(cases) != 1:
            return bool(cases) and all(self.implies(case, asked) for case in cases)
        if len(demands) != 1:
            return all(self.implies(given, demand) for demand in demands)
        choices, known = _terms(asked, "||"), _terms(given, "&&")
        if len(choices) == 1 == len(known):
            return _follows(known[0], choices[0])
        return (len(choices) != 1 and any(self.implies(given, choice) for choice in choices)) or (
            len(known) != 1 and any(self.implies(each, asked) for each in known)
        )


def _terms(node: Node, operator: str) -> tuple[Node, ...]:
    if isinstance(node, Logic) and node.operator == operator:
        return tuple(part for term in node.terms for part in _terms(term, operator))
    return (node,)


def _follows(given: Node, asked: Node) -> bool:
    """The same for conditions that are no chains."""
    if isinstance(asked, Literal) and asked.value is True:
        return True
    if isinstance(given, Literal) and given.value is False:
        return True
    if _shape(given) == _shape(asked):
        return True
    some, within = _choices(given), _choices(asked)
    if some and within:
        return some[0] == within[0] and all(any(_equal(value, other) for other in within[1]) for value in some[1])
    bound, wanted = _bound(given), _bound(asked)
    return bound is not None and wanted is not None and bound[0] == wanted[0] and _no_wider(bound[1:], wanted[1:])


def _no_wider(given: tuple[str, float], asked: tuple[str, float]) -> bool:
    """Whether a bound such as `> 10` lies within another that points the same way."""
    (relation, limit), (other, wanted) = given, asked
    if relation[1] != other[1]:
        return False
    if limit == wanted:
        return relation == other or other.endswith("=_")
    return limit > wanted if relation[1] == ">" else limit < wanted


def _choices(node: Node) -> tuple[str, list[Any]] | None:
    """The field and values of `field == "a"` and `field in ["a", "b"]`."""
    match node:
        case Call(function="_==_", arguments=(field, Literal(value=value))) if name := dotted(field):
            return name, [value]
        case Call(function="_==_", arguments=(Literal(value=value), field)) if name := dotted(field):
            return name, [value]
        case Call(function="@in", arguments=(field, ListOf(elements=elements))) if name := dotted(field):
            values = [element.value for element in elements if isinstance(element, Literal)]
            return (name, values) if len(values) == len(elements) else None
    return None


def _bound(node: Node) -> tuple[str, str, float] | None:
    """The field, relation and number of `field >= 10`."""
    if not isinstance(node, Call) or node.function not in _MIRRORED or len(node.arguments) != 2:
        return None
    left, right = node.arguments
    relation = node.function
    if isinstance(left, Literal):
        left, right, relation = right, left, _MIRRORED[relation]
    name = dotted(left)
    if name is None or not isinstance(right, Literal) or isinstance(right.value, bool):
        return None
    return (name, relation, right.value) if isinstance(right.value, (int, float)) else None


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _shape(node: Node) -> tuple[Any, ...]:
    """What a node says, without where it says it."""
    own = tuple(
        (name, type(value).__name__, value)
        for name in type(node).__match_args__
        if name != "offset" and not isinstance(value := getattr(node, name), (Node, tuple))
    )
    return (type(node).__name__, own, tuple(map(_shape, children(node))))
