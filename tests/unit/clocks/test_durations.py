import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.clocks.durations import (
    MOST_BUSINESS_DAYS,
    MOST_DAYS,
    MOST_WORKING,
    PATTERN,
    Duration,
    parse,
)
from tocsin.core.clock import DAY, HOUR, MINUTE, SECOND
from tocsin.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "duration", "written"),
    [
        ("90s", Duration("working", 90 * SECOND), "90s"),
        ("15m", Duration("working", 15 * MINUTE), "15m"),
        ("60m", Duration("working", HOUR), "1h"),
        ("4h", Duration("working", 4 * HOUR), "4h"),
        ("1h30m", Duration("working", 90 * MINUTE), "90m"),
        ("24h", Duration("working", DAY), "24h"),
        ("7d", Duration("days", 7), "7d"),
        ("1bd", Duration("business_days", 1), "1bd"),
        ("0s", Duration("working", 0), "0s"),
        ("0d", Duration("days", 0), "0d"),
    ],
)
def test_reading_and_writing(text: str, duration: Duration, written: str) -> None:
    assert parse(text) == duration
    assert str(duration) == written


@given(
    st.one_of(
        st.integers(0, MOST_WORKING // SECOND).map(lambda seconds: Duration("working", seconds * SECOND)),
        st.integers(0, MOST_DAYS).map(lambda days: Duration("days", days)),
        st.integers(0, MOST_BUSINESS_DAYS).map(lambda days: Duration("business_days", days)),
    )
)
def test_what_is_written_is_read(duration: Duration) -> None:
    assert parse(str(duration)) == duration


@pytest.mark.parametrize(
    "text", ["", "h", "15", "15 m", "-5m", "1.5h", "30m1h", "1w", "1d12h", "5M", "1bd2h", "٣m", "15m\n", "9" * 10 + "s"]
)
def test_what_is_not_a_duration(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"resolve: .*expected a duration such as") as caught:
        parse(text, "resolve")
    assert caught.value.place == "resolve"


@pytest.mark.parametrize(
    ("text", "expected"), [("87841h", "87840h"), ("3661d", "3660d"), ("3661bd", "3660bd"), ("999999999s", "87840h")]
)
def test_absurd_lengths(text: str, expected: str) -> None:
    with pytest.raises(InvalidInput, match=f"too long; expected at most {expected}"):
        parse(text)


def test_numbers_without_a_unit() -> None:
    with pytest.raises(InvalidInput, match="15 has no unit"):
        parse(15)  # type: ignore[arg-type]


def test_elapsed_time() -> None:
    assert parse("90s").microseconds == 90 * SECOND
    assert parse("7d").microseconds == 7 * DAY
    with pytest.raises(InvalidInput, match="3bd needs a calendar"):
        _ = parse("3bd").microseconds


@given(st.text("0123456789hmsbd", max_size=8))
def test_the_pattern_for_schemas_says_the_same(text: str) -> None:
    import re

    try:
        parse(text)
    except InvalidInput as refused:
        if "too long" in str(refused):
            return
        assert not re.search(PATTERN, text)
    else:
        assert re.search(PATTERN, text)
