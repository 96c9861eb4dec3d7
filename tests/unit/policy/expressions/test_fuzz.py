"""Random expressions and facts: the compiled code equals the reference, and nothing but our own errors gets out."""

import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.policy.expressions.generated import ENVIRONMENT, facts, sources
from tests.unit.policy.expressions.reference import interpret
from tests.unit.policy.expressions.sameness import same
from tocsin.policy.expressions import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    LIST,
    STRING,
    EvaluationError,
    ExpressionError,
    Type,
    compile_expression,
    evaluate_unchecked,
)
from tocsin.policy.expressions.checker import check
from tocsin.policy.expressions.parser import parse

QUICK = examples(100, suppress_health_check=list(HealthCheck))
LONGEST = 1.0
"""Seconds of the processor that no expression may take, compiling included."""


def outcome(evaluate: Any, *arguments: Any) -> tuple[str, Any]:
    try:
        return "value", evaluate(*arguments)
    except EvaluationError as error:
        return "error", error.detail


@pytest.mark.parametrize("type_", [BOOL, INT, DOUBLE, STRING, LIST(STRING)], ids=str)
@QUICK
@given(st.data())
def test_the_compiled_code_equals_the_reference(type_: Type, data: st.DataObject) -> None:
    source = data.draw(sources(type_))
    try:
        expression = compile_expression(source, ENVIRONMENT, type_)
    except ExpressionError as error:
        event(f"refused: {error.message.split()[0]}")
        return
    tree, _ = check(parse(source), ENVIRONMENT, type_)
    for variables in data.draw(st.lists(facts(), min_size=3, max_size=3)):
        kind, value = outcome(expression.function, variables)
        expected, wanted = outcome(interpret, tree, variables)
        event(kind)
        assert kind == expected, (source, variables, value, wanted)
        assert kind == "error" or same(value, wanted), (source, variables, value, wanted)


@QUICK
@given(sources(BOOL, dynamic=False), facts())
def test_without_dyn_only_missing_fields_and_arithmetic_fail(source: str, variables: dict[str, Any]) -> None:
    try:
        expression = compile_expression(source, ENVIRONMENT)
    except ExpressionError:
        return
    kind, value = outcome(expression.function, variables)
    harmless = ("is missing", "overflows 64 bits", "by zero", "has(", "walks over")
    assert kind == "value" or any(part in value for part in harmless), (source, value)


@QUICK
@given(sources(BOOL), facts())
def test_what_never_holds_never_holds(source: str, variables: dict[str, Any]) -> None:
    try:
        expression = compile_expression(source, ENVIRONMENT)
    except ExpressionError:
        return
    if expression.never:
        assert expression.test(variables)[0] is False


_TOKENS = """
case account score . .subject .tags .attributes .x ( ) [ ] { } , : ? && || ! - + * / % == != < <= in 1 -1 2.5 1e9 `a-b`
0x1F 9223372036854775808 'a' "b" r'\\' '\\u00e4' '\\ud800' \'\'\' ` b'' 1u true false null has( .all( .exists( // \\ €
.exists_one( .map( .filter( .matches( .size( size( int( double( string( timestamp( duration( t \x00
"""
TOKENS = st.sampled_from(_TOKENS.split())
NOISE = st.lists(TOKENS, max_size=25).map(" ".join) | st.lists(TOKENS, max_size=12).map("".join) | st.text(max_size=60)


@examples(400, suppress_health_check=list(HealthCheck))
@given(NOISE, facts())
def test_noise_is_refused_politely(source: str, variables: dict[str, Any]) -> None:
    began = time.process_time()
    with suppress(ExpressionError):
        outcome(compile_expression(source, ENVIRONMENT, DYN).function, variables)
    with suppress(ExpressionError, EvaluationError):
        evaluate_unchecked(source, variables)
    assert time.process_time() - began < LONGEST


@QUICK
@given(sources(BOOL), st.dictionaries(st.sampled_from(["case", "account", "score"]), st.none() | st.integers()))
def test_facts_of_the_wrong_shape_are_errors_like_any_other(source: str, variables: dict[str, Any]) -> None:
    try:
        expression = compile_expression(source, ENVIRONMENT)
    except ExpressionError:
        return
    outcome(expression.function, variables)
