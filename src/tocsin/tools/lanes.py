"""Who gets the places of a dispatcher: each receiver has a lane of its own, and as many places as it makes good use of.

A receiver that has answered at once gets many places; one that is slow, or not known yet, few; and one that keeps
failing one at a time with rests in between. All that are not known to be quick have half of a channel's places
together: so many slow ones take nothing from the quick ones either. A part is kept free for what is urgent, which also
ends a rest: a page is tried at a receiver that failed, as nobody can know that it is still down.
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
    unproved: int = 0  # of those, what began while it was not known to be quick
    quick: bool = False  # its last answer came within `SLOW`
    failures: int = 0  # in a row
    rests_until: int = 0

    def width(self, now: int, wide: int, *, urgent: bool) -> int:
        if self.failures >= BREAKS:
            return 1 if urgent or now >= self.rests_until else 0
        return wide if self.quick else min(NARROW, wide)

    def learn(self, delivered: bool, seconds: float, now: int) -> None:
        self.failures = 0 if delivered else self.failures + 1
        self.quick = delivered and seconds < SLOW
        if self.failures >= BREAKS:
            self.rests_until = now + min(LONGEST_REST, SECOND << min(self.failures - BREAKS, 10))


@dataclass(slots=True)
class Lanes:
    """`places`: how many messages are on their way at once; `each`: of one channel at the most; `wide`: of a receiver
    that answers at once. Used by the thread that claims and by the one that sends. Remembers a few numbers of every
    receiver."""

    places: int
    each: int
    wide: int = WIDE
    _lanes: dict[int, _Lane] = field(default_factory=dict)
    _channels: Counter[str] = field(default_factory=Counter)
    _unproved: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begun(self, lane: int, channel: str) -> None:
        with self._lock:
            held = self._lanes.setdefault(lane, _Lane())
            held.busy += 1
            self._channels[channel] += 1
            if not held.quick:
                held.unproved += 1
                self._unproved[channel] += 1

    def ended(self, lane: int, channel: str, *, delivered: bool, seconds: float, now: int) -> None:
        """A message is no longer on its way. `delivered`: the receiver took it, or said that it never will take this
        one; `seconds`: how long it took; `now` in microseconds."""
        with self._lock:
            held = self._lanes[lane]
            held.busy -= 1
            self._channels[channel] -= 1
            if held.unproved:
                held.unproved -= 1
                self._unproved[channel] -= 1
            held.learn(delivered, seconds, now)

    def room(self, now: int) -> "Room":
        """What is free at the instant `now`."""
        with self._lock:
            return Room(self, now, Counter(self._channels), Counter(self._unproved))

    def lane(self, lane: int, now: int, *, urgent: bool) -> tuple[int, bool]:
        """How many more messages of this lane may begin by its own measure, and whether it is known to be quick."""
        with self._lock:
            held = self._lanes.get(lane) or _Lane()
            return held.width(now, self.wide, urgent=urgent) - held.busy, held.quick


@dataclass(slots=True)
class Room:
    """The free places of one round of claims, from which each claim takes."""

    lanes: Lanes
    now: int
    _channels: Counter[str]
    _unproved: Counter[str]
    _taken: Counter[int] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        return max(0, self.lanes.places - self._channels.total())

    def of(self, lane: int, channel: str, *, urgent: bool) -> int:
        """How many messages of this lane may begin. What is not urgent leaves a quarter of all places free."""
        own, quick = self.lanes.lane(lane, self.now, urgent=urgent)
        limits = [
            own - self._taken[lane],
            self.lanes.each - self._channels[channel],
            self.free if urgent else self.free - self.lanes.places // 4,
        ]
        if not quick:
            half = max(1, self.lanes.each // 2)
            limits.append((half if urgent else half - half // 4) - self._unproved[channel])
        return max(0, min(limits))

    def take(self, lane: int, channel: str, amount: int) -> None:
        self._taken[lane] += amount
        self._channels[channel] += amount
        if not self.lanes.lane(lane, self.now, urgent=True)[1]:
            self._unproved[channel] += amount
