"""Who gets the places of a dispatcher: each receiver has a lane of its own, and as many places as it makes good use of.

A receiver that answers at once gets many places, a slow one few, and one that keeps failing one at a time with rests in
between: so neither takes the places of the others. A part is kept free for what is urgent, which also ends a rest: a
page is tried at a receiver that failed, as nobody can know that it is still down.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field

from tocsin.core.clock import SECOND

WIDE = 32  # places of a receiver that answers within `SLOW`
NARROW = 4
SLOW = 1.0  # seconds
BREAKS = 3  # failures in a row until one is tried at a time
LONGEST_REST = 30 * SECOND


@dataclass(slots=True)
class _Lane:
    busy: int = 0
    slow: bool = False
    failures: int = 0  # in a row
    rests_until: int = 0

    def width(self, now: int, wide: int, *, urgent: bool) -> int:
        if self.failures >= BREAKS:
            return 1 if urgent or now >= self.rests_until else 0
        return NARROW if self.slow else wide

    def learn(self, delivered: bool, seconds: float, now: int) -> None:
        self.slow = seconds >= SLOW
        self.failures = 0 if delivered else self.failures + 1
        if self.failures >= BREAKS:
            self.rests_until = now + min(LONGEST_REST, SECOND << min(self.failures - BREAKS, 10))

    @property
    def usual(self) -> bool:
        return not (self.busy or self.slow or self.failures)


@dataclass(slots=True)
class Lanes:
    """`places`: how many messages are on their way at once; `each`: of one channel at the most; `wide`: of a receiver
    that answers at once. Used by the thread that claims and by the one that sends."""

    places: int
    each: int
    wide: int = WIDE
    _lanes: dict[int, _Lane] = field(default_factory=dict)
    _channels: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begun(self, lane: int, channel: str) -> None:
        with self._lock:
            self._lanes.setdefault(lane, _Lane()).busy += 1
            self._channels[channel] += 1

    def ended(self, lane: int, channel: str, *, delivered: bool, seconds: float, now: int) -> None:
        """A message is no longer on its way. `delivered`: the receiver took it, or said that it never will take this
        one; `seconds`: how long it took; `now` in microseconds."""
        with self._lock:
            held = self._lanes[lane]
            held.busy -= 1
            held.learn(delivered, seconds, now)
            self._channels[channel] -= 1
            if held.usual:
                del self._lanes[lane]

    def room(self, now: int) -> "Room":
        """What is free at the instant `now`."""
        with self._lock:
            lanes = {
                lane: (held.busy, held.width(now, self.wide, urgent=True), held.width(now, self.wide, urgent=False))
                for lane, held in self._lanes.items()
            }
            return Room(self.places, self.each, self.wide, lanes, Counter(self._channels))


@dataclass(slots=True)
class Room:
    """The free places of one round of claims, from which each claim takes."""

    places: int
    each: int
    wide: int
    _lanes: dict[int, tuple[int, int, int]]  # busy, its width for what is urgent, and for the rest
    _channels: Counter[str]
    _taken: Counter[int] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        return max(0, self.places - self._channels.total())

    def of(self, lane: int, channel: str, *, urgent: bool) -> int:
        """How many messages of this lane may begin. What is not urgent leaves a quarter of all places free."""
        busy, urgently, usually = self._lanes.get(lane, (0, self.wide, self.wide))
        free = self.free if urgent else self.free - self.places // 4
        return max(
            0,
            min(
                (urgently if urgent else usually) - busy - self._taken[lane],
                self.each - self._channels[channel],
                free,
            ),
        )

    def take(self, lane: int, channel: str, amount: int) -> None:
        self._taken[lane] += amount
        self._channels[channel] += amount
