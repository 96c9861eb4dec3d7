"""A claim that waits: the customer contests it, or nobody confirms it."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

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
    link,
    opened,
    outcome,
    signal,
    state,
    told,
    unlink,
    until,
)
from tests.testing import World
from tocsin.cases import verbs
from tocsin.cases.acting import Plan
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.people.permissions import Viewer

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday


def still_down(here: World, ticket: str = "Z-1") -> None:
    signal(here, external_id=ticket, kind="reply", body="it is still down")


def claimed(stage: Stage, *changes: tuple[str, str]) -> tuple[World, int]:
    """A case in work since nine, whose containment an agent has claimed at ten."""
    here = stage(*changes, start=NINE)
    case = opened(here, SLOW, external_id="Z-1")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + HOUR)
    act(here, case, verbs.contain(here.viewer("anna")))
    return here, case


def test_a_customer_who_says_that_it_is_still_down_is_heard_while_a_claim_waits(stage: Stage) -> None:
    here, case = claimed(stage)
    until(here, NINE + HOUR + 20 * MINUTE)
    still_down(here)
    who = ["anna", "carl"]  # who owns it, and who may confirm the claim
    assert told(here, case, "contested") == [(NINE + HOUR + 20 * MINUTE, who)]
    found = state(here, case).case
    assert (found.containment_claimed_at, found.contested_at) == (NINE + HOUR, NINE + HOUR + 20 * MINUTE)
    run = clock(here, case, "contain")
    assert (run.claimed_at, run.ticking, run.due_at) == (NINE + HOUR, True, NINE + 6 * HOUR)
    still_down(here)
    assert len(told(here, case, "contested")) == 2
    assert len(events(here, case, "case.contested")) == 1


def test_its_clocks_warn_and_run_out_as_though_it_were_rejected(stage: Stage) -> None:
    here, case = claimed(stage)
    still_down(here)
    for _ in range(3):
        here.forward(2 * HOUR)
        act(here, case, verbs.note(here.viewer("carl"), "on it"))
    assert [when for when, _ in told(here, case, "warning")][:2] == [NINE + 3 * HOUR, NINE + 4 * HOUR + 48 * MINUTE]
    assert outcome(here, case, "contain") == ("breached", NINE + 6 * HOUR)
    assert state(here, case).case.containment_claimed_at == NINE + HOUR
    act(here, case, verbs.reject_containment(here.viewer("carl"), "they are right"))
    assert clock(here, case, "contain").claimed_at is None
    act(here, case, verbs.contain(here.viewer("carl")))
    assert outcome(here, case, "contain") == ("breached", NINE + 6 * HOUR)
    assert clock(here, case, "contain").excused_by is None


def test_a_contested_claim_that_is_confirmed_in_time_keeps_its_time(stage: Stage) -> None:
    here, case = claimed(stage)
    still_down(here)
    until(here, NINE + 2 * HOUR)
    act(here, case, verbs.confirm_containment(here.viewer("carl"), "their cache"))
    assert outcome(here, case, "contain") == ("met", NINE + HOUR)
    assert clock(here, case, "contain").confirmed_at == NINE + 2 * HOUR
    found = state(here, case).case
    assert (found.contained_at, found.contested_at, found.claim_alert_at) == (NINE + HOUR, None, None)
    [event] = events(here, case, "case.contained")
    assert (event.at, event.payload["claimed_at"]) == (NINE + 2 * HOUR, NINE + HOUR)


def test_a_contested_claim_that_is_confirmed_late_excuses_the_breach_which_stays(stage: Stage) -> None:
    here, case = claimed(stage)
    still_down(here)
    for _ in range(3):
        here.forward(2 * HOUR)
        act(here, case, verbs.note(here.viewer("carl"), "on it"))
    act(here, case, verbs.confirm_containment(here.viewer("carl"), "their cache"))
    run = clock(here, case, "contain")
    assert (run.outcome, run.settled_at, run.excused_by) == ("breached", NINE + 6 * HOUR, "claimed_in_time")
    assert (run.claimed_at, run.confirmed_at) == (NINE + HOUR, NINE + 7 * HOUR)
    assert state(here, case).case.contained_at == NINE + HOUR


def test_a_claim_that_is_contested_after_its_time_has_run_out_at_once(stage: Stage) -> None:
    here, case = claimed(stage)
    down_until(here, NINE + 7 * HOUR)
    still_down(here)
    assert outcome(here, case, "contain") == ("breached", NINE + 6 * HOUR)
    late = {event.payload["clock"]: event.payload["late"] for event in events(here, case, "clock.breached")}
    assert late["contain"] == HOUR


@pytest.mark.parametrize("desk", [True, False], ids=["of the desk", "of a person"])
def test_a_resolution_that_is_claimed_is_contested_with_all_its_clocks(stage: Stage, desk: bool) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="Z-1")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 30 * MINUTE)
    if desk:
        signal(here, external_id="Z-1", kind="solved")
    else:
        act(here, case, verbs.resolve(here.viewer("anna")))
    assert state(here, case).case.expires_at() is None
    until(here, NINE + 45 * MINUTE)
    still_down(here)
    assert sorted(run.clock for run in state(here, case).clocks if run.contested_at) == ["contain", "resolve"]
    assert state(here, case).case.expires_at() == NINE + 105 * MINUTE  # the acknowledgement may expire again
    until(here, NINE + 105 * MINUTE)
    assert [event.payload["why"] for event in events(here, case, "case.acknowledgement_ended")] == ["expired"]
    act(here, case, verbs.confirm_resolution(here.viewer("dora")))
    assert outcome(here, case, "resolve") == ("met", NINE + 30 * MINUTE)


def test_a_pause_after_the_contest_does_not_move_the_claimed_time(stage: Stage) -> None:
    here, case = claimed(stage, ("pause: {clocks: [resolve", "pause: {clocks: [contain, resolve"))
    still_down(here)
    until(here, NINE + 2 * HOUR)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    assert clock(here, case, "contain").paused_at == NINE + 2 * HOUR
    act(here, case, verbs.confirm_containment(here.viewer("carl")))
    assert outcome(here, case, "contain") == ("met", NINE + HOUR)


def test_a_claim_that_nobody_confirms_is_told_again_ever_higher(stage: Stage) -> None:
    here, case = claimed(stage)
    assert told(here, case, "claim") == [(NINE + HOUR, ["carl"])]
    until(here, NINE + 3 * HOUR)
    assert told(here, case, "unconfirmed") == [
        (NINE + 90 * MINUTE, ["carl", "lea"]),
        (NINE + 2 * HOUR, ["carl", "admin", "lea"]),
        (NINE + 3 * HOUR, ["carl", "admin", "lea"]),
    ]
    act(here, case, verbs.confirm_containment(here.viewer("dora")))
    until(here, NINE + 5 * HOUR)
    assert len(told(here, case, "unconfirmed")) == 3


def test_a_claim_that_nobody_confirms_is_told_ever_less_often_and_never_falls_silent(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("anna")))
    until(here, NINE + 5 * DAY)
    times = [(when - NINE) // MINUTE for when, _ in told(here, case, "unconfirmed")]
    assert times[:6] == [30, 60, 120, 240, 480, 960]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[6:] == [24 * 60] * len(gaps[6:])
    assert len(gaps) >= 8


@pytest.mark.parametrize("what", ["containment", "resolution"])
def test_a_claim_counts_where_the_case_is_lowered_to_standard(stage: Stage, what: str) -> None:
    here = stage(start=NINE)
    case = opened(here, SLOW, external_id="Z-1")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + HOUR)
    act(here, case, (verbs.contain if what == "containment" else verbs.resolve)(here.viewer("anna")))
    until(here, NINE + HOUR + 10 * MINUTE)
    act(here, case, verbs.lower(here.viewer("mia"), "standard", "not so bad"))
    found = state(here, case).case
    assert (found.containment_claimed_at, found.resolution_claimed_at, found.claim_alert_at) == (None, None, None)
    assert (found.contained_at, found.state) == ((NINE + HOUR, "open") if what == "containment" else (None, "resolved"))
    [settled] = events(here, case, "case.contained" if what == "containment" else "case.resolved")
    assert (settled.payload["claimed_at"], "lowered" in settled.payload["note"]) == (NINE + HOUR, True)
    until(here, NINE + 5 * HOUR)
    assert told(here, case, "unconfirmed") == []


def test_a_claim_that_was_contested_is_asked_for_once_where_the_case_is_lowered(stage: Stage) -> None:
    here, case = claimed(stage)
    still_down(here)
    act(here, case, verbs.lower(here.viewer("mia"), "standard", "not so bad"))
    assert state(here, case).case.containment_claimed_at == NINE + HOUR
    until(here, NINE + 8 * HOUR)
    assert len(told(here, case, "unconfirmed")) == 1


def test_it_keeps_the_hours_of_its_path_and_is_told_once_after_an_outage_of_ours(stage: Stage) -> None:
    here = stage(start=NINE + 7 * HOUR)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 7 * HOUR + 45 * MINUTE)
    act(here, case, verbs.contain(here.viewer("anna")))
    until(here, NINE + DAY + MINUTE)
    assert told(here, case, "unconfirmed") == []
    down_until(here, NINE + DAY + 3 * HOUR)
    assert told(here, case, "unconfirmed") == [(NINE + DAY + 3 * HOUR, ["admin", "lea"])]


def test_a_child_is_asked_for_its_own_claim_and_not_for_that_of_its_parent(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, SLOW, external_id="P"), opened(here, SLOW, external_id="C")
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    link(here, "carl", child, "parent", parent)
    act(here, parent, verbs.contain(here.viewer("anna")))
    until(here, NINE + 45 * MINUTE)
    assert len(told(here, parent, "unconfirmed")) == 1
    assert told(here, child, "unconfirmed") == []
    act(here, child, verbs.resolve(here.viewer("bo")))
    until(here, NINE + 80 * MINUTE)
    assert len(told(here, child, "unconfirmed")) == 1


def test_the_customer_of_a_child_contests_the_claim_that_it_shares(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child, other = (opened(here, SLOW, external_id=ticket) for ticket in ("P", "C", "D"))
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    for one in (child, other):
        link(here, "carl", one, "parent", parent)
    until(here, NINE + 5 * MINUTE)
    act(here, parent, verbs.contain(here.viewer("anna")))
    still_down(here, "C")
    assert len(told(here, child, "contested")) == len(told(here, parent, "contested")) == 1
    assert told(here, other, "contested") == []
    for one in (parent, child, other):
        assert clock(here, one, "contain").ticking
    act(here, parent, verbs.confirm_containment(here.viewer("carl")))
    for one in (parent, child, other):
        assert outcome(here, one, "contain") == ("met", NINE + 5 * MINUTE)


@pytest.mark.parametrize(
    "says", [{"kind": "reply", "body": "still down"}, {"status": "firing"}], ids=["reply", "fires"]
)
@pytest.mark.parametrize("claim", [verbs.contain, verbs.resolve], ids=["contain", "resolve"])
@pytest.mark.parametrize("ticket", [OUTAGE, QUESTION], ids=["escalated", "standard"])
def test_the_customer_of_a_child_contests_what_is_claimed_for_its_parent(
    stage: Stage, ticket: dict[str, Any], claim: Callable[[Viewer], Plan], says: dict[str, Any]
) -> None:
    here = stage(start=NINE)
    parent = opened(here, OUTAGE, external_id="P")
    child = opened(here, ticket, external_id="C", source="pingdom")
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    link(here, "carl", child, "parent", parent)
    act(here, parent, claim(here.viewer("anna")))
    until(here, NINE + 5 * MINUTE)
    signal(here, external_id="C", source="pingdom", **says)
    assert state(here, parent).case.contested_at == NINE + 5 * MINUTE
    assert clock(here, parent, "contain").ticking
    [(when, people)] = told(here, parent, "contested")
    assert (when, sorted(people)) == (NINE + 5 * MINUTE, ["anna", "carl"])
    [alert] = [event for event in events(here, parent, "case.alerted") if event.payload["why"] == "contested"]
    who = "the customer of" if "kind" in says else "the source of"
    assert alert.payload["says"].startswith(f"{who} case {state(here, child).case.number}")
    signal(here, external_id="C", source="pingdom", **says)
    assert len(told(here, parent, "contested")) == 1, "the claim is contested already"
    act(
        here,
        parent,
        verbs.confirm_resolution(here.viewer("carl"))
        if claim is verbs.resolve
        else verbs.confirm_containment(here.viewer("carl")),
    )
    assert outcome(here, parent, "contain") == ("met", NINE)


def test_what_a_child_claims_for_itself_is_no_matter_of_its_parent(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, OUTAGE, external_id="P"), opened(here, OUTAGE, external_id="C")
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    act(here, child, verbs.contain(here.viewer("bo")))
    until(here, NINE + MINUTE)
    link(here, "carl", child, "parent", parent)
    act(here, parent, verbs.contain(here.viewer("anna")))
    still_down(here, "C")
    assert state(here, child).case.contested_at == NINE + MINUTE
    assert told(here, parent, "contested") == []


def test_a_claim_that_came_from_a_parent_is_told_once_the_case_stands_alone(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, SLOW), opened(here, SLOW)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    link(here, "carl", child, "parent", parent)
    act(here, parent, verbs.contain(here.viewer("anna")))
    until(here, NINE + 10 * MINUTE)
    unlink(here, "carl", child, "parent", parent)
    assert [when for when, _ in told(here, child, "unconfirmed")] == [NINE + 10 * MINUTE]
    until(here, NINE + 41 * MINUTE)
    assert len(told(here, child, "unconfirmed")) == 2


def test_a_source_that_says_that_it_is_broken_contests_a_claim_too(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="M-1", source="pingdom")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.contain(here.viewer("anna")))
    until(here, NINE + 5 * MINUTE)
    signal(here, external_id="M-1", source="pingdom", status="firing")
    assert state(here, case).case.contested_at == NINE + 5 * MINUTE
    assert len(told(here, case, "contested")) == 1


@pytest.mark.parametrize("claim", [verbs.contain, verbs.resolve], ids=["containment", "resolution"])
@pytest.mark.parametrize("source", ["pingdom", "zendesk"])
def test_a_source_without_statuses_contests_a_claim_by_reporting_it_anew(stage: Stage, source: str, claim: Any) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="M-1", source=source)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, claim(here.viewer("anna")))
    until(here, NINE + 5 * MINUTE)
    signal(here, **OUTAGE, external_id="M-1", source=source)
    assert state(here, case).case.contested_at == NINE + 5 * MINUTE
    assert told(here, case, "contested") == [(NINE + 5 * MINUTE, ["anna", "carl"])]
    [fired] = events(here, case, "case.fired_again")
    assert fired.payload["status"] is None


@pytest.mark.parametrize("status", ["open", "new", "In Progress", "reopened"])
def test_a_desk_that_goes_back_from_solved_contests_its_own_claim(stage: Stage, status: str) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="Z-1", source="zendesk", status="open")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    signal(here, external_id="Z-1", source="zendesk", status="solved")
    until(here, NINE + 5 * MINUTE)
    signal(here, external_id="Z-1", source="zendesk", status=status)
    assert state(here, case).case.contested_at == NINE + 5 * MINUTE
    assert [when for when, _ in told(here, case, "contested")] == [NINE + 5 * MINUTE]
    [fired] = events(here, case, "case.fired_again")
    assert fired.payload["status"] == status


def test_a_desk_whose_ticket_stays_open_contests_nobodys_claim(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="Z-1", source="zendesk", status="open")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("anna")))
    signal(here, external_id="Z-1", source="zendesk", status="open", tags=["vip"])
    assert state(here, case).case.contested_at is None


def fires(here: World) -> None:
    signal(here, external_id="M-1", source="pingdom", status="firing")


def test_a_source_that_says_that_a_contained_case_is_broken_is_heard(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="M-1", source="pingdom")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.contain(here.viewer("carl")))
    until(here, NINE + 5 * MINUTE)
    fires(here)
    [(when, people)] = told(here, case, "broken")
    assert (when, sorted(people)) == (NINE + 5 * MINUTE, ["anna", "carl", "lea"])
    [alert] = [event for event in events(here, case, "case.alerted") if event.payload["why"] == "broken"]
    assert alert.payload["says"] == "pingdom says that it is broken, though it is contained"
    assert state(here, case).case.contained_at == NINE, "which a person takes back, by opening it again or by a note"


def test_a_source_that_says_that_it_is_broken_ends_a_hold(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="M-1", source="pingdom")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.hold(here.viewer("anna"), "they look at it"))
    until(here, NINE + 5 * MINUTE)
    fires(here)
    assert state(here, case).case.held_at is None
    assert not clock(here, case, "resolve").paused_at
    [released] = events(here, case, "case.released")
    assert released.payload["reason"] == "pingdom says firing"
    [(when, people)] = told(here, case, "broken")
    assert (when, sorted(people)) == (NINE + 5 * MINUTE, ["anna", "carl", "lea"])
    fires(here)
    assert len(told(here, case, "broken")) == 1


def test_a_source_that_fires_while_people_work_on_it_tells_nobody(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, external_id="M-1", source="pingdom")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    fires(here)
    assert told(here, case, "broken") == []


def replies(here: World, ticket: str = "Z-1", **more: Any) -> None:
    signal(here, external_id=ticket, kind="reply", body="STILL DOWN", **more)


def contained(here: World, **ticket: Any) -> int:
    case = opened(here, OUTAGE, **ticket)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.contain(here.viewer("carl")))
    until(here, NINE + 5 * MINUTE)
    return case


def test_a_customer_who_writes_though_it_is_contained_is_heard(stage: Stage) -> None:
    here = stage(start=NINE)
    case = contained(here, external_id="Z-1")
    replies(here)
    [(when, people)] = told(here, case, "replied")
    assert (when, sorted(people)) == (NINE + 5 * MINUTE, ["anna", "carl", "lea"])
    assert state(here, case).case.contained_at == NINE
    replies(here)
    assert len(told(here, case, "replied")) == 2, "each time, for a customer does not repeat itself"


def test_a_claim_that_is_contested_is_told_of_once(stage: Stage) -> None:
    here = stage(start=NINE)
    case = contained(here, external_id="Z-1")
    act(here, case, verbs.resolve(here.viewer("anna")))
    replies(here)
    assert len(told(here, case, "contested")) == 1
    assert told(here, case, "replied") == []


@pytest.mark.parametrize(("ticket", "people"), [(OUTAGE, ["anna", "carl", "lea"]), (QUESTION, ["anna"])])
def test_a_reply_that_ends_a_hold_is_heard(stage: Stage, ticket: dict[str, Any], people: list[str]) -> None:
    here = stage(start=NINE)
    case = opened(here, ticket, external_id="Z-1")
    if ticket is OUTAGE:
        act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.hold(here.viewer("anna"), "the customer looks"))
    until(here, NINE + 5 * MINUTE)
    replies(here)
    assert state(here, case).case.held_at is None
    [(when, notified)] = told(here, case, "replied")
    assert (when, sorted(notified)) == (NINE + 5 * MINUTE, people)


@pytest.mark.parametrize("says", [{"kind": "reply", "body": "again"}, {"status": "reopened"}], ids=["reply", "status"])
def test_a_standard_case_that_is_opened_again_by_a_signal_tells_its_owner(stage: Stage, says: dict[str, Any]) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION, external_id="Z-1")
    act(here, case, verbs.resolve(here.viewer("anna")))
    until(here, NINE + 5 * MINUTE)
    signal(here, external_id="Z-1", **says)
    assert told(here, case, "reopened") == [(NINE + 5 * MINUTE, ["anna"])]
    assert told(here, case, "replied") == []


@pytest.mark.parametrize("says", [{"kind": "reply", "body": "STILL DOWN"}, {"status": "firing"}])
def test_who_has_a_contained_parent_hears_of_a_case_that_follows_it(stage: Stage, says: dict[str, Any]) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, OUTAGE, external_id="P"), opened(here, OUTAGE, external_id="K")
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    link(here, "lea", child, "parent", parent)
    act(here, parent, verbs.contain(here.viewer("carl")))
    until(here, NINE + 5 * MINUTE)
    why = "replied" if "kind" in says else "broken"
    signal(here, external_id="K", **says)
    [(when, people)] = told(here, parent, why)
    assert (when, "carl" in people, "lea" in people) == (NINE + 5 * MINUTE, True, True)
    signal(here, external_id="K", **says)
    assert len(told(here, parent, why)) == (2 if why == "replied" else 1), "a source that repeats itself says no news"
