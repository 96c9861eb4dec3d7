"""Imports go down only: every import of every module is read and held against the floors, of packages and of the
folders within them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import parsed

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"

FLOORS = [
    {"core", "languages"},
    {"storage"},
    {"clocks", "ledger", "detection"},
    {"policy", "people"},
    {"roster", "guards"},
    {"cases"},
    {"intake", "tools"},
    {"connectors", "notify", "evidence"},
    {"governance"},
    {"comms", "learning", "insight"},
    {"watchers"},
    {"tables", "events", "verbs", "audit"},
    {"phrases"},
    {"installation"},
    {"runtime"},
    {"administration"},
    {"cli", "web", "api", "__main__"},
]
LEVEL = {name: level for level, names in enumerate(FLOORS) for name in names}
# Neighbours on one floor that may see each other, one way only: (who, whom).
NEIGHBOURS = {
    ("__main__", "cli"),
    ("cli", "api"),
    ("api", "web"),
    ("policy", "people"),
    ("ledger", "clocks"),
    ("audit", "events"),
}
# The folders of a package, the lowest first. A folder sees nothing of those behind it, nor by way of other modules.
FOLDERS = {
    "cases": ("happenings", "clocks", "paths", "family", "queries", "verbs", "record", "asof", "alike", "risk"),
    "policy": ("starters", "expressions", "yaml", "triggers", "schema", "lenient", "reading", "check", "backtest"),
    "api": ("description", "verbs"),
}


def package(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


def name_of(path: Path) -> str:
    parts = ["tocsin", *path.relative_to(SOURCE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> dict[str, Path]:
    return {name_of(path): path for path in SOURCE.rglob("*.py") if "versions" not in path.parts}


def imports(path: Path, known: dict[str, Path]) -> Iterator[tuple[int, str]]:
    for node in parsed.imports(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.startswith("tocsin"))
        else:
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute"
            if node.module and node.module.split(".")[0] == "tocsin":
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield node.lineno, inner if inner in known else node.module


def refused(importer: str, imported: str) -> bool:
    above, below = package(importer), package(imported)
    if not above or not below or above == below:
        return False
    assert above in LEVEL, f"{above} stands on no floor"
    assert below in LEVEL, f"{below} stands on no floor"
    return LEVEL[below] > LEVEL[above] or (LEVEL[below] == LEVEL[above] and (above, below) not in NEIGHBOURS)


def test_imports_go_down_only() -> None:
    known = modules()
    found = [
        f"{path.relative_to(SOURCE)}:{line}: {name} imports {target}"
        for name, path in known.items()
        for line, target in imports(path, known)
        if refused(name, target)
    ]
    assert not found, "\n".join(found)


def test_no_circles_between_modules() -> None:
    known = modules()
    edges = {name: {target for _, target in imports(path, known)} - {name} for name, path in known.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "a circle: " + " -> ".join([*trail[trail.index(name) :], name])
        if name in done:
            return
        for target in edges.get(name, ()):
            visit(target, (*trail, name))
        done.add(name)

    for name in edges:
        visit(name, ())


def parts(folder: str, known: dict[str, Path]) -> dict[str, set[str]]:
    """What stands in a folder, modules and folders alike, and which of its neighbours each imports from."""
    found: dict[str, set[str]] = {}
    for name, path in known.items():
        if not name.startswith(folder + "."):
            continue
        own = _part(name, folder)
        targets = {target for _, target in imports(path, known) if target.startswith(folder + ".")}
        found.setdefault(own, set()).update({_part(target, folder) for target in targets} - {own})
    return found


def _part(module: str, folder: str) -> str:
    return module.removeprefix(folder + ".").split(".")[0]


def circle(edges: dict[str, set[str]]) -> list[str]:
    """One circle among them; empty where there is none."""
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return [*trail[trail.index(name) :], name]
        if name in done:
            return []
        found = next(filter(None, (visit(target, [*trail, name]) for target in sorted(edges.get(name, ())))), [])
        done.add(name)
        return found

    return next(filter(None, (visit(name, []) for name in sorted(edges))), [])


def behind(name: str, edges: dict[str, set[str]]) -> set[str]:
    """All that something imports, directly or by way of others."""
    found, waiting = set[str](), [name]
    while waiting:
        new = edges.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def folders() -> list[str]:
    return sorted(name for name, path in modules().items() if path.name == "__init__.py" and name != "tocsin")


@pytest.mark.parametrize("folder", folders())
def test_no_circles_between_the_parts_of_a_folder(folder: str) -> None:
    found = circle(parts(folder, modules()))
    assert not found, f"a circle in {folder}: " + " -> ".join(found)


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_stand_on_floors_of_their_own(name: str) -> None:
    order, known = FOLDERS[name], modules()
    within = {folder.split(".")[2] for folder in folders() if folder.count(".") == 2 and package(folder) == name}
    assert within == set(order), "each folder has its place in the order"
    edges = parts(f"tocsin.{name}", known)
    found = [
        f"{name}/{low} sees {high}"
        for place, low in enumerate(order)
        for high in order[place + 1 :]
        if high in behind(low, edges)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"c"}, "c": {"b"}}, ["b", "c", "b"]),
    ],
)
def test_what_counts_as_a_circle(edges: dict[str, set[str]], expected: list[str]) -> None:
    assert circle(edges) == expected


@pytest.mark.parametrize(
    ("importer", "imported", "expected"),
    [
        ("tocsin.core.ids", "tocsin.storage.engine", True),
        ("tocsin.cases.verbs", "tocsin.notify.pipeline", True),
        ("tocsin.notify.pipeline", "tocsin.cases.verbs", False),
        ("tocsin.intake.accept", "tocsin.notify.pipeline", True),
        ("tocsin.connectors.calling", "tocsin.notify.alarms", True),
        ("tocsin.runtime", "tocsin.api.app", True),
    ],
)
def test_the_rule_itself(importer: str, imported: str, expected: bool) -> None:
    assert refused(importer, imported) is expected


@pytest.mark.parametrize("kind", ["stories", "faces", "conformance"])
def test_what_tests_share_is_in_no_test(kind: str) -> None:
    """A test that imports another one runs where that one does, and grows with it."""
    for path in sorted((SOURCE.parents[1] / "tests" / kind).glob("**/*.py")):
        for node in ast.walk(parsed.tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert ".test_" not in node.module, f"{path.name} imports {node.module}"
