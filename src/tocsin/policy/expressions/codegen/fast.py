"""The fast translation of a checked tree: plain Python that is right as long as nothing fails."""

import ast
from collections import Counter
from collections.abc import Callable, Mapping
from functools import reduce

from tocsin.policy.expressions.codegen.exact import Exact, Scope, invoked
from tocsin.policy.expressions.codegen.program import PLAIN, VARIABLES, Program, load, statements
from tocsin.policy.expressions.functions import EQUALITIES, FUNCTIONS, RELATIONS
from tocsin.policy.expressions.limits import LISTED, MAX_LIST
from tocsin.policy.expressions.runtime import aggregates
from tocsin.policy.expressions.runtime.arithmetic import int64
from tocsin.policy.expressions.runtime.patterns import Matcher, matcher
from tocsin.policy.expressions.syntax import (
    Call,
    Conditional,
    DeclaredField,
    HasField,
    ListOf,
    Literal,
    Logic,
    MacroLoop,
    Node,
    Select,
    walk,
)
from tocsin.policy.expressions.types import BOOL, DOUBLE, DYN, INT, SCALARS, STRING, Type, is_list, is_map

Matchers = Callable[[str, str], Matcher]
"""From a declared field (`case.text`) and a regular expression to what answers it."""

_FUNCTION = """
try:
    return RESULT
except EXCEPTION:
    pass
return EXACT(VARIABLES)
"""
# A macro over too many elements gives up like any other failure; the exact translation says why.
_GUARD = f"if LENGTH(items) > {MAX_LIST}: raise TOO_LONG\n"
_EACH = """
for ELEMENT in items:
    if TERM:
        return DECISIVE
return OTHERWISE
"""
_COUNT = """
count = 0
for ELEMENT in items:
    if TERM:
        count += 1
return count == 1
"""
_COLLECT = """
found = []
for ELEMENT in items:
    if TERM:
        found.append(RESULT)
return found
"""

_COMPARE: dict[str, type[ast.cmpop]] = {
    "_==_": ast.Eq,
    "_!=_": ast.NotEq,
    "_<_": ast.Lt,
    "_<=_": ast.LtE,
    "_>_": ast.Gt,
    "_>=_": ast.GtE,
}
_ARITHMETIC: dict[str, type[ast.operator]] = {"_+_": ast.Add, "_-_": ast.Sub, "_*_": ast.Mult}
_METHODS = {"startsWith": "startswith", "endsWith": "endswith"}
_NUMBERS = {INT, DOUBLE}
# Python's == on lists of these agrees with CEL's; doubles have NaN, which a list finds equal to itself.
_SIMPLE = SCALARS - {DOUBLE}


class Fast(Exact):
    """Overrides what the static types allow to be plain; everything else stays as in the exact translation."""

    def __init__(self, program: Program, types: Mapping[Node, Type], matchers: Matchers | None = None) -> None:
        super().__init__(program)
        self._matchers = matchers
        self._types = types
        self._roots: dict[str, str] = {}

    def function(self, node: Node, exact: str = "") -> str:
        program = self._program
        shared = _shared_roots(node)
        preamble: list[ast.stmt] = []
        for root in shared:
            held = program.fresh("record")
            preamble += statements("RECORD = VALUE", {"RECORD": load(held), "VALUE": _item(load(VARIABLES), root)})
            self._roots[root] = held
        parts = {
            "RESULT": self.expression(node, {}),
            "EXCEPTION": program.bound(Exception, "Exception"),
            "EXACT": load(exact),
            "VARIABLES": load(VARIABLES),
        }
        match body := statements(_FUNCTION, parts):
            case [ast.Try() as attempt, *_]:
                attempt.body[:0] = preamble
        return program.function("condition", [VARIABLES], body)

    def expression(self, node: Node, scope: Scope) -> ast.expr:
        match node:
            case DeclaredField(path=path):
                return self._field(path, scope)
            case HasField(path=path):
                record = reduce(_item, path[1:-1], self._root(path[0], scope)) if path[1:] else load(VARIABLES)
                return ast.Compare(ast.Constant(path[-1]), [ast.In()], [record])
            case Select(operand=operand, field=field):
                return _item(self.expression(operand, scope), field)
            case Logic(operator=operator, terms=terms):
                kind = ast.And() if operator == "&&" else ast.Or()
                return ast.BoolOp(kind, [self.expression(term, scope) for term in terms])
            case Conditional(test=test, then=then, otherwise=otherwise):
                return ast.IfExp(*(self.expression(part, scope) for part in (test, then, otherwise)))
            case Call():
                return self._operation(node, scope)
        return super().expression(node, scope)

    def _root(self, name: str, scope: Scope) -> ast.expr:
        # The functions of macros take the variables, not the records of the function that calls them.
        held = None if scope else self._roots.get(name)
        return load(held) if held else _item(load(VARIABLES), name)

    def _field(self, path: tuple[str, ...], scope: Scope) -> ast.expr:
        return reduce(_item, path[1:], self._root(path[0], scope))

    def _operation(self, node: Call, scope: Scope) -> ast.expr:
        """Python's own operator, where the types of the arguments make it the same as CEL's; else the exact one."""
        given = [self._types[argument] for argument in node.arguments]
        # Once and for all: translating an argument again for another attempt would double at each level.
        operands = [self.expression(argument, scope) for argument in node.arguments]
        return self._plain(node, given, operands) or self._program.call(FUNCTIONS[node.function].run, *operands)

    def _plain(self, node: Call, given: list[Type], operands: list[ast.expr]) -> ast.expr | None:
        name = node.function
        match name, given, node.arguments:
            case "matches", [text, _], [operand, Literal(value=pattern)] if text == STRING:
                return self._program.call(self._matcher(operand, pattern), operands[0])
        if name == "@in":
            return self._in(node, given, operands)
        if name in RELATIONS and DYN not in given:
            return ast.Compare(operands[0], [_COMPARE[name]()], [operands[1]])
        if name in EQUALITIES and _plain_equality(given):
            return ast.Compare(operands[0], [_COMPARE[name]()], [operands[1]])
        if name in _ARITHMETIC and given[0] == given[1]:
            return self._arithmetic(ast.BinOp(operands[0], _ARITHMETIC[name](), operands[1]), name, given[0])
        return self._unary(node, given, operands)

    def _matcher(self, operand: Node, pattern: str) -> Matcher:
        if self._matchers is not None and isinstance(operand, DeclaredField):
            return self._matchers(".".join(operand.path), pattern)
        return matcher(pattern)

    def _arithmetic(self, operation: ast.expr, name: str, type_: Type) -> ast.expr | None:
        if type_ == INT:
            return self._program.call(int64, operation)
        if type_ == DOUBLE or (name == "_+_" and (type_ == STRING or is_list(type_))):
            return operation
        return None

    def _unary(self, node: Call, given: list[Type], operands: list[ast.expr]) -> ast.expr | None:
        match node.function, given:
            case "!_", [only] if only == BOOL:
                return ast.UnaryOp(ast.Not(), operands[0])
            case "-_", [only] if only == DOUBLE:
                return ast.UnaryOp(ast.USub(), operands[0])
            case "@widen", [only] if only in _NUMBERS:
                # Multiplying keeps -0.0 and NaN, and costs less than calling float().
                return ast.BinOp(operands[0], ast.Mult(), ast.Constant(1.0))
            case "size", [only] if only != DYN:
                return self._program.call(len, operands[0])
            case "contains", [text, part] if DYN not in (text, part):
                return ast.Compare(operands[1], [ast.In()], [operands[0]])
            case ("startsWith" | "endsWith") as name, [text, part] if DYN not in (text, part):
                return ast.Call(ast.Attribute(operands[0], _METHODS[name], ast.Load()), [operands[1]], [])
        return None

    def _in(self, node: Call, given: list[Type], operands: list[ast.expr]) -> ast.expr | None:
        value, container = given
        if not container.parameters or value not in _SIMPLE or container.parameters[0] != value:
            return None
        constants = _constants(node.arguments[1])
        if constants is not None:
            # Either becomes a constant when Python compiles it, the set a frozenset.
            choice = ast.Tuple(constants, ast.Load()) if len(constants) <= LISTED else ast.Set(constants)
            return ast.Compare(operands[0], [ast.In()], [choice])
        if is_map(container) and value != STRING:
            return None
        return ast.Compare(operands[0], [ast.In()], [operands[1]])

    def _loop(self, node: MacroLoop, scope: Scope) -> ast.expr:
        program = self._program
        element = program.fresh("element")
        inner = scope | {node.variable: element}
        term: ast.expr = self.expression(node.predicate, inner) if node.predicate else ast.Constant(True)
        decisive = node.macro == "exists"
        parts = {
            "LENGTH": program.bound(len, "len"),
            "TOO_LONG": program.bound(OverflowError, "OverflowError"),
            "ELEMENT": load(element),
            "TERM": ast.UnaryOp(ast.Not(), term) if node.macro == "all" else term,
            "RESULT": self.expression(node.result, inner) if node.result else load(element),
            "DECISIVE": ast.Constant(decisive),
            "OTHERWISE": ast.Constant(not decisive),
        }
        template = {"all": _EACH, "exists": _EACH, "exists_one": _COUNT}.get(node.macro, _COLLECT)
        name = program.function(node.macro, ["items", VARIABLES, *scope.values()], statements(_GUARD + template, parts))
        items = self.expression(node.items, scope)
        if self._types[node.items] == DYN:
            items = program.call(aggregates.elements, items)
        return invoked(name, [items], scope)


def _plain_equality(given: list[Type]) -> bool:
    one, other = given
    if STRING in given:
        return True  # a string equals nothing but a string, in Python as in CEL
    if {one, other} <= _NUMBERS or (one == other and one in SCALARS):
        return True
    return one == other and is_list(one) and one.parameters[0] in _SIMPLE


def _constants(node: Node) -> list[ast.expr] | None:
    """The elements of a list written out in full, else None."""
    if not isinstance(node, ListOf):
        return None
    values = [element.value for element in node.elements if isinstance(element, Literal)]
    plain = len(values) == len(node.elements) and all(type(value) in PLAIN for value in values)
    return [ast.Constant(value) for value in values] if plain else None


def _item(container: ast.expr, key: str) -> ast.expr:
    return ast.Subscript(container, ast.Constant(key), ast.Load())


def _shared_roots(node: Node) -> list[str]:
    """Records that the expression reads more than once, in a fixed order."""
    inside = {below for loop in walk(node) if isinstance(loop, MacroLoop) for below in _bodies(loop)}
    roots = Counter(
        part.path[0]
        for part in walk(node)
        if isinstance(part, DeclaredField | HasField) and len(part.path) > 1 and part not in inside
    )
    return sorted(root for root, count in roots.items() if count > 1)


def _bodies(loop: MacroLoop) -> list[Node]:
    return [below for body in (loop.predicate, loop.result) if body for below in walk(body)]
