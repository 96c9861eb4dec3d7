"""What the policy asks a person, and what follows when nobody answers."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import act, at, climb, climbs, events, on_call, opened, paged, signal, state, until
from tocsin.cases import verbs
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import Forbidden, NotAllowed

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
NIGHT = at("2026-03-02T22:00:00Z")
TEXT = {"subject": "Checkout is down"}  # nothing but words speaks for it
NEAR = {"subject": "Reports", "type": "slow", "users_affected": 64}  # 58.4 points, where 60 are senior


def test_words_alone_wake_people_when_triage_has_had_its_moment(stage: Stage) -> None:
    here = stage(start=NIGHT)
    case = opened(here, TEXT)
    found = state(here, case)
    assert (found.case.level, found.case.owner is None) == ("senior", False)
    assert {run.clock for run in found.clocks} == {"assign", "resolve", "idle", "acknowledge", "contain"}
    assert climb(here, case, "senior").next_at == NIGHT + 2 * MINUTE
    until(here, NIGHT + 2 * MINUTE - 1)
    assert paged(here) == []
    until(here, NIGHT + 2 * MINUTE)
    assert paged(here) == [(NIGHT + 2 * MINUTE, on_call(here))]
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_words_alone_wait_for_nothing_in_the_daytime(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, TEXT)
    assert [when for when, _ in paged(here)] == [NINE]
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_triage_that_lowers_in_time_wakes_nobody(stage: Stage) -> None:
    here = stage(start=NIGHT)
    case = opened(here, TEXT)
    until(here, NIGHT + MINUTE)
    with pytest.raises(Forbidden):
        act(here, case, verbs.answer_triage(here.viewer("anna"), "standard", "they mean the car park"))
    act(here, case, verbs.answer_triage(here.viewer("lea"), "standard", "they mean the car park"))
    assert climbs(here, case) == [("senior", "stopped")]
    assert state(here, case).case.triage_at is None
    with pytest.raises(NotAllowed, match="the case is not in triage"):
        act(here, case, verbs.answer_triage(here.viewer("lea"), "standard", "once more"))
    until(here, NIGHT + HOUR)
    assert [name for _, name in paged(here)] == []


def test_triage_that_says_that_it_is_so_starts_the_path_at_once(stage: Stage) -> None:
    here = stage(start=NIGHT)
    case = opened(here, TEXT)
    until(here, NIGHT + MINUTE)
    act(here, case, verbs.answer_triage(here.viewer("anna"), "senior", "I see it too"))
    assert [when for when, _ in paged(here)] == [NIGHT + MINUTE]
    assert climb(here, case, "senior").next_at == NIGHT + 6 * MINUTE
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_why_says_that_triage_expired_and_names_no_override(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, NEAR)
    until(here, NINE + 15 * MINUTE)
    reasons = events(here, case, "case.reclassified")[-1].payload["reasons"]
    assert "level senior: nobody answered triage in time, so the higher level was taken" in reasons
    assert not [reason for reason in reasons if "override" in reason]
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_triage_raises(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, NEAR)
    act(here, case, verbs.answer_triage(here.viewer("anna"), "senior", "the month ends today"))
    assert (state(here, case).case.level, climbs(here, case)) == ("senior", [("senior", "climbing")])
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_a_case_just_below_a_level_takes_it_when_nobody_answers(stage: Stage) -> None:
    here = stage(("assign: 15m, acknowledge: 2h", "assign: 1h, acknowledge: 2h"), start=NINE)
    case = opened(here, NEAR, external_id="Z-1")
    found = state(here, case).case
    assert (found.level, found.triage_level, found.triage_at) == ("standard", "senior", NINE + 15 * MINUTE)
    until(here, NINE + 15 * MINUTE - 1)
    assert state(here, case).case.level == "standard"
    until(here, NINE + 15 * MINUTE)
    found = state(here, case).case
    assert (found.level, found.triage_at, found.triage_level) == ("senior", None, None)
    assert paged(here) == [(NINE + 15 * MINUTE, on_call(here))]
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    signal(here, external_id="Z-1", users_affected=100, type="outage")
    assert state(here, case).case.level == "executive"  # what silence raised, new facts may raise further


def test_a_case_just_below_a_level_takes_it_when_its_assign_clock_is_due(stage: Stage) -> None:
    here = stage(("assign: 15m, acknowledge: 2h", "assign: 4m, acknowledge: 2h"), start=NINE)
    case = opened(here, NEAR)
    assert state(here, case).case.triage_at == NINE + 4 * MINUTE
    until(here, NINE + 4 * MINUTE)
    assert state(here, case).case.level == "senior"
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_triage_asks_once_and_not_again_when_nobody_answered(stage: Stage) -> None:
    ask = ("ask:\n", """ask:\n    - {id: nobody, when: '!has(account.name) && decision.level == "senior"'}\n""")
    here = stage(ask, start=NINE)
    case = opened(here, NEAR)
    until(here, NINE + DAY)
    assert [event.payload["answer"] for event in events(here, case, "case.triaged")] == ["senior"]
    assert state(here, case).case.triage_at is None


def test_an_answer_to_triage_outlives_changed_facts(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, TEXT, external_id="Z-1")
    act(here, case, verbs.answer_triage(here.viewer("lea"), "standard", "they mean the car park"))
    signal(here, external_id="Z-1", users_affected=100)
    assert state(here, case).case.level == "standard"
    act(here, case, verbs.override(here.viewer("lea"), reason="I was wrong", level="senior"))
    assert state(here, case).case.level == "senior"
    act(here, case, verbs.acknowledge(here.viewer("carl")))
