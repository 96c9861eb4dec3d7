"""Conditions are evaluated in the hot loop of every decision. The limits leave room for a busy machine."""

from time import process_time
from timeit import repeat

import pytest

from tests.unit.policy.expressions.names import compiled
from tocsin.policy.expressions import Expression

FACTS = {
    "case": {
        "severity": "critical",
        "users_affected": 12,
        "tags": ["eu", "press"],
        "text": "Since this morning our dashboard has been slow to load for the finance group. " * 12
        + "Now it is down.",
    },
    "account": {"plan": "premium", "arr": 200_000.0},
}


def microseconds(expression: Expression) -> float:
    """The best of several runs, of the compiled function alone."""
    number = 20_000
    names = {"f": expression.function, "v": FACTS}
    return min(repeat("f(v)", globals=names, timer=process_time, number=number, repeat=7)) / number * 1e6


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        ('case.severity == "critical" && account.plan == "premium"', 0.5),
        ("case.users_affected > 10", 0.5),
        ("account.arr >= 100000", 0.5),
        ('case.severity in ["high", "critical"]', 0.5),
        ('case.tags.exists(t, t in ["press", "social", "legal"])', 1.5),
        (r'case.text.matches(r"(?i)\b(is|are|everything) down\b|\boutage\b|\b50[023] error")', 12),
    ],
)
def test_a_condition_takes_no_longer_than(source: str, limit: float) -> None:
    expression = compiled(source)
    assert expression.test(FACTS) == (True, None)
    assert microseconds(expression) < limit
