"""What customers write cannot wake an executive by itself, and true outages are seen in five languages
(`tests/redteam/README.md`)."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.unit.policy.policies import NOON, starter
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision
from tocsin.policy.facts import facts_of

TEXTS = [json.loads(line) for line in (Path(__file__).parents[2] / "redteam" / "texts.jsonl").read_text().splitlines()]
ACCOUNTS: list[dict[str, Any]] = [
    {},
    {"name": "Big", "segment": "strategic", "arr": 5_000_000.0, "plan": "premium"},
    {"name": "Ward", "segment": "clinical"},
]
STARTERS = ["b2b-saas", "consumer", "it-service-desk"]


def decided(name: str, text: dict[str, Any], account: dict[str, Any]) -> Decision:
    return decide(starter(name), facts_of({"subject": text["subject"], "body": text["body"], "account": account}), NOON)


def seen(name: str, kind: str, unseen: bool = False) -> tuple[int, int]:
    """How many of such texts escalate, and how many there are."""
    texts = [text for text in TEXTS if text["kind"] == kind and text.get("unseen", False) == unseen]
    return sum(decided(name, text, {}).level != "standard" for text in texts), len(texts)


def test_there_are_as_many_as_the_page_says() -> None:
    assert Counter(text["kind"] for text in TEXTS) == {
        "outage": 315,
        "harmless": 48,
        "stuffed": 60,
        "homoglyphs": 50,
        "zero-width": 50,
        "quoted": 60,
        "instructions": 60,
        "hidden": 30,
    }


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("account", ACCOUNTS, ids=["unknown", "strategic", "clinical"])
def test_no_text_wakes_an_executive(name: str, account: dict[str, Any]) -> None:
    for text in TEXTS:
        decision = decided(name, text, account)
        assert decision.level != "executive", text["id"]
        if decision.level == "senior" and decision.wake and decision.evidence == "text":
            assert decision.hold > 0, text["id"]  # somebody is asked before anybody is woken


@pytest.mark.parametrize("name", STARTERS)
def test_true_outages_are_senior_or_above(name: str) -> None:
    found, of = seen(name, "outage")
    assert found >= 0.9 * of, f"{found} of {of}"


@pytest.mark.parametrize("name", STARTERS)
def test_an_old_mail_that_is_quoted_escalates_nothing(name: str) -> None:
    assert seen(name, "quoted")[0] == 0


@pytest.mark.parametrize("name", STARTERS)
def test_what_is_harmless_seldom_escalates(name: str) -> None:
    (found, of), (more, of_more) = seen(name, "harmless"), seen(name, "harmless", unseen=True)
    assert found + more <= 0.05 * (of + of_more)


@pytest.mark.parametrize("name", STARTERS)
def test_rules_that_are_passed_over_would_not_have_held(name: str) -> None:
    """Rules on words are not asked where nothing that they need was found: the bytes are those of asking all."""
    policy = starter(name)
    asking_all = replace(policy, words=lambda _: ~0)
    for text in TEXTS[::3]:
        facts = facts_of({"subject": text["subject"], "body": text["body"], "account": {}})
        assert decide(policy, facts, NOON).canonical() == decide(asking_all, facts, NOON).canonical()


UNSEEN = [
    json.loads(line) for line in (Path(__file__).parents[2] / "redteam" / "unseen.jsonl").read_text().splitlines()
]
# By set: outages that escalate at least, of so many, and ordinary tickets that do at most. What each was when the rules
# met it first, docs/triggers.md says; these bars hold what was reached since.
BARS = {1: (59, 60, 4), 2: (48, 60, 6), 3: (11, 30, 0)}


@pytest.mark.parametrize("name", STARTERS)
@pytest.mark.parametrize("number", BARS)
def test_words_that_were_written_after_the_rules(name: str, number: int) -> None:
    least, of, most = BARS[number]
    texts = [text for text in UNSEEN if text["set"] == number]
    raised = Counter(text["kind"] for text in texts if decided(name, text, {}).level != "standard")
    assert Counter(text["kind"] for text in texts) == {"outage": of, "ordinary": of}
    assert raised["outage"] >= least
    assert raised["ordinary"] <= most
    assert all(decided(name, text, {}).level != "executive" for text in texts)


@pytest.mark.parametrize("name", STARTERS)
def test_outages_that_were_unseen_once(name: str) -> None:
    found, of = seen(name, "outage", unseen=True)
    assert found >= 0.9 * of, f"{found} of {of}"
