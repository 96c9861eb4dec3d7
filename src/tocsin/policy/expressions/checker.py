"""Static types (CEL, "Gradual Type Checking"): every name is known and every operator has a meaning, or it is refused.

The result is an elaborated tree: declared fields are resolved, ints that stand for doubles are widened, constant
parts are folded; and a type for each of its nodes. Stricter than the specification where that finds mistakes: lists
and branches of mixed types, null, patterns that are no literals, and parts that always fail are refused.
More lenient in one point: an int may stand beside a double in arithmetic, and is widened.
"""

from sys import intern

from tocsin.core.texts import fold
from tocsin.core.wording import Said, say
from tocsin.policy.expressions.environment import Environment
from tocsin.policy.expressions.errors import EvaluationError, Refusal
from tocsin.policy.expressions.faults import read
from tocsin.policy.expressions.folding import folded
from tocsin.policy.expressions.functions import VERBATIM
from tocsin.policy.expressions.insensitive import insensitive
from tocsin.policy.expressions.limits import MAX_LOOPS
from tocsin.policy.expressions.names import NameTable, selected
from tocsin.policy.expressions.runtime.patterns import matcher
from tocsin.policy.expressions.signatures import check_known, signature
from tocsin.policy.expressions.syntax import (
    Call,
    Conditional,
    Has,
    ListOf,
    Literal,
    Logic,
    MacroLoop,
    MapOf,
    Name,
    Node,
    Select,
    start,
)
from tocsin.policy.expressions.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    LIST,
    MAP,
    NULL,
    STRING,
    TEXT,
    TIMESTAMP,
    Type,
    accepts,
    common,
    is_list,
    is_map,
)

Scope = dict[str, Type]
"""The variables of the macros around a node."""

Types = dict[Node, Type]

_LITERALS = {bool: BOOL, int: INT, float: DOUBLE, type(None): NULL}
_KEYS = (BOOL, INT, STRING, DYN)


def check(node: Node, environment: Environment, expected: Type) -> tuple[Node, Types]:
    """The elaborated tree, and the type of each of its nodes. Raises Refusal."""
    checker = _Checker(environment)
    root = checker.check(node, {})
    found = checker.types[root]
    if not accepts(expected, found) and (expected, found) != (DOUBLE, INT):
        raise Refusal(say("the expression is of the type {found}", found=str(found)), start(node), str(expected))
    return checker.as_type(root, expected), checker.types


class _Checker:
    def __init__(self, environment: Environment) -> None:
        self._names = NameTable(environment)
        self._folds = environment.folded
        self._loops = 0
        self.types: Types = {}

    def _typed(self, node: Node, type_: Type) -> Node:
        self.types[node] = type_
        return node

    def as_type(self, node: Node, wanted: Type) -> Node:
        """The node as a double or bool where that is wanted and it is an int or dyn."""
        found = self.types[node]
        if wanted == DOUBLE and found in (INT, DYN):
            return self._typed(folded(Call(node.offset, "@widen", (node,))), DOUBLE)
        if wanted == BOOL and found == DYN:
            return self._typed(Call(node.offset, "@boolean", (node,)), BOOL)
        return node

    def _loaded(self, node: Node, type_: Type) -> Node:
        """A value from the facts, where a double may be written as an int."""
        self.types[node] = type_
        return self._typed(Call(node.offset, "@widen", (node,)), DOUBLE) if type_ == DOUBLE else node

    def check(self, node: Node, scope: Scope) -> Node:
        match node:
            case Literal():
                return self._literal(node)
            case Name():
                if node.name in scope and not node.absolute:
                    return self._loaded(node, scope[node.name])
                return self._loaded(*self._names.variable(node))
            case Select():
                return self._select(node, scope)
            case Has():
                return self._has(node, scope)
            case Call():
                return self._call(node, scope)
            case ListOf():
                return self._list(node, scope)
            case MapOf():
                return self._map(node, scope)
            case Logic():
                terms = tuple(self._condition(term, scope) for term in node.terms)
                return self._typed(folded(Logic(node.offset, node.operator, terms)), BOOL)
            case Conditional():
                return self._conditional(node, scope)
            case MacroLoop():
                return self._loop(node, scope)
        raise AssertionError(node)

    def _literal(self, node: Literal) -> Node:
        if isinstance(node.value, str):
            return self._text(Literal(node.offset, intern(fold(node.value))) if self._folds else node)
        if node.value is None:
            raise Refusal(say("null is never a value here: what is null is missing"), node.offset, "has(...)")
        return self._typed(node, _LITERALS[type(node.value)])

    def _text(self, node: Literal) -> Node:
        return self._typed(node, TEXT(len(node.value)))

    def _key(self, name: str) -> str:
        """A key of a map that stands behind a dot."""
        return fold(name) if self._folds else name

    def _select(self, node: Select, scope: Scope) -> Node:
        if record := self._names.record(node.operand, scope):
            return self._loaded(*self._names.field(node, record))
        operand = self.check(node.operand, scope)
        return self._loaded(Select(node.offset, operand, self._key(node.field)), selected(node, self.types[operand]))

    def _has(self, node: Has, scope: Scope) -> Node:
        if record := self._names.record(node.operand, scope):
            return self._typed(self._names.presence(node, record), BOOL)
        operand = self.check(node.operand, scope)
        selected(node, self.types[operand])
        return self._typed(Has(node.offset, operand, self._key(node.field)), BOOL)

    def _condition(self, node: Node, scope: Scope) -> Node:
        checked = self.check(node, scope)
        found = self.types[checked]
        if found not in (BOOL, DYN):
            raise Refusal(say("this is of the type {found}, not a condition", found=str(found)), start(node), "bool")
        return self.as_type(checked, BOOL)

    def _conditional(self, node: Conditional, scope: Scope) -> Node:
        test = self._condition(node.test, scope)
        branches = [self.check(branch, scope) for branch in (node.then, node.otherwise)]
        (then, otherwise), type_ = self._alike(branches, say("the branches"))
        return self._typed(folded(Conditional(node.offset, test, then, otherwise)), type_)

    def _alike(self, nodes: list[Node], what: Said) -> tuple[tuple[Node, ...], Type]:
        """Nodes of one type, ints among doubles widened; dyn where there are none."""
        found: Type | None = None
        for node in nodes:
            type_ = self.types[node]
            both = type_ if found is None else common(found, type_)
            if both is None:
                raise Refusal(
                    say("{what} are of the types {found} and {other}", what=what, found=str(found), other=str(type_)),
                    start(node),
                    say("one type"),
                )
            found = both
        return tuple(self.as_type(node, found) if found == DOUBLE else node for node in nodes), found or DYN

    def _list(self, node: ListOf, scope: Scope) -> Node:
        elements, type_ = self._alike(
            [self.check(element, scope) for element in node.elements], say("elements of a list")
        )
        return self._typed(ListOf(node.offset, elements), LIST(type_))

    def _map(self, node: MapOf, scope: Scope) -> Node:
        keys, key = self._alike([self.check(key, scope) for key, _ in node.entries], say("keys of a map"))
        values, value = self._alike([self.check(value, scope) for _, value in node.entries], say("values of a map"))
        if key not in _KEYS:
            raise Refusal(say("a key of the type {key}", key=str(key)), node.offset, say("bool, int or string"))
        return self._typed(MapOf(node.offset, tuple(zip(keys, values, strict=True))), MAP(key, value))

    def _loop(self, node: MacroLoop, scope: Scope) -> Node:
        items = self.check(node.items, scope)
        over = self.types[items]
        if not (over == DYN or is_list(over) or is_map(over)):
            raise Refusal(
                say("{macro}() walks over a {over}", macro=node.macro, over=str(over)),
                node.offset,
                say("a list or map"),
            )
        if self._loops == MAX_LOOPS:
            raise Refusal(
                say("{macro}() is nested too deeply", macro=node.macro),
                node.offset,
                say("at most {most} levels of macros", most=MAX_LOOPS),
            )
        element = over.parameters[0] if over.parameters else DYN
        inner = scope | {node.variable: element}
        self._loops += 1
        predicate = self._condition(node.predicate, inner) if node.predicate else None
        result = self.check(node.result, inner) if node.result else None
        self._loops -= 1
        loop = MacroLoop(node.offset, node.macro, items, node.variable, predicate, result)
        if node.macro == "filter":
            return self._typed(loop, LIST(element))
        return self._typed(loop, LIST(self.types[result]) if result else BOOL)

    def _call(self, node: Call, scope: Scope) -> Node:
        check_known(node)
        arguments = [self._argument(node.function, place, scope, each) for place, each in enumerate(node.arguments)]
        found = signature(node, tuple(self.types[argument] for argument in arguments))
        if node.function == "matches":
            _check_pattern(node.arguments[1], arguments[1])
        wanted = zip(arguments, found.parameters, strict=True)
        call = Call(node.offset, found.function, tuple(self.as_type(*pair) for pair in wanted), node.member)
        if node.function == "_[_]":
            return self._loaded(call, found.result)
        if self._folds and node.function == "string" and self.types[arguments[0]] == TIMESTAMP:
            call = Call(node.offset, "@fold", (self._typed(folded(call), found.result),))
        return self._typed(folded(call), found.result)

    def _argument(self, function: str, place: int, scope: Scope, node: Node) -> Node:
        """An argument; a text that is written out is folded only where a text is compared with it."""
        if not self._folds or not isinstance(node, Literal) or not isinstance(node.value, str):
            return self.check(node, scope)
        if function in VERBATIM:
            return self._text(node)
        if function == "matches" and place == 1:
            return self._text(Literal(node.offset, insensitive(node.value)))
        return self.check(node, scope)


def _check_pattern(written: Node, node: Node) -> None:
    """Refusal where RE2 does not take the pattern; it speaks of what was written."""
    if not isinstance(node, Literal):
        raise Refusal(say("the regular expression is not written out"), start(node), say("a string literal"))
    try:
        matcher(node.value)
    except EvaluationError as error:
        raise Refusal(read(_fault(written) or error.detail), node.offset, error.expected or say("RE2 syntax")) from None


def _fault(written: Node) -> str | None:
    try:
        matcher(written.value if isinstance(written, Literal) else "")
    except EvaluationError as error:
        return error.detail
    return None
