"""Surges among real tickets: how many are found, how soon, and how many alarms are false, beside a plain three-sigma
rule on the same arrivals.

    python -m examples.detection.run --data ../shared/data [--seeds N] [--json]

The chance below which a count is out of the usual was chosen on the seeds 0 to 2; the others are reported.

Arrivals are those of 15,000 real incidents, by category. Into the weeks after the third, surges are injected: so many
more tickets of one category within half an hour. Both rules learn from what came before alone, look at each ticket, and
say a surge once: they are quiet until an hour has passed without a further reason. An alarm is true where it comes from
the beginning of an injected surge to half an hour behind its end; a surge is found where a true alarm comes. What real
surges there are among the incidents counts as false, of both rules alike.
"""

import argparse
import csv
import gzip
import json
import random
import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median, pstdev
from typing import NamedTuple

from tocsin.core.clock import HOUR, MINUTE
from tocsin.detection.arrivals import HOURS, surge, usual

INCIDENTS = "incidents/uci_498_first_15000.csv.gz"
AREAS = 8  # categories with the most tickets
LEARNT = 21 * 24  # hours before anything is judged
LASTS = 30 * MINUTE
QUIET = HOUR
Look = Callable[[str, Sequence[int], int, "Past"], bool]


class Past(NamedTuple):
    """How many tickets of one category came in each hour since the first."""

    counts: Counter[int]
    first: int


class Injected(NamedTuple):
    area: str
    begin: int
    end: int


class Score(NamedTuple):
    precision: float
    recall: float
    delay: float  # minutes, the median

    def line(self) -> str:
        return f"precision {self.precision:.2f}, recall {self.recall:.2f}, delay {self.delay:.0f} min"


def arrivals(path: Path) -> dict[str, list[int]]:
    """When tickets of the largest categories came, in microseconds."""
    first: dict[str, tuple[str, int]] = {}
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            if row["number"] not in first:
                at = datetime.strptime(row["opened_at"], "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
                first[row["number"]] = row["category"], int(at.timestamp()) * 1_000_000
    found: dict[str, list[int]] = defaultdict(list)
    for area, opened in first.values():
        found[area].append(opened)
    largest = sorted(found, key=lambda area: -len(found[area]))[:AREAS]
    return {area: sorted(found[area]) for area in largest}


def injected(
    real: dict[str, list[int]], chance: random.Random, amount: int
) -> tuple[dict[str, list[int]], list[Injected]]:
    """The arrivals with surges among them: eight tickets within half an hour, or three times what an hour brings."""
    begin, end = min(map(min, real.values())) + LEARNT * HOUR, max(map(max, real.values())) - 2 * HOUR
    with_them, surges = {area: list(times) for area, times in real.items()}, list[Injected]()
    while len(surges) < amount:
        area, at = chance.choice(list(real)), chance.randrange(begin, end)
        if any(one.area == area and abs(one.begin - at) < 6 * HOUR for one in surges):
            continue
        busy = bisect_left(real[area], at + HOUR) - bisect_left(real[area], at)
        with_them[area] += [at + chance.randrange(LASTS) for _ in range(max(8, 3 * busy))]
        surges.append(Injected(area, at, at + LASTS))
    return {area: sorted(times) for area, times in with_them.items()}, surges


def ours(area: str, times: Sequence[int], now: int, past: Past) -> bool:
    return surge(times, now, usual(past.counts, now // HOUR, past.first)) is not None


def three_sigma(area: str, times: Sequence[int], now: int, past: Past) -> bool:
    """More within an hour than the mean of this hour of the week and three standard deviations."""
    hour = now // HOUR
    known = [past.counts[at] for at in range(hour - HOURS, past.first - 1, -HOURS)]
    return len(known) > 1 and len([at for at in times if at > now - HOUR]) > mean(known) + 3 * pstdev(known)


def alarms(found: dict[str, list[int]], look: Look) -> list[tuple[str, int]]:
    """When a rule says that tickets surge: each time anew after an hour without a reason."""
    said = []
    for area, times in found.items():
        past, last = Past(Counter(), times[0] // HOUR), -QUIET
        begin = times[0] + LEARNT * HOUR
        for place, now in enumerate(times):
            if now >= begin and look(area, times[max(0, place - 200) : place + 1], now, past):
                if now - last >= QUIET:
                    said.append((area, now))
                last = now
            past.counts[now // HOUR] += 1
    return said


def scored(said: list[tuple[str, int]], surges: list[Injected]) -> Score:
    true = [
        (one, now) for area, now in said for one in surges if one.area == area and one.begin <= now <= one.end + LASTS
    ]
    first = {one: min(now for other, now in true if other == one) for one, _ in true}
    delays = [(now - one.begin) / MINUTE for one, now in first.items()]
    hits = len({(one.area, now) for one, now in true})
    return Score(hits / len(said) if said else 1.0, len(first) / len(surges), median(delays) if delays else 0.0)


def run(data: Path, seeds: int, amount: int = 40, first: int = 5) -> dict[str, list[Score]]:
    """Both rules on the same arrivals, by seed."""
    real, found = arrivals(data / INCIDENTS), defaultdict(list)
    for seed in range(first, first + seeds):
        with_them, surges = injected(real, random.Random(seed), amount)  # noqa: S311
        for name, look in (("tocsin", ours), ("three sigma", three_sigma)):
            found[name].append(scored(alarms(with_them, look), surges))
    return dict(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = run(given.data, given.seeds)
    if given.json:
        print(json.dumps({name: [score._asdict() for score in scores] for name, scores in found.items()}))
        return 0
    for name, scores in found.items():
        middle = Score(*(median(part) for part in zip(*scores, strict=True)))
        spread = ", ".join(f"{min(part):.2f} to {max(part):.2f}" for part in list(zip(*scores, strict=True))[:2])
        print(f"{name}: {middle.line()} (precision and recall from {spread})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
