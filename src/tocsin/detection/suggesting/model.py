"""What was learnt of answered cases, as plain numbers, and what it says of a text. Serving needs no library."""

import re
from collections import Counter
from itertools import pairwise
from math import exp, log1p, sqrt
from typing import NamedTuple

import msgspec

from tocsin.core.texts import fold

READ = 8000  # characters of a text
SUREST = 0.99  # no more is told, however sure it seems
SHOWN = 3  # words that are named
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_SIGNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")  # written without spaces: pairs of signs stand for words


class Learnt(msgspec.Struct, frozen=True):
    """Of one field. `terms`: each with how rare it is, and its weight for every label, in their order. `sharpness`: by
    which sums are multiplied, so that a confidence is right as often as it says. `right` and `off`: of held-out cases,
    the share that it named, and by how much its confidence was wrong on average."""

    labels: tuple[str, ...]
    base: tuple[float, ...]
    terms: dict[str, tuple[float, tuple[float, ...]]]
    sharpness: float
    cases: int
    right: float
    off: float


class Suggested(NamedTuple):
    """What a text is like, how sure that is, from 0 to 1, and the words of it that weighed most."""

    name: str
    confidence: float
    words: tuple[str, ...]


def terms_of(text: str) -> Counter[str]:
    """Words, and pairs of words that stand together."""
    words: list[str] = []
    for word in _WORD.findall(fold(text[:READ])):
        words += [word[at : at + 2] for at in range(len(word) - 1)] if _SIGNS.search(word) else [word]
    return Counter([*words, *(f"{one} {other}" for one, other in pairwise(words))])


def weighed(counts: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    """The known terms of a text, each by how often it comes and how rare it is; of length 1 together."""
    found = {term: (1 + log1p(count - 1)) * rarity[term] for term, count in counts.items() if term in rarity}
    length = sqrt(sum(value * value for value in found.values())) or 1.0
    return {term: value / length for term, value in found.items()}


def suggest(learnt: Learnt, text: str) -> Suggested | None:
    """The likeliest label; None where no word of the text is known."""
    counts = terms_of(text)
    rarity = {term: learnt.terms[term][0] for term in counts if term in learnt.terms}
    vector = weighed(counts, rarity)
    if not vector:
        return None
    sums = list(learnt.base)
    for term, value in vector.items():
        for place, weight in enumerate(learnt.terms[term][1]):
            sums[place] += value * weight
    shares = likelihoods(sums, learnt.sharpness)
    best = max(range(len(shares)), key=shares.__getitem__)
    mean = len(learnt.labels)

    def pull(term: str) -> float:
        weights = learnt.terms[term][1]
        return vector[term] * (weights[best] - sum(weights) / mean)

    words = sorted((term for term in vector if pull(term) > 0), key=lambda term: (-pull(term), term))
    return Suggested(learnt.labels[best], round(min(shares[best], SUREST), 4), tuple(words[:SHOWN]))


def likelihoods(sums: list[float], sharpness: float) -> list[float]:
    """Shares of 1, from sums."""
    top = max(sums)
    raised = [exp(sharpness * (value - top)) for value in sums]
    whole = sum(raised)
    return [value / whole for value in raised]
