"""Score factors: each turns one fact into a value within 0 and 1, and that into points.

The score is the sum of the points, 0 to 100. Values, points and score are rounded to six decimals, so that no
rounding noise decides a threshold. A factor without its fact takes `missing` and is shown as assumed.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from tocsin.core.texts import fold
from tocsin.policy.conditions import Condition, Trace
from tocsin.policy.decision import FactorScore
from tocsin.policy.model import Factor
from tocsin.policy.seen import Variables

DIGITS = 6
_KEPT = 1024  # scores of numbers that came before, for each factor
DECIDED = frozenset({"case.type", "case.product_area", "case.severity"})  # names of the policy, however they came about
SECRET = frozenset({"account.arr"})  # shown in bands to most people: no reason may spell it out
Scorer = Callable[[Variables, Trace], FactorScore]


def scorer(factor: Factor, condition: Condition | None) -> Scorer:
    """Compile a factor; `condition` is that of its `when`."""
    if condition is not None:
        return _conditional(factor, condition)
    if factor.source is None:
        raise ValueError(f"factor {factor.name} has neither a field nor a condition")
    if factor.map is not None:
        return _mapped(factor, factor.source, factor.map)
    return _curved(factor, factor.source, factor.curve or ((0.0, 0.0), (1.0, 1.0)))


def interpolate(curve: Sequence[tuple[float, float]], x: float) -> float:
    """The curve at x: straight between its points, flat before the first and after the last."""
    position = bisect_right(curve, x, key=_first)
    if position == 0:
        return curve[0][1]
    if position == len(curve):
        return curve[-1][1]
    (x0, y0), (x1, y1) = curve[position - 1], curve[position]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def read_path(variables: Mapping[str, Any], path: Sequence[str]) -> Any:
    """The fact at a path such as ("case", "attributes", "impact"); None where it is missing."""
    value: Any = variables
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _reader(path: Sequence[str]) -> Callable[[Variables], Any]:
    """The fact at a path as conditions see it, whose keys are folded."""
    root, field, *deeper = map(fold, path)
    if not deeper:
        return lambda variables: variables[root].get(field)
    return lambda variables: read_path(variables, (root, field, *deeper))


def _first(point: tuple[float, float]) -> float:
    return point[0]


def _result(
    factor: Factor,
    value: float,
    code: str,
    reason: str,
    source: str | None,
    fact: object = None,
    *,
    assumed: bool = False,
) -> FactorScore:
    points = round(value * factor.weight, DIGITS)
    return FactorScore(factor.name, round(value, DIGITS), factor.weight, points, reason, source, fact, assumed, code)


def _assumed(factor: Factor, code: str, why: str, source: str | None, fact: object = None) -> FactorScore:
    return _result(factor, factor.missing, code, f"{why}; assumed {factor.missing:g}", source, fact, assumed=True)


def _key(fact: object) -> str | None:
    """How a map spells a fact: text as it is folded, whole numbers and booleans as JSON does."""
    if isinstance(fact, str):
        return fact
    if isinstance(fact, bool):
        return "true" if fact else "false"
    return str(fact) if isinstance(fact, int) else None


def _mapped(factor: Factor, source: str, values: dict[str, float]) -> Scorer:
    path = source.split(".")
    read = _reader(path)
    prepared = {key: _result(factor, value, "is", f"{source} is {key}", source, key) for key, value in values.items()}
    folded = {fold(key).strip(): known for key, known in reversed(prepared.items())}
    absent = _assumed(factor, "missing", f"{source} is missing", source)

    def score(variables: Variables, trace: Trace) -> FactorScore:
        fact = read(variables)
        if fact is None:
            return absent
        written = read_path(trace.facts, path)
        if written.__class__ is str and written in prepared:  # as the policy spells it
            return prepared[written]
        if written is None:  # by a key that is spelled otherwise
            written = fact
        known = folded.get(key) if (key := _key(fact)) is not None else None
        if known is None:
            return _assumed(factor, "not-in-map", f"{source} is not in the map", source, written)
        reason = f"{source} is {written}" if written.__class__ is str else known.reason
        return _result(factor, known.value, "is", reason, source, written)

    def score_decided(variables: Variables, _: Trace) -> FactorScore:
        fact = variables["case"].get(path[1])
        if fact is None:
            return absent
        return folded.get(fact) or _assumed(factor, "not-in-map", f"{source} is not in the map", source, fact)

    return score_decided if source in DECIDED else score


def _curved(factor: Factor, source: str, curve: Sequence[tuple[float, float]]) -> Scorer:
    read = _reader(source.split("."))
    absent = _assumed(factor, "missing", f"{source} is missing", source)
    secret = source in SECRET

    def score(variables: Variables, _: Trace) -> FactorScore:
        fact = read(variables)
        if fact is None:
            return absent
        return valued(fact) if fact.__class__ is int or fact.__class__ is float else other(fact)

    @lru_cache(_KEPT, typed=True)  # 3 and 3.0 are told apart, as the reason tells them
    def valued(fact: float) -> FactorScore:
        if secret:
            return _result(factor, interpolate(curve, fact), "by-curve", f"{source} by its curve", source, fact)
        return _result(factor, interpolate(curve, fact), "is", f"{source} is {fact}", source, fact)

    def other(fact: object) -> FactorScore:
        return _assumed(factor, "not-a-number", f"{source} is not a number", source, fact)

    return score


def _conditional(factor: Factor, condition: Condition) -> Scorer:
    fired = _result(factor, 1.0 if factor.value is None else factor.value, "holds", f"{condition.id} holds", None)
    quiet = _result(factor, 0.0, "does-not-hold", f"{condition.id} does not hold", None)
    muted = _result(factor, 0.0, "muted", f"{condition.id} is muted", None)

    def score(variables: Variables, trace: Trace) -> FactorScore:
        before = len(trace.unknown)
        if condition.holds(variables, trace):
            return fired
        if len(trace.unknown) > before:
            return _assumed(factor, "unanswered", trace.unknown[-1].reason, None)
        return muted if condition.id in trace.muted else quiet

    return score
