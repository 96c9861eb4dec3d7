"""The conformance tests of the CEL specification, a test for each.

All cases but those of the extension libraries, which README.md names, pass through the compiled evaluator. The type
checker refuses some of them, as it may: which, and why, is a table in docs/policy-expressions.md.
`python -m tests.conformance.test_cel` prints it.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.beyond import runs
from tests.recorded import MISSING, Case, each, read
from tests.unit.policy.expressions.sameness import same
from tocsin.policy.expressions import (
    DYN,
    Environment,
    EvaluationError,
    ExpressionError,
    compile_expression,
    evaluate_unchecked,
)

PAGE = Path(__file__).parents[2] / "docs" / "policy-expressions.md"

CASES = each("cel", runs)


def decoded(value: Any) -> Any:
    """The value that the notation of the file stands for."""
    match value:
        case {"double": number}:
            return float(number)
        case {"map": pairs}:
            return {decoded(key): decoded(inner) for key, inner in pairs}
        case list():
            return [decoded(element) for element in value]
    return value


def bindings(case: Case) -> dict[str, Any]:
    return {name: decoded(value) for name, value in case.get("bindings", {}).items()}


def agrees(case: Case, kind: str, value: Any) -> bool:
    if case.get("error"):
        return kind == "error"
    return kind == "value" and same(value, decoded(case["value"]))


def unchecked(case: Case) -> tuple[str, Any]:
    try:
        return "value", evaluate_unchecked(case["expr"], bindings(case))
    except (ExpressionError, EvaluationError) as error:
        return "error", error


def checked(case: Case) -> tuple[str, Any]:
    """As a policy would use it: "refused" by the checker, or a value or an error."""
    names: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    for dotted, value in bindings(case).items():
        *records, last = dotted.split(".")
        inner, facts = names, variables
        for record in records:
            inner, facts = inner.setdefault(record, {}), facts.setdefault(record, {})
        inner[last], facts[last] = DYN, value
    try:
        expression = compile_expression(case["expr"], Environment(names), DYN)
    except ExpressionError as error:
        return "refused", error
    try:
        return "value", expression.function(variables)
    except EvaluationError as error:
        return "error", error


def run_ones() -> list[Case]:
    return [case for case in read("cel") if runs(case)]


def table(cases: list[Case]) -> str:
    """The cases that the checker refuses, with its reason, as a Markdown table."""
    rows = [(case["id"], error.message) for case in cases for kind, error in [checked(case)] if kind == "refused"]
    return "\n".join(["| case | refused because |", "|---|---|", *(f"| {name} | {reason} |" for name, reason in rows)])


@pytest.mark.parametrize("case", CASES)
def test_it_passes_unchecked(case: Case) -> None:
    kind, value = unchecked(case)
    assert agrees(case, kind, value), (case["expr"], value)


@pytest.mark.parametrize("case", CASES)
def test_where_the_checker_accepts_it_the_value_is_the_same(case: Case) -> None:
    kind, value = checked(case)
    assert kind == "refused" or agrees(case, kind, value), (case["expr"], value)


@pytest.mark.skipif(not read("cel"), reason=MISSING)
def test_the_page_lists_what_the_checker_refuses() -> None:
    assert table(run_ones()) in PAGE.read_text(), "run python -m tests.conformance.test_cel"


if __name__ == "__main__":
    print(table(run_ones()))
