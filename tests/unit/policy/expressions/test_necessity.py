"""What has to be found in a text for a condition to hold: without it the condition is false, and never unanswered."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tocsin.policy.expressions import compile_expression
from tocsin.policy.facts import TRIAGE

P, Q, R = 'case.text.matches("p")', 'case.text.matches("q")', 'case.subject.matches("r")'


@pytest.mark.parametrize(
    ("source", "text", "subject"),
    [
        (P, "p", ""),
        (f"{P} || {Q}", "pq", ""),
        (f"{P} && {Q}", "p", ""),
        (f'case.priority == "high" && {P}', "p", ""),
        (f"{P} && case.users_affected > 5", "p", ""),
        (f"{P} && !{Q}", "p", ""),
        (f"!{P}", "", ""),
        (f"{P} || case.users_affected > 5", "", ""),
        (f"({P} || {Q}) && {R}", "pq", "r"),
        (f"{P} || {R}", "", ""),
        (f"case.users_affected > 5 ? {P} : {Q}", "", ""),
        ('case.tags.exists(t, t.matches("p"))', "", ""),
    ],
)
def test_it_is_read_from_the_condition(source: str, text: str, subject: str) -> None:
    needs = compile_expression(source, TRIAGE).needs
    assert {field: set(found) for field, found in needs.items()} == {
        field: set(found) for field, found in (("case.text", text), ("case.subject", subject)) if found
    }


ATOMS = st.sampled_from([P, Q, R, 'case.priority == "high"', "case.users_affected > 5", "case.tags.size() > 0"])
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} && {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} || {pair[1]})"),
        inner.map(lambda one: f"!({one})"),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} ? {three[1]} : {three[2]})"),
    ),
    max_leaves=5,
)
CASES = st.fixed_dictionaries(
    {"text": st.text("pqx", max_size=2), "subject": st.text("rx", max_size=1)},
    optional={"priority": st.sampled_from(["high", "low"]), "users_affected": st.just(9), "tags": st.just(["a"])},
)


@examples(200)
@given(source=CONDITIONS, case=CASES)
def test_without_it_a_condition_is_false_whatever_is_missing(source: str, case: dict[str, Any]) -> None:
    expression = compile_expression(source, TRIAGE)
    for field, patterns in expression.needs.items():
        if not any(pattern in case[field.removeprefix("case.")] for pattern in patterns):
            assert expression.test({"case": case, "account": {}, "decision": {}}) == (False, None)
