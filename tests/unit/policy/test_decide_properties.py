"""What holds for every case that POST /cases takes, under every starter policy."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.policy.bodies import BODIES, MUTED, OVERRIDES, policies, policy_of
from tests.unit.policy.policies import NIGHT, NOON, small
from tocsin.core import canonical
from tocsin.policy.body import read_body
from tocsin.policy.compiled import Policy
from tocsin.policy.decide import again, decide
from tocsin.policy.decision import Decision, Override, from_bytes
from tocsin.policy.facts import facts_of, to_body
from tocsin.policy.levels import RANK

EXAMPLES = examples(60)


@policies
@EXAMPLES
@given(body=BODIES, override=OVERRIDES, muted=MUTED, night=st.booleans())
def test_every_case_is_decided_soundly(
    name: str, body: dict[str, Any], override: Override | None, muted: set[str], night: bool
) -> None:
    facts = facts_of(to_body(body))
    decision = decide(policy_of(name), facts, NIGHT if night else NOON, override, muted=muted)
    sound(policy_of(name), decision)
    stored = decision.canonical()
    assert decide(policy_of(name), facts, decision.decided_at, override, muted=muted).canonical() == stored
    assert again(policy_of(name), from_bytes(stored)).canonical() == stored
    assert "text" not in decision.facts["case"]


def sound(policy: Policy, decision: Decision) -> None:
    """What no decision may break."""
    document, override = policy.document, decision.override
    assert 0 <= decision.score <= 100
    assert decision.score == pytest.approx(sum(factor.points for factor in decision.factors), abs=1e-6)
    for factor in decision.factors:
        assert 0 <= factor.value <= 1
        assert factor.points == pytest.approx(factor.value * factor.weight, abs=1e-4)
        assert factor.reason
    assert decision.severity in document.severities
    assert decision.type is None or decision.type in document.types
    assert decision.product_area is None or decision.product_area in document.product_areas
    assert decision.team
    if override is None or override.level is None:
        for minimum in decision.minimums:
            assert RANK[decision.level] >= RANK[minimum.level]
        for level, points in decision.distance.items():
            assert points > 0 or RANK[decision.level] >= RANK[level]
    else:
        assert decision.level == override.level
    if override is not None and override.severity is not None:
        assert decision.severity == override.severity
    if override is not None and override.team is not None:
        assert decision.team == override.team
    assert decision.escalated == (decision.kind is not None)
    assert decision.escalated == bool(decision.path or decision.relationship_path)
    assert {"assign", "resolve"} <= decision.targets.keys()
    if decision.escalated:
        assert "acknowledge" in decision.targets or policy.document.name == "Small"
    else:
        assert not {"acknowledge", "contain", "update"} & decision.targets.keys()
    assert not decision.wake or decision.kind == "technical"
    assert decision.hold == 0 or (decision.wake and decision.triage and decision.evidence == "text")
    if decision.triage and decision.triage.level_if_unanswered:
        assert RANK[decision.triage.level_if_unanswered] > RANK[decision.level]
    assert not set(decision.rules) & set(decision.muted)


def shuffled(value: Any, draw: Any) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key], draw) for key in draw(st.permutations(list(value)))}
    return value


@policies
@EXAMPLES
@given(data=st.data(), body=BODIES)
def test_the_order_of_keys_does_not_matter(name: str, data: st.DataObject, body: dict[str, Any]) -> None:
    one = decide(policy_of(name), facts_of(body), NOON)
    other = decide(policy_of(name), facts_of(shuffled(body, data.draw)), NOON)
    assert one.canonical() == other.canonical()


@policies
@EXAMPLES
@example(body={"subject": "the", "product_area": "\uf900"})  # composes to another character
@given(body=BODIES)
def test_a_body_from_json_decides_like_a_mapping(name: str, body: dict[str, Any]) -> None:
    read = read_body(json.dumps(body).encode())
    assert (
        decide(policy_of(name), facts_of(read), NOON).canonical()
        == decide(policy_of(name), facts_of(body), NOON).canonical()
    )


@policies
@EXAMPLES
@given(body=BODIES, more=st.integers(0, 10**6))
def test_more_people_hurt_never_lower_score_or_level(name: str, body: dict[str, Any], more: int) -> None:
    users = body.get("users_affected") or 0
    fewer = decide(policy_of(name), facts_of({**body, "users_affected": users}), NOON)
    many = decide(policy_of(name), facts_of({**body, "users_affected": min(users + more, 2**53 - 1)}), NOON)
    assert many.score >= fewer.score
    assert RANK[many.level] >= RANK[fewer.level]


@policies
@EXAMPLES
@given(body=BODIES)
def test_without_any_optional_field_it_still_decides(name: str, body: dict[str, Any]) -> None:
    for field in list(body):
        if field != "subject":
            sound(
                policy_of(name),
                decide(policy_of(name), facts_of({key: body[key] for key in body if key != field}), NOON),
            )


def test_the_bytes_of_a_decision_are_those_of_its_value() -> None:
    decision = decide(small(), facts_of({"subject": "it is down"}), NOON)
    assert decision.canonical() == canonical.encode(msgspec.to_builtins(decision))
    assert list(canonical.decode(decision.canonical())) == sorted(Decision.__struct_fields__)
