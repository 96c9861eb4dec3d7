"""What is said to follow does follow, for whatever facts, missing ones included."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tocsin.policy.expressions import compile_expression
from tocsin.policy.facts import SCORING
from tocsin.policy.implication import Search, cases, condition, implies

ATOMS = st.sampled_from(
    [
        "true",
        "false",
        'account.plan == "a"',
        '"b" == account.plan',
        'account.plan in ["a", "b"]',
        'account.plan != "a"',
        "case.users_affected > 1",
        "case.users_affected >= 1",
        "2 <= case.users_affected",
        "case.users_affected < 2",
        "case.users_affected == 1",
        "has(account.region)",
        "!has(account.region)",
        'case.tags.exists(t, t == "x")',
    ]
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.builds(
        lambda parts, operator: "(" + operator.join(parts) + ")",
        st.lists(inner, min_size=2, max_size=3),
        st.sampled_from([" && ", " || "]),
    ),
    max_leaves=6,
)
FACTS = st.fixed_dictionaries(
    {
        "case": st.fixed_dictionaries(
            {}, optional={"users_affected": st.integers(0, 3), "tags": st.lists(st.sampled_from("xy"), max_size=2)}
        ),
        "account": st.fixed_dictionaries(
            {}, optional={"plan": st.sampled_from("abc"), "region": st.sampled_from(["eu"])}
        ),
    }
)


@examples(300)
@given(CONDITIONS, CONDITIONS, st.lists(FACTS, min_size=5, max_size=20))
def test_sound(one: str, other: str, worlds: list[dict[str, Any]]) -> None:
    search = Search()
    follows = search.implies(condition(one), condition(other))
    first, second = compile_expression(one, SCORING), compile_expression(other, SCORING)
    for facts in worlds:
        if follows and first.test(facts)[0]:
            assert second.test(facts)[0], f"{one} does not imply {other} in {facts}"


@examples(100)
@given(CONDITIONS, CONDITIONS)
def test_each_follows_from_itself_and_more_and_shares_a_mark(one: str, other: str) -> None:
    assert implies(condition(one), condition(one))
    assert implies(condition(f"{one} && {other}"), condition(one))
    assert implies(condition(one), condition(f"{one} || {other}"))
    search = Search()
    given, asked = condition(one), condition(other)
    marks = search.marks(asked) & (search.marks(given) | search.marks(condition(None)))
    for case in cases(given):
        never = "false" in one  # from what never holds everything follows, marks or not
        assert marks or never or not search.implies(case, asked)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            'account.plan == "a" && (account.region == "x" || account.region == "y")',
            'account.region in ["x", "y"]',
            True,
        ),
        ("case.users_affected > 1", "case.users_affected >= 1", True),
        ("case.users_affected >= 1", "case.users_affected > 1", False),
        ("case.users_affected < 1", "case.users_affected > 0", False),
        ("account.arr >= 1.0", "account.arr >= 1", True),
        ('account.plan == "1"', 'account.plan in ["1", "2"]', True),
        ("case.attributes.x == 1", "case.attributes.x == true", False),
        ("case.attributes.x == 1", "case.attributes.x == 1.0", True),
        ('case.text.matches("a")', 'case.body.matches("a")', False),
        ("false", 'account.plan == "a"', True),
        ('account.plan == "a"', "true", True),
    ],
)
def test_what_follows(one: str, other: str, expected: bool) -> None:
    assert implies(condition(one), condition(other)) is expected


def test_after_too_many_steps_the_answer_is_no() -> None:
    search = Search(steps=1)
    assert search.implies(condition("true"), condition("true"))
    assert not search.implies(condition("true"), condition("true"))
