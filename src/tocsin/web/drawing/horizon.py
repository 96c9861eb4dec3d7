"""What falls due next, on one axis of time: late on the left, then quarters of an hour, hours, half a day. Pure.

The axis is neither even nor logarithmic: the next quarter of an hour gets as much room as the hour after it, because
that is what somebody can still change.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from tocsin.core.clock import HOUR, MINUTE

STOPS = ((-HOUR, 0.0), (0, 11.0), (15 * MINUTE, 35.0), (HOUR, 59.0), (4 * HOUR, 81.0), (12 * HOUR, 100.0))
LANES = 3
MOST = 24  # marks: more could not be told apart
_LETTER, _GAP, _WIDTH = 6.5, 26, 880  # of a label, in pixels, on a line that is so wide
MARK = 1.1  # how wide a mark is, in per cent of that line
_COUNTED = 4.5  # how wide one is with how many others it stands for


class Due(NamedTuple):
    """Something that falls due: its words, the number of its case, and when. `promised`: to a customer."""

    text: str
    number: str
    address: str
    at: int
    tone: Literal["calm", "risk", "late"]
    promised: bool = False


class Pin(NamedTuple):
    """Where it stands: `x` in per cent, and in which lane. `left`: its words stand before its mark, not behind it.
    `silent`: it has no room for words; its mark stands on the axis, below the lanes, and says them to
    whoever points at it. `others`: what would stand on it; how many these are, is said beside it."""

    due: Due
    x: float
    lane: int
    left: bool
    silent: bool = False
    others: tuple[Due, ...] = ()


def place(span: int) -> float:
    """Where on the axis stands what is due in `span` microseconds, in per cent."""
    within = max(STOPS[0][0], min(STOPS[-1][0], span))
    for (begin, from_x), (end, to_x) in pairwise(STOPS):
        if within <= end:
            return round(from_x + (to_x - from_x) * (within - begin) / (end - begin), 2)
    return STOPS[-1][1]


def pins(due: Iterable[Due], now: int) -> Sequence[Pin]:
    """All of them with their places, so that no words overlap, and no mark covers another."""
    ends = [-100.0] * LANES
    found: list[Pin] = []
    for one in sorted(due, key=lambda one: one.at):
        if one.at - now > STOPS[-1][0]:
            break
        x = place(one.at - now)
        width = 100 * ((len(one.text) + len(one.number) + 1) * _LETTER + _GAP) / _WIDTH
        left = x + width > 100
        begin = x - width if left else x
        free = next((lane for lane, end in enumerate(ends) if end <= begin), None) if len(found) < MOST - 1 else None
        if free is not None:
            ends[free] = begin + width
            found.append(Pin(one, x, free, left))
        elif (under := _under(found, x)) is not None:
            found[under] = found[under]._replace(others=(*found[under].others, one))
        else:
            found.append(Pin(one, x, LANES, left, silent=True))
    return found


def _under(found: Sequence[Pin], x: float) -> int | None:
    """The pin without words that a mark at `x` would cover; the last one, where there are enough."""
    covered = [number for number, pin in enumerate(found) if pin.silent and abs(pin.x - x) < _COUNTED]
    if covered:
        return covered[0]
    silent = [number for number, pin in enumerate(found) if pin.silent]
    return silent[-1] if silent and len(found) >= MOST else None
