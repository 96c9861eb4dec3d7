"""What the checker refuses, with place and way out, and what it makes of what it accepts."""

import pytest

from tests.unit.policy.expressions.names import ENVIRONMENT, compiled
from tocsin.core.errors import InvalidInput
from tocsin.policy.expressions import (
    ABSENT,
    BOOL,
    DOUBLE,
    DYN,
    INT,
    LIST,
    STRING,
    Environment,
    ExpressionError,
    Type,
    compile_expression,
)


@pytest.mark.parametrize(
    ("source", "offset", "message"),
    [
        ("case.user_affected > 5", 0, "there is no case.user_affected: did you mean case.users_affected?"),
        ("true && users_affected > 5", 8, "there is no users_affected: did you mean case.users_affected?"),
        ("account.plan_ == 'a'", 0, "did you mean account.plan?"),
        ("case == account", 0, "case is a record and no value"),
        ("has(case.sverity)", 4, "did you mean case.severity?"),
        ("case.users_affected == 'many'", 20, "== compares int with string"),
        ("case.vip > 'a'", 9, "> compares bool with string"),
        ("case.tags < case.tags", 10, "< has no meaning for list(string)"),
        ("case.subject", 0, "the expression is of the type string"),
        ("case.subject && true", 0, "this is of the type string, not a condition"),
        ("case.subject.startWith('a')", 13, "did you mean startsWith?"),
        ("contains(case.subject, 'a')", 0, "contains is called in another way"),
        ("case.subject.contains(1)", 13, "contains has no meaning for (string, int)"),
        ("case.tags.exists(t)", 10, "exists is called in another way"),
        ("case.subject.exists(t, t == 'a')", 13, "exists() walks over a string"),
        ("case.tags.exists(1, true)", 17, "the first argument of a macro names its variable"),
        ("case.tags.exists(t, u == 'a')", 20, "there is no u"),
        ("1 in case.tags", 2, "in looks for a int in a list(string)"),
        ("case.subject in 'abc'", 13, "in looks into a string"),
        ("case.tags['a'] == 'a'", 9, "a list(string) is asked for a string"),
        ("case.subject.length > 1", 13, "string has no fields"),
        ("case.subject.matches(case.body)", 21, "the regular expression is not written out"),
        ("case.subject.matches('a(')", 21, "the regular expression is not valid"),
        (f"case.subject.matches('{'a' * 1025}')", 21, "the regular expression has 1025 characters"),
        ("case.subject.matches('(((a{99}){99}){99})')", 21, "the regular expression is not valid"),
        ("case.subject.matches('(?=a)')", 21, "the regular expression is not valid"),
        ("case.severity != null", 17, "null is never a value here"),
        ("(true ? 1 : 'a') == 1", 12, "the branches are of the types int and string"),
        ("case.severity in ['a', 1]", 23, "elements of a list are of the types string and int"),
        ("{'a': 1, 2: 1} == {}", 9, "keys of a map are of the types string and int"),
        ("{1.5: 1} == {}", 0, "a key of the type double"),
        ("-case.subject == 'a'", 0, "- has no meaning for (string)"),
        ("case.users_affected + 'a' == 'a'", 20, "+ has no meaning for (int, string)"),
        ("case.tags + [1] == []", 10, "+ joins list(string) and list(int)"),
        ("case.users_affected / 0 > 1 || 1 / 0 == 1", 33, "this always fails: division by zero"),
        ("timestamp('yesterday') < case.opened", 0, "this always fails: 'yesterday' is not a timestamp"),
        ("a.b.c", 0, "there is no a"),
    ],
)
def test_mistakes_are_named_with_their_place(source: str, offset: int, message: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compiled(source)
    assert message in refused.value.message
    assert refused.value.position.offset == offset


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [("true &&\n  case.nothing == 1", 2, 3), ("nothing", 1, 1), ("'ä😀' == nothing", 1, 9), ("1 +\r\n+", 2, 1)],
)
def test_positions_count_lines_and_characters(source: str, line: int, column: int) -> None:
    with pytest.raises(ExpressionError) as refused:
        compiled(source)
    assert (refused.value.position.line, refused.value.position.column) == (line, column)


def test_the_error_is_an_invalid_input_that_reads_well() -> None:
    with pytest.raises(InvalidInput) as refused:
        compiled("case.users_affected > '5'")
    assert str(refused.value) == "column 21: > compares int with string; expected operands of one type"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("score / 2", DOUBLE),
        ("2 * score + case.users_affected", DOUBLE),
        ("case.users_affected / 2", INT),
        ("case.vip ? 1 : 2.5", DOUBLE),
        ("[1, 2.5]", LIST(DOUBLE)),
        ("case.attributes.x", DYN),
        ("case.attributes.x * 2", DYN),
        ("case.attributes.x * 2.0", DOUBLE),
        ("case.attributes.x + 'a'", STRING),
        ("case.attributes['x'].y.z == 1", BOOL),
        ("case.tags.map(t, size(t))", LIST(INT)),
        ("case.tags.filter(t, t == 'a')", LIST(STRING)),
        ("{'a': 1}.map(k, k)", LIST(STRING)),
    ],
)
def test_types_are_inferred(source: str, expected: Type) -> None:
    assert compiled(source, DYN).type == expected


def test_an_int_is_taken_where_a_double_is_expected() -> None:
    expression = compiled("case.users_affected * 2", DOUBLE)
    found = expression.function({"case": {"users_affected": 4}})
    assert (found, type(found)) == (8.0, float)


def test_references_and_comparisons_can_be_read_off() -> None:
    expression = compiled(
        'case.severity in ["high", "critical"] && has(case.subject) && account.plan != "free" && "vip" in case.tags'
    )
    assert expression.references == ("case.severity", "case.subject", "account.plan", "case.tags")
    assert expression.compared == {
        "case.severity": {"high", "critical"},
        "account.plan": {"free"},
        "case.tags": {"vip"},
    }


@pytest.mark.parametrize(
    ("source", "constant"),
    [
        ("1 + 1 == 2", True),
        ("false && case.vip", False),
        ("case.vip || true", True),
        ("[1, 2].exists(x, x > 2)", False),
        ("true && case.vip", ABSENT),
        ("'ab'.matches('^a') ? 1 < 2 : case.vip", True),
    ],
)
def test_constants_are_found(source: str, constant: object) -> None:
    assert compiled(source).constant is constant


@pytest.mark.parametrize(
    ("source", "never"),
    [
        ("case.type == 'a' && case.type == 'b'", True),
        ("case.type == 'a' && (case.vip && 'b' == case.type)", True),
        ("case.type in ['a', 'b'] && case.type == 'c'", True),
        ("case.type in ['a', 'b'] && case.type in ['b', 'c']", False),
        ("case.type == 'a' && case.type != 'a'", True),
        ("case.users_affected > 10 && case.users_affected < 5", True),
        ("case.users_affected > 5 && 5 >= case.users_affected", True),
        ("case.users_affected >= 5 && case.users_affected <= 5", False),
        ("case.users_affected == 3 && case.users_affected > 5", True),
        ("score > 80 && score < 60.5", True),
        ("!has(case.type) && case.type == 'a'", True),
        ("!has(case.type) && case.severity == 'a'", False),
        ("(case.type == 'a' && case.type == 'b') || false", True),
        ("(case.type == 'a' && case.type == 'b') || case.vip", False),
        ("case.type == 'a' || case.type == 'b'", False),
        ("1 > 2", True),
    ],
)
def test_conditions_that_never_hold_are_found(source: str, never: bool) -> None:
    assert compiled(source).never is never


def test_an_environment_grows_without_changing() -> None:
    later = ENVIRONMENT.extended({"case": {"priority": STRING}, "decision": {"level": STRING}})
    assert compile_expression("case.priority == 'a' && case.vip && decision.level == 'b'", later)
    with pytest.raises(ExpressionError):
        compiled("case.priority == 'a'")


def test_macro_variables_hide_names_but_not_absolute_ones() -> None:
    environment = Environment({"score": DOUBLE, "case": {"tags": LIST(STRING)}})
    assert compile_expression("case.tags.exists(score, score == 'a' && .score > 1.0)", environment)
    assert compile_expression("case.tags.all(case, case == 'a')", environment)
    with pytest.raises(ExpressionError, match="string has no fields"):
        compile_expression("case.tags.all(case, case.tags == [])", environment)
