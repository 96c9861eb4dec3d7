"""Conditions and formulas of the policy: a subset of CEL, the Common Expression Language.

An expression is parsed once, checked against the names of its environment, bounded in cost, and compiled to a Python
function. docs/policy-expressions.md describes the subset; the rules are those of the specification
(github.com/google/cel-spec, doc/langdef.md), whose conformance tests it passes.

    environment = Environment({"case": {"severity": STRING, "tags": LIST(STRING)}})
    condition = compile_expression('case.severity == "critical"', environment)
    condition.test({"case": {}})  # (False, "case.severity is missing")
"""

from tocsin.policy.expressions.environment import Environment
from tocsin.policy.expressions.errors import EvaluationError, ExpressionError, Position
from tocsin.policy.expressions.expression import (
    ABSENT,
    Absent,
    Expression,
    Variables,
    compile_expression,
    evaluate_unchecked,
)
from tocsin.policy.expressions.limits import MAX_LIST, MAX_LOOPS, MAX_SOURCE, MAX_STEPS, MAX_TEXT
from tocsin.policy.expressions.runtime.values import Duration, Timestamp
from tocsin.policy.expressions.types import (
    BOOL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    LIST,
    MAP,
    STRING,
    TEXT,
    TIMESTAMP,
    Type,
)

__all__ = [
    "ABSENT",
    "BOOL",
    "DOUBLE",
    "DURATION",
    "DYN",
    "INT",
    "LIST",
    "MAP",
    "MAX_LIST",
    "MAX_LOOPS",
    "MAX_SOURCE",
    "MAX_STEPS",
    "MAX_TEXT",
    "STRING",
    "TEXT",
    "TIMESTAMP",
    "Absent",
    "Duration",
    "Environment",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "Position",
    "Timestamp",
    "Type",
    "Variables",
    "compile_expression",
    "evaluate_unchecked",
]
