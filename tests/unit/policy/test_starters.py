"""The starter policies: their examples are tests, every rule fires in one, and their promises hold."""

from typing import Any

import pytest

from tests.unit.policy.policies import NIGHT, NOON, starter
from tocsin.core.errors import NotFound
from tocsin.policy import starters
from tocsin.policy.body import CaseBody
from tocsin.policy.decide import decide
from tocsin.policy.decision import Decision
from tocsin.policy.document import parse
from tocsin.policy.examples import DEFAULT_TIME, run_example, run_examples
from tocsin.policy.facts import facts_of

EXAMPLES = [
    pytest.param(name, example, id=f"{name}: {example.name}")
    for name in starters.NAMES
    for example in starter(name).document.examples
]
every_starter = pytest.mark.parametrize("name", starters.NAMES)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_example(name: str, example: Any) -> None:
    result = run_example(starter(name), example)
    assert result.error is None
    assert result.got == result.expected
    assert result.ok


@every_starter
def test_every_rule_and_every_minimum_fires_in_an_example(name: str) -> None:
    policy = starter(name)
    results = run_examples(policy.document)
    assert len(results) >= 12
    fired = {rule for result in results for rule in result.rules}
    rules = {condition.id for condition in policy.conditions}
    rules |= {asker.id for asker in policy.askers} | {way.id for way in policy.ways}
    rules |= {rule for _, _, rule in policy.target_rules}
    assert rules - fired == set()


@every_starter
@pytest.mark.parametrize(
    "subject",
    [
        "The drop-down menu is broken",
        "Please slow down the animation",
        "We need 500 licences",
        "Scroll down to see the total",
        "Our sales are down 20 %",
        "We want to cut down on reports",
        "A countdown on the start page",
        "How do I download the file?",
        "Breakdown of costs by month",
        "When is the next planned outage?",
        "Thank you for the quick answer",
    ],
)
def test_words_that_only_look_like_an_outage(name: str, subject: str) -> None:
    decision = decided(name, subject=subject)
    assert (decision.level, decision.type == "outage") == ("standard", False), decision.reasons


@every_starter
@pytest.mark.parametrize(
    "subject", ["The system is down", "SYSTEM DOWN", "Website offline!", "Server unreachable", "503 errors", "Outage"]
)
def test_words_of_an_outage(name: str, subject: str) -> None:
    decision = decided(name, subject=subject)
    assert (decision.type, decision.severity, decision.level) == ("outage", "critical", "senior")


@every_starter
def test_the_critical_path_reaches_backup_and_director_and_repeats(name: str) -> None:
    path = starter(name).document.paths["senior"]
    waited = [sum(step.wait.microseconds for step in path.steps[:position]) // 60_000_000 for position in range(3)]
    assert waited == [0, 5, 10]
    assert path.steps[0].notify == ("oncall:senior",)
    assert "oncall:senior:backup" in path.steps[1].notify
    assert path.steps[2].notify == ("role:duty-director",)
    assert path.repeat == 3


@every_starter
def test_duties_name_the_first_administrator_and_acknowledgements_are_not_warned_of(name: str) -> None:
    document = starter(name).document
    assert set(document.duties) == {"duty-director", "escalation-manager"}
    assert all(people == ("user:admin",) for people in document.duties.values())
    assert document.clocks.warnings == {"update": (0.8,), "contain": (0.5, 0.8), "resolve": (0.5, 0.8)}


@every_starter
def test_who_may_not_be_woken_is_not_timed_at_night(name: str) -> None:
    for example in starter(name).document.examples:
        decision = decide(starter(name), facts_of(example.given), NIGHT)
        if decision.escalated and not decision.wake:
            assert decision.targets["acknowledge"].calendar != "always", example.name


def test_the_starters_are_read_by_name() -> None:
    assert parse(starters.text()).name == "B2B software as a service"
    with pytest.raises(NotFound, match="it-service-desk"):
        starters.text("acme")


@pytest.mark.parametrize("word", ["high", "1 - High", "1", 1])
def test_impact_in_any_spelling_counts_for_the_score(word: object) -> None:
    decision = decided("it-service-desk", subject="x", attributes={"impact": word})
    assert decision.factors[0].points == 30


@pytest.mark.parametrize(
    ("impact", "urgency", "severity"),
    [
        ("1 - High", "1 - High", "critical"),
        ("1 - High", "2 - Medium", "high"),
        ("2 - Medium", "1 - High", "high"),
        ("2 - Medium", "2 - Medium", "medium"),
        ("1 - High", "3 - Low", "medium"),
        ("3 - Low", "1 - High", "medium"),
        ("2 - Medium", "3 - Low", "low"),
        ("3 - Low", "2 - Medium", "low"),
        ("3 - Low", "3 - Low", "low"),
    ],
)
def test_the_priority_matrix(impact: str, urgency: str, severity: str) -> None:
    decision = decided("it-service-desk", subject="x", attributes={"impact": impact, "urgency": urgency})
    assert decision.severity == severity
    assert decision.level == ("senior" if severity == "critical" else "standard")


def test_examples_are_decided_on_a_wednesday_noon() -> None:
    assert DEFAULT_TIME == NOON


def decided(name: str, **body: Any) -> Decision:
    return decide(starter(name), facts_of(body), NOON)


DOWN = [
    "Checkout is down",
    "Search is down",
    "Email delivery is down",
    "The booking engine is completely down since nine",
    "Server not reachable",
    "Nothing works",
    "Everything is broken",
    "Payments are failing for all customers",
    "Login is broken for everyone",
    "Reports do not load for any of us, and exports are not working for all our users",
    "We cannot process any orders",
]
NOT_DOWN = [
    "Our conversion rate is down since the last release",
    "Usage is down, can you help us to understand why?",
    "The list is down to three entries",
    "The drop-down for everyone is too narrow",
    "Please slow down the animation for all users",
    "We cannot find the setting",
]


@pytest.mark.parametrize("starter_name", ["b2b-saas", "it-service-desk"])
@pytest.mark.parametrize("subject", DOWN)
def test_what_says_that_nothing_works_is_an_outage(starter_name: str, subject: str) -> None:
    decision = decide(starter(starter_name), facts_of(CaseBody(subject=subject, users_affected=800)), NOON)
    assert (decision.type, decision.severity) == ("outage", "critical")
    assert decision.escalated


@pytest.mark.parametrize("starter_name", starters.NAMES)
@pytest.mark.parametrize("subject", NOT_DOWN)
def test_what_is_down_without_being_broken_is_none(starter_name: str, subject: str) -> None:
    assert decide(starter(starter_name), facts_of(CaseBody(subject=subject)), NOON).type != "outage"


def test_who_was_hacked_has_a_security_incident() -> None:
    decision = decide(starter("b2b-saas"), facts_of(CaseBody(subject="We were hacked")), NOON)
    assert (decision.type, decision.level) == ("security", "senior")
