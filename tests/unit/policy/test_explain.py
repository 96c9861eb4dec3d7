"""What would change a decision: true, and the smallest; why a case was not escalated."""

from typing import Any

import pytest
from hypothesis import given

from tests.examples import examples
from tests.unit.policy.bodies import BODIES, policies, policy_of
from tests.unit.policy.policies import NOON, decided, small, starter
from tocsin.policy.candidates import changed
from tocsin.policy.decide import again, decide
from tocsin.policy.decision import Override
from tocsin.policy.explain import explain
from tocsin.policy.facts import facts_of
from tocsin.policy.levels import RANK, STANDARD

STRATEGIC = {"segment": "strategic"}


@policies
@examples(15)
@given(body=BODIES)
def test_the_change_that_is_named_changes_the_level(name: str, body: dict[str, Any]) -> None:
    policy = policy_of(name)
    decision = decide(policy, facts_of(body), NOON)
    explanation = explain(policy, decision)
    for change, direction in ((explanation.raises, 1), (explanation.lowers, -1)):
        if change is None:
            continue
        other = again(policy, decision, changed(decision.facts, change.fact, change.after))
        assert (RANK[other.level] - RANK[decision.level]) * direction > 0
        assert (other.level, other.score) == (change.level, change.score)
        assert change.points == pytest.approx(abs(other.score - decision.score), abs=1e-6)
    assert bool(explanation.why_not_escalated) is not decision.escalated


@pytest.mark.parametrize("users", [0, 3, 10, 40, 77, 100])
def test_no_smaller_change_of_the_people_hurt_would_do(users: int) -> None:
    decision = decided(users_affected=users, account=STRATEGIC, type="slow", tags=[])
    explanation = explain(small(), decision)
    for change, direction in ((explanation.raises, 1), (explanation.lowers, -1)):
        for other_users in range(130):
            other = decided(users_affected=other_users, account=STRATEGIC, type="slow", tags=[])
            if (RANK[other.level] - RANK[decision.level]) * direction > 0:
                assert change is not None
                assert change.points <= round(abs(other.score - decision.score), 6)


@pytest.mark.parametrize(
    ("body", "fact", "after", "level"),
    [
        ({"users_affected": 10, "account": STRATEGIC, "type": "slow"}, "case.sentiment", "angry", "senior"),
        ({"type": "question", "tags": ["a"]}, "case.tags", ["a", "chief"], "executive"),
    ],
)
def test_the_smallest_change_upwards(body: dict[str, Any], fact: str, after: Any, level: str) -> None:
    change = explain(small(), decided(**body)).raises
    assert change is not None
    assert (change.fact, change.after, change.level) == (fact, after, level)


def test_the_minimum_that_lifts_it_is_named() -> None:
    change = explain(small(), decided(type="question", tags=["a"])).raises
    assert change is not None
    assert change.because == "never below executive: chief"


def test_what_does_not_hold_it_up_any_more_is_named() -> None:
    change = explain(small(), decided(tags=["x", "chief"])).lowers
    assert change is not None
    assert change.because == "chief no longer asks for executive; the score is below senior (60)"


def test_what_the_policy_classified_is_not_missing() -> None:
    policy = starter("b2b-saas")
    question = {"subject": "How do we rename a report?", "account": {"segment": "enterprise", "arr": 250000}}
    decision = decide(policy, facts_of(question), NOON)
    assert decision.type is not None
    change = explain(policy, decision).raises
    assert change is not None
    assert (change.fact, change.before, change.classified) == ("case.type", decision.type, True)
    assert change.because == "never below senior: large-customer-leaving"
    told = explain(policy, decide(policy, facts_of(question | {"type": decision.type}), NOON)).raises
    assert told is not None
    assert (told.before, told.classified) == (decision.type, False)


def test_a_number_moves_just_as_far_as_it_must() -> None:
    policy = starter("b2b-saas")
    near = {"subject": "Sync is broken", "users_affected": 85, "account": {"segment": "enterprise", "arr": 250000}}
    decision = decide(policy, facts_of(near), NOON)
    change = explain(policy, decision).raises
    assert change is not None
    assert (change.fact, change.before, change.after, change.level) == ("case.users_affected", 85, 125, "senior")
    assert (change.because, change.classified) == ("the score reaches senior (60)", False)
    assert again(policy, decision, changed(decision.facts, change.fact, 124)).level == "standard"


def test_a_tag_that_holds_the_case_up_may_go() -> None:
    change = explain(small(), decided(tags=["x", "chief"])).lowers
    assert change is not None
    assert (change.fact, change.before, change.after, change.points) == ("case.tags", ["x", "chief"], ["x"], 0)


def test_impact_and_urgency_are_facts_that_can_change() -> None:
    policy = starter("it-service-desk")
    high = {"subject": "Orders fail", "attributes": {"impact": "1 - High", "urgency": "1 - High"}}
    change = explain(policy, decide(policy, facts_of(high), NOON)).lowers
    assert change is not None
    assert change.fact == "case.attributes.urgency"


def test_an_attribute_is_the_one_that_the_ticket_has_however_its_key_is_spelled() -> None:
    policy = starter("it-service-desk")
    high = {"subject": "Orders fail", "attributes": {"Impact": "1 - HIGH", "URGENCY": "1 - high"}}
    change = explain(policy, decide(policy, facts_of(high), NOON)).lowers
    assert change is not None
    assert (change.fact, change.before) == ("case.attributes.URGENCY", "1 - high")


def test_the_customers_words_are_not_changed() -> None:
    change = explain(small(), decided(subject="it is down")).lowers
    assert change is None or change.fact not in {"case.subject", "case.body"}


def test_why_a_case_was_not_escalated() -> None:
    reasons = explain(small(), decided(users_affected=10)).why_not_escalated
    assert reasons[0] == "the score is 32, 28 below senior (60)"
    assert "minimums.angry asks for senior and does not apply; account.segment is missing" in reasons
    assert 'minimums.critical asks for senior and does not apply; not so: case.severity == "critical"' in reasons
    assert explain(small(), decided(type="outage")).why_not_escalated == ()


def test_nothing_changes_what_a_person_has_set() -> None:
    explanation = explain(small(), decided(Override(reason="known fault", level=STANDARD), type="outage"))
    assert (explanation.raises, explanation.lowers) == (None, None)
    assert explanation.why_not_escalated == ("a person set the level: known fault",)
