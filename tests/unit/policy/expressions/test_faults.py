"""Why an expression has no value is kept in English, and read back for whoever reads another language."""

import ast
from pathlib import Path
from typing import Any

import pytest

from tocsin.clocks import moments
from tocsin.core.wording import plain, worded
from tocsin.languages import tongue
from tocsin.policy.decision import Unknown
from tocsin.policy.expressions import runtime
from tocsin.policy.expressions.errors import EvaluationError
from tocsin.policy.expressions.faults import TEXTS, WANTED, fault, read
from tocsin.policy.expressions.runtime.records import absent
from tocsin.policy.telling import in_words, of_unknown

VALUES: dict[str, Any] = {
    "path": "case.tags",
    "name": "f",
    "error": "KeyError: 1; expected 2",
    "type": "string",
    "key": "'a'",
    "size": 7,
    "text": "'it; expected nothing'",
    "reason": "missing )",
    "function": "size",
    "types": "int, bool",
    "most": 100,
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_that_was_kept_is_read_back(code: str) -> None:
    kept = str(fault(code, **VALUES))
    said = read(kept)
    assert plain(said) == kept
    german = worded(said, moments.reader(moments.utc, {}, tongue("de")))
    assert german != kept
    assert ("erwartet" in german) == (code in WANTED)


def test_a_text_that_nothing_says_stays_as_it_was_kept() -> None:
    assert plain(read("an older engine said so")) == "an older engine said so"
    assert plain(read("an older one; expected something")) == "an older one; expected something"


def test_a_decision_tells_why_a_rule_has_no_answer() -> None:
    german = moments.reader(moments.utc, {}, tongue("de"))
    assert worded(of_unknown(Unknown("r", "division by zero")), german) == "Division durch null"
    why = in_words(["minimum-unanswered", "strategic", "senior", "division by zero"])
    assert worded(why, german).endswith("Division durch null")


def test_every_error_has_its_text_in_the_one_place() -> None:
    """But for a fact that is missing, which is told too often for a table, in the same words."""
    assert str(absent("case.tags")) == str(fault("absent", path="case.tags"))
    folder = Path(str(runtime.__file__)).parent
    made = {
        path.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == EvaluationError.__name__
    }
    assert made == {"records.py"}
