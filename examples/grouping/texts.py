"""The ticket texts in `tests/grouping`, laid onto one calendar: the outages one after the other, other tickets between
and within them."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tocsin.cases.alike.taking import of_ticket
from tocsin.core.clock import HOUR, MINUTE
from tocsin.detection.problems.prints import Print

FOLDER = Path(__file__).parents[2] / "tests" / "grouping"
OUTAGES = 38
GAP = 12 * HOUR  # from the beginning of one outage to that of the next: they lay weeks apart
_START = 1_600_000_000_000_000


class Text(NamedTuple):
    """A ticket: `outage` that it is of, None for another problem; `print` as the product takes it."""

    outage: int | None
    language: str
    at: int
    subject: str
    print: Print


class Half(NamedTuple):
    """Some of the outages, and their share of the other tickets."""

    outages: frozenset[int]
    others: frozenset[int]  # by their place in the file


def split(seed: int) -> tuple[Half, Half]:
    """Two halves: of outages, what is near each goes with it, the rest by chance."""
    chance = random.Random(seed)  # noqa: S311  (a split that can be repeated)
    order = list(range(OUTAGES))
    chance.shuffle(order)
    first = frozenset(order[: OUTAGES // 2])
    mine, theirs = set[int](), set[int]()
    for place, other in enumerate(_read("unrelated.jsonl")):
        near = other["near"]
        goes = near in first if near is not None else chance.random() < 0.5
        (mine if goes else theirs).add(place)
    return Half(first, frozenset(mine)), Half(frozenset(order) - first, frozenset(theirs))


def calendar(half: Half, seed: int) -> list[Text]:
    """The tickets of a half in the order in which they come."""
    chance = random.Random(seed)  # noqa: S311  (a split that can be repeated)
    begins = {
        outage: _START + place * GAP + chance.randrange(2 * HOUR) for place, outage in enumerate(sorted(half.outages))
    }
    length = len(begins) * GAP
    found = [
        _text(one, one["outage"], begins[one["outage"]] + one["minute"] * MINUTE)
        for one in _read("outages.jsonl")
        if one["outage"] in begins
    ]
    others = list(enumerate(_read("unrelated.jsonl")))
    times = {
        place: chance.randrange(length) if one["near"] is None else begins.get(one["near"], 0) - _START + _minutes(one)
        for place, one in others
    }
    found += [_text(one, None, _START + times[place]) for place, one in others if place in half.others]
    return sorted(found, key=lambda text: (text.at, text.subject))


def _minutes(one: dict[str, Any]) -> int:
    return int(one["minute"] or 0) * MINUTE


def _text(one: dict[str, Any], outage: int | None, at: int) -> Text:
    known = of_ticket(one["subject"], one["body"], at, area=one["area"], products=one["products"])
    return Text(outage, one["language"], at, one["subject"], known)


def _read(name: str) -> Sequence[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]
