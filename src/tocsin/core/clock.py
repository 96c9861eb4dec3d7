"""The clock as a port: the only place that reads the machine's time.

Times everywhere are integer microseconds since 1970-01-01 UTC. Computation takes a time as an argument; only
the edge, once per transaction, asks a clock.
"""

import time
from typing import Protocol

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock(Protocol):
    """Whatever can tell the time."""

    def now(self) -> int:
        """Microseconds since the epoch, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        return time.time_ns() // 1000


class VirtualClock:
    """A clock that moves only when told, for stories, drills and replays of history."""

    def __init__(self, start: int) -> None:
        self._now = start

    def now(self) -> int:
        return self._now

    def advance(self, microseconds: int) -> int:
        """Move forward; return the new time."""
        if microseconds < 0:
            raise ValueError("a clock does not run backwards")
        self._now += microseconds
        return self._now

    def set(self, instant: int) -> None:
        """Move forward to an instant."""
        self.advance(instant - self._now)


class ScaledClock:
    """A clock that runs `speed` times as fast as the machine's, from `start`, for a demonstration."""

    def __init__(self, start: int, speed: float) -> None:
        if speed <= 0:
            raise ValueError("a clock does not run backwards")
        self._start = start
        self._speed = speed
        self._begun = time.monotonic_ns()

    def now(self) -> int:
        return self._start + int((time.monotonic_ns() - self._begun) / 1000 * self._speed)


def stopwatch() -> float:
    """Seconds on a clock that only ever runs forward: for measuring, never for deciding."""
    return time.perf_counter()


def effort() -> float:
    """Seconds that the processor has worked for this thread: for measuring what work costs, whatever else runs."""
    return time.thread_time()
