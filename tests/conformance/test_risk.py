"""Of real incidents that escalate no more are missed than was promised."""

from pathlib import Path

import pytest
from examples.risk import incidents, run
from examples.uci.dataset import INCIDENTS


@pytest.fixture(scope="module")
def judged(shared_data: Path) -> list[incidents.Judged]:
    return incidents.read(shared_data / INCIDENTS).judged


@pytest.mark.parametrize("level", run.LEVELS)
def test_as_many_are_found_as_was_promised(judged: list[incidents.Judged], level: float) -> None:
    found = run.random_splits(judged, level, range(4))
    assert abs(found["coverage"]["mean"] - level) < 0.02
    assert found["area under the curve"]["mean"] > 0.6


def test_over_time_a_line_that_follows_holds_better(judged: list[incidents.Judged]) -> None:
    found = run.by_time(judged, 0.9)
    assert abs(found["following"]["coverage"] - 0.9) < 0.02
    assert abs(found["following"]["coverage"] - 0.9) <= abs(found["static"]["coverage"] - 0.9)
