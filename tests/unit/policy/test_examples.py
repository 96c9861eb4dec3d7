"""Examples that fail say how: the field, what was expected, what came out, on which line."""

import msgspec
import pytest

from tests.unit.policy.policies import SMALL, small
from tocsin.policy.document import parse
from tocsin.policy.examples import run_example, run_examples
from tocsin.policy.model import Example


def example(expect: dict[str, object], **given: object) -> Example:
    return Example(name="it", given={"subject": "it is down", **given}, expect=expect, line=3)


@pytest.mark.parametrize(
    "expect",
    [
        {"level": "senior", "severity": "critical", "type": "outage", "product_area": None, "kind": "technical"},
        {"score": 46, "team": "support", "assign": "least_loaded", "path": "senior", "wake": True},
        {"rules": ["down", "minimums.critical"]},
        {"rules": []},
        {"minimums": ["critical"]},
        {"level_if_unanswered": None},
    ],
)
def test_an_example_that_holds(expect: dict[str, object]) -> None:
    result = run_example(small(), example(expect))
    assert (result.ok, result.line, result.error) == (True, 3, None)


@pytest.mark.parametrize(
    ("expect", "got"),
    [
        ({"level": "executive"}, {"level": "senior"}),
        ({"score": 47}, {"score": 46.0}),
        ({"rules": ["down", "slow"]}, {"rules": ["down"]}),
        ({"minimums": []}, {"minimums": ["critical"]}),
        ({"type": None}, {"type": "outage"}),
    ],
)
def test_an_example_that_does_not_hold(expect: dict[str, object], got: dict[str, object]) -> None:
    result = run_example(small(), example(expect))
    assert not result.ok
    assert (result.expected, result.got) == (expect, got)


def test_an_example_that_cannot_be_decided() -> None:
    result = run_example(small(), example({"level": "senior"}, users_affected=-1))
    assert not result.ok
    assert result.error
    assert "users_affected" in result.error


def test_an_expectation_of_nothing_known() -> None:
    result = run_example(small(), example({"colour": "red"}))
    assert not result.ok
    assert result.error
    assert "expect.colour" in result.error


def test_all_examples_of_a_document() -> None:
    examples = example({"level": "senior"}), example({"level": "standard"})
    document = msgspec.structs.replace(parse(SMALL), examples=examples)
    assert [result.ok for result in run_examples(document)] == [True, False]
