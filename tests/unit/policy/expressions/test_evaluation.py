"""What conditions answer: missing values, absorbed errors, dyn values, and the rules of single functions."""

import math
from typing import Any

import pytest

from tests.unit.policy.expressions.names import case, compiled, value
from tocsin.policy.expressions import (
    DYN,
    Duration,
    EvaluationError,
    ExpressionError,
    Timestamp,
    evaluate_unchecked,
)


@pytest.mark.parametrize(
    ("source", "held", "reason"),
    [
        ("case.users_affected > 5", False, "case.users_affected is missing"),
        ("case.users_affected > 5 || case.vip", True, None),
        ("case.users_affected > 5 && !case.vip", False, None),
        ("case.users_affected > 5 && case.vip", False, "case.users_affected is missing"),
        ("case.vip || case.users_affected > 5", True, None),
        ("!(case.users_affected > 5)", False, "case.users_affected is missing"),
        ("has(case.users_affected)", False, None),
        ("!has(case.users_affected) && case.vip", True, None),
        ("has(case.users_affected) ? case.users_affected > 5 : case.vip", True, None),
        ("case.users_affected > 5 ? true : true", False, "case.users_affected is missing"),
        ("case.tags.exists(t, case.users_affected > 5 || t == 'b')", True, None),
        ("case.tags.all(t, case.users_affected > 5 && t == 'b')", False, None),
        ("case.tags.exists_one(t, case.users_affected > 5 || t == 'b')", False, "case.users_affected is missing"),
        ("case.attributes.region == 'eu'", False, "case.attributes.region is missing"),
        ("case.attributes.nested.deeper == 1", False, "case.attributes.nested.deeper is missing"),
        ("has(case.attributes.region)", False, None),
        ("score > 5", False, "score is missing"),
        ("account.plan == 'a'", False, "account.plan is missing"),
        ("case.attributes.text > 5", False, "> is not defined for string, int"),
        ("case.attributes.text && true", False, "a condition is a string; expected bool"),
        ("case.tags[7] == 'a'", False, "there is no element 7 in a list of 2"),
    ],
)
def test_missing_fields_and_other_errors(source: str, held: bool, reason: str | None) -> None:
    facts = case(vip=True, tags=["a", "b"], attributes={"nested": {}, "text": "t"})
    assert compiled(source).test(facts) == (held, reason)


def test_a_record_that_is_not_there_at_all() -> None:
    assert compiled("account.plan == 'a'").test({}) == (False, "account.plan is missing")
    assert compiled("has(account.plan)").test({}) == (False, None)


def test_evaluate_raises_what_test_explains() -> None:
    with pytest.raises(EvaluationError, match=r"case\.subject is missing"):
        compiled("case.subject", DYN).function(case())
    with pytest.raises(EvaluationError, match=r"case\.subject is missing"):
        compiled("case.subject", DYN).function(case())


@pytest.mark.parametrize("given", [5, 5.0])
def test_a_double_field_may_be_written_as_an_int(given: float) -> None:
    facts = {"account": {"arr": given}}
    assert value("account.arr / 2", facts) == 2.5
    assert value("string(account.arr)", facts) == "5"
    assert type(value("account.arr", facts)) is float
    assert value("account.arr == 5 && account.arr > 4 && account.arr < 5.5", facts) is True


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("case.attributes.n == 3", True),
        ("case.attributes.n * 2", 6),
        ("case.attributes.n * 2.5", 7.5),
        ("case.attributes.f * 2", 3.0),
        ("case.attributes.n + case.attributes.f", 4.5),
        ("case.attributes.yes == 1", False),
        ("1 in [case.attributes.yes]", False),
        ("case.attributes.yes && true", True),
        ("case.attributes.list.exists(x, x == 'b')", True),
        ("case.attributes.list.map(x, x + '!')", ["a!", "b!"]),
        ("'k' in case.attributes.map", True),
        ("case.attributes.map.k.contains('v')", True),
        ("case.attributes.list == ['a', 'b']", True),
        ("size(case.attributes.map)", 1),
        ("case.attributes.text in ['t', 'u']", True),
        ("case.attributes.`content-type` == 'x'", True),
        ("case.attributes.exists(k, k.startsWith('content'))", True),
    ],
)
def test_dyn_values_are_typed_at_run_time(source: str, expected: Any) -> None:
    attributes = {
        "n": 3,
        "f": 1.5,
        "yes": True,
        "list": ["a", "b"],
        "map": {"k": "v"},
        "text": "t",
        "content-type": "x",
    }
    found = value(source, case(attributes=attributes))
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("7 / -2", -3),
        ("-7 % 3", -1),
        ("7 % -3", 1),
        ("0x1F", 31),
        ("-0x8", -8),
        ("--1", 1),
        ("1.0 / 0.0", math.inf),
        ("-1.0 / 0.0", -math.inf),
        ("1 < 1.5 && 2.0 >= 2", True),
        ("9007199254740993 > 9007199254740992.0", True),
        ("1 + 2 * 3 - 4 / 2", 5),
        ("true || false && false", True),
        ("!true || true", True),
        ("1 < 2 == true", True),
        ("false ? 1 : true ? 2 : 3", 2),
        ("[1, 2,]", [1, 2]),
        ("{'a': 1,}", {"a": 1}),
        ("{'a': {'b': [5]}}.a.b[0]", 5),
        ("1 in {1: 2} && 1.0 in {1: 2} && !(2.5 in {1: 2})", True),
        ("[1.0] == [1] && {'a': 1} == {'a': 1.0}", True),
        ("[0.0 / 0.0] == [0.0 / 0.0]", False),
        ("size('äß😀') == 3", True),
        (r"'\x41\u00e4\U0001F600\101\n'", "Aä😀A\n"),
        (r"r'\n' + R'\x'", r"\n\x"),
        ("'''a\n'b'''", "a\n'b"),
        ("1 // comment\n + 1", 2),
        ("string(1.0) + string(-4.5e-3) + string(true) + string(-7)", "1-0.0045true-7"),
        ("int('-12') + int(2.9) + int(-2.9)", -12),
        ("double('1e3')", 1000.0),
        ("bool('t') && !bool('0')", True),
        ("'abc'.matches('^b') || matches('abc', 'b')", True),
        ("'a.c'.matches('a.c') && 'a+b'.contains('+')", True),
        ("[1, 2, 3].exists_one(x, x > 2)", True),
        ("[1, 2, 3].map(x, x > 1, x * x)", [4, 9]),
        ("[[1, 2], [3]].all(x, x.exists(y, y > 1))", True),
        ("timestamp('2026-11-22T09:30:00+01:00') == timestamp('2026-11-22T08:30:00Z')", True),
        ("string(timestamp('2026-11-22T09:30:00.120Z'))", "2026-11-22T09:30:00.12Z"),
        ("string(duration('1h30m1.5s')) + string(duration('-90s'))", "5401.5s-90s"),
        ("timestamp('2026-11-22T23:30:00Z').getHours('Europe/Berlin')", 0),
        ("timestamp('2026-11-22T23:30:00Z').getDayOfWeek()", 0),
        ("timestamp('2026-11-22T23:30:00Z').getDayOfWeek('+01:00')", 1),
        ("timestamp(0) + duration('36h') > timestamp(129599)", True),
        ("(timestamp(90) - timestamp(0)).getMinutes()", 1),
        ("duration('123.321s').getMilliseconds()", 321),
    ],
)
def test_the_rules_of_the_specification(source: str, expected: Any) -> None:
    for found in (value(source), evaluate_unchecked(source, {})):
        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize(
    "source", ["!(true in [1])", "!(true in {1: 2})", "!(1 in {true: 2})", "1 != true", "[1] != [true]"]
)
def test_true_is_not_one(source: str) -> None:
    assert evaluate_unchecked(source, {}) is True


@pytest.mark.parametrize(
    "source",
    [
        "9223372036854775807 + 1",
        "-(-9223372036854775808)",
        "9223372036854775808",
        "-9223372036854775808 / -1",
        "1 + 1.0",
        "1.0 % 2.0",
        "'a' * 3",
        "-true",
        "!1",
        "'abc'[0]",
        "[1][-1]",
        "[1]['a']",
        "{'a': 1}.b",
        "{'a': 1, 'a': 2}",
        "{1.5: 1}",
        "size(1)",
        "size()",
        "'a'.contains()",
        "'a'.matches('a', 'b')",
        "string()",
        "size('a').contains(matches())",
        "int('1_000')",
        "int(' 1')",
        "int('99999999999999999999')",
        "double('1_0')",
        "double('1,5')",
        "'a'.matches('(')",
        "timestamp('2026-02-30T00:00:00Z')",
        "timestamp('2026-02-20')",
        "timestamp('2026-02-20T00:00:00Z').getHours('Mars/Olympus')",
        "timestamp('2026-02-20T00:00:00Z').getHours('../../etc/passwd')",
        "duration('1 hour')",
        "duration('')",
        "duration('h')",
        "null < null",
        "[1] < [2]",
        "nothing",
        "'\\ud800'",
        "'\\q'",
        "'a\nb'",
        "'open",
        "1 2",
        "(1",
        "[1",
        "{1",
        "a b",
        "for",
        "1u",
        "b'a'",
        "Message{}",
        "a.?b",
        "[?1]",
        "f(1,)",
        "`a`",
        "x = 1",
        "",
        "  // nothing",
    ],
)
def test_what_has_no_value_is_an_error_of_ours(source: str) -> None:
    with pytest.raises((ExpressionError, EvaluationError)):
        evaluate_unchecked(source, {})


def test_dotted_bindings_are_found_by_their_longest_name() -> None:
    assert evaluate_unchecked("a.b.c", {"a": {"b": {"c": 1}}, "a.b": {"c": 2}}) == 2
    assert evaluate_unchecked("a.b.c", {"a.b": {"c": 2}, "a.b.c": 3}) == 3
    assert evaluate_unchecked("[{'b': 4}].exists(a, a.b == 4 && .a.b == 5)", {"a.b": 5}) is True


def test_a_text_with_a_lone_surrogate_is_searched_all_the_same() -> None:
    assert compiled("case.text.matches('(?i)DOWN')").test(case(text="\ud800 it is down")) == (True, None)


def test_times_come_from_the_instants_of_the_rest() -> None:
    opened = Timestamp.from_microseconds(1_700_000_000_000_000)
    assert compiled("case.opened < timestamp('2024-01-01T00:00:00Z')").test(case(opened=opened)) == (True, None)
    assert value("case.opened - duration('1s')", case(opened=opened)) == Timestamp(1_699_999_999 * 10**9)
    assert value("duration('1us')") == Duration(1000)


def test_the_facts_are_not_changed_and_not_kept() -> None:
    facts = case(tags=["a"])
    expression = compiled("case.tags.map(t, t + 'b')", DYN)
    assert expression.function(facts) == ["ab"]
    assert facts == case(tags=["a"])
