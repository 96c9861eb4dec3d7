"""Tests stand alone: what several share is in modules of its own."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
_OTHER = re.compile(r"^\s*(?:from|import) tests\.(?:\w+\.)*test_|^\s*from tests[.\w]* import .*\btest_\w+", re.M)


def test_no_test_imports_another() -> None:
    assert [
        str(path.relative_to(TESTS)) for path in sorted(TESTS.rglob("*.py")) if _OTHER.search(path.read_text())
    ] == []
