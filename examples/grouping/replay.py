"""Tickets come in one by one and are compared with those before them, as the product does it, in memory."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from examples.grouping.texts import Text

from tocsin.cases.alike.index import MOST_CANDIDATES, MOST_OF_A_BUCKET
from tocsin.core.clock import HOUR
from tocsin.detection.problems.buckets import buckets
from tocsin.detection.problems.likeness import Frequencies, compared, features
from tocsin.detection.problems.prints import Print

WITHIN = 24 * HOUR
RESOLVED = 6 * HOUR  # after the last ticket of an outage, its cases are
Likelihood = Callable[[Text, Text, Frequencies, int], float]


class Result(NamedTuple):
    """`offers`: how many; `right`: how many of them are of the same outage; `wanted`: tickets of an outage that was
    told of before."""

    offers: int
    right: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.offers if self.offers else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0


class Index:
    """Buckets as in the database: of each the newest are looked at."""

    def __init__(self) -> None:
        self._buckets: dict[int, deque[int]] = defaultdict(lambda: deque(maxlen=MOST_OF_A_BUCKET))

    def meet(self, one: Print, place: int) -> list[int]:
        """Which earlier ones meet it the most; it is put in behind them."""
        mine = buckets(one)
        met = Counter(other for bucket in mine for other in self._buckets[bucket])
        for bucket in mine:
            self._buckets[bucket].append(place)
        return [other for other, _ in sorted(met.items(), key=lambda pair: (-pair[1], -pair[0]))[:MOST_CANDIDATES]]


def _ends(texts: Sequence[Text]) -> dict[int, int]:
    """When the last ticket of each outage came."""
    return {text.outage: text.at for text in texts if text.outage is not None}


def is_open(texts: Sequence[Text], ends: dict[int, int], place: int, at: int) -> bool:
    """Whether a case is still open at an instant: one of an outage is resolved some hours after the last ticket of it,
    as nobody leaves it open for weeks."""
    text = texts[place]
    if text.outage is not None and at > ends[text.outage] + RESOLVED:
        return False
    return at - text.at <= WITHIN


def offers(texts: Sequence[Text], likelihood: Likelihood, least: float) -> Iterator[tuple[int, int, float]]:
    """Each ticket that is offered another, with that one and the likelihood. Nobody answers meanwhile."""
    index, seen, heads, ends = Index(), Frequencies(), list[int](), _ends(texts)
    for place, text in enumerate(texts):
        met = index.meet(text.print, place)
        sizes = Counter(heads[other] for other in met)
        best: tuple[float, int] | None = None
        for other in met:
            head = heads[other]
            if not is_open(texts, ends, other, text.at) or not is_open(texts, ends, head, text.at):
                continue
            found = (likelihood(text, texts[other], seen, sizes[head] - 1), -head)
            best = found if best is None or found > best else best
        seen.add(text.print)
        if best is not None and best[0] >= least:
            heads.append(-best[1])
            yield place, -best[1], best[0]
        else:
            heads.append(place)


def result(texts: Sequence[Text], likelihood: Likelihood, least: float) -> Result:
    """How well that went."""
    made = list(offers(texts, likelihood, least))
    right = sum(texts[one].outage is not None and texts[one].outage == texts[head].outage for one, head, _ in made)
    told, wanted = set[int](), 0
    for text in texts:
        if text.outage is not None:
            wanted += text.outage in told
            told.add(text.outage)
    return Result(len(made), right, wanted)


def pairs(texts: Sequence[Text]) -> Iterator[tuple[dict[str, float], bool]]:
    """The features of tickets that meet, as by the truth: `many` counts what is of the same problem indeed."""
    index, seen, told, ends = Index(), Frequencies(), Counter[int](), _ends(texts)
    for place, text in enumerate(texts):
        met = index.meet(text.print, place)
        for other in met:
            theirs = texts[other]
            if not is_open(texts, ends, other, text.at):
                continue
            others = max(0, told[theirs.outage] - 1) if theirs.outage is not None else 0
            found, _ = features(text.print, theirs.print, seen, others=others)
            yield found, text.outage is not None and text.outage == theirs.outage
        seen.add(text.print)
        if text.outage is not None:
            told[text.outage] += 1


def by_product(one: Text, other: Text, seen: Frequencies, others: int) -> float:
    """As the product decides."""
    return compared(one.print, other.print, seen, others=others).likelihood


def by_words(one: Text, other: Text, seen: Frequencies, others: int) -> float:
    """The plain baseline: the weight of the words that both have, as BM25 weighs them, and nothing else."""
    mine = {term for term in one.print.terms if not term.startswith("about:")} | {f"raw:{w}" for w in _raw(one)}
    theirs = {term for term in other.print.terms if not term.startswith("about:")} | {f"raw:{w}" for w in _raw(other)}
    both = sum(map(seen.weight, mine & theirs))
    whole = (sum(map(seen.weight, mine)) * sum(map(seen.weight, theirs))) ** 0.5
    return both / whole if whole else 0.0


def _raw(text: Text) -> list[str]:
    return [written for term, written in text.print.terms.items() if term.startswith("about:")]


def by_subject(one: Text, other: Text, seen: Frequencies, others: int) -> float:
    """The plainest: an equal subject."""
    return float(one.subject.casefold().removeprefix("re: ") == other.subject.casefold().removeprefix("re: "))
