"""The exact translation: every rule of the specification, for checked and unchecked trees alike."""

import ast
from collections.abc import Collection

from tocsin.policy.expressions.codegen.program import VARIABLES, Program, load, statements
from tocsin.policy.expressions.errors import EvaluationError
from tocsin.policy.expressions.functions import FUNCTIONS
from tocsin.policy.expressions.runtime import aggregates, records
from tocsin.policy.expressions.signatures import is_defined
from tocsin.policy.expressions.syntax import (
    Call,
    Conditional,
    DeclaredField,
    Has,
    HasField,
    ListOf,
    Literal,
    Logic,
    MacroLoop,
    MapOf,
    Name,
    Node,
    Select,
    dotted,
    root,
)

Scope = dict[str, str]
"""The macro variables in reach, and the Python names that hold them."""

# Errors are kept until another term or element decides; the first is the one reported.
_DECIDED = """
try:
    if BOOLEAN(TERM) is DECISIVE:
        return DECISIVE
except ERROR as error:
    if failure is None:
        failure = error
"""
_UNDECIDED = """
if failure is not None:
    raise failure
return OTHERWISE
"""
_EACH = """
for ELEMENT in ELEMENTS(ITEMS):
    try:
        if BOOLEAN(TERM) is DECISIVE:
            return DECISIVE
    except ERROR as error:
        if failure is None:
            failure = error
"""
_COUNT = """
count = 0
for ELEMENT in ELEMENTS(ITEMS):
    if BOOLEAN(TERM):
        count += 1
return count == 1
"""
_COLLECT = """
found = []
for ELEMENT in ELEMENTS(ITEMS):
    if BOOLEAN(TERM):
        found.append(RESULT)
return found
"""
_WHOLE = """
try:
    return RESULT
except UNFORESEEN as error:
    cause = error
raise EXPLAINED(cause)
"""


class Exact:
    """`names` are the variables of an unchecked expression, of which some may be dotted."""

    def __init__(self, program: Program, names: Collection[str] = ()) -> None:
        self._program = program
        self._names = names

    def function(self, node: Node) -> str:
        """The name of a function of the variables that has the value of the node, or raises EvaluationError."""
        body = statements(
            _WHOLE,
            {
                "RESULT": self.expression(node, {}),
                "UNFORESEEN": self._program.bound(records.UNFORESEEN, "UNFORESEEN"),
                "EXPLAINED": self._program.bound(records.unforeseen, "unforeseen"),
            },
        )
        return self._program.function("exact", [VARIABLES], body)

    def expression(self, node: Node, scope: Scope) -> ast.expr:
        program = self._program
        match node:
            case Literal(value=value):
                return program.constant(value)
            case DeclaredField(path=path):
                name, missing = ast.Constant(".".join(path)), ast.Constant(f"{'.'.join(path)} is missing")
                return program.call(records.field, load(VARIABLES), path_of(path), missing, name)
            case HasField(path=path):
                return program.call(records.has_field, load(VARIABLES), path_of(path))
            case Name() | Select():
                return self._reference(node, scope)
            case Has(operand=operand, field=field):
                return program.call(aggregates.has, self.expression(operand, scope), ast.Constant(field))
            case Call():
                return self._call(node, scope)
            case ListOf(elements=elements):
                return ast.List([self.expression(element, scope) for element in elements], ast.Load())
            case MapOf(entries=entries):
                parts = [self.expression(part, scope) for entry in entries for part in entry]
                return program.call(aggregates.build_map, *parts)
            case Logic():
                return self._logic(node, scope)
            case Conditional(test=test, then=then, otherwise=otherwise):
                return ast.IfExp(
                    program.call(aggregates.boolean, self.expression(test, scope)),
                    self.expression(then, scope),
                    self.expression(otherwise, scope),
                )
            case MacroLoop():
                return self._loop(node, scope)
        raise AssertionError(node)

    def _reference(self, node: Name | Select, scope: Scope) -> ast.expr:
        """The longest dotted name that is a variable wins (CEL, "Name Resolution")."""
        path, base = dotted(node), root(node)
        hidden = isinstance(base, Name) and base.name in scope and not base.absolute
        if isinstance(node, Name) and hidden:
            return load(scope[node.name])
        if isinstance(node, Name) or (path in self._names and not hidden):
            return self._program.call(records.variable, load(VARIABLES), ast.Constant(path))
        operand = self.expression(node.operand, scope)
        shown = _path(node) or f".{node.field}"
        return self._program.call(aggregates.select, operand, ast.Constant(node.field), ast.Constant(shown))

    def _call(self, node: Call, scope: Scope) -> ast.expr:
        if not is_defined(node):
            return self._program.call(records.unknown_function, ast.Constant(node.function))
        run = FUNCTIONS[node.function].run
        return self._program.call(run, *(self.expression(argument, scope) for argument in node.arguments))

    def _helpers(self) -> dict[str, ast.expr]:
        bound = self._program.bound
        return {
            "BOOLEAN": bound(aggregates.boolean, "boolean"),
            "ELEMENTS": bound(aggregates.elements, "elements"),
            "ERROR": bound(EvaluationError, "EvaluationError"),
        }

    def _logic(self, node: Logic, scope: Scope) -> ast.expr:
        decisive = node.operator == "||"
        parts = self._helpers() | {"DECISIVE": ast.Constant(decisive), "OTHERWISE": ast.Constant(not decisive)}
        body = statements("failure = None", {})
        for term in node.terms:
            body += statements(_DECIDED, parts | {"TERM": self.expression(term, scope)})
        body += statements(_UNDECIDED, parts)
        return invoked(self._program.function("logic", [VARIABLES, *_held(scope)], body), [], scope)

    def _loop(self, node: MacroLoop, scope: Scope) -> ast.expr:
        element = self._program.fresh("element")
        inner = scope | {node.variable: element}
        true: ast.expr = ast.Constant(True)
        parts = self._helpers() | {
            "ELEMENT": load(element),
            "ITEMS": load("items"),
            "TERM": self.expression(node.predicate, inner) if node.predicate else true,
            "RESULT": self.expression(node.result, inner) if node.result else load(element),
        }
        match node.macro:
            case "all" | "exists":
                decisive = node.macro == "exists"
                parts |= {"DECISIVE": ast.Constant(decisive), "OTHERWISE": ast.Constant(not decisive)}
                body = statements(f"failure = None\n{_EACH}\n{_UNDECIDED}", parts)
            case "exists_one":
                body = statements(_COUNT, parts)
            case _:
                body = statements(_COLLECT, parts)
        name = self._program.function(node.macro, ["items", VARIABLES, *_held(scope)], body)
        return invoked(name, [self.expression(node.items, scope)], scope)


def _held(scope: Scope) -> list[str]:
    return list(scope.values())


def invoked(name: str, arguments: list[ast.expr], scope: Scope) -> ast.expr:
    return ast.Call(load(name), [*arguments, load(VARIABLES), *map(load, _held(scope))], [])


def _path(node: Node) -> str | None:
    """What a chain of names is called in a message: `case.attributes.region`."""
    match node:
        case Name(name=name):
            return name
        case DeclaredField(path=path):
            return ".".join(path)
        case Select(operand=operand, field=field):
            inner = _path(operand)
            return f"{inner}.{field}" if inner else None
    return None


def path_of(path: tuple[str, ...]) -> ast.expr:
    return ast.Tuple([ast.Constant(name) for name in path], ast.Load())
