"""Whether more tickets come in than is usual at this hour: counts of short windows against a seasonal rate. Pure.

The rate of an hour of the week is learnt from the same hour of past weeks and its neighbours; where little is known it
leans on the same hour of other days, and on the whole. Past surges must not become usual, so the largest counts are
left aside. Counts vary more than chance alone would have it (tickets come in bunches), so their tail is that of a
negative binomial distribution; at night, where almost nothing is expected, three tickets are therefore no surge.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import exp, lgamma, log
from typing import NamedTuple

from tocsin.core.clock import HOUR, MINUTE

HOURS = 168  # of a week
WEEKS = 8  # that are looked back
WINDOWS = (10 * MINUTE, 30 * MINUTE, 60 * MINUTE)
CHANCE = 1e-4  # below which a count is out of the usual; asked at each ticket
LEAST = 5  # tickets below which nothing is a surge
_LEANING = 3.0  # hours' worth of what is usual elsewhere that an hour's own counts are mixed with
_LEAST_RATE = 0.02  # tickets an hour
_SPREAD = (0.05, 1.0)  # between which the variance beyond chance is believed, as a share of the squared mean


class Usual(NamedTuple):
    """What is usual in an hour: `rate` tickets; their variance is rate + spread * rate²."""

    rate: float
    spread: float


class Surge(NamedTuple):
    """`amount` tickets came within `window` (microseconds), where `expected` are usual; `chance`: of as many or more by
    accident."""

    amount: int
    window: int
    expected: float
    chance: float


def usual(counts: Mapping[int, int], hour: int, since: int) -> Usual:
    """What is usual in an hour, by how many came in each earlier one. Hours are counted since the epoch; those that
    are missing had none. `since`: the first that is known."""
    first = max(since, hour - WEEKS * HOURS)
    if hour - first < 24:
        known = [counts.get(at, 0) for at in range(first, hour)]
        return Usual(max(_LEAST_RATE, _mean(known)), _SPREAD[1])
    same = [
        counts.get(at + near, 0)
        for at in range(hour - HOURS, first - 1, -HOURS)
        for near in (-1, 0, 1)
        if first <= at + near < hour
    ]
    daily = [counts.get(at, 0) for at in range(hour - 24, first - 1, -24) if _weekend(at) == _weekend(hour)]
    whole = sum(counts.get(at, 0) for at in range(first, hour)) / (hour - first)
    prior = (_trimmed(daily) * len(daily) + whole) / (len(daily) + 1)
    rate = (_trimmed(same) * len(same) + prior * _LEANING) / (len(same) + _LEANING)
    return Usual(max(_LEAST_RATE, rate), _spread(counts, first, hour))


def surge(times: Sequence[int], now: int, usual: Usual, least: int = LEAST, chance: float = CHANCE) -> Surge | None:
    """The window that is most out of the usual, if any is. `times`: when tickets came (microseconds), this one among
    them, in any order."""
    found = []
    for window in WINDOWS:
        count = sum(now - window < at <= now for at in times)
        if count < least:
            continue
        expected = usual.rate * window / HOUR
        by_accident = tail(count, expected, usual.spread)
        if by_accident <= chance:
            found.append(Surge(count, window, expected, by_accident))
    return min(found, key=lambda one: one.chance, default=None)


def tail(count: int, mean: float, spread: float) -> float:
    """The chance of `count` or more, of a negative binomial distribution with the variance mean + spread * mean²."""
    if count <= 0:
        return 1.0
    size = 1 / spread
    stop = log(size / (size + mean))
    go = log(mean / (size + mean))
    terms, at = 0.0, count
    while True:
        term = exp(lgamma(at + size) - lgamma(size) - lgamma(at + 1) + size * stop + at * go)
        terms += term
        at += 1
        if term < terms * 1e-9 or at > count + 10_000:
            return min(1.0, terms)


def _weekend(hour: int) -> bool:
    return (hour // 24 + 3) % 7 >= 5  # the epoch began on a Thursday


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values) if values else 0.0


def _trimmed(values: Sequence[int]) -> float:
    """The mean without the largest tenth, and without the largest at the least where there are five."""
    aside = max(len(values) // 10, 1 if len(values) >= 5 else 0)
    return _mean(sorted(values)[: len(values) - aside])


def _spread(counts: Mapping[int, int], first: int, hour: int) -> float:
    """How much counts of the same hour of the week vary beyond chance."""
    by_hour: dict[int, list[int]] = defaultdict(list)
    for at in range(first, hour):
        by_hour[at % HOURS].append(counts.get(at, 0))
    beyond = squared = 0.0
    for values in by_hour.values():
        if len(values) < 2:
            continue
        mean = _mean(values)
        variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
        beyond += variance - mean
        squared += mean * mean
    return min(_SPREAD[1], max(_SPREAD[0], beyond / squared)) if squared else _SPREAD[1]
