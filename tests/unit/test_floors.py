"""Imports go down only: every import of every module is read and held against the floors."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tocsin"

FLOORS = [
    {"core", "languages"},
    {"storage"},
    {"clocks", "ledger"},
    {"policy", "people"},
    {"roster"},
    {"cases"},
    {"intake"},
    {"connectors", "notify", "evidence"},
    {"governance"},
    {"comms", "learning", "insight"},
    {"watchers"},
    {"tables", "events", "verbs", "audit"},
    {"phrases"},
    {"runtime"},
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
    ("connectors", "notify"),
}


def package(module: str) -> str:
    return module.split(".")[1] if module.count(".") else ""


def name_of(path: Path) -> str:
    parts = ["tocsin", *path.relative_to(SOURCE).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules() -> dict[str, Path]:
    return {name_of(path): path for path in SOURCE.rglob("*.py") if "versions" not in path.parts}


def imports(path: Path, known: dict[str, Path]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name.startswith("tocsin"))
        elif isinstance(node, ast.ImportFrom):
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


@pytest.mark.parametrize(
    ("importer", "imported", "expected"),
    [
        ("tocsin.core.ids", "tocsin.storage.engine", True),
        ("tocsin.cases.verbs", "tocsin.notify.pipeline", True),
        ("tocsin.notify.pipeline", "tocsin.cases.verbs", False),
        ("tocsin.intake.accept", "tocsin.notify.pipeline", True),
        ("tocsin.runtime", "tocsin.api.app", True),
    ],
)
def test_the_rule_itself(importer: str, imported: str, expected: bool) -> None:
    assert refused(importer, imported) is expected


@pytest.mark.parametrize("kind", ["stories", "faces", "conformance"])
def test_what_tests_share_is_in_no_test(kind: str) -> None:
    """A test that imports another one runs where that one does, and grows with it."""
    for path in sorted((SOURCE.parents[1] / "tests" / kind).glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert ".test_" not in node.module, f"{path.name} imports {node.module}"
