"""The vocabulary of the journal: every kind of event that the source writes is declared, once, by its own package."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests import parsed
from tocsin.core.errors import InvalidInput
from tocsin.events import KEPT, KINDS, PACKAGES, listed
from tocsin.ledger.kinds import Happening, check_pattern, matches

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"


@cache
def calls() -> Mapping[str, frozenset[str]]:
    """Names that the source calls, as a class or by its `by`, and the files that do."""
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(parsed.tree(path)):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr == "by":
                called = called.value
            if isinstance(called, ast.Attribute) and getattr(called.value, "id", None) == "threading":
                continue
            name = getattr(called, "id", None) or getattr(called, "attr", None)
            if name:
                found.setdefault(name, set()).add(str(path.relative_to(SOURCE)))
    return {name: frozenset(places) for name, places in found.items()}


def kept() -> set[str]:
    """Kinds that `Kept` writes; the tests of the proof see to it that each of them is."""
    return {kind.name for each in KEPT for kind in each.kinds}


def test_every_event_is_made_by_its_kind() -> None:
    assert {place for place in calls()["Event"] if not place.startswith("cli/")} == {
        "ledger/kinds.py",
        "ledger/keeping.py",
        "cases/happenings/deciding.py",
    }


def test_every_kind_that_is_declared_is_written() -> None:
    silent = [kind.name for kind in KINDS.values() if kind.happening and kind.happening.__name__ not in calls()]
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
