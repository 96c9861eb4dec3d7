"""README.md names every recorded case that is not run, and why."""

import pytest

from tests.conformance.beyond import PAGE, SUBJECTS, page
from tests.recorded import MISSING, read


@pytest.mark.skipif(not all(map(read, SUBJECTS)), reason=MISSING)
def test_the_page_names_them() -> None:
    assert PAGE.read_text() == page(), "run python -m tests.conformance.beyond"
