"""Series over time as lines: paths of an SVG, in a box of 100 by 30 from the least to the greatest value. Pure."""

from typing import NamedTuple

from tocsin.evidence.reading import ReadAnswer

WIDE, HIGH = 100.0, 30.0


class Plot(NamedTuple):
    """`path` None: there is no value. `least`, `most`, `last`: values, as they are read."""

    name: str
    path: str | None
    least: str = ""
    most: str = ""
    last: str = ""


def of(shown: ReadAnswer) -> list[Plot]:
    """One for each series, all on one axis of time."""
    times = [at for one in shown.series for at, _ in one.points]
    if not times:
        return [Plot(one.name, None) for one in shown.series]
    begin, span = min(times), max(times) - min(times) or 1.0
    return [_plot(one.name, one.points, begin, span) for one in shown.series]


def _plot(name: str, points: list[tuple[float, float]], begin: float, span: float) -> Plot:
    if not points:
        return Plot(name, None)
    values = [value for _, value in points]
    least, most = min(values), max(values)
    high = most - least or 1.0
    placed = [
        f"{WIDE * (at - begin) / span:.1f} {HIGH - HIGH * (value - least) / high:.1f}" for at, value in sorted(points)
    ]
    return Plot(name, "M" + "L".join(placed), f"{least:g}", f"{most:g}", f"{values[-1]:g}")
