"""Who has answered is not forgotten: not by a merge or a link, nor by a containment; and who has left has answered no
more."""

from typing import Any

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    SLOW,
    act,
    at,
    climbs,
    clock,
    events,
    link,
    on_call,
    opened,
    outcome,
    paged,
    state,
    told,
    until,
)
from tests.testing import World
from tocsin.cases import leaving, verbs
from tocsin.cases.record import health
from tocsin.core.clock import HOUR, MINUTE
from tocsin.people import directory

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday


def changed(here: World, name: str, **changes: Any) -> None:
    """What an administrator's change of a user does."""
    made = here.installation

    def write(tx: Any) -> None:
        user = directory.change_user(tx, made.mint, made.journal, name, changes, by="user:admin")
        leaving.left(tx, made.desk, user)

    here.installation.writer.write(write)
    here.installation.step_all()


def test_merging_an_acknowledged_case_into_a_lesser_one_pages_nobody_anew(stage: Stage) -> None:
    here = stage(start=NINE)
    case, standing = opened(here, OUTAGE), opened(here, QUESTION)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    before = paged(here)
    until(here, NINE + 2 * MINUTE)
    link(here, "anna", case, "merged", standing)
    found = state(here, standing).case
    assert (found.level, found.severity, found.technical_lead) == ("senior", "critical", here.viewer("carl").user)
    assert found.acknowledged_at == NINE + 2 * MINUTE
    assert outcome(here, standing, "acknowledge") == ("met", NINE + 2 * MINUTE)
    until(here, NINE + 30 * MINUTE)
    assert paged(here) == before
    assert climbs(here, standing) == [("senior", "acknowledged")]


def test_merging_an_acknowledged_case_stops_the_paging_of_the_one_that_stands_for_it(stage: Stage) -> None:
    here = stage(start=NINE)
    case, standing = opened(here, OUTAGE), opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    before = paged(here)
    link(here, "anna", case, "merged", standing)
    until(here, NINE + 30 * MINUTE)
    assert paged(here) == before
    assert not health.unanswered(state(here, standing))


def test_an_answer_to_a_lesser_case_answers_no_graver_one(stage: Stage) -> None:
    here = stage(start=NINE)
    case, standing = opened(here, SLOW), opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    link(here, "anna", case, "merged", standing)
    assert state(here, standing).case.acknowledged_at is None
    until(here, NINE + 5 * MINUTE)
    assert (NINE + 5 * MINUTE, on_call(here, "backup")) in paged(here)
    act(here, standing, verbs.acknowledge(here.viewer("carl")))


def test_a_case_that_nobody_owns_is_owned_by_the_owner_of_the_one_merged_into_it(stage: Stage) -> None:
    here = stage(("assign: least_loaded", "assign: none"), start=NINE)
    case, standing = opened(here, QUESTION), opened(here, QUESTION)
    act(here, case, verbs.assign(here.viewer("lea"), "bo"))
    link(here, "anna", case, "merged", standing)
    assert state(here, standing).case.owner == here.viewer("bo").user
    assert outcome(here, standing, "assign") == ("met", NINE)


def test_a_parent_has_the_answer_of_the_case_that_begins_to_follow_it(stage: Stage) -> None:
    here = stage(start=NINE)
    child, parent = opened(here, OUTAGE), opened(here, QUESTION)
    act(here, child, verbs.acknowledge(here.viewer("carl")))
    before = paged(here)
    link(here, "anna", child, "parent", parent)
    until(here, NINE + 30 * MINUTE)
    assert paged(here) == before
    assert state(here, parent).case.technical_lead == here.viewer("carl").user


def test_what_came_from_a_parent_does_not_expire_the_moment_that_it_ends(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, OUTAGE), opened(here, OUTAGE)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    link(here, "anna", child, "parent", parent)
    for _ in range(3):
        here.forward(50 * MINUTE)
        act(here, parent, verbs.note(here.viewer("carl"), "on it"))
    before = paged(here)
    act(here, parent, verbs.resolve(here.viewer("carl")))
    assert paged(here) == before
    assert state(here, child).case.expires_at() == here.clock.now() + HOUR
    act(here, child, verbs.resolve(here.viewer("carl")))


def test_whoever_confirms_the_containment_has_answered(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    until(here, NINE + 40 * MINUTE)
    assert climbs(here, case) == [("senior", "exhausted")]
    act(here, case, verbs.contain(here.viewer("anna"), "switched over"))
    assert health.unanswered(state(here, case))
    act(here, case, verbs.confirm_containment(here.viewer("carl")))
    found = state(here, case)
    assert not health.unanswered(found)
    assert (found.case.technical_lead, climbs(here, case)) == (here.viewer("carl").user, [("senior", "acknowledged")])
    assert clock(here, case, "acknowledge").outcome == "breached"


def test_a_senior_who_contains_stops_the_paging_and_an_agent_does_not(stage: Stage) -> None:
    here = stage(start=NINE)
    case, other = opened(here, OUTAGE), opened(here, OUTAGE)
    act(here, case, verbs.contain(here.viewer("carl"), "switched over"))
    act(here, other, verbs.contain(here.viewer("anna"), "switched over"))
    assert outcome(here, case, "acknowledge") == ("met", NINE)
    assert outcome(here, other, "acknowledge") == (None, None)
    assert [state(here, one).case.acknowledged_at for one in (case, other)] == [NINE, None]


def test_one_of_several_answers_is_no_more_than_one(stage: Stage) -> None:
    here = stage(
        ('{notify: ["oncall:senior"], wait: 5m}', '{notify: ["oncall:senior"], wait: 5m, acknowledgements: 2}')
    )
    case = opened(here, OUTAGE)
    act(here, case, verbs.contain(here.viewer("carl")))
    assert state(here, case).case.acknowledged_at is None
    assert len(state(here, case).escalations[0].answers.split()) == 1
    changed(here, "carl", active=False)
    assert state(here, case).escalations[0].answers.split() == []


def test_whoever_acknowledged_and_leaves_is_missed_at_once(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    before = len(paged(here))
    until(here, NINE + 7 * MINUTE)
    changed(here, "carl", active=False)
    assert [when for when, _ in paged(here)[before:]] == [NINE + 7 * MINUTE]
    assert [event.payload["why"] for event in events(here, case, "case.acknowledgement_ended")] == ["left"]
    assert clock(here, case, "acknowledge", 2).due_at == NINE + 22 * MINUTE
    assert state(here, case).case.technical_lead is None
    act(here, case, verbs.acknowledge(here.viewer("dora")))


def test_so_is_whoever_gets_a_role_that_works_on_no_cases(stage: Stage) -> None:
    here = stage(start=NINE)
    case, other = opened(here, OUTAGE), opened(here, OUTAGE)
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    act(here, other, verbs.acknowledge(here.viewer("carl")))
    changed(here, "dora", role="agent")
    assert state(here, case).case.technical_lead is not None
    changed(here, "dora", role="viewer")
    assert state(here, case).case.acknowledged_at is None
    assert state(here, other).case.acknowledged_at == NINE


def test_a_manager_who_leaves_is_missed_beside_the_engineers(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, OUTAGE, sentiment="angry")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.acknowledge(here.viewer("mia")))
    assert [how for _, how in climbs(here, case)] == ["acknowledged", "acknowledged"]
    changed(here, "mia", active=False)
    found = state(here, case).case
    assert (found.escalation_manager, found.technical_lead) == (None, here.viewer("carl").user)
    assert ("care", "climbing") in climbs(here, case)


def test_who_leaves_is_missed_once_by_a_family(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, OUTAGE), opened(here, OUTAGE)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    link(here, "anna", child, "parent", parent)
    before = len(paged(here))
    changed(here, "carl", active=False)
    assert len(paged(here)) == before + 1
    assert [state(here, one).case.acknowledged_at for one in (parent, child)] == [None, None]


def test_the_owner_who_leaves_is_told_to_the_lead(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.assign(here.viewer("lea"), "bo"))
    changed(here, "bo", active=False)
    assert told(here, case, "owner_away") == [(NINE, ["lea"])]
