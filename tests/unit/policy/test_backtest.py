"""Backtests: counts, weeks, pages, nights, and what differs between two policies."""

from typing import Any

import pytest

from tests.unit.policy.documents import changed
from tests.unit.policy.policies import NIGHT, NOON, SMALL, small
from tocsin.core.clock import DAY
from tocsin.policy.backtest import Past, backtest
from tocsin.policy.compiled import Policy, compile_policy
from tocsin.policy.decide import decide
from tocsin.policy.document import parse
from tocsin.policy.facts import facts_of

HISTORY: list[tuple[dict[str, Any], int | None]] = [
    ({"subject": "API is down", "users_affected": 100, "account": {"segment": "strategic"}}, NIGHT),
    ({"subject": "API is down"}, NOON),
    ({"subject": "Everything is slow", "users_affected": 60, "tags": ["press"]}, NOON + 21 * DAY),
    (
        {"subject": "Hello", "sentiment": "angry", "account": {"segment": "strategic"}, "tags": ["chief"]},
        NIGHT,
    ),
    ({"subject": "My invoice", "users_affected": 1}, None),
]


def past() -> list[Past]:
    return [Past(facts_of(body), at, f"T-{line}", line) for line, (body, at) in enumerate(HISTORY, 2)]


def with_thresholds(senior: float, executive: float) -> Policy:
    text = changed(SMALL, ("executive: {at: 80", f"executive: {{at: {executive}"), ("at: 60", f"at: {senior}"))
    return compile_policy(parse(text))


def test_counts_are_those_of_the_decisions() -> None:
    summary = backtest(small(), past(), NOON).summary
    decisions = [decide(small(), facts_of(body), at or NOON) for body, at in HISTORY]
    assert summary.cases == 5
    for level, count in summary.counts["level"].items():
        assert count == sum(decision.level == level for decision in decisions)
    assert sum(summary.counts["severity"].values()) == 5
    assert summary.counts["kind"] == {"technical": 3, "relationship": 1}
    assert [case.id for case in summary.escalated][-1] == "T-3"
    assert "level senior: minimums.critical" in summary.escalated[-1].reasons
    assert summary.shares["executive"].within is False


def test_weeks_without_a_case_count_and_undated_cases_do_not() -> None:
    summary = backtest(small(), past(), NOON).summary
    assert summary.undated == 1
    assert [(week.start, week.cases) for week in summary.weeks] == [
        ("2026-01-05", 3),
        ("2026-01-12", 0),
        ("2026-01-19", 0),
        ("2026-01-26", 1),
    ]
    assert (summary.paged.total, summary.paged.worst, summary.paged.worst_week) == (4, 3, "2026-01-05")
    assert summary.paged.average == 1


def test_only_what_may_wake_wakes_and_only_out_of_hours() -> None:
    summary = backtest(small(), past(), NOON).summary
    assert [case.id for case in summary.escalated if case.wake] == ["T-2", "T-3"]
    assert [case.id for case in summary.escalated if case.woken] == ["T-2"]
    assert summary.woken.total == 1
    calls = {call.target: call for call in summary.calls}
    assert calls["owner:account"].paged.total == 1
    assert calls["owner:account"].woken.total == 0


def test_the_same_policy_differs_in_nothing() -> None:
    comparison = backtest(small(), past(), NOON, small()).comparison
    assert comparison is not None
    assert comparison.changed == ()


def test_what_differs_is_named_with_its_cause() -> None:
    other = compile_policy(parse(changed(SMALL, ("set: {type: outage}", "set: {type: question}"))))
    comparison = backtest(small(), past(), NOON, other).comparison
    assert comparison is not None
    assert {case.id for case in comparison.changed} == {"T-2", "T-3"}
    for case in comparison.changed:
        assert (case.before.severity, case.after.severity) == ("low", "critical")
        assert {"minimums.critical", "wake"} <= set(case.rules_after)
        assert [(moved.factor, moved.before, moved.after) for moved in case.factors] == [("severity", 0.0, 30.0)]


def test_a_threshold_alone_is_a_cause() -> None:
    comparison = backtest(with_thresholds(5, 99), past(), NOON, small()).comparison
    assert comparison is not None
    assert comparison.changed
    assert all(case.reasons_before and case.reasons_after for case in comparison.changed)


@pytest.mark.parametrize(("senior", "executive"), [(0, 0.5), (20, 50), (39.5, 40), (60, 80), (99, 100)])
def test_the_spread_gives_what_other_thresholds_give(senior: float, executive: float) -> None:
    spread = backtest(small(), past(), NOON, spread=True).spread
    assert spread is not None
    expected = backtest(with_thresholds(senior, executive), past(), NOON).summary
    found = {"standard": 0, "senior": 0, "executive": 0}
    woken = 0
    for cell, count in spread.cells.items():
        reached = 2 if cell.score >= executive else 1 if cell.score >= senior else 0
        rank = max(reached, cell.technical, cell.relationship)
        found[list(found)[rank]] += count
        if max(reached, cell.technical) and cell.wakes & 1 << (rank - 1):
            woken += count
    assert found == expected.counts["level"]
    assert woken == expected.woken.total


def test_an_empty_history() -> None:
    found = backtest(small(), [], NOON, small(), spread=True)
    assert (found.summary.cases, found.summary.weeks, found.summary.escalated) == (0, (), ())
