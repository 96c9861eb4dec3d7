"""Static types (CEL, "Gradual Type Checking"): every name is known and every operator has a meaning, or it is refused.

The result is an elaborated tree: declared fields are resolved, ints that stand for doubles are widened, constant
parts are folded; and a type for each of its nodes. Stricter than the specification where that finds mistakes: lists
and branches of mixed types, null, patterns that are no literals, and parts that always fail are refused.
More lenient in one point: an int may stand beside a double in arithmetic, and is widened.
"""

from difflib import get_close_matches

from tocsin.policy.expressions.environment import Environment
from tocsin.policy.expressions.errors import EvaluationError, Refusal
from tocsin.policy.expressions.folding import folded
from tocsin.policy.expressions.functions import (
    ARITHMETIC,
    CALLABLE,
    EQUALITIES,
    FUNCTIONS,
    RELATIONS,
    Function,
    mixed_name,
)
from tocsin.policy.expressions.limits import MAX_LOOPS
from tocsin.policy.expressions.runtime.patterns import matcher
from tocsin.policy.expressions.syntax import (
    Call,
    Conditional,
    Field,
    Has,
    HasField,
    ListOf,
    Literal,
    Logic,
    Loop,
    MapOf,
    Name,
    Node,
    Select,
    dotted,
)
from tocsin.policy.expressions.types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    LIST,
    MAP,
    NULL,
    SCALARS,
    STRING,
    Record,
    Type,
    accepts,
    common,
    comparable,
    is_list,
    is_map,
)

Scope = dict[str, Type]
Types = dict[Node, Type]

_LITERALS = {bool: BOOL, int: INT, float: DOUBLE, type(None): NULL}


def check(node: Node, environment: Environment, expected: Type) -> tuple[Node, Types]:
    """The elaborated tree, and the type of each of its nodes. Raises Refusal."""
    checker = _Checker(environment)
    root = checker.check(node, {})
    found = checker.types[root]
    if not accepts(expected, found) and not (expected == DOUBLE and found == INT):
        raise Refusal(f"the expression is of the type {found}", node.offset, str(expected))
    return checker.as_type(root, expected), checker.types


class _Checker:
    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._loops = 0
        self.types: Types = {}

    def _typed(self, node: Node, type_: Type) -> Node:
        self.types[node] = type_
        return node

    def _folded(self, node: Node, type_: Type) -> Node:
        return self._typed(folded(node), type_)

    def as_type(self, node: Node, wanted: Type) -> Node:
        """The node as a double or bool where that is wanted and it is an int or dyn."""
        found = self.types[node]
        if wanted == DOUBLE and found in (INT, DYN):
            return self._folded(Call(node.offset, "@widen", (node,)), DOUBLE)
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
            case Name() | Select():
                return self._reference(node, scope)
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
                return self._folded(Logic(node.offset, node.operator, terms), BOOL)
            case Conditional():
                return self._conditional(node, scope)
            case Loop():
                return self._loop(node, scope)
        raise AssertionError(node)

    def _literal(self, node: Literal) -> Node:
        type_ = STRING if isinstance(node.value, str) else _LITERALS[type(node.value)]
        if type_ == NULL:
            raise Refusal("null is never a value here: what is null is missing", node.offset, "has(...)")
        return self._typed(node, Type("string", limit=len(node.value)) if type_ == STRING else type_)

    def _record(self, node: Node, scope: Scope) -> Record | None:
        """The record that a node names, if it does."""
        found: Record | Type | None = None
        if isinstance(node, Name) and (node.absolute or node.name not in scope):
            found = self._environment.find(node.name)
        elif isinstance(node, Select) and (record := self._record(node.operand, scope)):
            found = record.fields.get(node.field)
        return found if isinstance(found, Record) else None

    def _reference(self, node: Name | Select, scope: Scope) -> Node:
        if isinstance(node, Name):
            if node.name in scope and not node.absolute:
                return self._loaded(node, scope[node.name])
            return self._field(node, node.name, self._environment.find(node.name))
        if record := self._record(node.operand, scope):
            return self._field(node, f"{record.name}.{node.field}", record.fields.get(node.field), record)
        operand = self.check(node.operand, scope)
        return self._loaded(Select(node.offset, operand, node.field), self._selected(node, self.types[operand]))

    def _field(self, node: Name | Select, path: str, found: Type | Record | None, record: Record | None = None) -> Node:
        if isinstance(found, Type):
            return self._loaded(Field(node.offset, tuple(path.split("."))), found)
        if found is not None:
            fields = ", ".join(f"{path}.{name}" for name in list(found.fields)[:3])
            raise Refusal(f"{path} is a record and no value", node.offset, f"one of its fields, such as {fields}")
        raise self._unknown(node, path, record)

    def _unknown(self, node: Node, path: str, record: Record | None) -> Refusal:
        meant = self._environment.suggestion(path)
        hint = f": did you mean {meant}?" if meant else ""
        offset = node.operand.offset if isinstance(node, Select) else node.offset
        known = ", ".join(record.fields) if record else ", ".join(self._environment.paths())
        expected = f"a field of {record.name}: {known}" if record else f"one of {known}" if known else None
        return Refusal(f"there is no {path}{hint}", offset, None if meant else expected)

    def _selected(self, node: Select | Has, operand: Type) -> Type:
        if operand == DYN:
            return DYN
        if is_map(operand) and accepts(operand.parameters[0], STRING):
            return operand.parameters[1]
        raise Refusal(f"{operand} has no fields", node.offset, "a record or map before the dot")

    def _has(self, node: Has, scope: Scope) -> Node:
        if record := self._record(node.operand, scope):
            path = f"{record.name}.{node.field}"
            if node.field not in record.fields:
                raise self._unknown(Select(node.offset, node.operand, node.field), path, record)
            return self._typed(HasField(node.offset, tuple(path.split("."))), BOOL)
        operand = self.check(node.operand, scope)
        self._selected(node, self.types[operand])
        return self._typed(Has(node.offset, operand, node.field), BOOL)

    def _condition(self, node: Node, scope: Scope) -> Node:
        checked = self.check(node, scope)
        found = self.types[checked]
        if found not in (BOOL, DYN):
            raise Refusal(f"this is of the type {found}, not a condition", node.offset, "bool")
        return self.as_type(checked, BOOL)

    def _conditional(self, node: Conditional, scope: Scope) -> Node:
        test = self._condition(node.test, scope)
        then, otherwise = self.check(node.then, scope), self.check(node.otherwise, scope)
        one, other = self.types[then], self.types[otherwise]
        both = common(one, other)
        if both is None:
            raise Refusal(f"the branches are of the types {one} and {other}", node.offset, "one type")
        if both == DOUBLE:
            then, otherwise = self.as_type(then, DOUBLE), self.as_type(otherwise, DOUBLE)
        return self._folded(Conditional(node.offset, test, then, otherwise), both)

    def _same(self, nodes: list[Node], what: str) -> tuple[tuple[Node, ...], Type]:
        """Nodes of one type, ints among doubles widened."""
        found: Type | None = None
        for node in nodes:
            type_ = self.types[node]
            both = type_ if found is None else common(found, type_)
            if both is None:
                raise Refusal(f"{what} are of the types {found} and {type_}", node.offset, "one type")
            found = both
        return tuple(self.as_type(node, found) if found == DOUBLE else node for node in nodes), found or DYN

    def _list(self, node: ListOf, scope: Scope) -> Node:
        elements, type_ = self._same([self.check(element, scope) for element in node.elements], "elements of a list")
        return self._typed(ListOf(node.offset, elements), LIST(type_))

    def _map(self, node: MapOf, scope: Scope) -> Node:
        keys, key = self._same([self.check(key, scope) for key, _ in node.entries], "keys of a map")
        values, value = self._same([self.check(value, scope) for _, value in node.entries], "values of a map")
        if key not in (BOOL, INT, STRING, DYN):
            raise Refusal(f"a key of the type {key}", node.offset, "bool, int or string")
        return self._typed(MapOf(node.offset, tuple(zip(keys, values, strict=True))), MAP(key, value))

    def _loop(self, node: Loop, scope: Scope) -> Node:
        items = self.check(node.items, scope)
        over = self.types[items]
        if not (over == DYN or is_list(over) or is_map(over)):
            raise Refusal(f"{node.macro}() walks over a {over}", node.offset, "a list or map")
        element = over.parameters[0] if over.parameters else DYN
        if self._loops == MAX_LOOPS:
            raise Refusal(f"{node.macro}() is nested too deeply", node.offset, f"at most {MAX_LOOPS} levels of macros")
        self._loops += 1
        inner = scope | {node.variable: element}
        predicate = self._condition(node.predicate, inner) if node.predicate else None
        result = self.check(node.result, inner) if node.result else None
        self._loops -= 1
        loop = Loop(node.offset, node.macro, items, node.variable, predicate, result)
        if node.macro == "filter":
            return self._typed(loop, LIST(element))
        return self._typed(loop, LIST(self.types[result]) if result else BOOL)

    def _call(self, node: Call, scope: Scope) -> Node:
        name = node.function
        if name in FUNCTIONS and (name not in CALLABLE or self._style(node) in FUNCTIONS[name].styles):
            arguments = [self.check(argument, scope) for argument in node.arguments]
            if name in EQUALITIES or name in RELATIONS:
                return self._relation(node, arguments)
            if name == "@in":
                return self._in(node, arguments)
            if name == "_[_]":
                return self._index(node, arguments)
            return self._overloaded(node, FUNCTIONS[name], arguments)
        raise self._no_function(node)

    @staticmethod
    def _style(node: Call) -> str:
        return "member" if node.member else "free"

    def _no_function(self, node: Call) -> Refusal:
        name = node.function
        if name in CALLABLE:
            form = f"x.{name}(...)" if "member" in FUNCTIONS[name].styles else f"{name}(x)"
            return Refusal(f"{name} is called in another way", node.offset, form)
        macros = ("has", "all", "exists", "exists_one", "map", "filter")
        if name in macros:
            form = "has(case.priority)" if name == "has" else f"list.{name}(x, ...)"
            return Refusal(f"{name} is called in another way", node.offset, form)
        close = get_close_matches(name, [*CALLABLE, *macros], n=1, cutoff=0.6)
        hint = f": did you mean {close[0]}?" if close else ""
        return Refusal(f"there is no function {name}{hint}", node.offset, None if close else ", ".join(CALLABLE))

    def _relation(self, node: Call, arguments: list[Node]) -> Node:
        one, other = (self.types[argument] for argument in arguments)
        sign = node.function.strip("_")
        if not comparable(one, other):
            raise Refusal(f"{sign} compares {one} with {other}", node.offset, "operands of one type")
        if node.function in RELATIONS and not {one, other} <= SCALARS | {DYN}:
            raise Refusal(f"{sign} has no meaning for {one}", node.offset, "numbers, strings, times or bools")
        return self._folded(Call(node.offset, node.function, tuple(arguments)), BOOL)

    def _in(self, node: Call, arguments: list[Node]) -> Node:
        value, container = (self.types[argument] for argument in arguments)
        if not (container == DYN or is_list(container) or is_map(container)):
            raise Refusal(f"in looks into a {container}", node.offset, "a list or map after in")
        if container.parameters and not comparable(value, container.parameters[0]):
            raise Refusal(f"in looks for a {value} in a {container}", node.offset, str(container.parameters[0]))
        return self._typed(Call(node.offset, "@in", tuple(arguments)), BOOL)

    def _index(self, node: Call, arguments: list[Node]) -> Node:
        container, key = (self.types[argument] for argument in arguments)
        if container == DYN:
            result, wanted = DYN, DYN
        elif is_list(container):
            result, wanted = container.parameters[0], INT
        elif is_map(container):
            wanted, result = container.parameters
        else:
            raise Refusal(f"{container} has no elements", node.offset, "a list or map before [")
        if not accepts(wanted, key):
            raise Refusal(f"a {container} is asked for a {key}", node.offset, str(wanted))
        return self._loaded(Call(node.offset, "_[_]", tuple(arguments)), result)

    def _overloaded(self, node: Call, function: Function, arguments: list[Node]) -> Node:
        given = [self.types[argument] for argument in arguments]
        if function.name == "_+_" and all(map(is_list, given)):
            return self._concatenation(node, arguments)
        strict = [o for o in function.overloads if _fits(o.parameters, given)]
        wide = [o for o in function.overloads if _fits(o.parameters, given, widening=function.name in ARITHMETIC)]
        candidates = wide if DYN in given else strict or wide
        if not candidates:
            raise _misfit(node, function, given)
        if function.name == "matches":
            _check_pattern(arguments[1])
        name = node.function
        if len(candidates) == 1:
            wanted = candidates[0].parameters
            arguments = [self.as_type(node, type_) for node, type_ in zip(arguments, wanted, strict=True)]
        elif name in ARITHMETIC:
            name = mixed_name(name)
        results = {candidate.result for candidate in candidates}
        result = results.pop() if len(results) == 1 else DYN
        return self._folded(Call(node.offset, name, tuple(arguments), node.member), result)

    def _concatenation(self, node: Call, arguments: list[Node]) -> Node:
        one, other = (self.types[argument] for argument in arguments)
        both = common(one, other)
        if both is None:
            raise Refusal(f"+ joins {one} and {other}", node.offset, "lists of one type")
        return self._typed(Call(node.offset, "_+_", tuple(arguments)), both)


def _fits(wanted: tuple[Type, ...], given: list[Type], widening: bool = False) -> bool:
    return len(wanted) == len(given) and all(
        accepts(parameter, argument) or (widening and (parameter, argument) == (DOUBLE, INT))
        for parameter, argument in zip(wanted, given, strict=True)
    )


def _misfit(node: Call, function: Function, given: list[Type]) -> Refusal:
    name = function.name.strip("_")
    forms = [f"({', '.join(map(str, overload.parameters))})" for overload in function.overloads]
    types = ", ".join(map(str, given))
    return Refusal(f"{name} has no meaning for ({types})", node.offset, " or ".join(forms))


def _check_pattern(node: Node) -> None:
    if not isinstance(node, Literal):
        raise Refusal("the regular expression is not written out", node.offset, "a string literal")
    try:
        matcher(node.value)
    except EvaluationError as error:
        raise Refusal(error.detail, node.offset, error.expected or "RE2 syntax") from None
