"""Compiled expressions: from source text to something that can be evaluated two million times a second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tocsin.core.wording import say
from tocsin.policy.expressions.checker import check
from tocsin.policy.expressions.codegen.exact import Exact
from tocsin.policy.expressions.codegen.fast import Fast, Matchers
from tocsin.policy.expressions.codegen.program import Program
from tocsin.policy.expressions.contradictions import contradictory
from tocsin.policy.expressions.cost import cost
from tocsin.policy.expressions.environment import Environment
from tocsin.policy.expressions.errors import EvaluationError, ExpressionError, Refusal
from tocsin.policy.expressions.faults import always
from tocsin.policy.expressions.necessity import needs
from tocsin.policy.expressions.parser import parse
from tocsin.policy.expressions.syntax import Call, DeclaredField, HasField, ListOf, Literal, Node, walk
from tocsin.policy.expressions.types import BOOL, Type

Variables = Mapping[str, Any]
"""`{"case": {"severity": "high", ...}, "account": {...}, "score": 61.5}`. A field that is missing has no key."""


class Absent(Enum):
    """The constant of an expression whose value depends on the facts."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

_HELD: tuple[bool, str | None] = (True, None)
_NOT_HELD: tuple[bool, str | None] = (False, None)


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """An expression that passed every check.

    source        the text
    type          of the value
    references    the declared fields that it reads, dotted, in the order of the text
    compared      which constants each of them is compared with: lets `check` find values that do not exist
    cost          steps in the worst case
    constant      the value, if it is the same for all facts; else ABSENT
    never         a condition that cannot hold whatever the facts
    needs         by field, patterns of which one has to be found in it: else the condition is false for certain
    function      the compiled function of the variables, for hot loops: returns the value or raises EvaluationError
    """

    source: str
    type: Type
    references: tuple[str, ...]
    compared: Mapping[str, frozenset[Any]]
    cost: int
    constant: Any
    never: bool
    needs: Mapping[str, frozenset[str]]
    function: Callable[[Variables], Any]

    def test(self, variables: Variables) -> tuple[bool, str | None]:
        """Whether a condition holds. An error means that it does not; then the reason says why."""
        try:
            return _HELD if self.function(variables) is True else _NOT_HELD
        except EvaluationError as error:
            return False, str(error)


def compile_expression(
    source: str, environment: Environment, expected: Type = BOOL, matchers: Matchers | None = None
) -> Expression:
    """Parse, check, bound and compile. ExpressionError says where it is wrong, what, and what was expected.

    `expected` is the type that the value has to have; DYN takes any. `matchers` may answer the constant regular
    expressions that are put to declared fields: many of them can share one pass over a text.
    """
    try:
        return _compiled(source, environment, expected, matchers)
    except Refusal as refusal:
        raise refusal.within(source) from None
    except RecursionError:
        raise ExpressionError(say("the expression is nested too deeply"), source, 0) from None


def _compiled(source: str, environment: Environment, expected: Type, matchers: Matchers | None) -> Expression:
    root, types = check(parse(source), environment, expected)
    steps = cost(root, types)
    program = Program()
    exact = Exact(program).function(root)
    fast = Fast(program, types, matchers).function(root, exact)
    function = program.compile()[fast]
    references = _references(root)
    constant = ABSENT if references else _constant(root, function)
    return Expression(
        source=source,
        type=types[root],
        references=references,
        compared=_compared(root),
        cost=steps,
        constant=constant,
        never=constant is False or contradictory(root),
        needs=needs(root),
        function=function,
    )


def _references(root: Node) -> tuple[str, ...]:
    found = {".".join(node.path): None for node in walk(root) if isinstance(node, DeclaredField | HasField)}
    return tuple(found)


def _constant(root: Node, function: Callable[[Variables], Any]) -> Any:
    try:
        return function({})
    except EvaluationError as error:
        raise always(error, root.offset) from None


def _compared(root: Node) -> Mapping[str, frozenset[Any]]:
    """Constants beside a field in `==`, `!=` and `in`."""
    found: dict[str, set[Any]] = {}
    for node in walk(root):
        match node:
            case Call(function="_==_" | "_!=_", arguments=(DeclaredField(path=path), Literal(value=value))):
                found.setdefault(".".join(path), set()).add(value)
            case Call(function="_==_" | "_!=_", arguments=(Literal(value=value), DeclaredField(path=path))):
                found.setdefault(".".join(path), set()).add(value)
            case Call(function="@in", arguments=(DeclaredField(path=path), ListOf(elements=elements))):
                values = (element.value for element in elements if isinstance(element, Literal))
                found.setdefault(".".join(path), set()).update(values)
            case Call(function="@in", arguments=(Literal(value=value), DeclaredField(path=path))):
                found.setdefault(".".join(path), set()).add(value)
    return {path: frozenset(values) for path, values in found.items()}


def evaluate_unchecked(source: str, bindings: Variables) -> Any:
    """The value by the specification alone, without static types: for conformance tests.

    `bindings` may have dotted names. ExpressionError where the source is no expression or costs too much,
    EvaluationError where it has no value.
    """
    try:
        root = parse(source)
        cost(root, {}, bindings)
    except Refusal as refusal:
        raise refusal.within(source) from None
    program = Program()
    exact = Exact(program, names=bindings.keys()).function(root)
    return program.compile()[exact](bindings)
