"""When a source counts as silent: by its own usual gap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.connectors.standing import is_silent, usual_gap
from tocsin.core.clock import HOUR, MINUTE

NOW = 1_000 * HOUR


def every(gap: int, amount: int = 20) -> list[int]:
    return [NOW - place * gap for place in range(amount)]


def test_too_few_say_nothing_of_the_usual_gap() -> None:
    assert usual_gap(every(MINUTE, 9)) is None
    assert usual_gap(every(MINUTE, 10)) == MINUTE
    assert not is_silent(NOW - 1_000 * MINUTE, None, NOW)
    assert not is_silent(None, None, NOW)


def test_a_burst_and_a_pause_do_not_change_the_usual_gap() -> None:
    times = [*every(5 * MINUTE, 15), NOW - 30 * HOUR]
    assert usual_gap(times) == 5 * MINUTE


@pytest.mark.parametrize(
    ("gap", "since", "silent"),
    [
        (MINUTE, 9 * MINUTE, False),  # within ten minutes nothing counts as silence
        (MINUTE, 11 * MINUTE, True),
        (HOUR, 7 * HOUR, False),
        (HOUR, 9 * HOUR, True),
    ],
)
def test_silence_is_eight_usual_gaps_and_ten_minutes_at_least(gap: int, since: int, silent: bool) -> None:
    assert is_silent(NOW - since, gap, NOW) is silent


@given(st.integers(1, 10 * HOUR), st.integers(0, 100 * HOUR), st.integers(0, HOUR))
def test_who_is_silent_stays_so_until_heard(gap: int, since: int, later: int) -> None:
    if is_silent(NOW - since, gap, NOW):
        assert is_silent(NOW - since, gap, NOW + later)
