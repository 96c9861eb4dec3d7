"""Conditions that can never hold although each of their parts can: `case.type == "a" && case.type == "b"`.

Sound, not complete: what is called contradictory never holds; many a thing that never holds is not found.
"""

from dataclasses import dataclass, field
from typing import Any

from tocsin.policy.expressions.runtime.comparison import equal
from tocsin.policy.expressions.syntax import Call, DeclaredField, HasField, ListOf, Literal, Logic, Node

_MIRRORED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_", "_==_": "_==_", "_!=_": "_!=_"}


def contradictory(node: Node) -> bool:
    """Whether the condition is false, or an error, for all facts."""
    match node:
        case Literal(value=value):
            return value is False
        case Logic(operator="||", terms=terms):
            return all(map(contradictory, terms))
        case Logic(operator="&&"):
            terms = _conjuncts(node)
            return any(map(contradictory, terms)) or _unsatisfiable(terms)
    return False


def _conjuncts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Logic) and node.operator == "&&":
        return tuple(part for term in node.terms for part in _conjuncts(term))
    return (node,)


@dataclass(slots=True)
class _Demands:
    """What the terms of a conjunction demand of one field."""

    absent: bool = False
    present: bool = False
    allowed: list[Any] | None = None
    refused: list[Any] = field(default_factory=list)
    bounds: list[tuple[str, Any]] = field(default_factory=list)

    def allow(self, values: list[Any]) -> None:
        known = values if self.allowed is None else self.allowed
        self.allowed = [value for value in known if any(equal(value, other) for other in values)]

    def impossible(self) -> bool:
        if self.absent and (self.present or self.allowed is not None or self.refused or self.bounds):
            return True
        if self.allowed is not None:
            return not any(self._admits(value) for value in self.allowed)
        lowest = [bound for bound in self.bounds if bound[0] in ("_>_", "_>=_")]
        highest = [bound for bound in self.bounds if bound[0] in ("_<_", "_<=_")]
        return any(_apart(low, high) for low in lowest for high in highest)

    def _admits(self, value: Any) -> bool:
        within = all(_holds(relation, value, bound) for relation, bound in self.bounds)
        return within and not any(equal(value, other) for other in self.refused)


def _holds(relation: str, value: Any, bound: Any) -> bool:
    match relation:
        case "_<_":
            return bool(value < bound)
        case "_<=_":
            return bool(value <= bound)
        case "_>_":
            return bool(value > bound)
    return bool(value >= bound)


def _apart(low: tuple[str, Any], high: tuple[str, Any]) -> bool:
    """Whether nothing lies between the two."""
    if low[1] == high[1]:
        return (low[0], high[0]) != ("_>=_", "_<=_")
    return bool(low[1] > high[1])


def _unsatisfiable(terms: tuple[Node, ...]) -> bool:
    demands: dict[tuple[str, ...], _Demands] = {}
    for term in terms:
        _note(term, demands)
    return any(demand.impossible() for demand in demands.values())


def _note(term: Node, demands: dict[tuple[str, ...], _Demands]) -> None:
    match term:
        case HasField(path=path):
            demands.setdefault(path, _Demands()).present = True
        case Call(function="!_", arguments=(HasField(path=path),)):
            demands.setdefault(path, _Demands()).absent = True
        case Call(function=relation, arguments=(one, Literal(value=value))) if relation in _MIRRORED:
            _relate(one, relation, value, demands)
        case Call(function=relation, arguments=(Literal(value=value), other)) if relation in _MIRRORED:
            _relate(other, _MIRRORED[relation], value, demands)
        case Call(function="@in", arguments=(one, ListOf(elements=elements))):
            values = [element.value for element in elements if isinstance(element, Literal)]
            if (where := _path(one)) and len(values) == len(elements):
                demands.setdefault(where, _Demands()).allow(values)


def _relate(node: Node, relation: str, value: Any, demands: dict[tuple[str, ...], _Demands]) -> None:
    path = _path(node)
    if path is None:
        return
    demand = demands.setdefault(path, _Demands())
    if relation == "_==_":
        demand.allow([value])
    elif relation == "_!=_":
        demand.refused.append(value)
    else:
        demand.bounds.append((relation, value))


def _path(node: Node) -> tuple[str, ...] | None:
    if isinstance(node, Call) and node.function == "@widen":
        node = node.arguments[0]
    return node.path if isinstance(node, DeclaredField) else None
