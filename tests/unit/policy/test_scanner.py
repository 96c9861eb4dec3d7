"""One pass over a text gives the answers of the expressions one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tocsin.policy import scanner as scanner_module
from tocsin.policy.expressions import EvaluationError
from tocsin.policy.expressions.runtime.patterns import Matcher, matcher
from tocsin.policy.scanner import Scanner

PATTERNS = [
    r"(?i)\b(is|are) down\b",
    r"(?im)^re:",
    r"x{2,40}y",
    r"(?P<word>down) (?P<rest>\w+)",
    r"(?P<word>up)",
    "plain",
    r"é+",
    r"^$",
    r"[^.\n]*down",
]
TEXTS = st.lists(st.sampled_from(["is ", "down", "Re: ", "xxy", "plain", "é", "\n", ".", "up", " "])).map("".join)


def built(patterns: list[str]) -> tuple[Scanner, list[Matcher]]:
    scanner = Scanner()
    matchers = [scanner.matcher(pattern) for pattern in patterns]
    scanner.ready()
    return scanner, matchers


_, TOGETHER = built(PATTERNS)
ALONE = [matcher(pattern) for pattern in PATTERNS]


@examples(200)
@given(text=TEXTS | st.text())
def test_together_they_answer_as_alone(text: str) -> None:
    assert [found(text) for found in TOGETHER] == [found(text) for found in ALONE]


def test_a_set_without_memory_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner_module, "SET_MEMORY", 30_000)
    patterns = [rf"(?i)[a-q][^u-z]{{8}}{letter}" for letter in "rstuvwxyz"]
    _, matchers = built(patterns)
    text = "".join(chr(97 + (position * position) % 23) for position in range(3000))
    assert [found(text) for found in matchers] == [matcher(pattern)(text) for pattern in patterns]


def test_a_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(EvaluationError):
        Scanner().matcher("(")


def test_half_a_character_is_no_trouble() -> None:
    _, (found,) = built(["down"])
    assert found("\ud800 down")


def test_without_patterns_there_is_nothing_to_make() -> None:
    Scanner().ready()


def test_the_bits_of_patterns_tell_which_were_found() -> None:
    scanner, _ = built(["up", "down", "up", "x{2,40}y"])
    assert scanner.found("go up") & scanner.bits(["up"])
    assert not scanner.found("go up") & scanner.bits(["down"])
    assert scanner.found("go up") & scanner.bits(["down", "up"])
    assert scanner.bits([]) == 0
    assert scanner.bits(["up", "x{2,40}y"]) == 0  # the second is asked by itself
