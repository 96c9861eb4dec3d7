"""From which likelihood on a case is shown, so that at most a given share of those that will escalate is missed. Pure.

The guarantee is that of split conformal prediction, by class (Vovk, Gammerman, Shafer: Algorithmic Learning in a Random
World, 2005): of cases that were not used for the estimate, those that did escalate say where the line lies. It holds as
long as what comes is like what was; where it drifts, `follow` moves the line by what was missed (Gibbs, Candès:
Adaptive Conformal Inference Under Distribution Shift, 2021).
"""

from collections.abc import Iterable, Sequence
from math import floor
from typing import NamedTuple

PACE = 0.02  # by which the aim moves at each case that escalated


def least(miss_at_most: float) -> int:
    """Of how many cases that escalated one has to know at least, before anything at all can be left out."""
    return max(1, -floor(-(1 / miss_at_most - 1))) if miss_at_most > 0 else 1 << 62


def line(escalated: Sequence[float], miss_at_most: float) -> float:
    """The likelihood from which on cases are shown, by those of cases that escalated. Where they are too few to promise
    anything, 0: every case is shown."""
    below = floor(miss_at_most * (len(escalated) + 1))
    return sorted(escalated)[below - 1] if 0 < below <= len(escalated) else 1.0 if below > len(escalated) else 0.0


class Following(NamedTuple):
    """`aim`: the share that is aimed at now, so that as many as promised are missed in the long run; below 0 every case
    is shown, for what was missed before. `missed`, `seen`: of those that escalated since."""

    aim: float
    missed: int = 0
    seen: int = 0

    def after(self, missed: bool, promised: float, pace: float = PACE) -> "Following":
        """After a case that escalated: whether it had not been shown."""
        return Following(self.aim + pace * (promised - missed), self.missed + missed, self.seen + 1)


def follow(escalated: Sequence[float], came: Iterable[float], promised: float, pace: float = PACE) -> Following:
    """How the aim moves over cases that escalated, in the order in which they came, each with its likelihood."""
    now = Following(promised)
    for likelihood in came:
        now = now.after(likelihood < line(escalated, now.aim), promised, pace)
    return now
