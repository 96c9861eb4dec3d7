"""One problem, many customers: cases that follow a parent, and cases that are merged into another."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    SLOW,
    act,
    at,
    climbs,
    clock,
    down_until,
    events,
    link,
    opened,
    outcome,
    paged,
    signal,
    state,
    told,
    unlink,
    until,
)
from tests.testing import World
from tocsin.cases import verbs
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import InvalidInput, NotAllowed

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
NIGHT = at("2026-03-03T01:00:00Z")
NO_STORMS = ("triage:\n", "storm: {enabled: false}\ntriage:\n")
UNOWNED = ("assign: least_loaded", "assign: none")


def family(here: World, size: int, ticket: dict[str, object] = OUTAGE) -> tuple[int, list[int]]:
    """A parent, and those that follow it."""
    parent = opened(here, ticket)
    children = [opened(here, ticket, external_id=f"C-{number}") for number in range(size)]
    for child in children:
        link(here, "carl", child, "parent", parent)
    return parent, children


def test_forty_children_follow_their_parent_and_it_alone_pages_and_warns(stage: Stage) -> None:
    here = stage(NO_STORMS, start=NINE)
    parent, children = family(here, 40)
    before = len(paged(here))
    until(here, NINE + 6 * MINUTE)
    assert len(paged(here)) == before + 2  # of the parent: the backup, and the lead
    assert {climbs(here, child)[0][1] for child in children} == {"stopped"}
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    for child in (children[0], children[-1]):
        assert outcome(here, child, "acknowledge") == ("met", NINE + 6 * MINUTE)
        assert state(here, child).case.technical_lead == here.viewer("carl").user
    until(here, NINE + HOUR)
    act(here, parent, verbs.note(here.viewer("carl"), "switching over"))
    act(here, parent, verbs.contain(here.viewer("carl")))
    assert {outcome(here, child, "contain") for child in children} == {("met", NINE + HOUR)}
    assert [told(here, child, "warning") + told(here, child, "breach") for child in children] == [[]] * 40
    before = len(paged(here))
    until(here, NINE + 3 * HOUR)
    assert state(here, children[3]).case.acknowledged_at is None  # with its parent's, which has expired
    assert state(here, parent).case.acknowledged_at is None
    assert len(paged(here)) > before
    act(here, parent, verbs.acknowledge(here.viewer("dora")))
    assert {state(here, child).case.technical_lead for child in children} == {here.viewer("dora").user}


def test_children_hear_all_that_happened_to_a_parent_that_is_settled_late(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, [child] = family(here, 1)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    here.clock.set(NINE + 2 * HOUR)  # it has expired, and nobody noticed
    act(here, parent, verbs.acknowledge(here.viewer("dora")))
    assert state(here, parent).case.acknowledged_at == NINE + 2 * HOUR
    assert state(here, child).case.acknowledged_at == NINE + 2 * HOUR
    assert state(here, child).case.technical_lead == here.viewer("dora").user


def test_a_child_breaches_in_silence(stage: Stage) -> None:
    here = stage(UNOWNED, start=NINE)
    parent, [child] = family(here, 1)
    act(here, parent, verbs.assign(here.viewer("lea"), "bo"))
    until(here, NINE + DAY)
    assert {run.clock for run in state(here, child).clocks if run.outcome == "breached"} >= {"assign", "contain"}
    assert events(here, child, "case.alerted") == []
    unlink(here, "carl", child, "parent", parent)  # now it speaks for itself
    assert told(here, child, "unowned") == [(NINE + DAY, ["lea"])]
    assert climbs(here, child) == [("senior", "stopped"), ("senior", "climbing")]
    until(here, NINE + DAY + 6 * MINUTE)
    assert len(told(here, child, "unowned")) == 2
    act(here, child, verbs.assign(here.viewer("lea"), "bo"))
    act(here, child, verbs.acknowledge(here.viewer("carl")))


def test_an_uncontained_case_that_joins_a_contained_parent_waits_for_a_senior(stage: Stage) -> None:
    here = stage(start=NINE)
    parent = opened(here, OUTAGE)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    act(here, parent, verbs.contain(here.viewer("carl")))
    here.forward(HOUR)
    child = opened(here, OUTAGE)
    link(here, "anna", child, "parent", parent)
    assert state(here, child).case.containment_claimed_at == NINE + HOUR
    assert len(told(here, child, "claim")) == 1
    assert state(here, parent).case.contained_at == NINE
    act(here, child, verbs.reject_containment(here.viewer("carl"), "theirs still grows"))
    assert clock(here, child, "contain").claimed_at is None


def test_a_parent_has_no_more_time_than_the_child_that_joins_it(stage: Stage) -> None:
    here = stage(start=NINE)
    child = opened(here, OUTAGE)
    here.forward(2 * HOUR)
    parent = opened(here, OUTAGE)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    link(here, "anna", child, "parent", parent)
    assert clock(here, parent, "contain").due_at == NINE + 4 * HOUR
    until(here, NINE + 4 * HOUR + MINUTE)
    assert len(told(here, parent, "breach")) == 1


def test_a_customer_whose_case_follows_another_is_cared_for_all_the_same(stage: Stage) -> None:
    here = stage(start=NINE)
    _, [child] = family(here, 1)
    act(here, child, verbs.raise_(here.viewer("lea"), "executive", "their board calls", "relationship"))
    assert climbs(here, child)[-1] == ("care", "climbing")
    assert "mia" in {name for _, name in paged(here)}
    act(here, child, verbs.acknowledge(here.viewer("mia")))
    assert climbs(here, child)[-1] == ("care", "acknowledged")
    assert state(here, child).case.escalation_manager == here.viewer("mia").user


def test_a_relationship_that_climbs_goes_on_when_its_case_begins_to_follow(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, OUTAGE), opened(here, OUTAGE)
    act(here, child, verbs.raise_(here.viewer("lea"), "executive", "their board calls", "relationship"))
    link(here, "carl", child, "parent", parent)
    assert dict(climbs(here, child)) == {"senior": "stopped", "top": "stopped", "care": "climbing"}


def test_what_is_said_of_a_confidential_case_does_not_name_it(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, QUESTION), opened(here, OUTAGE)
    act(here, child, verbs.restrict(here.viewer("lea"), ["lea", "carl"], "their lawyers"))
    number = state(here, child).case.number
    link(here, "lea", child, "parent", parent)
    assert state(here, parent).case.level == "senior"
    said = [event.payload for event in events(here, parent) if event.kind != "case.linked"]
    assert f"case {number}" not in str(said)
    assert "a confidential case follows it" in str(said)


def test_a_case_that_follows_no_more_keeps_the_answer_of_its_parent(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, [child] = family(here, 1)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    before = len(paged(here))
    unlink(here, "carl", child, "parent", parent)
    assert state(here, child).case.acknowledged_at == NINE
    until(here, NINE + 59 * MINUTE)
    assert len(paged(here)) == before
    until(here, NINE + HOUR)  # which ends here as it ends there
    assert climbs(here, child)[-1] == ("senior", "climbing")
    assert clock(here, child, "acknowledge", 2).due_at == NINE + 75 * MINUTE


def test_a_resolved_case_that_follows_no_more_pages_nobody(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, [child] = family(here, 1)
    act(here, child, verbs.resolve(here.viewer("carl")))
    unlink(here, "carl", child, "parent", parent)
    assert climbs(here, child) == [("senior", "stopped")]
    with pytest.raises(NotAllowed, match="does not follow"):
        unlink(here, "carl", child, "parent", parent)
    with pytest.raises(InvalidInput, match="cannot be undone"):
        unlink(here, "carl", child, "merged", parent)


def test_what_answers_the_relationship_of_the_parent_stops_no_clock_of_a_child(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, [child] = family(here, 1, {**OUTAGE, "sentiment": "angry"})
    act(here, parent, verbs.acknowledge(here.viewer("mia")))
    assert clock(here, parent, "acknowledge").outcome is None
    assert clock(here, child, "acknowledge").outcome is None
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    assert outcome(here, child, "acknowledge") == ("met", NINE)
    found = state(here, child).case
    assert (found.technical_lead, found.escalation_manager) == (here.viewer("carl").user, here.viewer("mia").user)


def test_a_parent_has_at_least_the_level_of_its_children(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, QUESTION), opened(here, SLOW, external_id="C-1")
    link(here, "carl", child, "parent", parent)
    assert state(here, parent).case.level == "senior"
    assert (climbs(here, parent), climbs(here, child)) == ([("senior", "climbing")], [("senior", "stopped")])
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    before = len(paged(here))
    signal(here, external_id="C-1", type="outage", users_affected=100)
    assert (state(here, child).case.level, state(here, parent).case.level) == ("executive", "executive")
    assert climbs(here, child) == [("senior", "stopped")]
    assert climbs(here, parent)[1:] == [("top", "climbing")]
    assert len(paged(here)) == before + 2
    act(here, parent, verbs.acknowledge(here.viewer("carl")))


def test_chains_of_parents_are_refused(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, [child] = family(here, 1, QUESTION)
    other = opened(here, QUESTION)
    with pytest.raises(NotAllowed, match="follows another"):
        link(here, "carl", other, "parent", child)
    with pytest.raises(NotAllowed, match="follow this one"):
        link(here, "carl", parent, "parent", other)
    with pytest.raises(InvalidInput, match="itself"):
        link(here, "carl", other, "related", other)
    link(here, "carl", other, "related", parent)
    assert [event.payload["kind"] for event in events(here, parent, "case.linked")] == ["child", "related"]
    unlink(here, "carl", other, "related", parent)
    assert len(events(here, parent, "case.unlinked")) == 1


def test_a_parent_that_is_resolved_leaves_no_child_in_silence(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, [child, other] = family(here, 2)
    act(here, other, verbs.resolve(here.viewer("carl")))
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    act(here, parent, verbs.resolve(here.viewer("carl"), "repaired"))
    assert state(here, child).case.parent is None
    owner = here.installation.people().name_of(state(here, child).case.owner)
    assert [people[0] for _, people in told(here, child, "parent")] == [owner]
    assert state(here, child).case.acknowledged_at == NINE
    until(here, NINE + DAY + MINUTE)
    assert told(here, child, "breach") != []
    act(here, other, verbs.reopen(here.viewer("carl"), "not here"))  # it pages for itself
    assert climbs(here, other)[-1] == ("senior", "climbing")


def test_a_child_that_is_opened_again_follows_its_parent_again(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, [child] = family(here, 1)
    act(here, child, verbs.resolve(here.viewer("carl")))
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    before = len(paged(here))
    act(here, child, verbs.reopen(here.viewer("carl"), "not here"))
    assert len(paged(here)) == before
    assert state(here, child).case.parent == parent
    here.forward(MINUTE)
    act(here, parent, verbs.contain(here.viewer("carl")))
    assert outcome(here, child, "contain", 2) == ("met", NINE + MINUTE)


def test_a_merged_case_is_over_and_answers_with_its_parent(stage: Stage) -> None:
    here = stage(start=NINE)
    into, case = opened(here, OUTAGE, external_id="A-1"), opened(here, OUTAGE, external_id="C-1")
    with pytest.raises(InvalidInput):
        link(here, "carl", case, "merged", into, None)
    link(here, "carl", case, "merged", into)
    found = state(here, case)
    assert (found.case.state, found.case.parent) == ("merged", into)
    assert {run.outcome for run in found.clocks if run.clock != "assign"} == {"cancelled"}
    assert {run.cancelled_because for run in found.clocks if run.outcome == "cancelled"} == {"merged"}
    assert climbs(here, case) == [("senior", "stopped")]
    length = len(events(here, case))
    assert signal(here, external_id="C-1", kind="reply", body="Still down here") == into
    assert [event.payload["text"] for event in events(here, into, "case.replied")] == ["Still down here"]
    assert state(here, case).case.state == "merged"
    assert len(events(here, case)) == length
    down_until(here, NINE + DAY)
    assert len(events(here, case)) == length


def test_a_merged_case_lifts_the_one_that_stands_for_it(stage: Stage) -> None:
    here = stage(start=NINE)
    into, case = opened(here, QUESTION), opened(here, OUTAGE)
    link(here, "carl", case, "merged", into)
    assert state(here, into).case.level == "senior"
    assert climbs(here, into) == [("senior", "climbing")]
    act(here, into, verbs.acknowledge(here.viewer("carl")))


@pytest.mark.parametrize("kind", ["parent", "merged"])
def test_a_case_that_speaks_for_a_graver_one_wakes_people_as_that_would_have(stage: Stage, kind: str) -> None:
    here = stage(start=NIGHT)
    lesser, graver = opened(here, QUESTION), opened(here, OUTAGE)
    link(here, "anna", graver, kind, lesser)
    found = state(here, lesser).case
    assert (found.severity, found.level, found.kind) == ("critical", "senior", "technical")
    assert clock(here, lesser, "acknowledge").due_at == NIGHT + 15 * MINUTE
    assert clock(here, lesser, "contain").due_at == NIGHT + 4 * HOUR
    before = len(paged(here))
    until(here, NIGHT + 11 * MINUTE)
    assert len(paged(here)) == before + 3  # the backup and the lead, then the duty director
    until(here, NIGHT + 16 * MINUTE)
    assert len(told(here, lesser, "breach")) == 0  # the path took its next step
    assert outcome(here, lesser, "acknowledge") == ("breached", NIGHT + 15 * MINUTE)


def test_a_parent_whose_child_becomes_graver_wakes_people_too(stage: Stage) -> None:
    here = stage(start=NIGHT)
    parent, child = opened(here, QUESTION), opened(here, QUESTION, external_id="C-1")
    link(here, "carl", child, "parent", parent)
    assert paged(here) == []
    signal(here, external_id="C-1", type="outage", users_affected=100)
    found = state(here, parent).case
    assert (found.severity, found.level) == ("critical", "executive")
    assert clock(here, parent, "acknowledge").due_at == NIGHT + 15 * MINUTE
    assert clock(here, parent, "contain").due_at == NIGHT + 4 * HOUR
    assert [when for when, _ in paged(here)] == [NIGHT, NIGHT]
    assert climbs(here, child) == []


def test_a_child_of_the_same_level_that_is_graver_calls_for_somebody_again(stage: Stage) -> None:
    here = stage(start=NIGHT)
    parent = opened(here, SLOW)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    act(here, parent, verbs.contain(here.viewer("carl")))
    child = opened(here, OUTAGE)
    until(here, NIGHT + MINUTE)
    link(here, "anna", child, "parent", parent)
    found = state(here, parent).case
    assert (found.severity, found.acknowledged_at, found.contained_at) == ("critical", None, None)
    assert [clock(here, parent, name, 2).due_at for name in ("acknowledge", "contain")] == [
        NIGHT + 15 * MINUTE,  # when the child's are due
        NIGHT + 4 * HOUR,
    ]
    assert climbs(here, parent)[-1] == ("senior", "climbing")
    assert [when for when, _ in paged(here)] == [NIGHT, NIGHT + MINUTE]


def test_new_facts_of_a_parent_still_make_it_graver(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, QUESTION, external_id="P-1"), opened(here, SLOW)
    link(here, "anna", child, "parent", parent)
    assert state(here, parent).case.severity == "high"
    signal(here, external_id="P-1", users_affected=10)
    assert state(here, parent).case.severity == "high"
    signal(here, external_id="P-1", type="outage")
    assert state(here, parent).case.severity == "critical"


def test_merging_buys_no_time(stage: Stage) -> None:
    here = stage(start=NINE)
    old = opened(here, OUTAGE)
    act(here, old, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 3 * HOUR + 59 * MINUTE)
    new = opened(here, OUTAGE)
    link(here, "anna", old, "merged", new)
    assert clock(here, new, "contain").due_at == NINE + 4 * HOUR
    assert clock(here, new, "resolve").due_at == NINE + 24 * HOUR
    assert clock(here, new, "acknowledge").due_at == NINE + 4 * HOUR + 10 * MINUTE + 4 * MINUTE
    until(here, NINE + 4 * HOUR + MINUTE)
    assert outcome(here, new, "contain") == ("breached", NINE + 4 * HOUR)


def test_a_merged_case_that_is_not_contained_asks_for_it_where_it_went(stage: Stage) -> None:
    here = stage(start=NINE)
    into, other = opened(here, OUTAGE), opened(here, OUTAGE)
    act(here, into, verbs.acknowledge(here.viewer("carl")))
    act(here, into, verbs.contain(here.viewer("carl")))
    until(here, NINE + MINUTE)
    case = opened(here, OUTAGE)
    link(here, "carl", other, "merged", into)  # a senior, whose word is enough
    assert state(here, into).case.contained_at == NINE
    link(here, "anna", case, "merged", into)
    assert state(here, into).case.contained_at is None
    assert clock(here, into, "contain", 2).due_at == NINE + 4 * HOUR + MINUTE
    assert state(here, into).case.acknowledged_at == NINE


def test_a_graver_child_takes_over_no_answer_and_no_containment(stage: Stage) -> None:
    here = stage(start=NINE)
    parent = opened(here, SLOW)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    act(here, parent, verbs.contain(here.viewer("carl")))
    child = opened(here, {**OUTAGE, "users_affected": 200})
    link(here, "anna", child, "parent", parent)
    found = state(here, child).case
    assert (found.acknowledged_at, found.contained_at) == (None, None)
    assert (clock(here, child, "acknowledge").outcome, clock(here, child, "contain").outcome) == (None, None)
    assert climbs(here, parent)[-1] == ("top", "climbing")
    act(here, parent, verbs.acknowledge(here.viewer("dora")))
    act(here, parent, verbs.contain(here.viewer("dora")))
    assert (outcome(here, child, "acknowledge"), outcome(here, child, "contain")) == (("met", NINE), ("met", NINE))


def test_a_senior_says_that_a_child_is_contained_with_its_parent(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child, other = (opened(here, OUTAGE) for _ in range(3))
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    act(here, parent, verbs.contain(here.viewer("carl")))
    link(here, "anna", child, "parent", parent)
    link(here, "carl", other, "parent", parent)
    assert [state(here, case).case.acknowledged_at for case in (child, other)] == [NINE, NINE]
    assert [state(here, case).case.contained_at for case in (child, other)] == [None, NINE]


def test_an_answer_that_a_raised_parent_loses_is_lost_to_its_children(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, [child] = family(here, 1)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    act(here, parent, verbs.raise_(here.viewer("lea"), "executive", "it is worse"))
    assert (state(here, parent).case.acknowledged_at, state(here, child).case.acknowledged_at) == (None, None)
    act(here, parent, verbs.acknowledge(here.viewer("dora")))
    assert state(here, child).case.technical_lead == here.viewer("dora").user


def test_children_follow_the_claims_of_their_parent(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, [child, other] = family(here, 2)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    act(here, other, verbs.contain(here.viewer("bo")))  # for itself
    until(here, NINE + MINUTE)
    act(here, parent, verbs.contain(here.viewer("anna")))
    assert clock(here, child, "contain").claimed_at == NINE + MINUTE
    act(here, parent, verbs.reject_containment(here.viewer("carl"), "it still grows"))
    assert clock(here, child, "contain").ticking
    assert state(here, child).case.containment_claimed_at is None
    assert clock(here, other, "contain").claimed_at == NINE
    act(here, parent, verbs.contain(here.viewer("anna")))
    until(here, NINE + 5 * HOUR)
    act(here, parent, verbs.confirm_containment(here.viewer("carl")))
    assert outcome(here, child, "contain") == ("met", NINE + MINUTE)
    assert outcome(here, other, "contain") == ("met", NINE)


def test_what_was_never_linked_cannot_be_undone(stage: Stage) -> None:
    here = stage(start=NINE)
    one, other = opened(here, QUESTION), opened(here, QUESTION)
    with pytest.raises(NotAllowed, match="not linked"):
        unlink(here, "carl", one, "related", other)
    link(here, "carl", one, "related", other)
    unlink(here, "carl", other, "related", one)
    with pytest.raises(NotAllowed, match="not linked"):
        unlink(here, "carl", one, "related", other)
    assert len(events(here, one, "case.unlinked")) == 1
