"""Small lines that show how something went over a day. Pure."""

from collections.abc import Sequence

WIDTH, HEIGHT = 90, 24


def points(values: Sequence[int]) -> str:
    """The points of a line through these values, the oldest first, as SVG has them: zero at the bottom, the most on
    top."""
    if len(values) < 2:
        return ""
    most, step = max([1, *values]), WIDTH / (len(values) - 1)
    return " ".join(
        f"{place * step:.1f},{HEIGHT - 1 - value * (HEIGHT - 2) / most:.1f}" for place, value in enumerate(values)
    )
