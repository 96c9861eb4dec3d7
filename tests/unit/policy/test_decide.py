"""The engine's rules, one by one, on a small policy."""

from typing import Any

import pytest

from tests.unit.policy.policies import NIGHT, NOON, SMALL, decided, small
from tocsin.clocks.kinds import RESOLVE
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import InvalidInput
from tocsin.policy.compiled import compile_policy
from tocsin.policy.decide import again, decide
from tocsin.policy.decision import FAMILY, SILENCE, Override, from_bytes
from tocsin.policy.document import parse
from tocsin.policy.facts import facts_of
from tocsin.policy.levels import EXECUTIVE, SENIOR, STANDARD, LevelName

STRATEGIC = {"segment": "strategic"}
GOLD = {"type": "slow", "users_affected": 100, "account": {"plan": "gold"}}


@pytest.mark.parametrize(
    ("body", "kind", "area", "severity"),
    [
        ({"subject": "it is down"}, "outage", None, "critical"),
        ({"subject": "slow invoice"}, "slow", "api", "high"),
        ({"subject": "slow invoice", "product_area": "billing"}, "slow", "billing", "high"),
        ({"subject": "it is down", "type": "question"}, "question", None, "low"),
        ({"subject": "it is down", "type": "unheard"}, "outage", None, "critical"),
        ({"subject": "it is down", "tags": ["hot"]}, "outage", None, "high"),
        ({"subject": "Hello", "type": "other"}, "other", None, "medium"),
        ({"subject": "Hello"}, None, None, "medium"),
        ({"subject": "Hello", "body": "the API is down"}, "outage", None, "critical"),
    ],
)
def test_classification(body: dict[str, Any], kind: str | None, area: str | None, severity: str) -> None:
    decision = decided(**body)
    assert (decision.type, decision.product_area, decision.severity) == (kind, area, severity)


def test_a_type_that_nobody_knows_is_named() -> None:
    decision = decided(type="unheard", product_area="moon")
    assert any("'unheard' is not in the policy" in reason for reason in decision.reasons)
    assert any("'moon' is not in the policy" in reason for reason in decision.reasons)
    assert decision.facts["case"]["type"] == "unheard"


@pytest.mark.parametrize(("users", "points"), [(0, 0), (5, 10), (10, 20), (55, 30), (100, 40), (10**9, 40), (None, 10)])
def test_a_curve_is_straight_between_its_points_and_flat_outside(users: int | None, points: float) -> None:
    factor = decided(users_affected=users).factors[0]
    assert factor.points == points
    assert factor.assumed is (users is None)
    assert factor.source == "case.users_affected"


@pytest.mark.parametrize(
    ("segment", "value", "assumed"),
    [("strategic", 1, False), ("business", 0.5, False), ("hobby", 0.3, True), (None, 0.3, True)],
)
def test_what_a_map_does_not_know_scores_as_missing(segment: str | None, value: float, assumed: bool) -> None:
    factor = decided(account={"segment": segment}).factors[1]
    assert (factor.value, factor.assumed, factor.fact) == (value, assumed, segment)


def test_a_condition_scores_when_it_holds_and_assumes_when_it_cannot_be_answered() -> None:
    assert decided(tags=["press"]).factors[2].points == 10
    assert decided(tags=[]).factors[2].assumed is False
    unknown = decided().factors[2]
    assert unknown.assumed
    assert "case.tags is missing" in unknown.reason


@pytest.mark.parametrize(
    ("body", "score", "level"),
    [
        ({"users_affected": 100, "account": STRATEGIC, "tags": ["press"]}, 76, "senior"),
        ({"users_affected": 100, "account": STRATEGIC, "tags": ["hot", "press"]}, 88, "executive"),
        ({"users_affected": 55, "account": STRATEGIC, "tags": ["hot"]}, 68, "senior"),
        ({"users_affected": 37, "account": STRATEGIC, "tags": ["press"]}, 62, "senior"),
        ({"users_affected": 10, "account": STRATEGIC, "tags": ["hot"]}, 58, "standard"),
    ],
)
def test_levels_follow_the_thresholds(body: dict[str, Any], score: float, level: str) -> None:
    decision = decided(**body)
    assert (decision.score, decision.level) == (score, level)
    assert decision.distance == {"executive": round(80 - score, 6), "senior": round(60 - score, 6)}


@pytest.mark.parametrize(
    ("body", "level", "kind", "path", "relationship"),
    [
        ({}, "standard", None, None, None),
        ({"type": "outage"}, "senior", "technical", "senior", None),
        ({"account": STRATEGIC, "sentiment": "angry"}, "senior", "relationship", None, "care"),
        ({"tags": ["chief"]}, "executive", "relationship", None, "care"),
        ({"tags": ["chief"], "type": "outage"}, "executive", "technical", "top", "care"),
    ],
)
def test_minimums_raise_and_say_of_which_kind(
    body: dict[str, Any], level: str, kind: str | None, path: str | None, relationship: str | None
) -> None:
    decision = decided(**body)
    assert (decision.level, decision.kind) == (level, kind)
    assert (decision.path, decision.relationship_path) == (path, relationship)
    assert all(minimum.raised for minimum in decision.minimums)


def test_a_minimum_that_the_score_reaches_by_itself_is_not_said_to_raise() -> None:
    decision = decided(type="outage", users_affected=100, account=STRATEGIC)
    assert decision.level == "executive"
    assert [minimum.raised for minimum in decision.minimums] == [False]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        (Override(reason="r", level=STANDARD), {"level": "standard", "kind": None, "path": None, "wake": False}),
        (Override(reason="r", level=EXECUTIVE), {"level": "executive", "kind": "technical", "path": "top"}),
        (Override(reason="r", level=EXECUTIVE, kind="relationship"), {"path": None, "relationship_path": "care"}),
        (Override(reason="r", severity="low"), {"severity": "low", "level": "standard"}),
        (Override(reason="r", team="night", owner="dana"), {"team": "night", "owner": "dana", "level": "senior"}),
    ],
)
def test_a_person_wins_over_rules_and_minimums(override: Override, expected: dict[str, Any]) -> None:
    decision = decided(override, subject="it is down")
    assert {field: getattr(decision, field) for field in expected} == expected
    assert decision.override == override
    assert decision.evidence == "person"


@pytest.mark.parametrize(
    ("by", "severity", "level"),
    [("user:dana", "override", "override"), (SILENCE, "override", "so it is"), (FAMILY, "so it is", "so it is")],
)
def test_reasons_call_an_override_only_what_a_person_has_set(by: str, severity: str, level: str) -> None:
    reasons = decided(Override(reason="so it is", by=by, severity="low", level=SENIOR), subject="it hums").reasons
    assert f"severity low: {severity}" in reasons
    assert f"level senior: {level}" in reasons


@pytest.mark.parametrize(
    "override", [Override(reason="r", severity="dire"), Override(reason="r", level=LevelName("royal"))]
)
def test_an_override_to_something_unheard_of_is_refused(override: Override) -> None:
    with pytest.raises(InvalidInput):
        decided(override)


@pytest.mark.parametrize(
    ("body", "evidence"),
    [
        ({}, "text"),
        ({"users_affected": 0, "priority": "normal", "source": "email"}, "text"),
        ({"users_affected": 3}, "number"),
        ({"users_affected": 3, "priority": "P1"}, "person"),
        ({"priority": "1 - Critical"}, "person"),
        ({"type": "outage"}, "person"),
        ({"type": "unheard"}, "text"),
        ({"subject": "it is down", "type": "slow"}, "person"),
        ({"source": "Phone"}, "person"),
        ({"source": "Alertmanager", "priority": "urgent"}, "monitoring"),
        ({"source": "prometheus-eu"}, "monitoring"),
        ({"source": "Prometheus (EU)"}, "monitoring"),
        ({"source": "New Relic"}, "monitoring"),
        ({"source": "AWS CloudWatch"}, "monitoring"),
        ({"source": "uptime-kuma"}, "monitoring"),
        ({"source": "alertmanager/eu"}, "monitoring"),
        ({"source": "azure_monitor"}, "monitoring"),
        ({"source": "better-uptime"}, "monitoring"),
        ({"source": "acme-monitoring"}, "monitoring"),
        ({"source": "zendesk"}, "text"),
        ({"source": "Prometheusstrasse"}, "text"),
    ],
)
def test_what_a_decision_rests_on(body: dict[str, Any], evidence: str) -> None:
    assert decided(**body).evidence == evidence


def test_text_alone_escalates_at_once_and_holds_only_the_waking() -> None:
    decision = decided(subject="it is down")
    assert (decision.level, decision.wake, decision.hold) == ("senior", True, 2 * MINUTE)
    assert decision.triage is not None
    assert decision.triage.asks == ("triage.text-only",)
    assert decided(subject="it is down", users_affected=3).hold == 0


def test_nobody_is_woken_for_a_relationship() -> None:
    assert not decided(Override(reason="r", level=SENIOR, kind="relationship"), type="outage").wake


@pytest.mark.parametrize(
    ("body", "asked", "unanswered"),
    [
        ({"users_affected": 10, "account": STRATEGIC, "tags": ["hot"]}, True, "senior"),  # 58: just below
        ({"users_affected": 37, "account": STRATEGIC, "tags": ["press"]}, True, None),  # 62: just above
        ({"users_affected": 8, "account": STRATEGIC, "tags": ["hot"]}, False, None),  # 54: far below
        ({"users_affected": 10, "account": STRATEGIC, "tags": ["hot"], "sentiment": "angry"}, False, None),  # held up
        ({"users_affected": 85, "account": STRATEGIC, "tags": ["hot"]}, False, None),  # 74.7: between
        ({"users_affected": 90, "account": STRATEGIC, "tags": ["hot", "press"]}, False, None),  # 85.8: far above
        ({"users_affected": 75, "account": STRATEGIC, "tags": ["hot", "press"]}, True, None),  # 82.4
        ({"users_affected": 60, "account": STRATEGIC, "tags": ["hot", "press"]}, True, "executive"),  # 79.1
    ],
)
def test_a_person_is_asked_where_the_answer_could_change_the_level(
    body: dict[str, Any], asked: bool, unanswered: str | None
) -> None:
    decision = decided(**body)
    assert (decision.triage is not None) is asked, decision.score
    if decision.triage:
        assert decision.triage.level_if_unanswered == unanswered, decision.score


def test_triage_answers_by_its_expiry_or_the_assign_target() -> None:
    triage = decided(subject="it is down").triage
    assert triage is not None
    assert triage.answer_by == NOON + 5 * MINUTE  # critical assigns within 5 minutes, triage expires after 15
    near = decided(users_affected=10, account=STRATEGIC, tags=["hot"]).triage
    assert near is not None
    assert near.answer_by == NOON + 15 * MINUTE


def test_routes_take_the_first_that_applies() -> None:
    assert (decided(subject="invoice").team, decided(subject="invoice").assign) == ("billing", "oncall")
    assert (decided().team, decided().assign) == ("support", "least_loaded")


@pytest.mark.parametrize(
    ("body", "now", "clock", "duration", "why"),
    [
        ({}, NOON, "assign", "1h", "severity medium"),
        ({"type": "outage"}, NOON, "acknowledge", "15m", "severity critical"),
        ({"type": "slow", "tags": ["chief"]}, NOON, "acknowledge", "2h", "severity high"),
        ({"type": "slow", "users_affected": 100}, NOON, "acknowledge", "1h", "level senior"),
        (GOLD, NOON, "acknowledge", "1h", "level senior"),
        (GOLD, NIGHT, "acknowledge", "4h", "targets.gold"),
        ({"type": "question"}, NOON, "resolve", "10bd", "severity low"),
    ],
)
def test_the_strictest_target_is_the_one_due_first(
    body: dict[str, Any], now: int, clock: str, duration: str, why: str
) -> None:
    chosen = decided(now=now, **body).targets[clock]  # type: ignore[index]
    assert (chosen.duration, chosen.why) == (duration, why)


def test_a_contract_counts_from_the_opening() -> None:
    facts = facts_of({"subject": "Hello", "type": "question"})
    fresh = decide(small(), facts, NOON)
    old = decide(small(), facts, NOON, opened_at=NOON - 29 * 24 * HOUR)
    assert fresh.targets[RESOLVE].why == "severity low"
    assert old.targets[RESOLVE].why == "targets.everyone"
    assert old.targets[RESOLVE].origin == "opened"
    assert again(small(), old) == old


def test_only_escalated_cases_have_the_clocks_of_an_escalation() -> None:
    assert set(decided().targets) == {"assign", "resolve", "idle"}
    assert set(decided(type="outage").targets) == {"assign", "acknowledge", "contain", "resolve", "update"}


def test_a_muted_rule_does_not_fire_and_a_minimum_cannot_be_muted() -> None:
    facts = facts_of({"subject": "it is down", "tags": ["press"]})
    muted = frozenset({"classify.down", "score.press", "minimums.critical", "triage.text-only", "route.rest", "gone"})
    decision = decide(small(), facts, NOON, muted=muted)
    assert decision.muted == ("classify.down", "score.press", "triage.text-only")
    assert (decision.type, decision.level, decision.factors[2].points) == (None, "standard", 0)
    assert again(small(), decision).canonical() == decision.canonical()
    assert not any(rule.startswith("minimums.") for rule in small().muteable)


def test_a_rule_without_its_fact_does_not_fire_and_is_named() -> None:
    unknown = {each.rule: each.reason for each in decided().unknown}
    assert unknown["minimums.angry"] == "account.segment is missing"
    assert unknown["classify.hot"] == "case.tags is missing"
    assert "minimums.critical" not in unknown


def test_a_cut_text_is_named_and_what_is_behind_the_cut_is_not_read() -> None:
    decision = decided(body="x " * 10_000 + "it is down")
    assert decision.type is None
    assert any("16 KiB" in reason for reason in decision.reasons)
    assert decision.facts["case"]["body"].endswith("it is down")
    assert "text" not in decision.facts["case"]


def test_a_decision_reads_back_as_the_same_bytes() -> None:
    decision = decided(Override(reason="r", level=EXECUTIVE), subject="it is down", attributes={"a": [1, 2.5, "x"]})
    stored = decision.canonical()
    assert from_bytes(stored).canonical() == stored
    assert again(small(), from_bytes(stored)).canonical() == stored


def test_the_decision_names_its_policy_and_time() -> None:
    decision = decided()
    assert (decision.policy_version, decision.decided_at, decision.opened_at) == (7, NOON, NOON)


SPELLINGS: dict[str, Any] = {
    "subject": "The \uff21\uff30\uff29 is\u00a0d\u200bow\u00adn",
    "tags": ["HOT"],
    "account": {"segment": " STRATEGIC", "plan": "G\u00adold"},
    "users_affected": 100,
}
PLAIN: dict[str, Any] = {
    "subject": "the api is down",
    "tags": ["hot"],
    "account": {"segment": "strategic", "plan": "gold"},
    "users_affected": 100,
}


def test_how_facts_are_spelled_does_not_matter_and_reasons_quote_them_as_they_were() -> None:
    spelled, plain = decided(**SPELLINGS), decided(**PLAIN)
    for field in ("type", "severity", "score", "level", "minimums", "rules", "targets", "team", "wake", "evidence"):
        assert getattr(spelled, field) == getattr(plain, field), field
    assert spelled.facts["case"]["subject"] == SPELLINGS["subject"]
    assert spelled.factors[1].fact == " STRATEGIC"
    assert spelled.factors[1].reason == "account.segment is  STRATEGIC"
    assert plain.factors[1].reason == "account.segment is strategic"


def test_a_type_that_the_sender_spells_otherwise_is_the_policys() -> None:
    decision = decided(type=" Ques\u00adTION", product_area="BILLING")
    assert (decision.type, decision.product_area, decision.severity) == ("question", "billing", "low")
    assert decision.evidence == "person"
    assert {"type question: given", "product_area billing: given"} <= set(decision.reasons)
    assert decision.facts["case"]["type"] == " Ques\u00adTION"
    assert any("'Moon' is not in the policy" in reason for reason in decided(type="Moon").reasons)


def test_of_a_message_the_senders_own_words_count() -> None:
    quoted = "Thanks\n\nOn Mon, Nov 30, 2026 at 9:14 AM Acme wrote:\n> it is down"
    assert decided(subject="Re: x", body=quoted).type is None
    assert decided(subject="Fwd: x", body=quoted).type == "outage"
    assert decided(subject="x", body="> it is down").type == "outage", "the only text there is"
    decision = decided(subject="Re: x", body=quoted)
    assert decision.facts["case"]["body"] == quoted


@pytest.mark.parametrize(
    ("body", "read", "cut_off"),
    [
        ("x" * 20_000 + " it is down", False, True),
        ("> old\n" * 4_000 + "it is down", True, False),
        ("ß" * 8_000 + " it is down", True, False),
        ("\ufdfa" * 3_000 + " it is down", False, True),
        ("x" * 70_000 + " it is down", False, True),
    ],
)
def test_a_long_text_is_read_up_to_16_kib_of_what_counts(body: str, read: bool, cut_off: bool) -> None:
    decision = decided(subject="x", body=body)
    assert (decision.type == "outage") is read
    assert any("longer than 16 KiB" in reason for reason in decision.reasons) is cut_off


def test_keys_of_attributes_are_found_in_any_spelling() -> None:
    policy = compile_policy(
        parse(
            SMALL.replace('case.text.contains("slow")', 'case.attributes.Region == "EU" && has(case.attributes.ZONE)')
        )
    )
    for attributes in (
        {"region": "eu", "zone": 1},
        {"REGION": "Eu ", "Zone": 1},
        {"Region": "x", "region": "EU", "zone": 1},
    ):
        assert decide(policy, facts_of({"subject": "x", "attributes": attributes}), NOON).type == "slow", attributes
    assert decide(policy, facts_of({"subject": "x", "attributes": {"region": "eu"}}), NOON).type is None


@pytest.mark.parametrize(
    ("priority", "evidence"),
    [
        *((each, "person") for each in ("P1", "p 1", "SEV-1", "Sev 1", "1 - Critical", "3 - High", "\uff35rgent")),
        *((each, "person") for each in ("Very high", "2", "Blocker", "severity_0", "asap!")),
        *((each, "text") for each in ("1 - Low", "not urgent", "Normal", "10", "highland", "", "non-critical")),
    ],
)
def test_a_priority_that_claims_something_is_a_persons_word(priority: str, evidence: str) -> None:
    assert decided(subject="x", priority=priority).evidence == evidence
