"""Pages that lead through the code lead somewhere: a file that they name is there, and what they name in it too."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests import parsed

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tocsin"
# `test_extending` carries out what `extending.md` says, in files that are not there yet.
PAGES = [path for path in (*sorted(ROOT.glob("docs/**/*.md")), ROOT / "CONTRIBUTING.md") if path.name != "extending.md"]
# `cases/timers.py: fire_due`, or the file alone; a page may break the line between the two.
PLACE = re.compile(r"`([\w/]+\.py)(?::\s+(\w+))?`")
INVENTED = re.compile(r"(post_)?\d{4}_what\.py")  # a migration that somebody adds


@cache
def files() -> list[Path]:
    return [path for folder in ("src", "tests", "frontend", "examples") for path in (ROOT / folder).rglob("*.py")]


def meant(name: str) -> list[Path]:
    """The files that a page means: from `src/tocsin`, `src` or the root; a name without a folder may stand in any."""
    if "/" in name:
        return [path for path in (SOURCE / name, SOURCE.parent / name, ROOT / name) if path.is_file()]
    return [path for path in files() if path.name == name]


def defined(path: Path) -> set[str]:
    tree = parsed.tree(path)
    found = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def wrong(text: str) -> list[str]:
    """The places in a text that lead nowhere."""
    found = []
    for name, inner in PLACE.findall(text):
        if INVENTED.fullmatch(name):
            continue
        there = meant(name)
        if not there:
            found.append(name)
        elif inner and not any(inner in defined(path) for path in there):
            found.append(f"{name}: {inner}")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_in_the_code_is_there(page: Path) -> None:
    assert wrong(page.read_text()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`cases/timers.py: fire_due`, `cases/timers.py:\n   fire_due`, `timers.py`", []),
        ("`cases/timers.py: fire_all`", ["cases/timers.py: fire_all"]),
        ("`cases/clocks/timers.py`, `no_such.py`", ["cases/clocks/timers.py", "no_such.py"]),
    ],
)
def test_what_counts_as_a_place_that_leads_nowhere(text: str, expected: list[str]) -> None:
    assert wrong(text) == expected
