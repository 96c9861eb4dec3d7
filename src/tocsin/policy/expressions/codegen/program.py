"""Python functions under construction."""

import ast
import threading
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any

VARIABLES = "variables"
"""The parameter of every generated function: the mapping that an expression is evaluated with."""

# Python 3.11 counts the depth of a tree once for all threads, and fails where two are built at the same time.
_ONE_AT_A_TIME = threading.Lock()
PLAIN = (str, int, float, bool, type(None))


class Program:
    """Functions that call each other, and the objects they refer to by name."""

    def __init__(self) -> None:
        self._functions: list[ast.stmt] = []
        self._globals: dict[str, Any] = {"__builtins__": {}}
        self._names: dict[int, str] = {}
        self._count = 0

    def fresh(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    def bound(self, value: Any, stem: str) -> ast.expr:
        """An expression for an object of ours: a helper, a compiled pattern, a timestamp."""
        name = self._names.get(id(value))
        if name is None:
            # The program keeps the object alive, so its id stays its own.
            name = self._names[id(value)] = self.fresh(stem)
            self._globals[name] = value
        return load(name)

    def constant(self, value: Any) -> ast.expr:
        return ast.Constant(value) if type(value) in PLAIN else self.bound(value, "constant")

    def call(self, helper: Callable[..., Any], *arguments: ast.expr) -> ast.expr:
        return ast.Call(self.bound(helper, getattr(helper, "__name__", "helper")), list(arguments), [])

    def function(self, stem: str, parameters: list[str], body: list[ast.stmt]) -> str:
        name = self.fresh(stem)
        signature = ast.arguments([], [ast.arg(parameter) for parameter in parameters], None, [], [], None, [])
        self._functions.append(ast.FunctionDef(name, signature, body, [], None, None))
        return name

    def compile(self) -> Mapping[str, Any]:
        """Run the definitions; the functions by name."""
        module = ast.fix_missing_locations(ast.Module(self._functions, []))
        code: CodeType = compile(module, "<expression>", "exec")
        # Built above from a checked tree, with no builtins in reach.
        exec(code, self._globals)  # noqa: S102
        return self._globals


def load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def statements(text: str, parts: Mapping[str, ast.expr]) -> list[ast.stmt]:
    """Statements written as Python text of ours, in which the names of `parts` stand for expressions."""
    with _ONE_AT_A_TIME:
        tree = ast.parse(text)
    return _Filler(parts).visit(tree).body  # type: ignore[no-any-return]


class _Filler(ast.NodeTransformer):
    def __init__(self, parts: Mapping[str, ast.expr]) -> None:
        self._parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        part = self._parts.get(node.id)
        if isinstance(part, ast.Name) and isinstance(node.ctx, ast.Store):
            return ast.Name(part.id, ast.Store())
        return node if part is None else part
