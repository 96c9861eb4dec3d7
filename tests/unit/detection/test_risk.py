"""The estimate of a risk, and the line from which on it is shown."""

from math import exp, inf, nan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tocsin.detection.risk.estimate import Fitted, Row, fit
from tocsin.detection.risk.guarantee import Following, follow, least, line


def drawn(chance: Random, amount: int, base: float, weights: tuple[float, ...]) -> list[Row]:
    rows: list[Row] = []
    for _ in range(amount):
        values = tuple(chance.random() for _ in weights)
        rows.append((values, chance.random() < Fitted(base, weights).likelihood(values)))
    return rows


def test_weights_are_found_again() -> None:
    fitted = fit(drawn(Random(1), 4000, -2.0, (3.0, 1.0, 0.0)), 3)
    assert fitted.base == pytest.approx(-2.0, abs=0.25)
    assert fitted.weights == pytest.approx((3.0, 1.0, 0.0), abs=0.35)


def test_of_one_factor_that_is_there_or_not_the_odds_are_those_of_the_counts() -> None:
    """Without a factor 10 of 100, with it 300 of 400; the ridge weighs one row."""
    rows: list[Row] = [((0.0,), n < 100) for n in range(1000)]
    rows += [((1.0,), n < 3000) for n in range(4000)]
    fitted = fit(rows, 1)
    assert 1 / (1 + exp(-fitted.base)) == pytest.approx(0.1, abs=0.01)
    assert fitted.likelihood((1.0,)) == pytest.approx(0.75, abs=0.01)


def test_no_factor_lowers_a_risk() -> None:
    fitted = fit(drawn(Random(2), 2000, 1.0, (-4.0, 1.0)), 2)
    assert fitted.weights[0] == 0
    assert fitted.weights[1] > 0


@pytest.mark.parametrize("label", [True, False])
def test_of_cases_that_all_went_alike_nothing_is_learnt(label: bool) -> None:
    assert fit([((0.5, 0.1), label)] * 30, 2).weights == (0.0, 0.0)
    assert fit([], 2).likelihood((1.0, 1.0)) == 0.5


@examples(60)
@given(st.lists(st.tuples(st.tuples(st.floats(), st.floats()), st.booleans()), max_size=12))
def test_whatever_comes_the_estimate_is_a_likelihood_and_always_the_same(rows: list[Row]) -> None:
    fitted = fit(rows, 2)
    assert fitted == fit(rows, 2)
    for values in ((nan, inf), (-inf, 1e300), (0.5, 0.5)):
        assert 0 <= fitted.likelihood(values) <= 1
    assert fitted.likelihood((1.0, 0.5)) >= fitted.likelihood((0.2, 0.5))


@pytest.mark.parametrize(
    ("known", "miss", "expected"),
    [
        ([], 0.1, 0.0),
        ([0.5] * 8, 0.1, 0.0),
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 0.1, 0.1),
        ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], 0.3, 0.3),
        ([0.4, 0.2], 1.0, 1.0),
    ],
)
def test_the_line_leaves_out_as_few_as_were_promised(known: list[float], miss: float, expected: float) -> None:
    assert line(known, miss) == expected


def test_of_how_many_one_has_to_know() -> None:
    assert [least(miss) for miss in (0.5, 0.1, 0.05)] == [1, 9, 19]
    for miss in (0.5, 0.1, 0.05):
        assert line([0.5] * least(miss), miss) > 0
        assert line([0.5] * (least(miss) - 1), miss) == 0


@pytest.mark.parametrize("miss", [0.2, 0.1, 0.05])
def test_of_cases_like_those_before_no_more_are_missed(miss: float) -> None:
    """Means over 400 draws of 60 known and 20 new cases lie within four standard errors of what is promised."""
    chance, missed = Random(3), 0
    for _ in range(400):
        at = line([chance.betavariate(2, 3) for _ in range(60)], miss)
        missed += sum(chance.betavariate(2, 3) < at for _ in range(20))
    assert missed / 8000 <= miss + 4 * (miss * (1 - miss) / 8000 * 20) ** 0.5
    assert missed / 8000 >= miss - 1 / 61 - 4 * (miss * (1 - miss) / 8000 * 20) ** 0.5


def test_a_line_that_follows_holds_where_likelihoods_sink() -> None:
    chance = Random(4)
    known = [0.4 + 0.6 * chance.random() for _ in range(300)]
    came = [0.2 + 0.6 * chance.random() for _ in range(2000)]
    static = sum(one < line(known, 0.1) for one in came) / len(came)
    followed = follow(known, came, 0.1)
    assert static > 0.3
    assert followed.missed / followed.seen == pytest.approx(0.1, abs=0.03)


def test_what_was_missed_is_made_up_for_by_showing_all() -> None:
    """However far likelihoods sink, the long run holds: the aim goes below nothing and comes back."""
    now, known = Following(0.1), [0.5] * 100
    shown = []
    for _ in range(3000):
        above = line(known, now.aim) <= 0.1
        shown.append(above)
        now = now.after(not above, 0.1)
    assert now.missed / now.seen == pytest.approx(0.1, abs=0.01)
    assert -0.03 < now.aim < 0.03
