"""Escalations that were a mistake, and cases that are lowered, relieved and overridden by people."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    POLICY,
    QUESTION,
    SLOW,
    act,
    at,
    climb,
    climbs,
    clock,
    events,
    opened,
    outcome,
    paged,
    signal,
    state,
    told,
    until,
)
from tests.stories.starter import activate
from tocsin.cases import verbs
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import Forbidden, InvalidInput, NotAllowed

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday


def test_a_wrong_severity_gets_the_targets_of_the_right_one(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {**OUTAGE, "users_affected": 80})
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 30 * MINUTE)
    act(here, case, verbs.correct(here.viewer("lea"), "wrong_severity", "it is slow, not down", "high"))
    found = state(here, case).case
    assert (found.severity, found.level, found.corrected) == ("high", "senior", "wrong_severity")
    contain, resolve = clock(here, case, "contain"), clock(here, case, "resolve")
    assert (contain.target, contain.due_at, contain.original_due_at) == ("6h", NINE + 6 * HOUR, NINE + 4 * HOUR)
    assert (resolve.target, resolve.calendar, resolve.due_at) == ("16h", "office", NINE + DAY + 8 * HOUR)
    assert outcome(here, case, "acknowledge") == ("met", NINE)
    assert contain.generation == 1
    assert found.acknowledged_at == NINE


@pytest.mark.parametrize("what", ["false_alarm", "duplicate"])
def test_a_false_alarm_becomes_standard_and_loses_the_clocks_of_an_escalation(stage: Stage, what: str) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="Z-1")
    before = len(paged(here))
    until(here, NINE + 3 * MINUTE)
    act(here, case, verbs.correct(here.viewer("lea"), what, "a test of theirs"))
    assert state(here, case).case.level == "standard"
    assert climbs(here, case) == [("senior", "stopped")]
    assert clock(here, case, "acknowledge").cancelled_because == what
    assert outcome(here, case, "contain") == ("cancelled", NINE + 3 * MINUTE)
    assert clock(here, case, "resolve").outcome is None
    until(here, NINE + 3 * HOUR)
    signal(here, external_id="Z-1", body="and one more thing")  # the engine does not undo it
    assert state(here, case).case.level == "standard"
    assert len(paged(here)) == before


def test_a_correction_comes_within_an_hour_or_not_at_all(stage: Stage) -> None:
    here = stage(start=NINE)
    case, late = opened(here, OUTAGE), opened(here, OUTAGE)
    for known in (case, late):
        act(here, known, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 50 * MINUTE)
    act(here, late, verbs.note(here.viewer("carl"), "still on it"))
    with pytest.raises(Forbidden):
        act(here, case, verbs.correct(here.viewer("carl"), "false_alarm", "a test of theirs"))
    until(here, NINE + HOUR)
    act(here, case, verbs.correct(here.viewer("lea"), "false_alarm", "a test of theirs"))
    until(here, NINE + 61 * MINUTE)
    with pytest.raises(NotAllowed, match="60 minutes"):
        act(here, late, verbs.correct(here.viewer("lea"), "false_alarm", "a test of theirs"))


def test_an_acknowledgement_that_ended_begins_no_new_hour_for_corrections(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 70 * MINUTE)
    assert climbs(here, case) == [("senior", "acknowledged"), ("senior", "climbing")]
    with pytest.raises(NotAllowed, match="60 minutes"):
        act(here, case, verbs.correct(here.viewer("lea"), "false_alarm", "a test of theirs"))


def test_raising_a_case_buys_no_time_for_corrections(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 61 * MINUTE)
    act(here, case, verbs.raise_(here.viewer("lea"), "executive", "their board calls"))
    with pytest.raises(NotAllowed, match="60 minutes"):
        act(here, case, verbs.correct(here.viewer("lea"), "false_alarm", "a test of theirs"))


def test_what_silence_raised_can_be_corrected_for_an_hour_from_then(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 50 * MINUTE)
    act(here, case, verbs.request(here.viewer("anna"), "executive", "they are loud"))
    until(here, NINE + 81 * MINUTE)
    assert state(here, case).case.level == "executive"
    act(here, case, verbs.correct(here.viewer("lea"), "false_alarm", "a test of theirs"))
    assert state(here, case).case.level == "standard"


def test_what_was_late_before_the_escalation_is_not_excused_by_its_correction(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    until(here, NINE + 20 * DAY)
    late = {run.clock for run in state(here, case).clocks if run.outcome == "breached"}
    assert "resolve" in late
    act(here, case, verbs.raise_(here.viewer("lea"), "senior", "it stops their move"))
    act(here, case, verbs.correct(here.viewer("lea"), "false_alarm", "another customer was meant"))
    assert {run.clock for run in state(here, case).clocks if run.excused_by} == set()


def test_a_resolved_case_turns_out_to_have_been_a_false_alarm(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    until(here, NINE + 20 * MINUTE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("carl"), "it was their drill"))
    with pytest.raises(NotAllowed, match="resolved"):
        act(here, case, verbs.correct(here.viewer("lea"), "wrong_severity", "it was slow", "high"))
    act(here, case, verbs.correct(here.viewer("lea"), "false_alarm", "a drill of theirs"))
    found = state(here, case).case
    assert (found.state, found.level, found.corrected) == ("resolved", "senior", "false_alarm")
    assert clock(here, case, "acknowledge").excused_by == "false_alarm"
    assert outcome(here, case, "contain")[0] != "cancelled"


def test_an_agent_does_not_lower_the_severity_of_an_escalation(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    agent = here.viewer("anna")
    with pytest.raises(Forbidden):
        act(here, case, verbs.override(agent, reason="I see it so", severity="low"))
    calm = opened(here, QUESTION)
    act(here, calm, verbs.override(agent, reason="I see it so", severity="low"))
    assert state(here, calm).case.severity == "low"


def test_breaches_stay_and_are_excused_by_the_correction(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    until(here, NINE + 20 * MINUTE)
    before = clock(here, case, "acknowledge")
    assert before.outcome == "breached"
    act(here, case, verbs.correct(here.viewer("lea"), "false_alarm", "a test of theirs"))
    after = clock(here, case, "acknowledge")
    assert (after.outcome, after.settled_at, after.excused_by) == ("breached", NINE + 15 * MINUTE, "false_alarm")
    assert outcome(here, case, "contain")[0] == "cancelled"


def test_a_paused_clock_is_corrected_with_the_pause_so_far(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {**OUTAGE, "users_affected": 80})
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.hold(here.viewer("carl"), "asked for a log"))
    until(here, NINE + 30 * MINUTE)
    act(here, case, verbs.correct(here.viewer("lea"), "wrong_severity", "it is slow, not down", "high"))
    run = clock(here, case, "resolve")
    assert (run.due_at, run.paused_at) == (NINE + DAY + 8 * HOUR + 16 * HOUR + 30 * MINUTE, NINE + 30 * MINUTE)
    until(here, NINE + HOUR)
    act(here, case, verbs.resume(here.viewer("carl")))
    assert clock(here, case, "resolve").due_at == NINE + 2 * DAY + HOUR


def test_a_corrected_clock_that_was_cancelled_does_not_come_back_by_work(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {**OUTAGE, "sentiment": "calm"})
    act(here, case, verbs.correct(here.viewer("lea"), "wrong_severity", "a question", "low"))
    assert clock(here, case, "idle").outcome == "cancelled"  # a low case has no such clock
    act(here, case, verbs.note(here.viewer("anna"), "looked"))
    assert [run.cycle for run in state(here, case).clocks if run.clock == "idle"] == [1]


def test_lowering_keeps_the_stricter_clocks_and_relief_is_given_by_an_administrator(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="Z-1")
    dues = {run.clock: run.due_at for run in state(here, case).clocks}
    for name in ("anna", "carl"):
        with pytest.raises(Forbidden):
            act(here, case, verbs.lower(here.viewer(name), "standard", "one customer, with a workaround"))
    with pytest.raises(InvalidInput):
        act(here, case, verbs.lower(here.viewer("lea"), "standard", " "))
    act(here, case, verbs.lower(here.viewer("lea"), "standard", "one customer, with a workaround"))
    assert state(here, case).case.level == "standard"
    assert climbs(here, case) == [("senior", "stopped")]
    assert {run.clock: run.due_at for run in state(here, case).clocks} == dues
    assert all(run.outcome is None for run in state(here, case).clocks if run.clock != "assign")
    with pytest.raises(Forbidden):
        act(here, case, verbs.extend(here.viewer("lea"), "contain", NINE + DAY, "agreed with the customer"))
    act(here, case, verbs.extend(here.viewer("admin"), "contain", NINE + DAY, "agreed with the customer"))
    run = clock(here, case, "contain")
    assert (run.due_at, run.original_due_at, run.generation) == (NINE + DAY, NINE + 4 * HOUR, 1)
    with pytest.raises(InvalidInput, match="not later than the present due time"):
        act(here, case, verbs.extend(here.viewer("admin"), "contain", NINE + DAY, "again"))
    signal(here, external_id="Z-1", users_affected=100, body="now everybody")
    found = state(here, case).case
    assert (found.level, found.score) == ("standard", 100.0)
    until(here, NINE + 16 * MINUTE)
    assert told(here, case, "breach") == [(NINE + 15 * MINUTE + 1, ["lea"])]


def test_lowering_to_senior_begins_the_lower_path_in_its_hours(stage: Stage) -> None:
    here = stage(start=at("2026-03-02T22:00:00Z"))
    case = opened(here, {**SLOW, "users_affected": 80})
    act(here, case, verbs.raise_(here.viewer("lea"), "executive", "the board asks"))
    assert paged(here) == []
    act(here, case, verbs.lower(here.viewer("mia"), "senior", "it can wait"))
    assert climbs(here, case) == [("senior", "stopped"), ("top", "stopped"), ("senior", "climbing")]
    assert climb(here, case, "senior").next_at == NINE + DAY
    assert paged(here) == []


def test_lowering_keeps_both_paths_where_both_are_needed(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {**OUTAGE, "users_affected": 100, "sentiment": "angry"})
    assert climbs(here, case) == [("top", "climbing"), ("care", "climbing")]
    act(here, case, verbs.lower(here.viewer("mia"), "senior", "the board need not know"))
    assert climbs(here, case)[2:] == [("senior", "climbing"), ("care", "climbing")]
    assert state(here, case).case.kind == "technical"


def test_lowering_an_acknowledged_case_pages_nobody(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {**OUTAGE, "users_affected": 100})
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    before = len(paged(here))
    act(here, case, verbs.lower(here.viewer("lea"), "senior", "the board need not know"))
    here.forward(30 * MINUTE)
    assert len(paged(here)) == before
    assert state(here, case).case.acknowledged_at == NINE


def test_what_a_person_sets_survives_changed_facts(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION, external_id="Z-1")
    act(here, case, verbs.override(here.viewer("lea"), reason="I know them", severity="high", owner="bo"))
    found = state(here, case).case
    assert (found.severity, found.owner, found.level) == ("high", here.viewer("bo").user, "standard")
    assert clock(here, case, "resolve").target == "16h"
    signal(here, external_id="Z-1", type="question", users_affected=50)
    found = state(here, case).case
    assert (found.severity, found.owner, found.score) == ("high", here.viewer("bo").user, 50.0)
    with pytest.raises(Forbidden):
        act(here, case, verbs.override(here.viewer("anna"), reason="they are loud", level="executive"))
    with pytest.raises(InvalidInput):
        act(here, case, verbs.override(here.viewer("anna"), reason="so", team="nobody"))
    act(here, case, verbs.override(here.viewer("anna"), reason="they are loud", level="senior"))
    found = state(here, case).case
    assert (found.severity, found.level, found.kind) == ("high", "senior", "technical")
    assert climbs(here, case) == [("senior", "climbing")]
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_a_severity_that_the_policy_has_no_more_holds_nothing_up(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION, external_id="Z-1")
    act(here, case, verbs.override(here.viewer("lea"), reason="I know them", severity="high"))
    act(here, case, verbs.request(here.viewer("anna"), "senior", "they are stuck"))
    renamed = POLICY.replace("    high: {calendar", "    grave: {calendar").replace("severity: high", "severity: grave")
    activate(here, renamed.replace("critical: 1, high: 0.5", "critical: 1, grave: 0.5"))
    until(here, NINE + 30 * MINUTE)  # silence accepts, under the new policy
    found = state(here, case).case
    assert (found.level, found.severity) == ("senior", "low")
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_what_a_person_set_survives_what_silence_sets(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION, external_id="Z-1")
    act(here, case, verbs.override(here.viewer("lea"), reason="I know them", severity="high"))
    act(here, case, verbs.request(here.viewer("anna"), "senior", "they are stuck"))
    until(here, NINE + 30 * MINUTE)
    found = state(here, case).case
    assert (found.level, found.severity) == ("senior", "high")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    signal(here, external_id="Z-1", users_affected=20)
    assert state(here, case).case.severity == "high"
    signal(here, external_id="Z-1", users_affected=100)
    assert state(here, case).case.score == 80.0
    act(here, case, verbs.override(here.viewer("lea"), reason="a key customer", team="support"))
    assert state(here, case).case.severity == "high"
    assert [event.payload["accepted"] for event in events(here, case, "case.request_answered")] == [True]
