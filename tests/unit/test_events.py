"""The vocabulary of the journal: every kind of event that the source writes is declared, once, by its own package."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin.core.errors import InvalidInput
from tocsin.events import KEPT, KINDS
from tocsin.ledger.kinds import EventKind, check_pattern, collect, matches

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"


def written() -> Iterator[tuple[str, str]]:
    """Where an `Event(...)` is made, and of what kind."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Event" and node.args:
                place = f"{path.relative_to(SOURCE)}:{node.lineno}"
                kind = node.args[0]
                if path.name == "keeping.py":
                    continue
                if isinstance(kind, ast.Name):
                    module = ".".join(("tocsin", *path.relative_to(SOURCE).with_suffix("").parts))
                    yield place, getattr(importlib.import_module(module), kind.id)
                else:
                    assert isinstance(kind, ast.Constant), f"{place}: the kind of an event is a constant"
                    yield place, str(kind.value)


def kept() -> set[str]:
    """Kinds that `Kept` writes; the tests of the proof see to it that each of them is."""
    return {kind.name for each in KEPT for kind in each.kinds}


def test_every_kind_that_is_written_is_declared() -> None:
    found = dict(written())
    assert len(found) > 20
    assert {place: kind for place, kind in found.items() if kind not in KINDS} == {}


def test_every_kind_that_is_declared_is_written() -> None:
    assert KINDS.keys() - {kind for _, kind in written()} - kept() == set()


def test_kinds_are_unique() -> None:
    kind = EventKind("case.opened", "again", ())
    with pytest.raises(ValueError, match=r"case\.opened is declared twice"):
        collect([KINDS.values(), [kind]])


def test_kinds_explain_themselves() -> None:
    for kind in KINDS.values():
        family, _, what = kind.name.partition(".")
        assert family, kind.name
        assert what, kind.name
        assert kind.says[0].isupper(), kind.name
        assert not kind.says.endswith("."), kind.name


@pytest.mark.parametrize(
    ("pattern", "kind", "expected"),
    [
        ("case.opened", "case.opened", True),
        ("case.opened", "case.opened2", False),
        ("case.*", "case.opened", True),
        ("case.*", "casework.opened", False),
        ("*", "path.stepped", True),
    ],
)
def test_patterns(pattern: str, kind: str, expected: bool) -> None:
    assert matches(pattern, kind) is expected


@pytest.mark.parametrize("pattern", ["", "*.*", "cas*", "nothing.*", "case.", "CASE.*"])
def test_a_pattern_that_means_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput, match="means no kind"):
        check_pattern(pattern, KINDS)


def literals() -> Iterator[tuple[str, str, set[str]]]:
    """Where an event is made of a payload that is spelled out there, its kind, and the fields."""
    for path in SOURCE.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            spelled = _spelled_out(function)
            for node in ast.walk(function):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Event"):
                    continue
                match node.args:
                    case [ast.Constant(value=str(kind)), payload, *_]:
                        fields = spelled.get(payload.id) if isinstance(payload, ast.Name) else _fields(payload)
                        if fields is not None:
                            yield f"{path.relative_to(SOURCE)}:{node.lineno}", kind, fields


def _spelled_out(function: ast.FunctionDef) -> dict[str, set[str] | None]:
    """The fields of each local name that is made of a literal; None where one is made in another way, too."""
    found: dict[str, set[str] | None] = {}
    for node in ast.walk(function):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                found[name] = _fields(value) if name not in found else None
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
                found[name] = None
            case _:
                pass
    return found


def _fields(value: ast.expr) -> set[str] | None:
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        left, right = _fields(value.left), _fields(value.right)
        return None if left is None or right is None else left | right
    if not isinstance(value, ast.Dict):
        return None
    names = {key.value for key in value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return names if len(names) == len(value.keys) else None


def test_whoever_writes_an_event_writes_all_of_its_fields() -> None:
    found = list(literals())
    assert len(found) > 60
    wrong = {place: (kind, set(KINDS[kind].fields) ^ fields) for place, kind, fields in found}
    assert {place: what for place, what in wrong.items() if what[1]} == {}
