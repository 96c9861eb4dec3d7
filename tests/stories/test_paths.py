"""Paths: who is paged when, what answers them, and what becomes of them when nobody does."""

from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    PEOPLE,
    QUESTION,
    SLOW,
    account,
    act,
    at,
    climb,
    climbs,
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
from tests.testing import World
from tocsin.cases import verbs
from tocsin.cases.paths import hours
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import NotAllowed
from tocsin.notify import destinations
from tocsin.people import directory

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
NIGHT = at("2026-03-02T22:00:00Z")
TUESDAY = NINE + DAY
BOTH = {**OUTAGE, "sentiment": "angry", "account": {"external_id": "acme"}}
TWO = (
    'steps: [{notify: ["oncall:senior", "role:duty-director"], wait: 5m}',
    'steps: [{notify: ["oncall:senior", "oncall:senior:backup", "role:duty-director"], acknowledgements: 2, wait: 5m}',
)
ALONE = {name: role for name, role in PEOPLE.items() if role != "senior"} | {"eve": "senior"}
EXECUTIVE = {**OUTAGE, "users_affected": 100}


def unreachable(here: World, *names: str) -> None:
    """Nothing leads to these people any more."""
    people, kit = here.installation.people().by_name, (here.installation.mint, here.installation.journal)

    def write(tx: Any) -> None:
        for name in names:
            for place in destinations.load(tx).get(people[name].id, ()):
                destinations.end(tx, *kit, people[name].id, place.id, by="test")

    here.installation.writer.write(write)


def rests_until(here: World, case: int) -> int | None:
    """Until when the pages say that its path waits."""
    with here.installation.database.reading() as tx:
        policies = here.installation.desk.policies.get(tx)
    return hours.opens_at(policies, state(here, case), here.clock.now())


def test_a_relationship_waits_for_the_hours_of_its_people(stage: Stage) -> None:
    here = stage(start=NIGHT)
    account(here, "acme", "otto")
    case = opened(here, QUESTION, sentiment="angry", account={"external_id": "acme"})
    assert climbs(here, case) == [("care", "climbing")]
    assert climb(here, case, "care").next_at == TUESDAY
    until(here, TUESDAY + 40 * MINUTE)
    assert sorted(paged(here)) == [
        (TUESDAY, "mia"),
        (TUESDAY, "otto"),
        (TUESDAY + 30 * MINUTE, "lea"),
    ]


def test_the_waits_of_a_path_in_office_hours_count_in_them(stage: Stage) -> None:
    here = stage(start=at("2026-03-06T15:58:00Z"))  # two minutes before the weekend
    case = opened(here, SLOW)
    monday = at("2026-03-09T08:00:00Z")
    first = on_call(here)
    until(here, monday + 2 * MINUTE)
    assert paged(here) == [(at("2026-03-06T15:58:00Z"), first)]
    assert climb(here, case, "senior").next_at == monday + 3 * MINUTE
    until(here, monday + 4 * MINUTE)
    assert {when for when, _ in paged(here)[1:]} == {monday + 3 * MINUTE}


def test_what_wakes_nobody_waits_for_the_morning(stage: Stage) -> None:
    here = stage(start=NIGHT)
    slow, outage = opened(here, SLOW), opened(here, OUTAGE)
    here.installation.step_all()
    assert len(paged(here)) == 1
    assert climb(here, slow, "senior").next_at == TUESDAY
    assert climb(here, outage, "senior").hours is None
    assert clock(here, slow, "acknowledge").due_at == TUESDAY + 2 * HOUR
    assert (rests_until(here, slow), rests_until(here, outage)) == (TUESDAY, None)
    act(here, outage, verbs.acknowledge(here.viewer("carl")))
    until(here, TUESDAY - 1)
    before = len(paged(here))
    until(here, TUESDAY)
    assert len(paged(here)) == before + 1
    assert rests_until(here, slow) is None


def test_engineers_and_account_owner_answer_each_for_themselves(stage: Stage) -> None:
    here = stage(start=NINE)
    account(here, "acme", "otto")
    case = opened(here, BOTH)
    assert climbs(here, case) == [("senior", "climbing"), ("care", "climbing")]
    act(here, case, verbs.acknowledge(here.viewer("mia")))
    assert climbs(here, case) == [("senior", "climbing"), ("care", "acknowledged")]
    found = state(here, case).case
    assert (found.acknowledged_at, found.escalation_manager) == (None, here.viewer("mia").user)
    assert clock(here, case, "acknowledge").outcome is None
    until(here, NINE + 6 * MINUTE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert climbs(here, case) == [("senior", "acknowledged"), ("care", "acknowledged")]
    assert outcome(here, case, "acknowledge") == ("met", NINE + 6 * MINUTE)
    assert state(here, case).case.technical_lead == here.viewer("carl").user


def test_the_relationship_climbs_on_when_engineers_have_answered(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {**BOTH, "account": {}})
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert climbs(here, case) == [("senior", "acknowledged"), ("care", "climbing")]
    until(here, NINE + 31 * MINUTE)
    assert (NINE + 30 * MINUTE, "lea") in paged(here)
    act(here, case, verbs.acknowledge(here.viewer("mia")))
    assert climbs(here, case) == [("senior", "acknowledged"), ("care", "acknowledged")]
    assert state(here, case).case.acknowledged_at == NINE  # the engineers' answer, which expires as it would have


def test_a_step_that_needs_two_answers_takes_them_from_two_people(stage: Stage) -> None:
    here = stage(TWO, start=NINE)
    case = opened(here, EXECUTIVE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert climbs(here, case) == [("top", "climbing")]
    assert state(here, case).case.acknowledged_at is None
    assert [event.payload["given"] for event in events(here, case, "path.answered")] == [1]
    with pytest.raises(NotAllowed, match="acknowledged already"):
        act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    assert climbs(here, case) == [("top", "acknowledged")]
    assert state(here, case).case.technical_lead == here.viewer("dora").user
    assert outcome(here, case, "acknowledge") == ("met", NINE)


def test_a_path_climbs_on_while_a_second_answer_is_wanted(stage: Stage) -> None:
    here = stage(TWO, start=NINE)
    case = opened(here, EXECUTIVE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 6 * MINUTE)
    assert len({when for when, _ in paged(here)}) == 2
    act(here, case, verbs.acknowledge(here.viewer("admin")))
    assert climbs(here, case) == [("top", "acknowledged")]


def test_a_page_that_is_declined_goes_to_the_backup(stage: Stage) -> None:
    here = stage(start=NINE)
    first, second = on_call(here), on_call(here, "backup")
    case = opened(here, OUTAGE)
    until(here, NINE + 2 * MINUTE)
    act(here, case, verbs.decline(here.viewer(first), "on a train"))
    [declined] = events(here, case, "path.declined")
    assert [person["name"] for person in declined.payload["notified"]] == [second]
    assert climb(here, case, "senior").next_at == NINE + 7 * MINUTE
    act(here, case, verbs.decline(here.viewer(second)))  # behind the backup there is nobody: the next step, at once
    assert paged(here)[-2:] == [(NINE + 2 * MINUTE, second), (NINE + 2 * MINUTE, "lea")]
    assert climb(here, case, "senior").next_at == NINE + 7 * MINUTE


def test_who_was_paged_for_the_relationship_declines_that_alone(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {**BOTH, "account": {}})
    first = on_call(here)
    act(here, case, verbs.decline(here.viewer(first)))
    [declined] = events(here, case, "path.declined")
    assert declined.payload["escalation"] == events(here, case, "case.escalated")[0].payload["escalation"]
    act(here, case, verbs.decline(here.viewer("mia")))
    assert paged(here)[-1] == (NINE, "lea")
    assert climb(here, case, "care").next_at == NINE + 30 * MINUTE
    assert climb(here, case, "senior").next_at == NINE + 5 * MINUTE


def test_an_acknowledgement_that_is_given_back_goes_to_the_backup(stage: Stage) -> None:
    here = stage(start=NINE)
    first, second = on_call(here), on_call(here, "backup")
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer(first)))
    until(here, NINE + 20 * MINUTE)
    with pytest.raises(NotAllowed, match="somebody else"):
        act(here, case, verbs.decline(here.viewer("bo")))
    act(here, case, verbs.decline(here.viewer(first), "called away"))
    assert climbs(here, case) == [("senior", "acknowledged"), ("senior", "climbing")]
    [declined] = events(here, case, "path.declined")
    assert [person["name"] for person in declined.payload["notified"]] == [second]
    assert climb(here, case, "senior").next_at == NINE + 25 * MINUTE
    assert clock(here, case, "acknowledge", 2).due_at == NINE + 35 * MINUTE
    assert state(here, case).case.technical_lead is None
    act(here, case, verbs.acknowledge(here.viewer(second)))
    assert outcome(here, case, "acknowledge", 2) == ("met", NINE + 20 * MINUTE)


def test_an_acknowledgement_expires_into_a_new_cycle(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 20 * MINUTE)
    act(here, case, verbs.note(here.viewer("carl"), "looking"))
    end = NINE + 80 * MINUTE
    until(here, end - 1)
    assert told(here, case, "nudge") == [(end - 10 * MINUTE, ["carl"])]
    assert len(paged(here)) == 1
    until(here, end)
    assert [event.payload["why"] for event in events(here, case, "case.acknowledgement_ended")] == ["expired"]
    assert paged(here)[-1] == (end, on_call(here))
    assert clock(here, case, "acknowledge", 2).due_at == end + 15 * MINUTE
    assert climbs(here, case) == [("senior", "acknowledged"), ("senior", "climbing")]
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    assert outcome(here, case, "acknowledge", 2) == ("met", end)
    until(here, end + 50 * MINUTE)
    assert told(here, case, "nudge")[1:] == [(end + 50 * MINUTE, ["dora"])]


def test_whoever_acknowledged_is_nudged_though_others_work_on_the_case(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {**BOTH, "account": {}})
    for name in ("mia", "carl"):
        act(here, case, verbs.acknowledge(here.viewer(name)))
    until(here, NINE + 55 * MINUTE)
    assert told(here, case, "nudge") == [(NINE + 50 * MINUTE, ["carl"])]


def test_an_acknowledgement_of_what_is_not_critical_lasts_four_hours(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    down_until(here, NINE + 4 * HOUR + MINUTE)
    assert [event.at for event in events(here, case, "case.acknowledgement_ended")] == [NINE + 4 * HOUR + MINUTE]
    assert clock(here, case, "acknowledge", 2).started_at == NINE + 4 * HOUR + MINUTE


def test_nobody_on_call_is_an_event_and_the_next_step_starts_at_once(stage: Stage) -> None:
    steps = 'steps:\n      - {notify: ["oncall:senior"]'
    here = stage((steps, steps.replace("senior", "senior:backup")), start=NINE, people=ALONE)
    case = opened(here, OUTAGE)  # eve is alone on the roster, which so has no backup
    fired = [step.payload for step in events(here, case, "path.stepped")]
    assert [(step["nobody"], [one["name"] for one in step["notified"]]) for step in fired] == [
        (True, []),
        (False, ["lea"]),
    ]
    assert paged(here) == [(NINE, "lea")]
    assert told(here, case, "nobody") == [(NINE, ["lea"])]
    assert climb(here, case, "senior").next_at == NINE + 5 * MINUTE


def test_where_there_is_no_backup_the_next_step_starts_at_once(stage: Stage) -> None:
    here = stage(start=NINE, people=ALONE)
    case = opened(here, OUTAGE)
    until(here, NINE + MINUTE)
    act(here, case, verbs.decline(here.viewer("eve")))
    assert paged(here) == [(NINE, "eve"), (NINE + MINUTE, "lea")]
    assert climb(here, case, "senior").next_at == NINE + 6 * MINUTE


def test_a_step_that_reaches_nobody_is_told_to_the_lead(stage: Stage) -> None:
    here = stage(start=NINE)
    first, second = on_call(here), on_call(here, "backup")
    for name in (first, second):  # one alone would be passed over, for the other
        unreachable(here, name)
    case = opened(here, OUTAGE)
    here.installation.step_all()
    assert paged(here) == [(NINE, "lea")]
    assert told(here, case, "nobody") == [(NINE, ["lea"])]
    steps = events(here, case, "path.stepped")
    assert [(step.payload["nobody"], [one["name"] for one in step.payload["unreachable"]]) for step in steps] == [
        (False, [first]),
        (False, [second]),
    ]


def test_a_path_that_comes_to_its_end_tells_every_lead(stage: Stage) -> None:
    here = stage(start=NINE, people=PEOPLE | {"leo": "lead"})
    leo, mint, journal = here.viewer("leo").user, here.installation.mint, here.installation.journal
    here.installation.writer.write(lambda tx: directory.add_team(tx, mint, journal, "night", by="test", lead=leo))
    case = opened(here, OUTAGE)
    until(here, NINE + 2 * HOUR)
    assert climbs(here, case) == [("senior", "exhausted")]
    [last] = events(here, case, "path.stepped")[-1:]
    assert {person["name"] for person in last.payload["notified"]} == {"lea", "leo"}
    assert last.at == NINE + 25 * MINUTE + 1  # two passes of three steps; the breach at 15 minutes took one of them
    before = len(paged(here))
    act(here, case, verbs.acknowledge(here.viewer("leo")))
    assert climbs(here, case) == [("senior", "acknowledged")]
    until(here, NINE + 2 * HOUR + 50 * MINUTE)
    assert len(paged(here)) == before


def test_a_path_that_reaches_nobody_at_all_is_unheard(stage: Stage) -> None:
    here = stage(start=NINE)
    unreachable(here, *PEOPLE)
    case = opened(here, OUTAGE)
    assert climbs(here, case) == [("senior", "unheard")]
    assert len(events(here, case, "path.stepped")) == 7
    assert paged(here) == []


def test_a_level_that_rises_takes_the_higher_path(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="Z-1")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 30 * MINUTE)
    signal(here, external_id="Z-1", users_affected=100)
    assert climbs(here, case) == [("senior", "acknowledged"), ("top", "climbing")]
    assert clock(here, case, "acknowledge", 2).due_at == NINE + 45 * MINUTE
    assert clock(here, case, "contain").due_at == NINE + 4 * HOUR
    act(here, case, verbs.acknowledge(here.viewer("dora")))


def test_an_account_that_is_matched_later_raises_the_case(stage: Stage) -> None:
    here = stage(
        ("people: {weight: 60, from: case.users_affected, curve: [[0, 0], [100, 1]], missing: 0}",
         "people: {weight: 60, from: account.arr, curve: [[0, 0], [1000000, 1]], missing: 0}"),
        start=NINE,
    )  # fmt: skip
    case = opened(here, {"subject": "Reports", "type": "slow"}, external_id="Z-1")
    assert state(here, case).case.level == "standard"
    until(here, NINE + HOUR)
    signal(here, external_id="Z-1", type="outage", account={"arr": 1_000_000.0, "plan": "gold"})
    found = state(here, case).case
    assert (found.level, found.severity) == ("executive", "critical")
    run = clock(here, case, "resolve")
    assert (run.due_at, run.original_due_at) == (NINE + 12 * HOUR, NINE + DAY + 8 * HOUR)
    assert (run.target, run.origin, run.generation) == ("12h", "opened", 1)
    assert clock(here, case, "idle").due_at == NINE + HOUR + 3 * HOUR
    assert clock(here, case, "acknowledge").due_at == NINE + HOUR + 15 * MINUTE
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_a_clock_is_never_due_sooner_than_the_grace(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, {"subject": "Reports"}, external_id="Z-1")
    late = at("2026-03-03T15:00:00Z")
    until(here, late)
    act(here, case, verbs.note(here.viewer("anna"), "looking"))
    until(here, late + MINUTE)
    signal(here, external_id="Z-1", type="slow", users_affected=80)
    assert clock(here, case, "resolve").due_at == late + HOUR  # sixteen hours from its start
    signal(here, external_id="Z-1", type="outage", account={"plan": "gold"})
    assert clock(here, case, "resolve").due_at == late + 11 * MINUTE
    changes = [change for event in events(here, case, "clocks.superseded") for change in event.payload["clocks"]]
    resolve = [(change["old_due_at"], change["due_at"]) for change in changes if change["clock"] == "resolve"]
    assert resolve == [(NINE + 4 * DAY + 8 * HOUR, late + HOUR), (late + HOUR, late + 11 * MINUTE)]
    act(here, case, verbs.acknowledge(here.viewer("carl")))


def test_a_relationship_that_is_raised_leaves_the_engineers_their_path(stage: Stage) -> None:
    here = stage(start=at("2026-03-03T01:00:00Z"))
    case, night = opened(here, OUTAGE), here.clock.now()
    act(here, case, verbs.raise_(here.viewer("otto"), "executive", "the customer is angry", "relationship"))
    found = state(here, case).case
    assert (found.level, found.kind) == ("executive", "technical")
    assert climbs(here, case) == [("senior", "stopped"), ("top", "climbing"), ("care", "climbing")]
    assert climb(here, case, "care").next_at == at("2026-03-03T08:00:00Z")
    before = len(paged(here))
    until(here, night + 6 * MINUTE)
    assert len(paged(here)) > before
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert climbs(here, case)[1:] == [("top", "acknowledged"), ("care", "climbing")]
    act(here, case, verbs.acknowledge(here.viewer("mia")))
    assert state(here, case).case.escalation_manager == here.viewer("mia").user
