"""Whatever the text, `parse` returns a document or raises InvalidDocument, soon."""

import copy
import io
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.examples import examples
from tests.unit.policy.documents import ACME, data_of, places
from tocsin.core.errors import InvalidDocument
from tocsin.policy.check import check
from tocsin.policy.document import parse

DATA = data_of(ACME)
PLACES = list(places(DATA))
QUICK = examples(60, suppress_health_check=list(HealthCheck))

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["15m", "3bd", "critical", "role:x", "oncall:senior", "case.severity", "\u0000", "9" * 400]),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=4),
    max_leaves=12,
)


def parsed_or_refused(text: str) -> None:
    started = time.process_time()
    try:
        document, problems = parse(text), None
    except InvalidDocument as error:
        document, problems = None, error.problems
    assert document is not None or problems
    assert all(problem.message and str(problem) for problem in problems or ())
    assert time.process_time() - started < 10


def dumped(data: Any) -> str:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, stream)
    return stream.getvalue()


@QUICK
@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_text(text: str) -> None:
    parsed_or_refused(text)


@QUICK
@given(st.text(alphabet="abn01 \n\t-?:,[]{}#&*!|>'\"%@`~\\.<=", max_size=120))
def test_text_that_looks_like_yaml(text: str) -> None:
    parsed_or_refused(text)


@QUICK
@given(st.lists(st.tuples(st.integers(0, len(ACME)), st.integers(0, 30), st.text(max_size=5)), min_size=1, max_size=4))
def test_a_document_with_pieces_cut_out_and_put_in(cuts: list[tuple[int, int, str]]) -> None:
    text = ACME
    for start, length, piece in cuts:
        text = text[:start] + piece + text[start + length :]
    parsed_or_refused(text)


@QUICK
@given(st.lists(st.tuples(st.sampled_from(PLACES), TREES), min_size=1, max_size=3))
def test_a_document_with_values_put_in(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    data = copy.deepcopy(DATA)
    for place, value in changes:
        around = data
        try:
            for part in place[:-1]:
                around = around[part]
            around[place[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    parsed_or_refused(dumped(data))


CONDITIONS = [place for place in PLACES if place[-1] in ("when", "wake", "enter", "leave")]
WORDS = """case.type account.arr score "x" 1 1.5 && || ! ( ) == in [ ] , ? : . - \\ \u00e9 has(
    case.tags.exists(t,t=="x") case.text.matches("(")"""
PIECES = st.sampled_from([*WORDS.split(), " ", "\n"])


@QUICK
@given(st.lists(st.tuples(st.sampled_from(CONDITIONS), st.lists(PIECES, max_size=12)), min_size=1, max_size=3))
def test_a_document_with_any_conditions_is_checked(changes: list[tuple[tuple[Any, ...], list[str]]]) -> None:
    data = copy.deepcopy(DATA)
    for place, pieces in changes:
        around = data
        for part in place[:-1]:
            around = around[part]
        around[place[-1]] = "".join(pieces)
    try:
        document = parse(dumped(data))
    except InvalidDocument:
        return
    assert all(problem.message and problem.key for problem in check(document))


@pytest.mark.parametrize("section", DATA)
def test_a_section_of_another_kind(section: str) -> None:
    for value in (None, True, 0, "x", [], {}, [None], {"0": None}):
        parsed_or_refused(dumped(DATA | {section: value}))


@QUICK
@given(st.sampled_from(PLACES), st.integers(1, 200))
def test_a_document_with_deep_nesting_put_in(place: tuple[Any, ...], depth: int) -> None:
    data = copy.deepcopy(DATA)
    around = data
    for part in place[:-1]:
        around = around[part]
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    around[place[-1]] = value
    parsed_or_refused(dumped(data))
