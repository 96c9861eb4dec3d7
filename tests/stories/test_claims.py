"""Somebody says that a case is contained, or solved; a senior confirms or rejects it, late or in time."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    SLOW,
    act,
    at,
    clock,
    down_until,
    events,
    on_call,
    opened,
    outcome,
    paged,
    signal,
    state,
    told,
    until,
)
from tocsin.cases import verbs
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import Forbidden, InvalidInput, NotAllowed

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
NIGHT = at("2026-03-29T00:55:00Z")  # 01:55 in Berlin, five minutes before its clocks go forward


def test_a_critical_ticket_in_the_night_in_which_the_clocks_change(stage: Stage) -> None:
    here = stage(start=NIGHT)
    first, second = on_call(here), on_call(here, "backup")
    case = opened(here, OUTAGE, account={"plan": "gold"})
    until(here, NIGHT + 11 * MINUTE)
    assert paged(here) == [
        (NIGHT, first),
        (NIGHT + 5 * MINUTE, second),
        (NIGHT + 5 * MINUTE, "lea"),
        (NIGHT + 10 * MINUTE, "admin"),
    ]
    until(here, NIGHT + 12 * MINUTE)
    act(here, case, verbs.acknowledge(here.viewer(second)))
    assert outcome(here, case, "acknowledge") == ("met", NIGHT + 12 * MINUTE)
    assert clock(here, case, "contain").due_at == NIGHT + 4 * HOUR
    until(here, NIGHT + HOUR)
    act(here, case, verbs.contain(here.viewer("anna"), "switched over"))
    assert told(here, case, "claim") == [(NIGHT + HOUR, [second])]
    with pytest.raises(Forbidden, match=r"may not confirm or reject claims"):
        act(here, case, verbs.confirm_containment(here.viewer("bo")))
    for _ in range(5):  # somebody is at it, so that the acknowledgement lasts
        here.forward(50 * MINUTE)
        act(here, case, verbs.note(here.viewer(second), "still on it"))
    act(here, case, verbs.confirm_containment(here.viewer(second), "seen"))
    assert here.clock.now() > clock(here, case, "contain").due_at
    assert outcome(here, case, "contain") == ("met", NIGHT + HOUR)
    assert state(here, case).case.contained_at == NIGHT + HOUR
    assert told(here, case, "breach") == []

    solved = here.clock.now()
    act(here, case, verbs.resolve(here.viewer(first), "repaired"))
    assert outcome(here, case, "resolve") == ("met", solved)
    assert clock(here, case, "resolve").due_at == NIGHT + 12 * HOUR
    until(here, solved + DAY)
    act(here, case, verbs.reopen(here.viewer("anna"), "it is back"))
    again = clock(here, case, "resolve", 2)
    assert (again.started_at, again.due_at) == (NIGHT, NIGHT + 12 * HOUR + DAY)
    assert clock(here, case, "acknowledge", 2).due_at == here.clock.now() + 15 * MINUTE
    assert clock(here, case, "contain", 2).due_at == here.clock.now() + 4 * HOUR
    assert paged(here)[4:] == [(solved + DAY, on_call(here))]
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert outcome(here, case, "resolve", 2) == ("met", solved + DAY)


def test_a_contractual_clock_does_not_count_the_pause_in_which_the_case_was_resolved(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, account={"plan": "gold"})
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 30 * MINUTE)
    act(here, case, verbs.hold(here.viewer("carl"), "the customer has to try it"))
    until(here, NINE + HOUR)
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert outcome(here, case, "resolve") == ("met", NINE + 30 * MINUTE)
    until(here, NINE + 3 * HOUR)
    act(here, case, verbs.reopen(here.viewer("carl"), "it is back"))
    assert clock(here, case, "resolve", 2).due_at == NINE + 14 * HOUR + 30 * MINUTE
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 4 * HOUR)
    act(here, case, verbs.resolve(here.viewer("carl")))
    until(here, NINE + 5 * HOUR)
    act(here, case, verbs.reopen(here.viewer("carl"), "and back"))
    assert clock(here, case, "resolve", 3).due_at == NINE + 15 * HOUR + 30 * MINUTE


def test_a_claim_that_is_rejected_in_time_lets_the_clock_run_on(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.contain(here.viewer("anna")))
    until(here, NINE + HOUR)
    with pytest.raises(InvalidInput):
        act(here, case, verbs.reject_containment(here.viewer("carl"), ""))
    act(here, case, verbs.reject_containment(here.viewer("carl"), "it still grows"))
    run = clock(here, case, "contain")
    assert (run.claimed_at, run.due_at, run.outcome) == (None, NINE + 6 * HOUR, None)
    until(here, NINE + 3 * HOUR)
    assert told(here, case, "warning") == [(NINE + 3 * HOUR, ["anna", "carl", "lea"])]
    act(here, case, verbs.contain(here.viewer("carl")))
    assert outcome(here, case, "contain") == ("met", NINE + 3 * HOUR)


def test_a_claim_that_is_rejected_late_is_a_breach_at_the_due_time(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 2 * HOUR)
    act(here, case, verbs.contain(here.viewer("anna")))
    act(here, case, verbs.note(here.viewer("carl"), "still on it"))
    until(here, NINE + 5 * HOUR)
    act(here, case, verbs.note(here.viewer("carl"), "still on it"))
    until(here, NINE + 7 * HOUR)
    assert events(here, case, "clock.breached", "clock.warned") == []
    act(here, case, verbs.reject_containment(here.viewer("carl"), "it still grows"))
    assert outcome(here, case, "contain") == ("breached", NINE + 6 * HOUR)
    assert [event.payload["late"] for event in events(here, case, "clock.breached")] == [HOUR]
    assert told(here, case, "breach") == [(NINE + 7 * HOUR, ["admin"])]
    assert told(here, case, "warning") == []


def test_a_resolution_that_is_claimed_stops_its_clocks_until_it_is_judged(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 2 * HOUR)
    assert act(here, case, verbs.resolve(here.viewer("anna"))).case.state == "open"
    with pytest.raises(NotAllowed, match="claimed already"):
        act(here, case, verbs.resolve(here.viewer("carl")))
    until(here, NINE + 30 * HOUR)
    act(here, case, verbs.confirm_resolution(here.viewer("dora")))
    assert state(here, case).case.resolved_at == NINE + 2 * HOUR
    assert outcome(here, case, "resolve") == outcome(here, case, "contain") == ("met", NINE + 2 * HOUR)


def test_a_claim_stops_a_paused_clock_too(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + HOUR)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log", NINE + 3 * HOUR))
    until(here, NINE + 2 * HOUR)
    act(here, case, verbs.resolve(here.viewer("anna")))
    until(here, NINE + 4 * HOUR)
    run = clock(here, case, "resolve")
    assert (run.claimed_at, run.paused_at) == (NINE + 2 * HOUR, None)
    act(here, case, verbs.confirm_resolution(here.viewer("dora")))
    assert outcome(here, case, "resolve") == ("met", NINE + 2 * HOUR)


def test_the_word_of_a_help_desk_is_a_claim_and_that_of_a_monitor_stops_nothing(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="Z-1", source="zendesk")
    other = opened(here, OUTAGE, external_id="Z-2", source="pingdom")
    for known in (case, other):
        act(here, known, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + MINUTE)
    signal(here, source="zendesk", external_id="Z-1", kind="solved")
    assert state(here, case).case.resolution_claimed_at == NINE + MINUTE
    assert told(here, case, "claim") == [(NINE + MINUTE, ["carl"])]
    signal(here, source="pingdom", external_id="Z-2", kind="solved", body="up")
    assert state(here, other).case.resolution_claimed_at is None
    assert [event.payload["source"] for event in events(here, other, "case.recovered")] == ["pingdom"]
    assert told(here, other, "recovered") == [(NINE + MINUTE, ["carl"])]
    assert clock(here, other, "resolve").ticking


def test_for_a_relationship_the_escalation_manager_confirms(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION, sentiment="angry")
    act(here, case, verbs.acknowledge(here.viewer("mia")))
    assert state(here, case).case.escalation_manager == here.viewer("mia").user
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert told(here, case, "claim") == [(NINE, ["mia"])]
    with pytest.raises(Forbidden):
        act(here, case, verbs.confirm_resolution(here.viewer("carl")))
    act(here, case, verbs.confirm_resolution(here.viewer("mia")))
    assert state(here, case).case.state == "resolved"


def test_an_imported_case_that_a_person_opens_again_is_live(stage: Stage) -> None:
    from tocsin.intake.arrivals import Arrival
    from tocsin.intake.signals import read_signal
    from tocsin.people.permissions import SYSTEM

    here = stage(start=NINE)
    read = read_signal(b'{"subject": "Checkout", "type": "outage", "external_id": "Z-1"}', SYSTEM)
    here.installation.writer.write_item(here.installation.take, Arrival(read._replace(imported=True), b"key"))
    case = signal(here, external_id="Z-1", kind="solved")
    until(here, NINE + HOUR)
    assert (state(here, case).case.state, paged(here)) == ("resolved", []), "nobody has to confirm the end of history"
    act(here, case, verbs.reopen(here.viewer("carl"), "it is back"))
    assert not state(here, case).case.imported
    assert [when for when, _ in paged(here)] == [NINE + HOUR]
    down_until(here, NINE + 6 * HOUR)
    assert outcome(here, case, "acknowledge", 1)[0] == "breached"


def test_a_second_claim_leaves_the_time_of_the_first(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + HOUR)
    act(here, case, verbs.resolve(here.viewer("anna")))
    until(here, NINE + 6 * HOUR)
    act(here, case, verbs.contain(here.viewer("anna")))
    act(here, case, verbs.confirm_containment(here.viewer("carl")))
    assert outcome(here, case, "contain") == ("met", NINE + HOUR)


def test_a_claim_that_is_rejected_leaves_the_other(stage: Stage) -> None:
    here = stage(start=NINE)
    case, other = opened(here, OUTAGE), opened(here, OUTAGE)
    for known in (case, other):
        act(here, known, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.contain(here.viewer("anna")))
    act(here, case, verbs.resolve(here.viewer("anna")))
    act(here, case, verbs.reject_resolution(here.viewer("carl"), "no"))
    assert (clock(here, case, "contain").claimed_at, clock(here, case, "resolve").claimed_at) == (NINE, None)
    act(here, other, verbs.resolve(here.viewer("anna")))
    until(here, NINE + MINUTE)
    act(here, other, verbs.contain(here.viewer("anna")))
    act(here, other, verbs.reject_resolution(here.viewer("carl"), "no"))
    assert clock(here, other, "contain").claimed_at == NINE + MINUTE
    act(here, other, verbs.reject_containment(here.viewer("carl"), "no"))
    assert clock(here, other, "contain").ticking
