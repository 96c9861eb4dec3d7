"""How much an expression can cost at worst, known before it is ever evaluated.

A step is one operation on a value of bounded size: every node is one, every 64 characters looked at or copied are
one more, a macro's body counts once for each element. The bounds come from the types: a string has at most its
limit (16 KiB unless declared shorter), a list at most 100 elements.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.core.wording import Said, say
from tocsin.policy.expressions.errors import Refusal
from tocsin.policy.expressions.limits import LISTED, MAX_LIST, MAX_STEPS, MAX_TEXT, TEXT_PER_STEP
from tocsin.policy.expressions.signatures import is_defined
from tocsin.policy.expressions.syntax import (
    Call,
    Conditional,
    DeclaredField,
    ListOf,
    Literal,
    Logic,
    MacroLoop,
    MapOf,
    Name,
    Node,
    Select,
    children,
    start,
)
from tocsin.policy.expressions.types import DYN, Type, is_list


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a value can be: characters, elements, and the extents of an element (a map's key) and a map's value."""

    text: int = 0
    items: int = 0
    element: "Extent | None" = None
    value: "Extent | None" = None


NOTHING = Extent()
_INNERMOST = Extent(MAX_TEXT)
_INNER = Extent(MAX_TEXT, MAX_LIST, _INNERMOST, _INNERMOST)
_ANYTHING = Extent(MAX_TEXT, MAX_LIST, _INNER, _INNER)
"""A dyn value may be a text, or a list or map of such: as deep as macros may be nested."""

_NUMBER_TEXT = 40
"""Characters of a number or time as text."""


def extent_of_type(type_: Type) -> Extent:
    match type_.name:
        case "string":
            return Extent(type_.limit)
        case "list":
            return Extent(0, MAX_LIST, extent_of_type(type_.parameters[0]))
        case "map":
            return Extent(0, MAX_LIST, extent_of_type(type_.parameters[0]), extent_of_type(type_.parameters[1]))
        case "dyn":
            return _ANYTHING
    return NOTHING


def extent_of_value(value: Any) -> Extent:
    if isinstance(value, str):
        return Extent(len(value))
    if isinstance(value, list):
        return Extent(0, len(value), _widest([extent_of_value(element) for element in value]))
    if isinstance(value, dict):
        keys, values = map(extent_of_value, value), map(extent_of_value, value.values())
        return Extent(0, len(value), _widest(list(keys)), _widest(list(values)))
    return NOTHING


def _widest(extents: list[Extent]) -> Extent | None:
    if not extents:
        return None
    return Extent(
        max(extent.text for extent in extents),
        max(extent.items for extent in extents),
        _widest([extent.element for extent in extents if extent.element]),
        _widest([extent.value for extent in extents if extent.value]),
    )


def cost(node: Node, types: Mapping[Node, Type], variables: Mapping[str, Any] | None = None) -> int:
    """Steps in the worst case; Refusal where they are more than MAX_STEPS. `variables` gives extents without types."""
    meter = _Meter(types, variables or {})
    steps = meter.measure(node, {})[0]
    if steps > MAX_STEPS:
        most = meter.dearest() or ""
        says = say("in the worst case this takes {steps} steps{most}", steps=f"{steps:,}", most=most)
        raise Refusal(says, start(node), say("at most {most}", most=f"{MAX_STEPS:,}"))
    return steps


class _Meter:
    def __init__(self, types: Mapping[Node, Type], variables: Mapping[str, Any]) -> None:
        self._types = types
        self._variables = variables
        self._loops: list[tuple[int, str]] = []

    def dearest(self) -> Said | None:
        """The macro that costs most, for the message."""
        if not self._loops:
            return None
        steps, macro = max(self._loops)
        return say(", {steps} of them in one {macro}", steps=f"{steps:,}", macro=f"{macro}()")

    def measure(self, node: Node, scope: dict[str, Extent]) -> tuple[int, Extent]:
        """Steps and the extent of the result."""
        match node:
            case Literal(value=value):
                return 1, extent_of_value(value)
            case Name(name=name):
                return 1, scope.get(name) or self._variable(node, name)
            case DeclaredField():
                return 1, extent_of_type(self._types[node])
            case Conditional():
                parts = [self.measure(part, scope) for part in children(node)]
                (test, _), (then, one), (otherwise, other) = parts
                return 1 + test + max(then, otherwise), _widest([one, other]) or NOTHING
            case MacroLoop():
                return self._loop(node, scope)
        parts = [self.measure(part, scope) for part in children(node)]
        steps, extents = 1 + sum(part[0] for part in parts), [part[1] for part in parts]
        match node:
            case Logic():
                return steps, NOTHING
            case ListOf():
                return steps, self._bounded(node, Extent(0, len(extents), _widest(extents)))
            case MapOf():
                return steps, self._bounded(
                    node, Extent(0, len(extents) // 2, _widest(extents[::2]), _widest(extents[1::2]))
                )
            case Select():
                return steps, extents[0].value or self._result(node)
            case Call() if is_defined(node):
                return steps + _work(node.function, extents), self._call(node, extents)
        return steps, self._result(node)

    def _result(self, node: Node) -> Extent:
        return extent_of_type(self._types.get(node, DYN))

    def _variable(self, node: Node, name: str) -> Extent:
        return extent_of_value(self._variables[name]) if name in self._variables else self._result(node)

    @staticmethod
    def _bounded(node: Node, extent: Extent) -> Extent:
        if extent.items > MAX_LIST:
            raise Refusal(
                say("a list or map of {amount} elements", amount=extent.items),
                node.offset,
                say("at most {most}", most=MAX_LIST),
            )
        return extent

    def _call(self, node: Call, extents: list[Extent]) -> Extent:
        match node.function:
            case "_+_" | "_+_ mixed":
                return self._joined(node, *extents)
            case "_[_]":
                return extents[0].value or extents[0].element or self._result(node)
            case "string" | "@fold":
                return Extent(max(extents[0].text, _NUMBER_TEXT))
            case "@widen" | "@boolean":
                return NOTHING
        return NOTHING

    def _joined(self, node: Call, one: Extent, other: Extent) -> Extent:
        """What `+` makes: a text, a list, or with dyn either."""
        type_ = self._types.get(node, DYN)
        text = 0 if is_list(type_) else one.text + other.text
        items = one.items + other.items if is_list(type_) else 0
        if type_ == DYN:
            # What is longer fails where a macro walks over it.
            items = min(one.items + other.items, MAX_LIST)
        element = _widest([part for part in (one.element, other.element) if part]) if items else None
        return self._bounded(node, Extent(text, items, element))

    def _loop(self, node: MacroLoop, scope: dict[str, Extent]) -> tuple[int, Extent]:
        steps, over = self.measure(node.items, scope)
        inner = scope | {node.variable: over.element or NOTHING}
        body, result = 1, over.element
        if node.predicate:
            body += self.measure(node.predicate, inner)[0]
        if node.result:
            more, result = self.measure(node.result, inner)
            body += more
        count = min(over.items, MAX_LIST)
        self._loops.append((count * body, node.macro))
        made = Extent(0, count, result) if node.macro in ("map", "filter") else NOTHING
        return 1 + steps + count * body, made


def _work(function: str, extents: list[Extent]) -> int:
    """Steps of a call beyond its own: what it reads or copies."""
    match function:
        case "contains" | "_+_" | "_+_ mixed":
            one, other = extents
            return _pieces(one.text) + _pieces(other.text) + one.items + other.items
        case "startsWith" | "endsWith":
            return _pieces(extents[1].text)
        case "matches":
            return _pieces(extents[0].text)
        case "_==_" | "_!=_" | "_<_" | "_<=_" | "_>_" | "_>=_":
            return _comparison(extents[0], extents[1])
        case "@in":
            value, container = extents
            if container.element is None:
                return 0
            compared = container.items * (1 + _comparison(value, container.element))
            # To look up a key, or one of many constants, the text is hashed first.
            hashed = container.value is not None or container.items > LISTED
            return compared + (_pieces(value.text) if hashed else 0)
        case "int" | "double" | "timestamp" | "duration" | "bool" | "string":
            return _pieces(extents[0].text)
    return 0


def _pieces(characters: int) -> int:
    return -(-characters // TEXT_PER_STEP)


def _comparison(one: Extent, other: Extent, level: int = 0) -> int:
    """Lists within lists count as texts: what is nested deeper is bounded by the size of the facts as a whole."""
    steps = _pieces(min(one.text, other.text))
    inner, other_inner = one.value or one.element, other.value or other.element
    if level == 0 and inner and other_inner:
        steps += min(one.items, other.items) * (1 + _comparison(inner, other_inner, level + 1))
    return steps
