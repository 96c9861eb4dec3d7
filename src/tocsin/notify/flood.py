"""When somebody gets too many notices: the further ones are kept, and go out together once the flood's window has
passed. Pure.

At most `MOST` messages go to one destination within `WINDOW`. What comes then waits for a digest, which goes out as
soon as that would break the rule no more; until then everything that comes joins it, so that nothing overtakes.
"""

from dataclasses import dataclass
from typing import NamedTuple

from tocsin.core.clock import MINUTE

MOST = 5
WINDOW = 10 * MINUTE
LARGEST = 500  # notices in one digest; a receiver takes no message without end


class WaitingDigest(NamedTuple):
    """A digest that has not gone out yet, when it is due, and how many notices it holds."""

    digest: int
    due_at: int
    size: int


class Single(NamedTuple):
    """The notice goes out at once, by itself."""


class Joins(NamedTuple):
    """The notice goes out in a digest that waits already."""

    digest: int


class Begins(NamedTuple):
    """The notice begins a digest, which goes out at this time (microseconds)."""

    due_at: int


Verdict = Single | Joins | Begins


@dataclass(slots=True)
class Flow:
    """The notices to one destination. `gone`: when the messages of the last window went out, in any order; `waiting`:
    the digest that waits, the newest where there are several."""

    gone: list[int]
    waiting: WaitingDigest | None = None

    def judge(self, now: int) -> Verdict:
        """How a notice of this instant goes out. The caller tells `went` or `waits` what came of it."""
        if self.waiting is not None:
            full = self.waiting.size >= LARGEST
            return Begins(max(now, self.waiting.due_at)) if full else Joins(self.waiting.digest)
        recent = sorted((at for at in self.gone if at > now - WINDOW), reverse=True)
        return Single() if len(recent) < MOST else Begins(recent[MOST - 1] + WINDOW)

    def went(self, now: int) -> None:
        """A message went out by itself."""
        self.gone.append(now)

    def waits(self, digest: int, due_at: int) -> None:
        """A notice was kept for this digest."""
        held = self.waiting
        size = held.size + 1 if held is not None and held.digest == digest else 1
        self.waiting = WaitingDigest(digest, due_at, size)
