"""Names that are types, and types that have names: no place calls a text a level or a clock without the reader that
makes one, and no name means many things."""

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests import parsed

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


# In one package a public class has a name of its own. Those that share one nevertheless, each with its reason.
SHARED = {
    "Result": "each benchmark has its own, and none is used by another",
    "Opened": "that a case was opened, as an event and as the answer to whoever opened it",
    "Handler": "the standard library's way to serve HTTP, of the demo and of a benchmark",
}


def classes() -> dict[str, list[str]]:
    """The files that define a public class of each name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(parsed.tree(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(path.relative_to(SOURCE).as_posix())
    return found


def test_a_class_has_a_name_of_its_own_in_its_package() -> None:
    packages = {name: [file.split("/")[0] for file in files] for name, files in classes().items()}
    twice = {name for name, within in packages.items() if len(within) > len(set(within))}
    assert twice == SHARED.keys()


def test_no_name_means_three_things() -> None:
    many = {name: files for name, files in classes().items() if len(files) > 2}
    assert many.keys() <= SHARED.keys(), many
