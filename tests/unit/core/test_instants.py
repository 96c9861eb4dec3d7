from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core import instants
from tocsin.core.errors import InvalidInput

INSTANTS = st.integers(min_value=instants.EARLIEST, max_value=instants.LATEST - 1)


@given(INSTANTS)
def test_text_reads_back(instant: int) -> None:
    assert instants.from_text(instants.to_text(instant)) == instant


@given(INSTANTS)
def test_text_is_that_of_the_library(instant: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    assert instants.to_text(instant) == moment.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "is not an instant"),
        ("2026-11-22T09:30:00", "has no zone"),
        ("9999-12-31T23:59:59Z", "out of range"),
        ("1969-12-31T23:59:59Z", "out of range"),
        ("", "is not an instant"),
    ],
)
def test_what_is_no_instant_is_refused_by_name(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        instants.from_text(text, "due_at")
    assert caught.value.place == "due_at"
