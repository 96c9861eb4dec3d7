"""Doubts: a person is asked where a plausible answer would give a case another level or team, and only there."""

from functools import cache
from typing import Any

import pytest

from tests.unit.policy.policies import NOON, SMALL, decided
from tocsin.policy.compiled import Policy, compile_policy
from tocsin.policy.decide import again, decide
from tocsin.policy.decision import ENGINE, Override, Plausible, from_bytes
from tocsin.policy.document import parse
from tocsin.policy.facts import ANSWERED, facts_of
from tocsin.policy.levels import named

ASKS = """    - {id: words, on: words}
    - {id: rules, on: conflict}
    - {id: facts, on: incomplete}
"""
STRATEGIC = {"segment": "strategic"}


@cache
def doubting(old: str = "", new: str = "") -> Policy:
    head, _, rest = SMALL.partition("  ask:\n")
    text = head + "  ask:\n" + ASKS + rest[rest.index("route:") :]
    return compile_policy(parse(text.replace(old, new) if old else text), version=7)


def plausible(ask: str, field: str, value: str | None, level: str, team: str) -> Plausible:
    return Plausible(ask, field, value, named(level), team)


def test_what_only_words_escalate_is_asked_about() -> None:
    decision = decided(policy=doubting(), subject="The API is down", users_affected=None)
    assert decision.triage is not None
    assert decision.triage.asks == ("triage.words",)
    assert decision.triage.answers == (plausible("triage.words", "words", None, "standard", "support"),)
    assert "triage.words" in decision.rules


@pytest.mark.parametrize(
    "more", [{"users_affected": 50}, {"source": "monitoring"}, {"priority": "urgent"}, {"type": "outage"}]
)
def test_what_more_than_words_speaks_for_is_not(more: dict[str, Any]) -> None:
    decision = decided(policy=doubting(), subject="The API is down", **more)
    assert decision.level != "standard"
    assert decision.triage is None


def test_words_that_escalate_nothing_are_not_asked_about() -> None:
    assert decided(policy=doubting(), subject="the invoice is wrong").triage is None


def test_rules_that_differ_are_asked_about_where_the_team_or_the_level_would_differ() -> None:
    decision = decided(policy=doubting(), subject="the invoice is slow", users_affected=3)
    assert decision.triage is not None
    assert decision.triage.answers == (plausible("triage.rules", "product_area", "billing", "standard", "billing"),)
    same = decided(policy=doubting(), subject="slow", tags=["hot"], users_affected=3)  # high either way
    assert same.triage is None


def test_what_the_sender_gave_is_no_conflict() -> None:
    assert (
        decided(policy=doubting(), subject="the invoice is slow", product_area="api", users_affected=3).triage is None
    )


def test_a_missing_fact_is_asked_about_where_it_alone_could_carry_the_score_across() -> None:
    short = decided(policy=doubting(), account=STRATEGIC, tags=["press", "hot"])
    assert (short.score, short.level) == (58, "standard")
    assert short.triage is not None
    assert short.triage.answers == (plausible("triage.facts", "case.users_affected", None, "senior", "support"),)
    over = decided(policy=doubting("at: 60", "at: 55"), account=STRATEGIC, tags=["press", "hot"])
    assert over.level == "senior"
    assert over.triage is not None
    assert over.triage.answers == (plausible("triage.facts", "case.users_affected", None, "standard", "support"),)
    assert decided(policy=doubting(), account=STRATEGIC, users_affected=10, tags=["press", "hot"]).triage is None
    assert decided(policy=doubting(), account={}).triage is None  # too far from any level


def test_what_a_person_has_set_is_not_in_doubt() -> None:
    override = Override(reason="seen", by="user:anna", type="outage")
    assert decided(override, policy=doubting(), subject="The API is down").triage is None


def test_a_question_that_was_answered_is_not_asked_again_at_the_same_level() -> None:
    facts = facts_of({"subject": "The API is down"}) | {ANSWERED: {"triage.words at senior": NOON}}
    assert decide(doubting(), facts, NOON).triage is None
    facts[ANSWERED] = {"triage.words at executive": NOON}
    assert decide(doubting(), facts, NOON).triage is not None


def test_a_question_that_was_answered_raises_nothing_by_itself() -> None:
    policy = compile_policy(parse(SMALL.replace("  ask:\n", "  ask:\n" + ASKS)), version=7)
    facts = facts_of({"subject": "a", "tags": ["press", "hot"]}, STRATEGIC)
    both = decide(policy, facts, NOON).triage
    assert both is not None
    assert (both.asks, both.level_if_unanswered) == (("triage.near", "triage.facts"), "senior")
    one = decide(policy, facts | {ANSWERED: {"triage.near at standard": NOON}}, NOON).triage
    assert one is not None
    assert (one.asks, one.level_if_unanswered) == (("triage.facts",), None)
    other = decide(policy, facts | {ANSWERED: {"triage.facts at standard": NOON}}, NOON).triage
    assert other is not None
    assert (other.asks, other.answers) == (("triage.near",), ())


def test_a_doubt_can_be_muted() -> None:
    muted = frozenset({"triage.words"})
    decision = decide(doubting(), facts_of({"subject": "The API is down"}), NOON, muted=muted)
    assert (decision.triage, decision.muted) == (None, ("triage.words",))


def test_a_person_sets_type_and_area() -> None:
    decision = decided(Override(reason="r", type="slow", product_area="billing"), subject="The API is down")
    assert (decision.type, decision.product_area, decision.severity, decision.team) == (
        "slow",
        "billing",
        "high",
        "billing",
    )
    assert "type slow: override" in decision.reasons


def test_decisions_in_doubt_are_stored_and_replayed_byte_by_byte() -> None:
    decision = decided(policy=doubting(), subject="the invoice is slow", users_affected=3)
    stored = decision.canonical()
    assert from_bytes(stored) == decision
    assert again(doubting(), decision).canonical() == stored
    assert b'"answers"' not in decision.as_of(ENGINE - 1)
    overridden = decided(Override(reason="r", type="slow"))
    assert b'"product_area":null,"reason"' not in overridden.as_of(ENGINE - 1)
