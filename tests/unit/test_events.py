"""The vocabulary of the journal: every kind of event that the source writes is declared, once, by its own package."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin.core.errors import InvalidInput
from tocsin.events import KEPT, KINDS, PACKAGES, listed
from tocsin.ledger.kinds import Happening, check_pattern, matches

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"


def made(name: str) -> Iterator[str]:
    """Where a call of this name, or of its `by`, makes something."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                made = node.func
                if isinstance(made, ast.Attribute):
                    made = made.value if made.attr == "by" else ast.Name(made.attr)
                if isinstance(made, ast.Name) and made.id == name:
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}"


def kept() -> set[str]:
    """Kinds that `Kept` writes; the tests of the proof see to it that each of them is."""
    return {kind.name for each in KEPT for kind in each.kinds}


def test_every_event_is_made_by_its_kind() -> None:
    assert {place.partition(":")[0] for place in made("Event") if not place.startswith("cli/")} == {
        "ledger/kinds.py",
        "ledger/keeping.py",
        "cases/happenings/deciding.py",
    }


def test_every_kind_that_is_declared_is_written() -> None:
    silent = [kind.name for kind in KINDS.values() if kind.happening and not list(made(kind.happening.__name__))]
    assert silent == []
    assert {kind.name for kind in KINDS.values() if kind.happening is None} == kept()


def test_every_kind_is_listed_by_its_package() -> None:
    assert {kind.name for kind in listed()} == KINDS.keys()
    assert all(any(kind in package.EVENTS for package in PACKAGES) for kind in KINDS.values())


def test_kinds_are_unique() -> None:
    with pytest.raises(ValueError, match=r"case\.opened is declared twice"):
        type("Again", (Happening,), {"KIND": "case.opened", "TITLE": "Again"})


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
