"""Names of the house that are types: no place calls a text a level or a clock without the reader that makes one."""

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"
# Where texts become names: the policy's reader, what people type, and the tables of the names themselves.
MAKERS = {"policy/levels.py", "policy/reading/__init__.py", "policy/reading/rules.py", "clocks/kinds.py"}

_IGNORED = re.compile(r"\b(?:level|clock)s?\b.*# type: ignore")
_MADE = re.compile(r"\b(?:LevelName|ClockName)\(|\bcast\((?:LevelName|ClockName)\b|map\((?:LevelName|ClockName)\b")


def lines() -> list[tuple[str, str]]:
    """Every line of the package, with its file."""
    paths = sorted(SOURCE.rglob("*.py"))
    return [(path.relative_to(SOURCE).as_posix(), line) for path in paths for line in path.read_text().splitlines()]


def test_levels_and_clocks_are_never_forced_on_the_type_checker() -> None:
    assert [(file, line.strip()) for file, line in lines() if _IGNORED.search(line)] == []


def test_levels_and_clocks_are_made_by_their_readers_alone() -> None:
    made = {file for file, line in lines() if _MADE.search(line)}
    assert made == MAKERS
