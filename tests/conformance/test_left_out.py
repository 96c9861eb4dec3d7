"""README.md names every recorded case that is not run, and why."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance import test_cel, test_oncall
from tests.recorded import MISSING, Case, read

PAGE = Path(__file__).parent / "README.md"
BEGIN = "<!-- written by `python -m tests.conformance.test_left_out` -->\n"
WHY_NOT: dict[str, Callable[[Case], str | None]] = {"cel": test_cel.why_not, "oncall": test_oncall.why_not}


def table(subject: str) -> str:
    """The cases of a subject that are not run, by the reason."""
    named: dict[str, list[str]] = {}
    for case in read(subject):
        if (reason := WHY_NOT[subject](case)) is not None:
            named.setdefault(reason, []).append(f"`{case['id']}`")
    rows = [f"| {reason} | {', '.join(names)} |" for reason, names in named.items()]
    return "\n".join([f"| not in Tocsin ({subject}) | cases |", "|---|---|", *rows, ""])


def page() -> str:
    return PAGE.read_text().partition(BEGIN)[0] + BEGIN + "\n" + "\n".join(map(table, WHY_NOT))


@pytest.mark.skipif(not read("oncall"), reason=MISSING)
def test_the_page_names_them() -> None:
    assert PAGE.read_text() == page(), "run python -m tests.conformance.test_left_out"


if __name__ == "__main__":
    PAGE.write_text(page())
