"""Learning from answered cases, with scikit-learn (extra `tocsin[suggest]`). Bounded; the same cases give the same
numbers."""

from collections import Counter
from collections.abc import Sequence
from math import log
from typing import Any

from tocsin.detection.suggesting.model import Learnt, likelihoods, terms_of, weighed

LEAST = 40  # cases of a field, and
LEAST_OF_LABEL = 8  # of a label: what is rarer is left aside
MOST_TERMS = 5000
_SPREAD = 5  # of each five cases three are learnt from, one sets the confidence, and one measures


def available() -> bool:
    """Whether the extra is installed."""
    try:
        import sklearn.linear_model  # noqa: F401
    except ImportError:
        return False
    return True


def learn(cases: Sequence[tuple[str, str]]) -> Learnt | None:
    """From texts with their labels, in an order that says nothing; None where they are too few, or of one label."""
    common = {label for label, count in Counter(label for _, label in cases).items() if count >= LEAST_OF_LABEL}
    known = [(terms_of(text), label) for text, label in cases if label in common]
    if len(known) < LEAST or len(common) < 2:
        return None
    parts: list[list[tuple[Counter[str], str]]] = [[], [], []]
    for place, case in enumerate(known):
        parts[max(0, place % _SPREAD - 2)].append(case)
    if {label for _, label in parts[0]} != common:
        return None
    labels, rarity, base, weights = _fitted(parts[0])
    terms = {term: (rarity[term], tuple(weights[term])) for term in rarity}
    plain = Learnt(tuple(labels), tuple(base), terms, 1.0, len(known), 0.0, 0.0)
    scored = [[(_sums(plain, counts), label) for counts, label in part] for part in parts]
    sharpness = _sharpness(plain, scored[1])
    right, off = _measured(plain, scored[2], sharpness)
    return Learnt(plain.labels, plain.base, terms, sharpness, len(known), round(right, 4), round(off, 4))


def _fitted(
    cases: list[tuple[Counter[str], str]],
) -> tuple[list[str], dict[str, float], list[float], dict[str, list[float]]]:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    held = Counter(term for counts, _ in cases for term in counts)
    kept = sorted((term for term in held if held[term] > 1), key=lambda term: (-held[term], term))[:MOST_TERMS]
    rarity = {term: round(log((1 + len(cases)) / (1 + held[term])) + 1, 6) for term in kept}
    column = {term: place for place, term in enumerate(kept)}
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for counts, _ in cases:
        vector = weighed(counts, rarity)
        values += vector.values()
        columns += [column[term] for term in vector]
        ends.append(len(values))
    matrix: Any = csr_matrix((values, columns, ends), shape=(len(cases), len(kept)))
    fitted = LogisticRegression(C=0.3, max_iter=300).fit(matrix, [label for _, label in cases])
    labels = [str(label) for label in fitted.classes_]
    rows = [[float(value) for value in row] for row in fitted.coef_]
    base = [float(value) for value in fitted.intercept_]
    if len(rows) == 1:  # of two labels only one is weighed
        rows, base = [[-value for value in rows[0]], rows[0]], [-base[0], base[0]]
    weights = {term: [round(row[place], 5) for row in rows] for term, place in column.items()}
    return labels, rarity, [round(value, 5) for value in base], weights


def _sums(learnt: Learnt, counts: Counter[str]) -> list[float]:
    vector = weighed(counts, {term: learnt.terms[term][0] for term in counts if term in learnt.terms})
    return [
        base + sum(value * learnt.terms[term][1][place] for term, value in vector.items())
        for place, base in enumerate(learnt.base)
    ]


def _sharpness(learnt: Learnt, scored: list[tuple[list[float], str]]) -> float:
    """By which the confidence of these cases is the likeliest (temperature scaling)."""

    def loss(sharpness: float) -> float:
        return -sum(log(max(likelihoods(sums, sharpness)[learnt.labels.index(label)], 1e-12)) for sums, label in scored)

    return min((round(0.1 * step, 1) for step in range(1, 61)), key=loss)


def _measured(learnt: Learnt, scored: list[tuple[list[float], str]], sharpness: float) -> tuple[float, float]:
    """The share that is right, and by how much confidence and that share differ on average, in ten bands."""
    bands: dict[int, list[tuple[float, bool]]] = {}
    for sums, label in scored:
        shares = likelihoods(sums, sharpness)
        best = max(range(len(shares)), key=shares.__getitem__)
        bands.setdefault(min(9, int(shares[best] * 10)), []).append((shares[best], learnt.labels[best] == label))
    right = sum(hit for band in bands.values() for _, hit in band) / max(1, len(scored))
    off = sum(abs(sum(share for share, _ in band) - sum(hit for _, hit in band)) for band in bands.values())
    return right, off / max(1, len(scored))
