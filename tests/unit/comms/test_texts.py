"""A text for the customer is made in one place alone."""

import re
from pathlib import Path

import pytest

from tocsin.comms.texts import written
from tocsin.core.errors import InvalidInput

SOURCE = Path(__file__).parents[3] / "src" / "tocsin"


def test_only_comms_makes_a_text_for_the_customer() -> None:
    makes = re.compile(r"CustomerText\(")
    makers = {path.relative_to(SOURCE).parts[0] for path in SOURCE.rglob("*.py") if makes.search(path.read_text())}
    assert makers == {"comms"}


def test_lines_end_as_lines_do_and_letters_are_composed() -> None:
    assert written("  Zwei\r\nZeilen, scho\u0308n \n").text == "Zwei\nZeilen, sch\u00f6n"


@pytest.mark.parametrize("text", [None, "", " \n", "x" * 20_001])
def test_a_text_says_something_and_is_not_endless(text: str | None) -> None:
    with pytest.raises(InvalidInput, match="text"):
        written(text)
