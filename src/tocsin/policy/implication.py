"""Whether one condition holds whenever another does. Sound, not complete: yes is certain, no may be ignorance.

Errors are minded: "holds" is true, neither false nor an error, so a missing fact cannot break what is found here.
"""

from typing import Any, NamedTuple

from tocsin.policy.expressions.parser import parse
from tocsin.policy.expressions.syntax import Call, ListOf, Literal, Logic, Name, Node, Select, children, dotted

TRUE = Literal(0, True)

STEPS_AT_MOST = 100_000

Atom = tuple[Any, ...]

_MIRRORED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}


def condition(source: str | None) -> Node:
    """The syntax of a condition that compiles; without one, what always holds."""
    return TRUE if source is None else parse(source)


def is_value(record: str, field: str, value: str) -> Node:
    """`record.field == value`."""
    return Call(0, "_==_", (Select(0, Name(0, record), field), Literal(0, value)))


def both(*nodes: Node) -> Node:
    return Logic(0, "&&", nodes)


def cases(node: Node) -> tuple[Node, ...]:
    """The conditions of which any is enough."""
    return _terms(node, "||")


def implies(given: Node, asked: Node) -> bool:
    """Whether `asked` holds for all facts for which `given` does."""
    return Search().implies(given, asked)


class Search:
    """Answers such questions until it has taken too many steps; from then on the answer is no.

    What it learns about a node it keeps, so that asking for many pairs of the same conditions is cheap.
    """

    def __init__(self, steps: int = STEPS_AT_MOST) -> None:
        self._left = steps
        self._known: dict[Node, _Parts] = {}

    def implies(self, given: Node, asked: Node) -> bool:
        """Whether `asked` holds for all facts for which `given` does."""
        self._left -= 1
        if self._left < 0:
            return False
        one, other = self._parts(given), self._parts(asked)
        if len(one.cases) != 1:
            return bool(one.cases) and all(self.implies(case, asked) for case in one.cases)
        if len(other.demands) != 1:
            return all(self.implies(given, demand) for demand in other.demands)
        if len(other.cases) == 1 == len(one.demands):
            return _follows(self._parts(one.demands[0]).atom, self._parts(other.cases[0]).atom)
        return (len(other.cases) != 1 and any(self.implies(given, choice) for choice in other.cases)) or (
            len(one.demands) != 1 and any(self.implies(each, asked) for each in one.demands)
        )

    def marks(self, node: Node) -> frozenset[Any]:
        """What a condition speaks of. One that implies another shares a mark with it, or the other always holds."""
        found: set[Any] = set()
        waiting = [node]
        while waiting:
            parts = self._parts(waiting.pop())
            if len(parts.cases) > 1 or len(parts.demands) > 1:
                waiting.extend(parts.cases if len(parts.cases) > 1 else parts.demands)
                continue
            match parts.atom:
                case ("among", name, values):
                    found.update((name, value) for value in values)
                case ("bound", name, relation, _):
                    found.add((name, relation[1]))
                case _:
                    found.add(parts.atom)
        return frozenset(found)

    def _parts(self, node: Node) -> "_Parts":
        known = self._known.get(node)
        if known is None:
            known = self._known[node] = _Parts(_terms(node, "||"), _terms(node, "&&"), _atom(node))
        return known


class _Parts(NamedTuple):
    """A condition taken apart: as a chain of `||`, as one of `&&`, and as a single one, where it is no chain."""

    cases: tuple[Node, ...]
    demands: tuple[Node, ...]
    atom: Atom


def _terms(node: Node, operator: str) -> tuple[Node, ...]:
    if isinstance(node, Logic) and node.operator == operator:
        return tuple(part for term in node.terms for part in _terms(term, operator))
    return (node,)


def _atom(node: Node) -> Atom:
    """A condition that is no chain, in the form in which two of them are compared."""
    if isinstance(node, Logic):
        return ("chain",)
    if (among := _choices(node)) is not None:
        return ("among", *among)
    if (bound := _bound(node)) is not None:
        return ("bound", *bound)
    return _shape(node)


def _follows(given: Atom, asked: Atom) -> bool:
    """The same for conditions that are no chains."""
    if asked == _ALWAYS or given in (_NEVER, asked):
        return True
    match given, asked:
        case ("among", field, some), ("among", other, values):
            return bool(field == other and some <= values)
        case ("bound", field, relation, limit), ("bound", other, wanted, least):
            return bool(field == other) and _no_wider((relation, limit), (wanted, least))
    return False


def _no_wider(given: tuple[str, float], asked: tuple[str, float]) -> bool:
    """Whether a bound such as `> 10` lies within another that points the same way."""
    (relation, limit), (other, wanted) = given, asked
    if relation[1] != other[1]:
        return False
    if limit == wanted:
        return relation == other or other.endswith("=_")
    return limit > wanted if relation[1] == ">" else limit < wanted


def _choices(node: Node) -> tuple[str, frozenset[Any]] | None:
    """The field and values of `field == "a"` and `field in ["a", "b"]`; a value is told from one of another type."""
    match node:
        case Call(function="_==_", arguments=(field, Literal(value=value))) if name := dotted(field):
            return name, frozenset([_typed(value)])
        case Call(function="_==_", arguments=(Literal(value=value), field)) if name := dotted(field):
            return name, frozenset([_typed(value)])
        case Call(function="@in", arguments=(field, ListOf(elements=elements))) if name := dotted(field):
            values = [_typed(element.value) for element in elements if isinstance(element, Literal)]
            return (name, frozenset(values)) if values and len(values) == len(elements) else None
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


def _typed(value: Any) -> tuple[str, Any]:
    """CEL's 1 and 1.0 are equal, and neither is true."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return ("number" if number else type(value).__name__, value)


def _shape(node: Node) -> tuple[Any, ...]:
    """What a node says, without where it says it."""
    own = tuple(
        (name, type(value).__name__, value)
        for name in type(node).__match_args__
        if name != "offset" and not isinstance(value := getattr(node, name), (Node, tuple))
    )
    return (type(node).__name__, own, tuple(map(_shape, children(node))))


_ALWAYS = _shape(TRUE)
_NEVER = _shape(Literal(0, False))
