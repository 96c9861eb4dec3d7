"""How spans and clocks are said."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.clocks import saying
from tocsin.clocks.kinds import BUILT_IN
from tocsin.core.clock import DAY, HOUR, MINUTE, SECOND
from tocsin.core.wording import plain

NOW = 1_700_000_000 * SECOND


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (0, "0 s"),
        (45 * SECOND, "45 s"),
        (MINUTE - 1, "59 s"),
        (MINUTE, "1 m"),
        (13 * MINUTE + 40 * SECOND, "13 m"),
        (HOUR, "1 h"),
        (2 * HOUR + 5 * MINUTE, "2 h 5 m"),
        (DAY, "1 d"),
        (3 * DAY, "3 d"),
        (3 * DAY + 4 * HOUR + 59 * MINUTE, "3 d 4 h"),
        (3 * DAY + 59 * MINUTE, "3 d"),
    ],
)
def test_a_span(span: int, said: str) -> None:
    assert saying.span(span) == said


@pytest.mark.parametrize(
    ("clock", "due", "said"),
    [
        ("acknowledge", 13 * MINUTE, "Ack due in 13 m"),
        ("contain", 0, "Containment due in 0 s"),
        ("resolve", -2 * HOUR, "Resolution overdue by 2 h"),
        ("assign", -SECOND, "Assignment overdue by 1 s"),
        ("update", DAY, "Customer update due in 1 d"),
        ("idle", 30 * HOUR, "Owner activity due in 1 d 6 h"),
    ],
)
def test_a_clock_in_a_list(clock: str, due: int, said: str) -> None:
    assert saying.state(clock, "a title", NOW + due, NOW) == said


def test_a_clock_in_a_sentence() -> None:
    assert (
        plain(saying.is_due(saying.whole("acknowledge"), "03:45 on Tue 3 Mar"))
        == "acknowledgement is due at 03:45 on Tue 3 Mar"
    )
    assert plain(saying.is_due(saying.whole("contain"), "03:45")) == "containment is due at 03:45"


def test_every_clock_has_a_name() -> None:
    assert all(saying.name(clock, "")[0].isupper() for clock in BUILT_IN)


def test_a_clock_of_a_policy_is_called_by_its_title() -> None:
    assert saying.state("rca", "Cause explained", NOW + DAY, NOW) == "Cause explained due in 1 d"


@given(st.integers(0, 4_000 * DAY))
def test_a_span_is_never_longer_than_it_is_and_off_by_less_than_its_smallest_unit(span: int) -> None:
    sizes = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
    parts = re.findall(r"(\d+) ([dhms])", saying.span(span))
    told = sum(int(amount) * sizes[unit] for amount, unit in parts)
    coarse = {"d": HOUR, "h": MINUTE, "m": MINUTE, "s": SECOND}[parts[0][1]]
    assert 0 <= span - told < coarse


@pytest.mark.parametrize(("text", "says"), [("4h", "4h"), ("1bd", "1 business day"), ("5bd", "5 business days")])
def test_a_duration_of_a_policy_in_words(text: str, says: str) -> None:
    assert plain(saying.duration(text)) == says
