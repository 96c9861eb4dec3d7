"""How likely two tickets are about the same problem, and why. Every weight stands here.

The likelihood is that of a logistic regression on a handful of features that a person can check, each between 0 and 1
or between -1 and 1. The weights were fitted by `examples/grouping` on half of its outages (docs/same-problem.md).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import exp, log, sqrt
from typing import NamedTuple

from tocsin.core.clock import HOUR, MINUTE
from tocsin.detection.problems.lexicon import SYMPTOMS
from tocsin.detection.problems.prints import Print

WEIGHTS: Mapping[str, float] = {
    "": -7.3,  # before anything is known
    "words": 2.73,
    "symptoms": 1.64,
    "place": 0.79,
    "codes": 0.13,
    "failing": 3.33,
    "same-failing": 1.35,
    "near": 0.17,
    "day": 3.26,
    "disjoint": -2.87,
    "alone": -1.45,
    "many": 4.28,
}
_NEAR, _DAY = 60 * MINUTE, 8 * HOUR  # after which nearness in time has fallen to a third, in short and in long
_ASKS = frozenset({"question", "wish"})  # said by whoever has no failure to tell of
_WEAK = frozenset(  # name no failure by themselves
    {"cannot", "trouble", "no-longer", "since", "maintenance", "many", "alone", "question", "wish"}
)
_PLACES = frozenset({"production", "sandbox", "standby", "preview", "classic"})  # environments
AGAINST = frozenset({"disjoint", "alone"})  # which speak against it; all others can only speak for it
_USUAL = 60  # tickets that are assumed to have come before, each term in a few of them
_RARE = 0.04  # the share of those in which a term that was not seen yet is assumed
_SURE = 0.999


class Frequencies:
    """In how many of the tickets that were looked at each term stands: what many say tells little."""

    def __init__(self, seen: Iterable[Print] = ()) -> None:
        self._count = Counter[str]()
        self._all = 0
        for one in seen:
            self.add(one)

    def add(self, one: Print) -> None:
        self._count.update(one.terms.keys())
        self._count.update(f"product:{name}" for name in one.products)
        self._all += 1

    def weight(self, term: str) -> float:
        """As BM25 weighs it: the rarer, the more."""
        count = self._count[term] + _RARE * _USUAL
        return log(1 + (self._all + _USUAL - count + 0.5) / (count + 0.5))


class Likeness(NamedTuple):
    """`likelihood` between 0 and 1; `features` by name, `shared`: the terms that both have, the weightiest first."""

    likelihood: float
    features: Mapping[str, float]
    shared: tuple[str, ...]

    @property
    def points(self) -> dict[str, float]:
        """What each feature adds."""
        return {name: WEIGHTS.get(name, 0.0) * value for name, value in self.features.items()}


def compared(one: Print, other: Print, seen: Frequencies, *, others: int = 0) -> Likeness:
    """`others`: how many further tickets are said to be of the problem of the other one."""
    return weighed(*features(one, other, seen, others=others))


def features(
    one: Print, other: Print, seen: Frequencies, *, others: int = 0
) -> tuple[dict[str, float], tuple[str, ...]]:
    """What is compared, and the terms that both have, as far as they say anything by themselves."""
    both = (term for term in one.terms.keys() & other.terms.keys() if term.partition(":")[2] not in _WEAK)
    shared = sorted(both, key=lambda term: (-seen.weight(term), term))
    words = _overlap(one.of("word"), other.of("word"), seen)
    about = _overlap(_objects(one), _objects(other), seen)
    failing = min(_failing(one), _failing(other))
    found = {
        "words": words,
        "about": about,
        "symptoms": _symptoms(_strong(one), _strong(other), seen),
        "place": _places(one, other),
        "codes": _overlap(one.of("code"), other.of("code"), seen),
        "failing": failing,
        "same-failing": failing * max(words, about),
        "near": exp(-abs(one.at - other.at) / _NEAR),
        "day": exp(-abs(one.at - other.at) / _DAY),
        "area": _same(one.area, other.area),
        "products": _products(one.products, other.products, seen),
        "disjoint": float(bool(one.products and other.products) and not one.products & other.products),
        "alone": float("about:alone" in one.terms or "about:alone" in other.terms),
        "many": min(1.0, others / 4) * max(words, about),
    }
    return found, tuple(shared)


def weighed(
    found: Mapping[str, float], shared: tuple[str, ...] = (), weights: Mapping[str, float] = WEIGHTS
) -> Likeness:
    """The likelihood of these features; of those that are not known any more, nothing counts."""
    total = weights[""] + sum(weights.get(name, 0.0) * value for name, value in found.items())
    return Likeness(min(_SURE, 1 / (1 + exp(-total))), found, shared)


def _overlap(one: frozenset[str], other: frozenset[str], seen: Frequencies) -> float:
    """The weight of what both have, against that of what each has."""
    if not one or not other:
        return 0.0
    both = sum(map(seen.weight, one & other))
    return both / sqrt(sum(map(seen.weight, one)) * sum(map(seen.weight, other)))


def _same(one: str, other: str) -> float:
    return 0.0 if not one or not other else 1.0 if one == other else -1.0


def _products(one: frozenset[str], other: frozenset[str], seen: Frequencies) -> float:
    """The weight of the products that both have."""
    mine, theirs = (frozenset(f"product:{name}" for name in each) for each in (one, other))
    return _overlap(mine, theirs, seen)


def _strong(one: Print) -> frozenset[str]:
    """How it fails, as far as that says anything."""
    return frozenset(term for term in one.of("about") if term[6:] in SYMPTOMS and term[6:] not in _WEAK)


def _objects(one: Print) -> frozenset[str]:
    """What it is about."""
    return frozenset(term for term in one.of("about") if term[6:] not in SYMPTOMS)


def _symptoms(one: frozenset[str], other: frozenset[str], seen: Frequencies) -> float:
    """Whether both fail alike; less than nothing where each fails otherwise."""
    return _overlap(one, other, seen) if one & other else -0.5 if one and other else 0.0


def _places(one: Print, other: Print) -> float:
    """Whether both speak of the same environment, such as a sandbox; less than nothing where they differ."""
    mine, theirs = (_PLACES & {term[6:] for term in each.of("about")} for each in (one, other))
    if mine & theirs:
        return 1.0
    return -1.0 if mine and theirs else -0.5 if mine or theirs else 0.0


def _failing(one: Print) -> float:
    """Whether a ticket tells of something that fails, rather than asks for something."""
    about = {term[6:] for term in one.of("about")}
    broken = any(term[5:6] == "5" and len(term) == 8 for term in one.of("code"))  # an answer of 500 and above
    strong = len(_strong(one)) + broken + ("no-longer" in about)
    weak = len(about & {"cannot", "trouble", "since"})
    return min(1.0, max(0.0, strong + 0.5 * weak - 0.5 * bool(about & _ASKS)))
