"""A table is named in SQL by the package that declares it, and faces hold no SQL: every text and every call is read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import parsed

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"
FACES = {"cli", "api", "web"}
# They hold every table as an object; their floor is for that.
CATALOGUES = {"tables.py", "audit.py"}

# What measures the bare database.
BARE = {"cli/bench/reference.py"}

_NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+((?:\w+(?:\s+\w+)?\s*,\s*)*\w+)")
_STATEMENT = re.compile(r"\bSELECT\b|\bINSERT INTO\b|\bDELETE FROM\b|\bUPDATE \w+ SET\b|\bCREATE TABLE\b")
_ON_A_TRANSACTION = {"row", "rows", "run", "run_many", "insert"}
_ON_A_CONNECTION = {"exec_driver_sql", "execute", "executemany", "executescript"}


class Use(NamedTuple):
    file: str
    line: int
    table: str


def test_every_table_is_named_by_its_owner_alone() -> None:
    owners = declared()
    used = [use for path in sources() for use in foreign(name_of(path), path.read_text(), owners)]
    found = [f"{use.file}:{use.line} names {use.table} of {owners[use.table]}" for use in sorted(used)]
    assert not found, "\n".join([*found, "its package has a function for it, or shows columns in relations.py"])


def test_faces_hold_no_sql() -> None:
    faces = [path for path in sources() if path.relative_to(SOURCE).parts[0] in FACES]
    found = {name_of(path): list(statements(path.read_text())) for path in faces}
    strange = [f"{file}:{line}" for file, lines in found.items() for line in lines if file not in BARE]
    assert not strange, f"SQL in a face, where its package should have a function: {', '.join(strange)}"
    assert {file for file in BARE if not found[file]} == set(), "no exception is needed any more"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('tx.rows("SELECT id FROM cases WHERE state = ?")', ["cases"]),
        ('tx.rows(f"SELECT {columns} FROM work w, cases c WHERE {more}")', ["cases"]),
        ('tx.run("UPDATE cases SET state = ?")', ["cases"]),
        ('tx.rows("SELECT id FROM work" " JOIN cases ON TRUE")', ["cases"]),
        ("from tocsin.cases.tables import cases as those", ["cases"]),
        ("from tocsin.cases import tables", ["cases"]),
        ('"""How cases are read from the rows of cases."""', []),
        ('tx.rows("SELECT id FROM work WHERE kind = ?")', []),
        ("from tocsin.ledger.tables import work", []),
    ],
)
def test_what_counts_as_naming(text: str, expected: list[str]) -> None:
    found = foreign("ledger/thing.py", text, {"cases": "cases", "work": "ledger"})
    assert [use.table for use in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('found = tx.row("SELECT 1 FROM cases")', [1]),
        ("found = tx.rows(elsewhere.STATEMENT)", [1]),
        ('_SEEN = "SELECT 1"', [1]),
        ("connection.exec_driver_sql(text)", [1]),
        ('METHODS = "DELETE /webhooks/{webhook}"', []),
        ("report.rows(3)", []),
    ],
)
def test_what_counts_as_sql(text: str, expected: list[int]) -> None:
    assert sorted(set(statements(text))) == expected


def test_columns_of_a_row_have_names() -> None:
    """Whoever reads `row[7]` counts columns of a statement that stands elsewhere."""
    found = [f"{name_of(path)}:{line}" for path in sources() for line in by_place(path.read_text())]
    assert not found, "columns by their place: " + ", ".join(found)


@pytest.mark.parametrize(
    ("text", "expected"), [("x = row[4]", [1]), ("x = row[3]", []), ("x = row[1:]", []), ("x = line[7]", [])]
)
def test_what_counts_as_a_place(text: str, expected: list[int]) -> None:
    assert list(by_place(text)) == expected


def by_place(text: str) -> Iterator[int]:
    """The lines that take one of more than four columns by its number."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "row":
            place = node.slice.value if isinstance(node.slice, ast.Constant) else 0
            if isinstance(place, int) and place > 3:
                yield node.lineno


def sources() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if "versions" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def declared() -> dict[str, str]:
    """The package that declares each table."""
    return {
        node.args[0].value: path.relative_to(SOURCE).parts[0]
        for path in SOURCE.glob("*/tables.py")
        for node in ast.walk(parsed.tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Table"
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def foreign(file: str, text: str, owners: dict[str, str]) -> Iterator[Use]:
    """Where a file names tables of other packages, in a text of SQL or as an object."""
    own = file.split("/")[0]
    for node in ast.walk(ast.parse(text)):
        if file in CATALOGUES and isinstance(node, ast.ImportFrom):
            continue
        for table in _named(node, owners):
            if owners[table] != own:
                yield Use(file, getattr(node, "lineno", 0), table)


def _named(node: ast.AST, owners: dict[str, str]) -> set[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        lists = _NAMED.findall(node.value)
        return {word for found in lists for word in re.findall(r"\w+", found)} & owners.keys()
    if isinstance(node, ast.ImportFrom) and node.module:
        package, _, rest = node.module.removeprefix("tocsin.").partition(".")
        whole = any(alias.name == "tables" for alias in node.names) and not rest
        if rest == "tables" or whole:
            chosen = {alias.name for alias in node.names}
            return {table for table, owner in owners.items() if owner == package and (whole or table in chosen)}
    return set()


def statements(text: str) -> Iterator[int]:
    """The lines with a text of SQL, or with a call that carries one out."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _STATEMENT.search(node.value):
            yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on = node.func.value
            of_transaction = isinstance(on, ast.Name) and on.id == "tx" and node.func.attr in _ON_A_TRANSACTION
            if of_transaction or node.func.attr in _ON_A_CONNECTION:
                yield node.lineno
