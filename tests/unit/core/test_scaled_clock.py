"""The clock of the demonstration runs faster, from where it is told, and never backwards."""

import pytest

from tests.testing import MONDAY
from tocsin.core.clock import HOUR, SECOND, ScaledClock, stopwatch


def test_an_hour_in_a_moment() -> None:
    begun = stopwatch()
    clock = ScaledClock(MONDAY, 1_000_000)
    seen = [clock.now()]
    while seen[-1] < MONDAY + HOUR:
        seen.append(clock.now())
    real = stopwatch() - begun
    assert seen == sorted(seen)
    assert seen[0] >= MONDAY
    assert seen[-1] - MONDAY <= real * SECOND * 1_000_000


def test_time_does_not_stand_still_or_run_backwards() -> None:
    for speed in (0, -1):
        with pytest.raises(ValueError, match="backwards"):
            ScaledClock(MONDAY, speed)
