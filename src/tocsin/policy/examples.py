"""Documented examples are tests: each is decided, and the fields that it expects are compared."""

from typing import Any

import msgspec

from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.core.wording import say
from tocsin.policy.compiled import Policy, compile_policy
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision
from tocsin.policy.facts import facts_of
from tocsin.policy.language import with_language
from tocsin.policy.model import Document, Example

DEFAULT_TIME = instants.from_text("2026-01-07T12:00:00Z")  # a Wednesday
_SAME_SCORE = 1e-6


class ExampleResult(msgspec.Struct, frozen=True):
    """How an example came out; `got` has the fields that it expects, `error` says why it could not be decided."""

    name: str
    ok: bool
    expected: dict[str, Any]
    got: dict[str, Any]
    line: int | None
    error: str | None = None
    rules: tuple[str, ...] = ()


def run_examples(document: Document) -> list[ExampleResult]:
    """Decide every example of a checked document, in its order."""
    policy = compile_policy(document)
    return [run_example(policy, example) for example in document.examples]


def run_example(policy: Policy, example: Example) -> ExampleResult:
    """Decide one example. A body that POST /cases would refuse is a failure, not an exception."""
    now = DEFAULT_TIME if example.at is None else example.at
    try:
        decision = decide(policy, with_language(policy, facts_of(example.given)), now)
        got = {field: _field(decision, field, expected) for field, expected in example.expect.items()}
    except InvalidInput as error:
        return ExampleResult(example.name, False, example.expect, {}, example.line, str(error))
    ok = all(_same(got[field], expected) for field, expected in example.expect.items())
    return ExampleResult(example.name, ok, example.expect, got, example.line, rules=decision.rules)


def _field(decision: Decision, field: str, expected: object) -> Any:
    """A field of the decision as `expect` names it. Of the rules, those expected that fired: others may, too."""
    if field == "rules" and isinstance(expected, list):
        fired = {*decision.rules, *(rule.partition(".")[2] for rule in decision.rules)}
        return [rule for rule in expected if rule in fired]
    if field == "minimums":
        return [minimum.id for minimum in decision.minimums]
    if field == "level_if_unanswered":
        return decision.triage.level_if_unanswered if decision.triage else None
    if field not in Decision.__struct_fields__:
        raise InvalidInput(
            say("there is no such field"), place=f"expect.{field}", expected=say("a field of the decision")
        )
    return getattr(decision, field)


def _same(got: object, expected: object) -> bool:
    if isinstance(expected, list) and isinstance(got, list):
        return sorted(map(str, got)) == sorted(map(str, expected))
    if isinstance(got, float) and isinstance(expected, (int, float)):
        return abs(got - expected) <= _SAME_SCORE
    return got == expected
