"""What is said of two revisions that were measured in turn."""

import pytest
from examples.pairs import interval, lines


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        ([1.1], (1.1, 1.1, 0.0)),
        ([1.3, 1.1, 1.2, 1.5, 1.4], (1.1, 1.5, 0.9375)),  # too few to be as sure as is wanted
        ([1.6, 1.3, 1.1, 1.2, 1.5, 1.4], (1.1, 1.6, 0.96875)),
        ([float(rank) for rank in range(10)], (1.0, 8.0, 1 - 22 / 1024)),
        ([float(rank) for rank in range(20)], (5.0, 14.0, 0.9586105)),
    ],
)
def test_the_interval_of_a_median_is_that_of_ordered_values(
    ratios: list[float], expected: tuple[float, float, float]
) -> None:
    assert interval(ratios) == pytest.approx(expected, abs=1e-6)


def test_a_ratio_is_of_one_pair() -> None:
    pairs = [
        {"what": "decide", "before": {"cost": 10.0}, "after": {"cost": 11.0}},
        {"what": "decide", "before": {"cost": 40.0}, "after": {"cost": 44.0}},
        {"what": "timers", "before": {"other": 10.0}, "after": {"other": 5.0}},
    ]
    assert list(lines(pairs)) == [
        "cost: 1.100 (1.100 to 1.100, 50.0% of 2 pairs), 25.0 µs before, 27.5 µs after",
        "other: 0.500 (0.500 to 0.500, 0.0% of 1 pairs), 10.0 µs before, 5.0 µs after",
    ]
