"""Clocks that warn and run out, in time and after a standstill."""

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    SLOW,
    account,
    act,
    at,
    clock,
    down_until,
    events,
    on_call,
    opened,
    outcome,
    paged,
    state,
    told,
    until,
)
from tocsin.cases import verbs
from tocsin.core.clock import HOUR, MINUTE

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
UNOWNED = ("assign: least_loaded", "assign: none")


def test_a_warning_tells_the_owner_first_and_names_all_clocks_of_the_instant(stage: Stage) -> None:
    here = stage(("contain: [0.5, 0.8], resolve: [0.5]", "contain: [0.5], resolve: [0.25]"), start=NINE)
    here.installation.step_all()
    case = opened(here, {**SLOW, "users_affected": 70})
    owner = here.installation.people().name_of(state(here, case).case.owner)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert clock(here, case, "contain").warn_at == NINE + 3 * HOUR
    assert clock(here, case, "resolve").warn_at == NINE + 4 * HOUR
    until(here, NINE + 4 * HOUR)
    assert told(here, case, "warning") == [
        (NINE + 3 * HOUR, [owner, "carl", "lea"]),
        (NINE + 4 * HOUR, [owner, "carl", "lea"]),
    ]


def test_two_clocks_that_warn_at_one_instant_send_one_message(stage: Stage) -> None:
    here = stage(("contain: 6h, resolve: 16h", "contain: 6h, resolve: 6h"), start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 4 * HOUR)
    [alert] = [event for event in events(here, case, "case.alerted") if event.payload["why"] == "warning"]
    assert alert.at == NINE + 3 * HOUR
    assert "containment is due" in alert.payload["says"]
    assert "resolution is due" in alert.payload["says"]
    assert [event.payload["clock"] for event in events(here, case, "clock.warned")] == ["contain", "resolve"]


def test_missed_warnings_of_two_clocks_are_one_message(stage: Stage) -> None:
    here = stage(("resolve: [0.5]", "resolve: [0.25]"), start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    here.clock.set(NINE + 3 * HOUR - 10 * MINUTE)
    act(here, case, verbs.note(here.viewer("anna"), "still at it"))
    down_until(here, NINE + 4 * HOUR + 30 * MINUTE)
    [alert] = [event for event in events(here, case, "case.alerted") if event.payload["why"] == "warning"]
    assert alert.at == NINE + 4 * HOUR + 30 * MINUTE
    assert "containment is due" in alert.payload["says"]
    assert "resolution is due" in alert.payload["says"]


def test_a_clock_that_ran_out_while_nothing_ran_breaches_once_and_says_how_late(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    due = clock(here, case, "resolve").due_at
    down_until(here, due + 3 * HOUR)
    here.installation.step_all()
    [breach] = events(here, case, "clock.breached")
    assert breach.payload["late"] == 3 * HOUR
    assert (breach.payload["clock"], breach.payload["due_at"], breach.at) == ("resolve", due, due + 3 * HOUR)
    assert outcome(here, case, "resolve") == ("breached", due)
    assert told(here, case, "breach") == [(due + 3 * HOUR, ["lea"])]
    assert told(here, case, "warning") == []


def test_a_stop_exactly_when_it_is_due_is_met_and_one_microsecond_later_breached(stage: Stage) -> None:
    here = stage(start=NINE)
    case, late = opened(here, QUESTION), opened(here, QUESTION)
    due = clock(here, case, "resolve").due_at
    until(here, due)
    act(here, case, verbs.resolve(here.viewer("anna")))
    assert outcome(here, case, "resolve") == ("met", due)
    here.clock.set(due + 1)
    act(here, late, verbs.resolve(here.viewer("anna")))
    assert outcome(here, late, "resolve") == ("breached", due)
    assert [event.payload["late"] for event in events(here, late, "clock.breached")] == [1]


def test_a_breach_takes_the_next_step_of_a_live_path_and_restarts_its_wait(stage: Stage) -> None:
    here = stage(("acknowledge: 15m, contain: 4h", "acknowledge: 13m, contain: 4h"), start=NINE)
    first, second = on_call(here), on_call(here, "backup")
    case = opened(here, OUTAGE)
    until(here, NINE + 19 * MINUTE)
    breach = NINE + 13 * MINUTE + 1  # of the acknowledge clock; the second pass would begin at 15 minutes
    assert paged(here) == [
        (NINE, first),
        (NINE + 5 * MINUTE, second),
        (NINE + 5 * MINUTE, "lea"),
        (NINE + 10 * MINUTE, "admin"),
        (breach, first),
        (breach + 5 * MINUTE, second),
        (breach + 5 * MINUTE, "lea"),
    ]
    assert told(here, case, "breach") == []


def test_clocks_that_ran_out_while_nothing_ran_take_one_step_together(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    before = len(events(here, case, "path.stepped"))
    down_until(here, NINE + 10 * HOUR)  # acknowledge, contain and idle are missed, and steps were due
    assert len(events(here, case, "clock.breached")) == 3
    assert len(events(here, case, "path.stepped")) == before + 1


def test_a_breach_behind_an_acknowledgement_is_told_to_the_leader(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    here.clock.set(NINE + 5 * HOUR)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 7 * HOUR)
    assert told(here, case, "breach") == [(NINE + 6 * HOUR + 1, ["admin"])]


def test_a_breach_of_a_standard_case_is_told_to_the_lead_of_its_team(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    due = clock(here, case, "resolve").due_at
    until(here, due + HOUR)
    assert told(here, case, "breach") == [(due + 1, ["lea"])]


def test_an_unowned_case_alerts_its_lead_every_target_until_somebody_owns_it(stage: Stage) -> None:
    here = stage(UNOWNED, start=NINE)
    case = opened(here, {"subject": "x"})  # medium: an owner within an hour of the office
    until(here, NINE + 8 * HOUR)
    assert told(here, case, "breach") == [(NINE + HOUR + 1, ["lea"])]
    assert [when for when, _ in told(here, case, "unowned")] == [NINE + n * HOUR + 1 for n in range(2, 8)]
    assert outcome(here, case, "assign") == ("breached", NINE + HOUR)
    until(here, NINE + 24 * HOUR + MINUTE)
    assert len(told(here, case, "unowned")) == 7
    act(here, case, verbs.assign(here.viewer("lea"), "bo"))
    until(here, NINE + 30 * HOUR)
    assert len(told(here, case, "unowned")) == 7
    assert outcome(here, case, "assign") == ("breached", NINE + HOUR)


def test_whoever_resolves_a_case_that_nobody_owns_owns_it(stage: Stage) -> None:
    here = stage(UNOWNED, start=NINE)
    case = opened(here, QUESTION)
    here.forward(MINUTE)
    done = act(here, case, verbs.resolve(here.viewer("bo"))).case
    assert (done.owner, done.state) == (here.viewer("bo").user, "resolved")
    assert outcome(here, case, "assign") == ("met", NINE + MINUTE)


def test_the_least_loaded_member_of_the_team_owns_the_next_case(stage: Stage) -> None:
    here = stage(start=NINE)
    anna, bo = here.viewer("anna").user, here.viewer("bo").user
    first = opened(here, QUESTION)
    owners = [state(here, case).case.owner for case in (first, opened(here, QUESTION), opened(here, QUESTION))]
    assert owners == [anna, bo, anna]
    act(here, first, verbs.resolve(here.viewer("anna")))
    assert state(here, opened(here, QUESTION)).case.owner == anna
    assert state(here, opened(here, QUESTION)).case.owner == bo


def test_silence_on_a_case_is_noticed_and_work_begins_it_anew(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {"subject": "x"})
    assert clock(here, case, "idle").due_at == NINE + 8 * HOUR
    until(here, NINE + 2 * HOUR)
    act(here, case, verbs.note(here.viewer("anna"), "looked"))
    assert clock(here, case, "idle").due_at == NINE + 24 * HOUR + 2 * HOUR
    until(here, NINE + 27 * HOUR)
    assert outcome(here, case, "idle") == ("breached", NINE + 26 * HOUR)
    assert told(here, case, "breach") == [(NINE + 26 * HOUR + 1, ["anna"])]
    act(here, case, verbs.note(here.viewer("anna"), "looked again"))
    assert clock(here, case, "idle", 2).due_at == NINE + 3 * 24 * HOUR - 24 * HOUR + 3 * HOUR
    assert clock(here, case, "idle").outcome == "breached"


def test_the_account_is_read_by_the_policy(stage: Stage) -> None:
    here = stage(start=NINE)
    account(here, "acme", "otto")
    case = opened(here, OUTAGE, account={"external_id": "acme", "plan": "gold"})
    assert (clock(here, case, "resolve").target, clock(here, case, "resolve").origin) == ("12h", "opened")
