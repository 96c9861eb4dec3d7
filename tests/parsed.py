"""Python files as trees, each parsed once a process: many tests of the house read all of them."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree(path: Path) -> ast.Module:
    """What the file is made of. Nobody changes it."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Every import of the file, wherever it stands."""
    return tuple(node for node in ast.walk(tree(path)) if isinstance(node, ast.Import | ast.ImportFrom))
