"""How well tickets of one problem are found: precision and recall of what is offered as the parent of a ticket, on
texts about 38 outages mixed with tickets on other problems, beside plain rules on the same tickets.

    python -m examples.grouping.run [--splits N] [--json]

The outages are split into two halves: the weights and the likelihood from which on an open case is offered are chosen
on one, precision and recall are those of the other. The table has the split by which the shipped weights were made, and
the spread over further splits, each with weights of its own. An offer is right where the offered case is of the same
outage; wanted is one for each ticket of which an earlier one of the same outage has come.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from statistics import mean, median
from typing import Any, NamedTuple

from examples.grouping import fitting, replay
from examples.grouping.replay import Likelihood, Result
from examples.grouping.texts import Half, Text, calendar, split

from tocsin.core.clock import stopwatch
from tocsin.detection.problems import likeness

SHIPPED = 0  # the split by which the shipped weights were made
CALENDARS = 4  # of each half: other hours for the same tickets
WANTED = 0.95  # precision on the half on which a threshold is chosen
STEPS = [round(0.3 + 0.02 * step, 2) for step in range(34)]


class Measured(NamedTuple):
    precision: float
    recall: float
    least: float


def learnt(texts: Sequence[Sequence[Text]]) -> dict[str, float]:
    """Weights of these calendars. What would count the wrong way round, by accident, does not count."""
    rows = [row for each in texts for row in replay.pairs(each)]
    while True:
        found = fitting.fitted(rows)
        wrong = {name for name, weight in found.items() if name and (weight > 0) is (name in likeness.AGAINST)}
        if not wrong:
            return {name: round(weight, 2) for name, weight in found.items()}
        rows = [({name: value for name, value in each.items() if name not in wrong}, same) for each, same in rows]


def together(results: Sequence[Result]) -> tuple[float, float]:
    """Precision and recall of several calendars."""
    return mean(one.precision for one in results), mean(one.recall for one in results)


def chosen(texts: Sequence[Sequence[Text]], rule: Likelihood) -> float:
    """From which likelihood on the rule offers: the least with the wanted precision, else the most precise."""
    found = {least: together([replay.result(each, rule, least) for each in texts]) for least in STEPS}
    fit = [least for least, (precision, recall) in found.items() if precision >= WANTED and recall > 0]
    return min(fit) if fit else max(STEPS, key=lambda least: found[least])


def measured(half: Half, texts: Sequence[Sequence[Text]], rule: Likelihood, least: float) -> Measured:
    return Measured(*together([replay.result(each, rule, least) for each in texts]), least)


def with_weights(weights: Mapping[str, float]) -> Likelihood:
    """The product's rule with other weights than those that it ships."""

    def rule(one: Text, other: Text, seen: likeness.Frequencies, others: int) -> float:
        found, _ = likeness.features(one.print, other.print, seen, others=others)
        return likeness.weighed(found, weights=weights).likelihood

    return rule


def halves(seed: int) -> tuple[Half, list[list[Text]], Half, list[list[Text]]]:
    """Of a split: the half on which is chosen, and the other, each with its calendars."""
    first, second = split(seed)
    return (
        first,
        [calendar(first, each) for each in range(CALENDARS)],
        second,
        [calendar(second, each) for each in range(CALENDARS)],
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--fit", action="store_true", help="only show the weights of the shipped split")
    asked = parser.parse_args(arguments)
    first, mine, second, theirs = halves(SHIPPED)
    if asked.fit:
        print(json.dumps(learnt(mine), indent=1))
        return 0
    rules = {"Tocsin": replay.by_product, "words alone, as BM25 weighs them": replay.by_words}
    rules["an equal subject"] = replay.by_subject
    found: dict[str, Any] = {}
    for name, rule in rules.items():
        least = 1.0 if name == "an equal subject" else chosen(mine, rule)
        found[name] = {
            "chosen": measured(first, mine, rule, least)._asdict(),
            "held out": measured(second, theirs, rule, least)._asdict(),
        }
    spread = [_of_split(seed) for seed in range(1, asked.splits + 1)]
    found["spread"] = [one._asdict() for one in spread]
    found["milliseconds"] = round(_speed(theirs[0]), 2)
    if asked.json:
        print(json.dumps(found, indent=1))
    else:
        _tell(found, spread)
    return 0


def _of_split(seed: int) -> Measured:
    _, mine, second, theirs = halves(seed)
    rule = with_weights(learnt(mine))
    return measured(second, theirs, rule, chosen(mine, rule))


def _speed(texts: Sequence[Text]) -> float:
    """Milliseconds that it takes to compare one ticket with its candidates."""
    begun = stopwatch()
    replay.result(texts, replay.by_product, 0.6)
    return (stopwatch() - begun) * 1000 / len(texts)


def _tell(found: dict[str, Any], spread: Sequence[Measured]) -> None:
    print(f"{'rule':36}{'from':>6}{'precision':>12}{'recall':>9}   (on the half that was chosen on)")
    for name, one in found.items():
        if isinstance(one, dict):
            held, mine = one["held out"], one["chosen"]
            print(
                f"{name:36}{held['least']:6.2f}{held['precision']:12.3f}{held['recall']:9.3f}"
                f"   ({mine['precision']:.3f}, {mine['recall']:.3f})"
            )
    if spread:
        for name in ("precision", "recall"):
            values = sorted(getattr(one, name) for one in spread)
            told = f"median {median(values):.3f}, {values[0]:.3f} to {values[-1]:.3f}"
            print(f"{name} over {len(values)} other splits: {told}")
    print(f"{found['milliseconds']} ms for a ticket and its candidates")


if __name__ == "__main__":
    sys.exit(main())
