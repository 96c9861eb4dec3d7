"""Counts that are out of the usual: by their chance, robust against past surges, quiet at night."""

from collections import Counter
from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.core.clock import HOUR, MINUTE
from tocsin.detection.arrivals import HOURS, LEAST, Usual, surge, tail, usual

NOW = 60 * HOURS  # in hours since the epoch
CALM = Counter({at: 4 if 8 <= at % 24 < 18 else 0 for at in range(NOW - 8 * HOURS, NOW)})


@pytest.mark.parametrize(("count", "mean"), [(1, 0.5), (3, 2.0), (10, 4.0), (25, 10.0)])
def test_with_almost_no_spread_it_is_the_tail_of_poisson(count: int, mean: float) -> None:
    poisson = 1 - sum(exp(-mean) * mean**at / factorial(at) for at in range(count))
    assert tail(count, mean, 1e-6) == pytest.approx(poisson, rel=1e-3)


def test_more_spread_makes_large_counts_likelier() -> None:
    assert tail(20, 5, 0.05) < tail(20, 5, 0.3) < tail(20, 5, 1.0)
    assert tail(0, 5, 0.3) == 1.0


@given(st.integers(0, 300), st.floats(0.01, 200), st.floats(0.05, 1.0))
def test_a_chance_is_one_and_falls_with_the_count(count: int, mean: float, spread: float) -> None:
    here, more = tail(count, mean, spread), tail(count + 1, mean, spread)
    assert 0 <= more <= here <= 1


def test_the_hour_of_the_week_is_what_is_usual() -> None:
    day, night = usual(CALM, NOW + 12, NOW - 8 * HOURS), usual(CALM, NOW + 3, NOW - 8 * HOURS)
    assert 3 < day.rate < 4.5
    assert night.rate < 0.3


def test_a_surge_that_is_past_does_not_become_usual() -> None:
    before = usual(CALM, NOW + 12, NOW - 8 * HOURS)
    after = usual(CALM + Counter({NOW + 12 - HOURS: 200}), NOW + 12, NOW - 8 * HOURS)
    assert after.rate < before.rate * 1.5


def times(count: int, within: int) -> list[int]:
    now = NOW * HOUR
    return [now - place * within // count for place in range(count)]


def test_a_surge_says_its_numbers() -> None:
    found = surge(times(20, 20 * MINUTE), NOW * HOUR, Usual(4, 0.1))
    assert found is not None
    assert (found.amount, found.window) == (20, 30 * MINUTE)
    assert found.expected == 2
    assert found.chance < 1e-4


@pytest.mark.parametrize(("count", "rate"), [(LEAST - 1, 0.02), (4, 4), (8, 8), (12, 10)])
def test_what_is_usual_or_little_is_no_surge(count: int, rate: float) -> None:
    assert surge(times(count, HOUR), NOW * HOUR, Usual(rate, 0.3)) is None


@given(st.lists(st.integers(-(10**18), 10**18), max_size=50), st.floats(0, 1000), st.floats(0.05, 1))
def test_whatever_comes_it_answers(found: list[int], rate: float, spread: float) -> None:
    answer = surge(found, 0, Usual(max(0.02, rate), spread))
    assert answer is None or (answer.amount >= LEAST and answer.chance <= 1e-4)


def test_where_nothing_is_known_yet_it_is_careful() -> None:
    first = usual(Counter(), NOW, NOW - 3)
    assert first.spread == 1.0
    assert surge(times(5, HOUR), NOW * HOUR, first) is not None  # out of nothing, five in an hour are much
