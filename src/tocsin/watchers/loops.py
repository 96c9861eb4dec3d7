"""The loops of a process, in one list: begun, driven, watched and ended from there.

A loop never ends by a failure, of whatever number or kind: it rests, ever longer, and tries again. One that has ended
all the same, because its thread did, ends readiness and is begun again by any other, for each looks after all.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from tocsin.core.clock import SECOND, Clock
from tocsin.core.logging import log

POLL = 0.2  # seconds between two looks for work
SELDOM = 1.0
STALE = 30 * SECOND  # without a round
LONGEST = 15.0  # seconds of rest after a failure: a loop must neither give up nor fill the log
_FIRST = 0.5
_DOUBLINGS = 10  # more would not be longer
_PATIENCE = 30  # seconds for a loop to finish what it holds


def rest_after(failures: int) -> float:
    """Seconds to rest after so many failures in a row."""
    return min(LONGEST, _FIRST * float(1 << min(failures - 1, _DOUBLINGS)))


@dataclass(slots=True, eq=False)
class Loop:
    """`step` does what is due and says how much that was; where it was nothing, the next look is after `pause` seconds,
    or as soon as `wake` is set. `beats`: its standing still is a fault. `paced`: a step is only a
    piece, after which it pauses. `lasts`: the others wait for it, so it ends after them. `watches`: it is a watcher's.
    `takes`: how the kinds of work begin that it takes; "": it has something to do also where no work is due.

    `rounded_at`: when it last got round; None: it has not begun. `failures` in a row.
    """

    name: str
    step: Callable[[], int]
    pause: float = POLL
    beats: bool = True
    paced: bool = False
    lasts: bool = False
    watches: bool = False
    takes: str = ""
    wake: threading.Event = field(default_factory=threading.Event)
    rounded_at: int | None = None
    failures: int = 0
    over: bool = False
    thread: threading.Thread | None = None

    def round(self, now: Callable[[], int]) -> float:
        """One step; seconds to rest until the next. Whatever goes wrong is this round's failure and no more."""
        try:
            done = self.step()
            self.rounded_at = now()
        except BaseException:
            self.failures += 1
            with suppress(BaseException):  # a log that cannot be written must not end it either
                log.exception("loop.failed", loop=self.name, failures=self.failures)
            return rest_after(self.failures)
        self.failures = 0
        return self.pause if self.paced or not done else 0.0

    def takes_any(self, kinds: Collection[str]) -> bool:
        """Whether it might have something to do where work of these kinds is due."""
        return not self.takes or any(kind.startswith(self.takes) for kind in kinds)

    def work(self) -> int:
        """One step, or as many as there are where they are only pieces; how much was done."""
        total = done = self.step()
        while done and self.paced:
            done = self.step()
            total += done
        return total

    @property
    def ended(self) -> bool:
        """Whether it has ended though nobody told it to."""
        return self.thread is not None and not self.thread.is_alive() and not self.over


@dataclass(slots=True)
class Loops:
    """Every loop of a process, and the one that looks after them."""

    clock: Clock
    _loops: list[Loop] = field(default_factory=list)
    _reviving: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.add(Loop("supervisor", self.revive, watches=True))

    def add(self, *loops: Loop) -> None:
        self._loops += loops

    def __iter__(self) -> Iterator[Loop]:
        return iter(self._loops)

    def named(self, name: str) -> Loop:
        [found] = [loop for loop in self._loops if loop.name == name]
        return found

    def step(self, *, watches: bool) -> int:
        """What each has to do, in the caller's thread: the watchers, or the others."""
        return sum(loop.work() for loop in self._loops if loop.watches is watches and not loop.lasts)

    def step_for(self, kinds: Collection[str]) -> int:
        """The same of those that take work of these kinds, and of those that take none."""
        return sum(loop.work() for loop in self._loops if not loop.watches and not loop.lasts and loop.takes_any(kinds))

    def start(self, *names: str) -> None:
        """Give each loop its thread, or those so named."""
        for loop in self._loops:
            if loop.thread is None and (not names or loop.name in names):
                loop.rounded_at = self.clock.now()
                self._begin(loop)

    def stop(self) -> None:
        """Let them finish what they hold; those that the others wait for end last."""
        for lasts in (False, True):
            ending = [loop for loop in self._loops if loop.lasts is lasts and loop.thread is not None]
            for loop in ending:
                loop.over = True
                loop.wake.set()
            for loop in ending:
                assert loop.thread is not None
                loop.thread.join(timeout=_PATIENCE)
                loop.thread = None

    def wake(self) -> None:
        """End every rest: what made them fail may be over."""
        for loop in self._loops:
            loop.wake.set()

    def revive(self) -> int:
        """Begin again what has ended; how many."""
        if not self.ended() or not self._reviving.acquire(blocking=False):
            return 0
        try:
            ended = [loop for loop in self._loops if loop.ended]
            for loop in ended:
                log.critical("loop.revived", loop=loop.name)
                self._begin(loop)
            return len(ended)
        finally:
            self._reviving.release()

    def stuck(self, now: int) -> list[str]:
        """The loops that should, and have not got round for 30 seconds."""
        return sorted(loop.name for loop, at in self._beating() if now - at > STALE)

    def ended(self) -> list[str]:
        """The loops that have ended though nobody told them to, and were not begun again yet."""
        return sorted(loop.name for loop in self._loops if loop.ended)

    def ages(self, now: int) -> dict[str, float]:
        """Seconds since each loop's last round."""
        return {loop.name: round((now - at) / SECOND, 3) for loop, at in self._beating()}

    def _beating(self) -> list[tuple[Loop, int]]:
        found = [(loop, loop.rounded_at) for loop in self._loops if loop.beats and loop.rounded_at is not None]
        return sorted(found, key=lambda one: one[0].name)

    def _begin(self, loop: Loop) -> None:
        thread = threading.Thread(target=self._run, args=(loop,), name=f"tocsin-{loop.name}", daemon=True)
        thread.start()
        loop.thread = thread

    def _run(self, loop: Loop) -> None:
        while not loop.over:
            rest = loop.round(self.clock.now)
            with suppress(Exception):  # where no thread can be begun now, the next round tries again
                self.revive()
            if rest:
                loop.wake.wait(rest)
                loop.wake.clear()
