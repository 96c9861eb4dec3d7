"""Triggers of a policy: each kind fires for what it says, with its numbers, and for nothing else."""

from functools import cache
from typing import Any

import pytest

from tests.unit.policy.documents import problems_of
from tests.unit.policy.policies import NOON, SMALL
from tocsin.core.wording import plain
from tocsin.policy.compiled import Policy, compile_policy
from tocsin.policy.decide import again, decide
from tocsin.policy.decision import Decision
from tocsin.policy.document import parse
from tocsin.policy.facts import COUNTS, GUARDS, facts_of
from tocsin.policy.plain import plain as in_plain
from tocsin.policy.sentences import sentences
from tocsin.policy.triggering import hits

TRIGGERS = """triggers:
  - {id: errors, on: number, from: case.attributes.error_rate, above: 0.05, level: senior}
  - {id: cold, on: number, from: case.attributes.celsius, below: 4, level: senior}
  - {id: node, on: alert, when: 'case.attributes.alertname == "NodeDown"', level: executive}
  - {id: up, on: uptime, target: 99.9, level: senior}
  - {id: boss, on: said, phrases: [manager], level: senior}
  - {id: leaves, on: said, phrases: [cancel, legal], level: senior, kind: technical}
  - {id: many, on: count, when: 'case.severity == "high"', at_least: 3, within: 10m, per: product_area, level: senior}
  - {id: tagged, on: count, at_least: 3, within: 1h, per: tag, level: senior}
  - {id: account, on: account_cases, at_least: 3, within: 7d, level: senior}
  - {id: talk, on: replies, at_least: 4, level: senior}
  - {id: quiet, on: silence, for: 4h, calendar: office, level: senior}
"""


@cache
def watching() -> Policy:
    return compile_policy(parse(SMALL + TRIGGERS), version=7)


def decided(counts: dict[str, Any] | None = None, muted: str = "", **body: Any) -> Decision:
    facts = facts_of({"subject": "Hello", **body}) | ({COUNTS: counts} if counts else {})
    return decide(watching(), facts, NOON, muted=frozenset({muted} if muted else ()))


FIRES: list[tuple[str, dict[str, Any], str]] = [
    ("errors", {"attributes": {"error_rate": 0.06}}, "case.attributes.error_rate is 0.06, above 0.05"),
    ("errors", {"attributes": {"error_rate": "0.5"}}, "is 0.5, above 0.05"),
    ("cold", {"attributes": {"celsius": -3}}, "case.attributes.celsius is -3.0, below 4"),
    ("up", {"attributes": {"uptime": "99.5 %"}}, "case.attributes.uptime is 99.5 %, under the target of 99.9 %"),
    ("node", {"source": "prometheus", "attributes": {"alertname": "NodeDown"}}, "for prometheus reports it"),
    ("boss", {"body": "I want to speak to a manager."}, "the customer says so: manager"),
    ("boss", {"body": "I need to talk to your supervisor NOW"}, "manager"),
    ("boss", {"body": "Ich möchte mit Ihrem Vorgesetzten sprechen."}, "manager"),
    ("boss", {"body": "Verbinden Sie mich mit dem Teamleiter!"}, "manager"),
    ("boss", {"body": "Je veux parler à un responsable."}, "manager"),
    ("boss", {"body": "J'exige de parler avec votre directeur"}, "manager"),
    ("boss", {"body": "Quiero hablar con un supervisor."}, "manager"),
    ("boss", {"body": "Exijo hablar con el gerente"}, "manager"),
    ("boss", {"body": "I wаnt tо sреak to yоur mаnаger"}, "manager"),  # look-alikes
    ("boss", {"body": "責任者と話をさせてください。"}, "manager"),
    ("boss", {"body": "上司を出してください"}, "manager"),
    ("leaves", {"body": "We will cancel our contract"}, "cancel"),
    ("leaves", {"body": "Unser Anwalt meldet sich"}, "legal"),
]
QUIET: list[dict[str, Any]] = [
    {"attributes": {"error_rate": 0.05}},
    {"attributes": {"uptime": 99.9}},
    {"attributes": {"alertname": "NodeDown"}},
    {"body": "The manager view of the dashboard is slow to open for me"},
    {"body": "Our manager likes it."},
    {"body": "We do not want to speak to a manager, thanks."},
    {"body": "No need to talk to your supervisor."},
    {"body": "Ich muss nicht mit Ihrem Vorgesetzten sprechen."},
    {"body": "Je ne veux pas parler à un responsable."},
    {"body": "No quiero hablar con un supervisor."},
    {"body": "Wie lege ich einen Teamleiter an?"},
    {"body": "> I want to speak to a manager\n\nThank you, that was last year."},
]


@pytest.mark.parametrize(("trigger", "body", "says"), FIRES)
def test_each_fires_and_says_its_numbers(trigger: str, body: dict[str, Any], says: str) -> None:
    decision = decided(**body)
    [fired] = [one for one in decision.minimums if one.id == f"triggers.{trigger}"]
    assert fired.raised
    [reason] = [one for one in decision.reasons if f"triggers.{trigger}" in one]
    assert says in reason
    assert f"triggers.{trigger}" in decision.rules
    assert again(watching(), decision).canonical() == decision.canonical()


@pytest.mark.parametrize("body", QUIET)
def test_what_is_not_so_fires_nothing(body: dict[str, Any]) -> None:
    assert [one.id for one in decided(**body).minimums] == []


@pytest.mark.parametrize("value", [1e300, -1e300, "NaN", "many", True, [1], {"a": 1}, "9" * 1000])
def test_what_is_no_number_is_named_and_fires_nothing(value: Any) -> None:
    decision = decided(attributes={"error_rate": value})
    assert decision.level == "standard"
    [unknown] = [one for one in decision.unknown if one.rule == "triggers.errors"]
    assert unknown.fact == "case.attributes.error_rate"


@pytest.mark.parametrize(("trigger", "body", "says"), FIRES)
def test_a_muted_one_does_not_fire(trigger: str, body: dict[str, Any], says: str) -> None:
    decision = decided(muted=f"triggers.{trigger}", **body)
    assert f"triggers.{trigger}" not in [one.id for one in decision.minimums]
    assert decision.muted == (f"triggers.{trigger}",)


def test_automation_off_leaves_what_fires_to_a_person() -> None:
    facts = facts_of({"subject": "Hello", "attributes": {"error_rate": 1}}) | {GUARDS: {"off": {"reason": "a drill"}}}
    decision = decide(watching(), facts, NOON)
    assert decision.level == "standard"
    assert decision.triage is not None
    assert decision.triage.level_if_unanswered == "senior"


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"many": {"count": 3, "of": "api"}}, "for 3 cases of api came within 10m, 3 are enough"),
        ({"account": {"count": 4, "of": "Acme"}}, "this is case 4 of the account within 7d, 3 are enough"),
        ({"talk": {"count": 4}}, "the customer has written 4 times, 4 are enough"),
        ({"quiet": {"since": 1}}, "nobody has acted for 4h on the calendar office"),
    ],
)
def test_what_is_counted_fires_where_it_is_enough(counts: dict[str, Any], says: str) -> None:
    decision = decided(counts, tags=["hot"])
    assert decision.level == "senior"
    assert any(says in reason for reason in decision.reasons)
    name, numbers = next(iter(counts.items()))
    if "count" in numbers:
        assert decided({name: {**numbers, "count": 2}}, tags=["hot"]).level == "standard"


def test_a_case_is_counted_by_what_it_is() -> None:
    decision = decided(subject="the invoice is slow", tags=["hot", "Café"], account={"name": "Acme"})
    found = {(hit.trigger, hit.key, hit.of, hit.least) for hit in hits(watching().watching, decision, "a1")}
    assert found == {
        ("many", "api", "api", 3),
        ("tagged", "hot", "hot", 3),
        ("tagged", "café", "Café", 3),
        ("account", "a1", "Acme", 3),
    }
    assert [hit.trigger for hit in hits(watching().watching, decided(), None)] == []


def test_what_fires_at_a_level_that_is_reached_already_says_its_numbers_too() -> None:
    decision = decided(attributes={"error_rate": 0.5, "celsius": -3})
    said = [reason for reason in decision.reasons if "triggers." in reason]
    assert [reason.split(",")[0] for reason in said] == ["level senior: triggers.errors", "level senior: triggers.cold"]


def test_words_alone_wake_no_executive() -> None:
    [problem] = problems_of(SMALL + "triggers: [{id: boss, on: said, phrases: [manager], level: executive}]\n")
    assert (problem.key, plain(problem.says)) == ("triggers[0].level", "words alone never wake executives")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{id: a, on: number, from: case.attributes.x, level: senior}", "none of above, below is there"),
        ("{id: a, on: number, above: 1, level: senior}", "from"),
        ("{id: a, on: alert, level: senior}", "when"),
        ("{id: a, on: uptime, target: 99, within: 1h, level: senior}", "has no within"),
        ("{id: a, on: count, at_least: 3, within: soon, level: senior}", ""),
        ("{id: a, on: count, at_least: 3, within: 32d, level: senior}", "32d is too long"),
        ("{id: a, on: account_cases, at_least: 3, within: 745h, level: senior}", "745h is too long"),
        ("{id: a, on: count, at_least: 3, within: 1bd, level: senior}", ""),
        ("{id: a, on: silence, for: 4h, calendar: nights, level: senior}", "calendar"),
        ("{id: a, on: luck, level: senior}", ""),
    ],
)
def test_what_is_wrong_with_one_is_named(written: str, says: str) -> None:
    problems = problems_of(SMALL + f"triggers: [{written}]\n")
    assert problems
    assert all(problem.key.startswith("triggers[0]") for problem in problems)
    assert any(says in plain(problem.says) for problem in problems)


def test_each_is_a_sentence_and_is_written_as_it_was_read() -> None:
    said = {one.rule: plain(one.says) for one in sentences(watching().document) if one.kind == "trigger"}
    assert said["triggers.many"] == (
        "If the severity is high and at least 3 such cases come within 10m, counted per product_area, the level is at"
        " least senior"
    )
    assert len(said) == 11
    written = in_plain(watching().document)["triggers"]
    assert written[0] == {
        "id": "errors",
        "on": "number",
        "from": "case.attributes.error_rate",
        "above": 0.05,
        "level": "senior",
        "kind": "technical",
    }
    assert written[-1]["for"] == "4h"
