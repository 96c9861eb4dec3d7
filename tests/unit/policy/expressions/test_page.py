"""docs/policy-expressions.md: its examples compile, its answers are the real ones, its names exist."""

import re
from pathlib import Path

import pytest

from tocsin.policy.expressions import ExpressionError, compile_expression
from tocsin.policy.expressions.functions import CALLABLE
from tocsin.policy.facts import TRIAGE

PAGE = (Path(__file__).parents[4] / "docs" / "policy-expressions.md").read_text()
EXAMPLES = [line for block in re.findall(r"```cel\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
ANSWERS = [
    (source.replace("\\|", "|"), answer.replace("\\|", "|"))
    for source, answer in re.findall(r"^\| `(.+?)` \| (column .+?) \|$", PAGE, re.MULTILINE)
]


@pytest.mark.parametrize("source", EXAMPLES)
def test_the_examples_compile(source: str) -> None:
    compile_expression(source, TRIAGE)


@pytest.mark.parametrize(("source", "answer"), ANSWERS)
def test_the_answers_are_the_real_ones(source: str, answer: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_expression(source, TRIAGE)
    assert str(refused.value) == answer


def test_there_are_examples_and_answers() -> None:
    assert len(EXAMPLES) >= 8
    assert len(ANSWERS) >= 7


@pytest.mark.parametrize("name", [*TRIAGE.paths(), *CALLABLE])
def test_every_name_and_function_is_on_the_page(name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}\b", PAGE)
