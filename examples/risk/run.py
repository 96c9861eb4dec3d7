"""`make risk`: of real incidents that were open after four hours, how many of those that escalated later are missed, on
random splits and on a split by time; how many are shown for that; beside a rule that looks at one number."""

import argparse
import json
import sys
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

from examples.risk import incidents
from examples.risk.incidents import FACTORS, Judged
from examples.uci.dataset import INCIDENTS

from tocsin.detection.risk.estimate import Fitted, fit
from tocsin.detection.risk.guarantee import Following, follow, line

LEVELS = (0.80, 0.90, 0.95)
SEEDS = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="where incidents/ lies")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    path = given.data / INCIDENTS
    if not path.is_file():
        sys.exit(f"there is no {path}")
    found = incidents.read(path)
    judged = found.judged
    escalated = sum(one.escalated for one in judged)
    result = {
        "judged": len(judged),
        "escalated": escalated,
        "known at four hours": found.known,
        "over by then": found.over,
        "of these escalated later": found.late,
        "random": [random_splits(judged, level, range(given.seeds)) for level in LEVELS],
        "time": [by_time(judged, level) for level in LEVELS],
        "plain": plain(judged),
        "weights": weights(judged),
    }
    print(json.dumps(result, indent=None if given.json else 2))
    return 0


def random_splits(judged: list[Judged], level: float, seeds: range) -> dict[str, Any]:
    """Half of them for the estimate, a quarter for the line, a quarter that it is judged by."""
    covered, shown, precision, areas = [], [], [], []
    for seed in seeds:
        order = list(judged)
        Random(seed).shuffle(order)  # noqa: S311
        half, most = len(order) // 2, 3 * len(order) // 4
        fitted = _fitted(order[:half])
        at = line(_scores(fitted, order[half:most]), 1 - level)
        test = order[most:]
        scores = [(fitted.likelihood(one.values), one.escalated) for one in test]
        above = [label for score, label in scores if score >= at]
        covered.append(sum(above) / sum(one.escalated for one in test))
        shown.append(len(above) / len(test))
        precision.append(sum(above) / max(1, len(above)))
        areas.append(area(scores))
    return {
        "level": level,
        "coverage": _spread(covered),
        "shown": _spread(shown),
        "precision": _spread(precision),
        "area under the curve": _spread(areas),
    }


def by_time(judged: list[Judged], level: float) -> dict[str, Any]:
    """The first half for the estimate, the next quarter for the line; judged by the last quarter, in its order: with
    the line where it was, and with one that follows what was missed."""
    half, most = len(judged) // 2, 3 * len(judged) // 4
    fitted = _fitted(judged[:half])
    known, test = _scores(fitted, judged[half:most]), judged[most:]
    scores = [(fitted.likelihood(one.values), one.escalated) for one in test]
    at = line(known, 1 - level)
    amount = sum(label for _, label in scores)
    now, followed_shown, followed_covered = Following(1 - level), 0, 0
    for score, label in scores:
        above = score >= line(known, now.aim)
        followed_shown += above
        followed_covered += above and label
        if label:
            now = now.after(not above, 1 - level)
    assert now == follow(known, [score for score, label in scores if label], 1 - level)
    return {
        "level": level,
        "static": {
            "coverage": round(sum(label for score, label in scores if score >= at) / amount, 3),
            "shown": round(sum(score >= at for score, _ in scores) / len(scores), 3),
        },
        "following": {
            "coverage": round(followed_covered / amount, 3),
            "shown": round(followed_shown / len(scores), 3),
        },
    }


def plain(judged: list[Judged]) -> dict[str, Any]:
    """Whatever was reassigned once by then."""
    above = [one.escalated for one in judged if one.plain]
    return {
        "coverage": round(sum(above) / sum(one.escalated for one in judged), 3),
        "shown": round(len(above) / len(judged), 3),
        "precision": round(sum(above) / len(above), 3),
        "area under the curve": round(area([(float(one.plain), one.escalated) for one in judged]), 3),
    }


def weights(judged: list[Judged]) -> dict[str, float]:
    """Of all of them: by how much each factor raises the log odds at most."""
    return {name: round(weight, 2) for name, weight in zip(FACTORS, _fitted(judged).weights, strict=True)}


def area(scores: list[tuple[float, bool]]) -> float:
    """How likely one that escalated has the higher score of two."""
    ordered = sorted(scores)
    below = won = 0.0
    place = 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        positives = sum(label for _, label in ordered[place:end])
        negatives = end - place - positives
        won += positives * (below + negatives / 2)
        below += negatives
        place = end
    return won / max(1.0, below * (len(ordered) - below))


def _fitted(judged: list[Judged]) -> Fitted:
    return fit([(one.values, one.escalated) for one in judged], len(FACTORS))


def _scores(fitted: Fitted, judged: list[Judged]) -> list[float]:
    return [fitted.likelihood(one.values) for one in judged if one.escalated]


def _spread(values: list[float]) -> dict[str, float]:
    return {"mean": round(mean(values), 3), "least": round(min(values), 3), "most": round(max(values), 3)}


if __name__ == "__main__":
    sys.exit(main())
