"""Levels that no case can reach, and levels that every case reaches."""

from collections.abc import Iterator

from tocsin.core.errors import Problem
from tocsin.core.wording import say
from tocsin.policy.expressions import Expression
from tocsin.policy.levels import RANK, LevelName
from tocsin.policy.model import Document, Factor


def reach(document: Document, expressions: dict[str, Expression]) -> Iterator[Problem]:
    """What the arithmetic of the score says about the thresholds."""
    least = sum(factor.weight * _range(factor)[0] for factor in document.score)
    most = sum(factor.weight * _range(factor)[1] for factor in document.score)
    for name, level in document.levels.items():
        key = f"levels.{name}.at"
        line = document.lines.get(key)
        if level.at > most + 1e-6 and not _raised(document, expressions, name):
            says = say("no case can reach this: no score is above {most}", most=f"{most:g}")
            wanted = say("at most {most}, or a minimum of level {level}", most=f"{most:g}", level=name)
            yield Problem(says, key, line, wanted)
        elif level.at <= least:
            says = say("every case reaches this: no score is below {least}", least=f"{least:g}")
            yield Problem(says, key, line, say("more than {least}", least=f"{least:g}"), "warning")


def _range(factor: Factor) -> tuple[float, float]:
    """The least and the greatest value of a factor."""
    if factor.when is not None:
        values = [0.0, factor.value if factor.value is not None else 1.0]
    elif factor.curve is not None:
        values = [y for _, y in factor.curve]
    else:
        values = list((factor.map or {}).values())
    values.append(factor.missing)
    return min(values), max(values)


def _raised(document: Document, expressions: dict[str, Expression], name: LevelName) -> bool:
    """Whether some minimum brings cases to this level at least."""
    for index, rule in enumerate(document.minimums):
        expression = expressions.get(f"minimums[{index}].when")
        # One that does not compile has its own problem; it may well hold once it is repaired.
        holds = expression is None or not expression.never
        if holds and RANK[rule.level] >= RANK[name]:
            return True
    return False
