"""An estimate that can be read: a logistic regression over a few factors, each scaled to 0 to 1, none of which may
lower it. Pure.

Weights are found by Newton's method; each step is solved by coordinates, with weights below zero held at zero, so that
what is told as a reason for a risk is never one against it (Friedman, Hastie, Tibshirani: Regularization Paths for
Generalized Linear Models via Coordinate Descent, 2010).
"""

from collections.abc import Sequence
from math import exp, isfinite, log
from typing import NamedTuple

RIDGE = 1.0  # as though the weights were seen once to be nothing
_STEPS, _SWEEPS = 25, 50
_CLOSE = 1e-8
_FLAT = 1e-9


class Fitted(NamedTuple):
    """`base`: the log odds of a case of which no factor speaks; `weights`: by how much each factor raises them at
    most."""

    base: float
    weights: tuple[float, ...]

    def points(self, values: Sequence[float]) -> tuple[float, ...]:
        """By how much each factor raises the log odds of a case."""
        return tuple(weight * _sound(value) for weight, value in zip(self.weights, values, strict=True))

    def likelihood(self, values: Sequence[float]) -> float:
        """0 to 1."""
        return _logistic(self.base + sum(self.points(values)))


Row = tuple[Sequence[float], bool]
"""The factors of a case, each 0 to 1, and whether it escalated."""


def fit(rows: Sequence[Row], factors: int) -> Fitted:
    """The weights under which these rows are likeliest. Of rows that are all alike in what became of them, nothing is
    learnt: the weights are 0."""
    data = [(*(_sound(value) for value in values), 1.0) for values, _ in rows]
    became = [float(label) for _, label in rows]
    share = (sum(became) + 0.5) / (len(rows) + 1)
    weights = [0.0] * factors + [log(share / (1 - share))]
    if 0 < sum(became) < len(rows):
        for _ in range(_STEPS):
            step = _step(data, became, weights)
            moved = max(abs(new - old) for new, old in zip(step, weights, strict=True))
            weights = step
            if moved < _CLOSE:
                break
    return Fitted(weights[-1], tuple(weights[:-1]))


def _step(data: Sequence[Sequence[float]], became: Sequence[float], weights: list[float]) -> list[float]:
    """One step of Newton's method: the best weights for the curve as it lies where they are now."""
    size = len(weights)
    bends = [[0.0] * size for _ in range(size)]
    pulls = [0.0] * size
    for row, label in zip(data, became, strict=True):
        at = sum(weight * value for weight, value in zip(weights, row, strict=True))
        likely = _logistic(at)
        bend = max(likely * (1 - likely), _FLAT)
        wanted = bend * at + label - likely
        for place, value in enumerate(row):
            if value:
                pulls[place] += value * wanted
                bent, line = bend * value, bends[place]
                for other in range(place + 1):
                    line[other] += bent * row[other]
    for place in range(size):
        for other in range(place):
            bends[other][place] = bends[place][other]
        if place < size - 1:
            bends[place][place] += RIDGE
    return _solved(bends, pulls, list(weights))


def _solved(bends: Sequence[Sequence[float]], pulls: Sequence[float], weights: list[float]) -> list[float]:
    for _ in range(_SWEEPS):
        moved = 0.0
        for place, line in enumerate(bends):
            rest = sum(bend * weight for bend, weight in zip(line, weights, strict=True)) - line[place] * weights[place]
            new = (pulls[place] - rest) / max(line[place], _FLAT)
            if place < len(bends) - 1:
                new = max(new, 0.0)
            moved, weights[place] = max(moved, abs(new - weights[place])), new
        if moved < _CLOSE:
            break
    return weights


def _sound(value: float) -> float:
    """A factor within its bounds; what is no number says nothing."""
    return min(max(value, 0.0), 1.0) if isfinite(value) else 0.0


def _logistic(at: float) -> float:
    return 1 / (1 + exp(-at)) if at >= 0 else exp(at) / (1 + exp(at))
