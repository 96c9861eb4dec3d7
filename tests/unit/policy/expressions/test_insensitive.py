"""Texts are compared without case, width, other forms of a letter and hidden characters, where the names say so."""

from typing import Any

import pytest
import re2

from tocsin.core.texts import fold
from tocsin.policy.expressions import DYN, LIST, MAP, STRING, Environment, ExpressionError, compile_expression
from tocsin.policy.expressions.insensitive import insensitive

NAMES = {"case": {"text": STRING, "tags": LIST(STRING), "when": STRING, "more": MAP(STRING, DYN)}}
FOLDED = Environment(NAMES, folded=True)


def holds(source: str, **facts: Any) -> bool:
    return compile_expression(source, FOLDED).test({"case": facts})[0]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"Straße", "in der STRASSE", True),
        (r"stra(ß|x)e?n", "Straßen", True),
        (r"ß{2}", "ßß", True),
        (r"^ß{2}$", "ß", False),
        (r"[ßx]y", "ßy", True),
        (r"[ßx]y", "sy", False),
        (r"[äö]l", "Ö\u200bl", True),
        (r"[À-Ý]x", "éx", True),
        (r"[^ÄÖ]l", "Öl", False),
        (r"[^ÄÖ]l", "al", True),
        (r"Sto\u0308rung", "Störung", True),
        (r"Störung", "STO\u0308RUNG", True),
        (r"\bDOWN\b", "it is down", True),
        (r"(?i)\bdown\b", "It is \uff24\uff2f\uff37\uff2e", True),
        (r"\bDOWN\b", "download", False),
        (r"a\Bb", "AB", True),
        (r"^\S+$", "ab cd", False),
        (r"^\D+$", "ab", True),
        (r"^\D+$", "a1", False),
        (r"[A-Z]{3}-\d+", "abc-12", True),
        (r"[[:upper:]]x", "ax", True),
        (r"\p{Lu}1", "é1", True),
        (r"\x{41}1", "a1", True),
        (r"\QA.B\E", "a.b", True),
        (r"\QA.B\E", "axb", False),
        (r"（", "(", True),
        (r"can't", "can\u2019t", True),
        (r"(?P<Name>X)y", "xY", True),
        (r"(?s:A.b)", "a\nB", True),
        (r"down\r?\n", "Down\r\nup", True),
        (r"a\r\nb", "A\r\nB", True),
        (r"out\u00adage", "outage", True),
        (r"is down", "is\r\n  down", True),
        (r"is  down", "is down", True),
        (r"is\tdown", "is down", True),
        (r"is\ndown", "is down", True),
        (r"(?i)is\ndown", "is down", True),
        (r"is  ?down", "is down", True),
        (r"is  *down", "isdown", False),
        (r"down\n\n", "down\n\nup", True),
        (r"down[.\n]", "down\n\nup", True),
        (r"down[.\n]", "down\nup", False),
        (r"(?m)^up", "down\n\nup", True),
        (r"is[\t]down", "is\tdown", True),
        (r"is[^\n]down", "is\ndown", True),
        (r"\.", "a", False),
    ],
)
def test_a_pattern_finds_every_spelling(pattern: str, text: str, found: bool) -> None:
    pattern = pattern.encode("ascii", "backslashreplace").decode("unicode_escape") if "\\u0" in pattern else pattern
    assert bool(re2.search(insensitive(pattern), fold(text))) is found


def test_a_pattern_that_ignores_case_already_stays_as_it_is() -> None:
    assert insensitive(r"(?i)\b(is|are) down\b") == r"(?i)\b(is|are) down\b"
    assert insensitive("down") == "down"


@pytest.mark.parametrize(
    ("source", "facts"),
    [
        ('case.text == "Störung"', {"text": "störung"}),
        ('"Störung" == case.text', {"text": "störung"}),
        ('case.text != "ERROR" || true', {"text": "x"}),
        ('case.text.contains("P1") && case.text.startsWith("Ü") && case.text.endsWith("!")', {"text": "über p1!"}),
        ('case.text in ["P1", "Urgent"]', {"text": "urgent"}),
        ('"VIP" in case.tags', {"tags": ["vip"]}),
        ('case.tags.exists(t, t in ["Press", "Legal"])', {"tags": ["legal"]}),
        ('case.tags.map(t, t + "X").exists(t, t == "AX")', {"tags": ["a"]}),
        ('case.more.Region == "EU"', {"more": {"region": "eu"}}),
        ('case.more["Region"] == "EU" && has(case.more.REGION) && "Region" in case.more', {"more": {"region": "eu"}}),
        ('case.more.exists(k, k == "Region")', {"more": {"region": "eu"}}),
        ('(case.text == "A" ? "B" : "C") == "b"', {"text": "a"}),
        ('timestamp(case.when) > timestamp("2026-01-01T00:00:00Z")', {"when": "2027-01-01t00:00:00z"}),
        ('string(timestamp(case.when)) == "2027-01-01T00:00:00Z"', {"when": "2027-01-01t00:00:00z"}),
        ('timestamp(case.when).getHours("Europe/Berlin") == 1', {"when": "2027-01-01t00:00:00z"}),
        ('bool("TRUE") && double("1E3") == 1000.0 && duration("1h") > duration("1m")', {}),
    ],
)
def test_what_is_spelled_out_is_folded_as_the_facts_are(source: str, facts: dict[str, Any]) -> None:
    assert holds(source, **facts)


def test_names_that_are_not_folded_are_compared_as_they_are() -> None:
    expression = compile_expression('case.text == "P1"', Environment(NAMES))
    assert [expression.test({"case": {"text": text}})[0] for text in ("P1", "p1")] == [True, False]


def test_a_wrong_pattern_is_quoted_as_it_was_written() -> None:
    with pytest.raises(ExpressionError, match=r"missing \): \(Down") as refused:
        compile_expression('case.text.matches("(Down[A]")', FOLDED)
    assert "(?i)" not in str(refused.value)
