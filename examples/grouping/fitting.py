"""The weights of the features, by a logistic regression with a small penalty (Newton's method, no library)."""

from collections.abc import Mapping, Sequence
from math import exp

PENALTY = 1.0
Row = tuple[Mapping[str, float], bool]


def fitted(rows: Sequence[Row], steps: int = 25) -> dict[str, float]:
    """The weight of each feature, and under "" where it begins."""
    names = ["", *rows[0][0]]
    weights = [0.0] * len(names)
    data = [([1.0, *(found[name] for name in names[1:])], float(same)) for found, same in rows]
    for _ in range(steps):
        gradient = [-PENALTY * weight * (place > 0) for place, weight in enumerate(weights)]
        curve = [[PENALTY * (a == b and a > 0) for b in range(len(names))] for a in range(len(names))]
        for values, same in data:
            chance = 1 / (1 + exp(-sum(weight * value for weight, value in zip(weights, values, strict=True))))
            spread = chance * (1 - chance)
            for a, value in enumerate(values):
                if value:
                    gradient[a] += (same - chance) * value
                    for b, other in enumerate(values):
                        curve[a][b] += spread * value * other
        weights = [weight + step for weight, step in zip(weights, _solved(curve, gradient), strict=True)]
    return dict(zip(names, weights, strict=True))


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss, with the largest pivot."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for row in range(size):
            if row != at and rows[row][at]:
                share = rows[row][at] / rows[at][at]
                rows[row] = [value - share * above for value, above in zip(rows[row], rows[at], strict=True)]
    return [rows[at][size] / rows[at][at] for at in range(size)]
