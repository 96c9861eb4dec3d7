"""The words that made a rule fire are marked among the customer's own; those that rule something out are not."""

from typing import Any

import msgspec

from tests.unit.policy.policies import small, starter
from tocsin.policy.decide import decide
from tocsin.policy.facts import SUGGESTED, facts_of
from tocsin.policy.marking import passages

NOON = 1772614800000000


def marked(name: str | None, text: str, **more: dict[str, Any]) -> list[str]:
    policy = small() if name is None else starter(name)
    decision = msgspec.to_builtins(decide(policy, facts_of({"subject": "Hello", "body": text}) | more, NOON))
    found = passages(policy, decision, text)
    assert "".join(one.text for one in found) == text
    return [one.text for one in found if one.marked]


def test_the_words_of_rules_that_fired() -> None:
    assert marked(None, "Since nine the shop IS DOWN, <b>really</b>") == ["IS DOWN"]
    assert marked(None, "It is slow, and the invoice is wrong") == ["slow"]  # the rule on invoices sets nothing
    assert marked(None, "All is well") == []
    assert "empty page" in marked("b2b-saas", "Every branch gets an empty page since nine.")


def test_the_words_of_a_suggestion() -> None:
    said = {SUGGESTED: {"model": 1, "type": {"name": "slow", "confidence": 0.6, "words": ["takes minutes", "lag"]}}}
    assert marked(None, "It Takes minutes (flag, lag)", **said) == ["Takes minutes", "lag"]
