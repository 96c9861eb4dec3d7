"""The syntax tree. Nodes compare by identity, so that facts about a node (its type, its cost) can be kept beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from typing import Literal as Choice


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A part of an expression; `offset` is where it stands in the source, or where its operator does."""

    offset: int


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    """A constant: None, bool, int, float, str, or a folded timestamp or duration."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """A variable of the environment or of a macro; `absolute` (`.name`) is never a macro's."""

    name: str
    absolute: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Select(Node):
    """`operand.field`"""

    operand: Node
    field: str


@dataclass(frozen=True, slots=True, eq=False)
class Has(Node):
    """`has(operand.field)`"""

    operand: Node
    field: str


@dataclass(frozen=True, slots=True, eq=False)
class DeclaredField(Node):
    """A declared field, put in place of Name and Select by the checker: `("case", "severity")`."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class HasField(Node):
    """`has` of a declared field, put in place of Has by the checker."""

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """A function or operator (`_+_`, `_[_]`, `!_`, named as in the specification); a receiver is the first argument."""

    function: str
    arguments: tuple[Node, ...]
    member: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ListOf(Node):
    """`[a, b]`"""

    elements: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MapOf(Node):
    """`{a: b}`"""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Logic(Node):
    """`a && b && c` or `a || b || c`: chains are flat, however long."""

    operator: Choice["&&", "||"]
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conditional(Node):
    """`test ? then : otherwise`"""

    test: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True, eq=False)
class MacroLoop(Node):
    """A macro over a list's elements or a map's keys. `result` is there for `map`, `predicate` for all others."""

    macro: Choice["all", "exists", "exists_one", "map", "filter"]
    items: Node
    variable: str
    predicate: Node | None
    result: Node | None = None


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, in the order of the source."""
    match node:
        case Select(operand=operand) | Has(operand=operand):
            return (operand,)
        case Call(arguments=nodes) | ListOf(elements=nodes) | Logic(terms=nodes):
            return nodes
        case MapOf(entries=entries):
            return tuple(part for entry in entries for part in entry)
        case Conditional(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case MacroLoop(items=items, predicate=predicate, result=result):
            return tuple(part for part in (items, predicate, result) if part is not None)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, in the order of the source; without recursion, however deep the tree."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


def start(node: Node) -> int:
    """Where the node's text begins: for `a.b == c` the offset of `a`."""
    return min(part.offset for part in walk(node))


def depth(node: Node) -> int:
    """Levels of the tree; a chain of `&&` is one."""
    deepest, stack = 0, [(node, 1)]
    while stack:
        top, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((child, level + 1) for child in children(top))
    return deepest


def root(node: Node) -> Node:
    """What a chain of selections begins with: `a` of `a.b.c`."""
    while isinstance(node, Select):
        node = node.operand
    return node


def dotted(node: Node) -> str | None:
    """`a.b.c` for a chain of plain names, else None."""
    match node:
        case Name(name=name):
            return name
        case Select(operand=operand, field=field):
            inner = dotted(operand)
            return f"{inner}.{field}" if inner else None
    return None
