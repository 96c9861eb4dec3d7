"""The conformance tests of the CEL specification.

All cases outside the extension libraries pass through the compiled evaluator. The type checker refuses some of them,
as it may: which, and why, is a table in docs/policy-expressions.md. `python -m tests.conformance.test_cel` prints it.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

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
EXTENSIONS = ("string_ext", "math_ext")

Case = dict[str, Any]


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> list[Case]:
    return read(shared_data)


def read(folder: Path) -> list[Case]:
    every = json.loads((folder / "cel" / "cases.json").read_text())["cases"]
    return [case for case in every if not case["id"].startswith(EXTENSIONS)]


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


def table(cases: list[Case]) -> str:
    """The cases that the checker refuses, with its reason, as a Markdown table."""
    rows = [(case["id"], error.message) for case in cases for kind, error in [checked(case)] if kind == "refused"]
    return "\n".join(["| case | refused because |", "|---|---|", *(f"| {name} | {reason} |" for name, reason in rows)])


def test_every_case_passes_unchecked(cases: list[Case]) -> None:
    assert len(cases) == 324
    failed = [(case["id"], case["expr"], unchecked(case)) for case in cases if not agrees(case, *unchecked(case))]
    assert not failed


def test_what_the_checker_accepts_has_the_same_value(cases: list[Case]) -> None:
    outcomes = [(case, *checked(case)) for case in cases]
    assert not [
        (case["id"], value) for case, kind, value in outcomes if kind != "refused" and not agrees(case, kind, value)
    ]


def test_the_page_lists_what_the_checker_refuses(cases: list[Case]) -> None:
    assert table(cases) in PAGE.read_text(), "run python -m tests.conformance.test_cel and put its table on the page"


if __name__ == "__main__":
    print(table(read(Path(os.environ.get("TOCSIN_SHARED_DATA") or PAGE.parents[2] / "shared" / "data"))))
