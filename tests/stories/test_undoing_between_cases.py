"""What is undone of links, merges, parents and those who follow: it is undone at both ends, and for all of them."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    SLOW,
    act,
    at,
    climbs,
    events,
    link,
    opened,
    signal,
    state,
)
from tests.stories.undoing import same, take_back, undone
from tocsin.cases import verbs
from tocsin.cases.happenings.undoing import Undone
from tocsin.core import ids
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.core.errors import NotAllowed
from tocsin.core.wording import plain

MONDAY = at("2026-03-02T09:00:00Z")


def test_a_case_that_was_merged_does_not_wait_again_for_a_reply_that_came(stage: Stage) -> None:
    """The customer answered the ticket of the merged case, which that of the other one has on record."""
    here = stage(start=MONDAY)
    last, other = opened(here, QUESTION), opened(here, QUESTION)
    case = opened(here, QUESTION, source="desk", external_id="T-1")
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    here.forward(MINUTE)
    link(here, "anna", case, "merged", other)
    merged = next(event.seq for event in events(here, case) if event.kind == "case.merged")
    here.forward(MINUTE)
    link(here, "anna", other, "merged", last)
    here.forward(MINUTE)
    signal(here, source="desk", external_id="T-1", kind="reply", body="here it is")
    with pytest.raises(NotAllowed, match="since then: the customer wrote"):
        take_back(here, case, "anna", merged)
    assert state(here, case).case.state == "merged"


def test_a_case_does_not_rest_again_once_the_customer_of_one_that_follows_it_has_spoken(stage: Stage) -> None:
    here = stage(start=MONDAY)
    parent, child = opened(here, QUESTION), opened(here, QUESTION, source="desk", external_id="T-1")
    link(here, "anna", child, "parent", parent)
    act(here, parent, verbs.hold(here.viewer("anna"), "asked for a log"))
    here.forward(MINUTE)
    act(here, parent, verbs.resume(here.viewer("anna")))
    here.forward(MINUTE)
    signal(here, source="desk", external_id="T-1", kind="reply", body="here it is")
    with pytest.raises(NotAllowed, match="since then: the customer wrote"):
        act(here, parent, verbs.undo(here.viewer("anna")))
    assert state(here, parent).case.held_at is None


@pytest.mark.parametrize("kind", ["related", "parent", "merged"])
def test_a_link_is_undone_at_both_its_ends(stage: Stage, kind: str) -> None:
    here = stage(start=MONDAY)
    other = opened(here, SLOW)
    act(here, other, verbs.acknowledge(here.viewer("carl")))
    case = opened(here, SLOW)
    here.forward(MINUTE)
    before = state(here, case), state(here, other)
    link(here, "dora", case, kind, other)
    here.forward(MINUTE)
    assert take_back(here, case, "dora").case.parent is None
    same(here, case, before[0])
    same(here, other, before[1])
    if kind != "merged":
        assert [event.payload["kind"] for event in events(here, case) if event.kind == "case.unlinked"] == [kind]
    assert [event.kind for event in events(here, other)].count("case.unlinked") == 1
    assert climbs(here, case)[-1] == ("senior", "climbing")
    here.forward(3 * HOUR)


def test_a_link_to_what_one_may_not_see_is_not_undone_and_not_named(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case, other = opened(here, QUESTION), opened(here, QUESTION)
    link(here, "lea", case, "parent", other)
    here.forward(SECOND)
    act(here, other, verbs.restrict(here.viewer("lea"), ["lea"], "r"))
    here.forward(SECOND)
    with pytest.raises(NotAllowed, match="which you may not see") as refused:
        take_back(here, case, "carl")
    assert ids.to_text(other) not in str(refused.value)
    assert state(here, case).case.parent == other


def test_a_case_that_was_merged_into_a_lesser_one_gives_back_what_it_lent(stage: Stage) -> None:
    """What rose by it goes back, and pages no more."""
    here = stage(start=MONDAY)
    other, case = opened(here, QUESTION), opened(here, OUTAGE)
    here.forward(MINUTE)
    link(here, "mia", case, "merged", other)
    here.forward(MINUTE)
    assert state(here, other).case.level == "senior"
    take_back(here, case, "mia")
    assert (state(here, other).case.level, state(here, other).case.severity) == ("standard", "low")
    assert [climb.state for climb in state(here, other).escalations] == ["stopped"]
    assert (state(here, case).case.state, climbs(here, case)[-1]) == ("open", ("senior", "climbing"))


def test_children_go_back_with_their_parent(stage: Stage) -> None:
    here = stage(start=MONDAY)
    parent, child = opened(here, SLOW), opened(here, SLOW)
    link(here, "dora", child, "parent", parent)
    here.forward(MINUTE)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    here.forward(MINUTE)
    before = state(here, parent), state(here, child)
    act(here, parent, verbs.contain(here.viewer("carl")))
    assert state(here, child).case.contained_at is not None
    here.forward(MINUTE)
    act(here, parent, verbs.undo(here.viewer("carl")))
    same(here, parent, before[0])
    same(here, child, before[1])
    here.forward(MINUTE)
    act(here, parent, verbs.contain(here.viewer("anna")))
    assert state(here, child).case.containment_claimed_at is not None
    here.forward(MINUTE)
    act(here, parent, verbs.undo(here.viewer("anna")))
    same(here, child, before[1])


def test_who_was_let_go_stays_so_and_it_is_said(stage: Stage) -> None:
    here = stage(start=MONDAY)
    parent, child = opened(here, SLOW), opened(here, SLOW)
    link(here, "dora", child, "parent", parent)
    here.forward(MINUTE)
    act(here, parent, verbs.resolve(here.viewer("dora")))
    here.forward(MINUTE)
    act(here, parent, verbs.undo(here.viewer("dora")))
    assert state(here, child).case.parent is None
    assert undone(here, parent).payload["freed"]
    assert [climb.state for climb in state(here, child).escalations][-1] == "climbing"


@pytest.mark.parametrize("merge", [False, True])
def test_call_ins_that_ended_with_the_case_stay_ended_and_it_is_said(stage: Stage, merge: bool) -> None:
    here = stage(start=MONDAY)
    case, other = opened(here, QUESTION), opened(here, QUESTION)
    act(here, case, verbs.call_in(here.viewer("anna"), user="carl"))
    here.forward(MINUTE)
    if merge:
        link(here, "dora", case, "merged", other)
    else:
        act(here, case, verbs.resolve(here.viewer("dora")))
    here.forward(MINUTE)
    take_back(here, case, "dora")
    assert undone(here, case).payload["calls"] == 1
    assert plain(Undone.of(undone(here, case).payload).reads()).endswith("; 1 call-in stays ended")
    assert [call.state for call in state(here, case).calls] == ["over"]
    [told] = [event.payload for event in events(here, case) if event.kind == "case.alerted"]
    assert told["says"] == "the case is open again, and the call-in of carl stays ended; call again"
    assert [one["user"] for one in told["notified"]] == [ids.to_text(here.viewer("anna").user or 0)]


def test_who_began_to_follow_a_case_that_is_over_again_is_let_go(stage: Stage) -> None:
    here = stage(start=MONDAY)
    parent, child = opened(here, SLOW), opened(here, SLOW)
    act(here, parent, verbs.resolve(here.viewer("dora")))
    here.forward(MINUTE)
    act(here, parent, verbs.reopen(here.viewer("dora"), "it is back"))
    here.forward(SECOND)
    link(here, "dora", child, "parent", parent)
    here.forward(SECOND)
    act(here, parent, verbs.undo(here.viewer("dora")))
    assert state(here, parent).case.state == "resolved"
    assert state(here, child).case.parent is None
    assert climbs(here, child)[-1] == ("senior", "climbing")


def test_a_case_that_followed_another_before_speaks_for_itself(stage: Stage) -> None:
    here = stage(start=MONDAY)
    first, other, case = opened(here, SLOW), opened(here, SLOW), opened(here, SLOW)
    link(here, "dora", case, "parent", first)
    here.forward(MINUTE)
    link(here, "dora", case, "merged", other)
    here.forward(SECOND)
    act(here, first, verbs.resolve(here.viewer("dora")))
    here.forward(SECOND)
    assert take_back(here, case, "dora").case.parent is None
    assert climbs(here, case)[-1] == ("senior", "climbing")
