"""What somebody has just done is undone: the case is as it was, and what was sent meanwhile is said."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.declared import DECLARED
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
    opened,
    outcome,
    signal,
    state,
    until,
)
from tests.stories.undoing import same, take_back, undone
from tests.testing import World
from tocsin.cases import verbs
from tocsin.cases.acting import Plan
from tocsin.cases.record.replay import Replay, replay
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.core.errors import Forbidden, NotAllowed
from tocsin.people.permissions import Viewer

MONDAY = at("2026-03-02T09:00:00Z")


def test_an_undone_hold_never_paused_a_clock(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    due = clock(here, case, "resolve").due_at
    here.forward(HOUR)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    here.forward(5 * MINUTE)
    act(here, case, verbs.undo(here.viewer("bo")))
    assert state(here, case).case.held_at is None
    run = clock(here, case, "resolve")
    assert (run.due_at, run.paused_at, run.pauses) == (due, None, "")
    payload = undone(here, case).payload
    assert (payload["verb"], payload["by"], payload["paged"]) == ("hold", "user:anna", 0)
    with pytest.raises(NotAllowed, match="nothing was done that can still be undone"):
        act(here, case, verbs.undo(here.viewer("anna")))


def test_after_its_time_nothing_is_undone(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    here.forward(MINUTE)
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    here.forward(10 * MINUTE + SECOND)
    with pytest.raises(NotAllowed, match="nothing was done"):
        act(here, case, verbs.undo(here.viewer("anna")))


DEEDS: dict[str, tuple[dict[str, Any], Callable[[World], Plan]]] = {
    "assign": (QUESTION, lambda here: verbs.assign(here.viewer("anna"), "dora")),
    "hold": (QUESTION, lambda here: verbs.hold(here.viewer("anna"), "r")),
    "resolve": (QUESTION, lambda here: verbs.resolve(here.viewer("anna"), "it was the cache")),
    "claimed resolution": (SLOW, lambda here: verbs.resolve(here.viewer("anna"), "it was the cache")),
    "contain": (SLOW, lambda here: verbs.contain(here.viewer("carl"), "r")),
    "claimed containment": (SLOW, lambda here: verbs.contain(here.viewer("anna"), "r")),
    "a senior's resolution": (SLOW, lambda here: verbs.resolve(here.viewer("dora"), "r")),
    "lower": (SLOW, lambda here: verbs.lower(here.viewer("lea"), "standard", "r")),
    "raise": (SLOW, lambda here: verbs.raise_(here.viewer("lea"), "executive", "r")),
    "raise a question": (QUESTION, lambda here: verbs.raise_(here.viewer("lea"), "senior", "r")),
    "override": (SLOW, lambda here: verbs.override(here.viewer("lea"), "r", severity="critical")),
    "override down": (SLOW, lambda here: verbs.override(here.viewer("lea"), "r", severity="low", level="standard")),
    "override owner": (QUESTION, lambda here: verbs.override(here.viewer("lea"), "r", owner="dora")),
    "restrict": (SLOW, lambda here: verbs.restrict(here.viewer("lea"), ["carl"], "r")),
}


@pytest.mark.parametrize("answered", [False, True], ids=["unanswered", "answered"])
@pytest.mark.parametrize("name", DEEDS)
def test_each_is_put_back(stage: Stage, name: str, answered: bool) -> None:
    ticket, plan = DEEDS[name]
    here = stage(start=MONDAY)
    case = opened(here, ticket)
    here.forward(MINUTE)
    if answered and ticket is SLOW:
        act(here, case, verbs.acknowledge(here.viewer("carl")))
        here.forward(MINUTE)
    before = state(here, case)
    act(here, case, plan(here))
    assert state(here, case) != before
    here.forward(MINUTE)
    act(here, case, verbs.undo(here.viewer("lea")))
    same(here, case, before)
    here.forward(3 * HOUR)


def test_a_case_that_was_closed_or_opened_again_is_put_back(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    here.forward(MINUTE)
    act(here, case, verbs.resolve(here.viewer("carl")))
    here.forward(MINUTE)
    resolved = state(here, case)
    act(here, case, verbs.close(here.viewer("anna")))
    here.forward(MINUTE)
    act(here, case, verbs.undo(here.viewer("bo")))
    same(here, case, resolved)
    here.forward(MINUTE)
    act(here, case, verbs.reopen(here.viewer("anna"), "it is back"))
    here.forward(MINUTE)
    assert climbs(here, case)[-1] == ("senior", "climbing")
    with pytest.raises(Forbidden, match="was not paged"):
        act(here, case, verbs.undo(here.viewer("bo")))
    act(here, case, verbs.undo(here.viewer("carl")))
    same(here, case, resolved)
    assert climbs(here, case)[-1] == ("senior", "stopped")
    assert undone(here, case).payload["paged"] == 1


def test_what_was_resolved_pages_again_and_its_clocks_never_stopped(stage: Stage) -> None:
    """Whoever had been paged is paged anew; a target that passed meanwhile is missed."""
    here = stage(start=MONDAY)
    case = opened(here, OUTAGE)
    here.forward(10 * MINUTE)
    act(here, case, verbs.resolve(here.viewer("dora"), "it was the cache"))
    here.forward(6 * MINUTE)
    assert clock(here, case, "acknowledge").outcome == "met"
    act(here, case, verbs.undo(here.viewer("dora")))
    assert outcome(here, case, "acknowledge") == ("breached", MONDAY + 15 * MINUTE)
    assert climbs(here, case) == [("senior", "stopped"), ("senior", "climbing")]
    assert state(here, case).case.state == "open"


def test_what_changed_since_is_not_undone(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, SLOW)
    here.forward(MINUTE)
    act(here, case, verbs.assign(here.viewer("anna"), "dora"))
    given = events(here, case)[-2]
    assert given.kind == "case.assigned"
    here.forward(MINUTE)
    act(here, case, verbs.assign(here.viewer("dora"), "bo"))
    here.forward(MINUTE)
    with pytest.raises(NotAllowed, match="since then: it has a new owner"):
        act(here, case, verbs.undo(here.viewer("anna"), given.seq))
    act(here, case, verbs.undo(here.viewer("anna")))
    assert state(here, case).case.owner == here.viewer("dora").user
    act(here, case, verbs.undo(here.viewer("anna"), given.seq))
    assert state(here, case).case.owner not in (here.viewer("dora").user, None)


def test_a_reply_ends_a_hold_for_good(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION, source="desk", external_id="T-1")
    here.forward(MINUTE)
    act(here, case, verbs.hold(here.viewer("anna"), "r"))
    here.forward(MINUTE)
    signal(here, source="desk", external_id="T-1", kind="reply", body="here it is")
    with pytest.raises(NotAllowed, match="since then: the hold ended"):
        act(here, case, verbs.undo(here.viewer("anna")))


def test_nothing_rests_again_that_its_customer_has_spoken_up_for(stage: Stage) -> None:
    """Had nobody done it, the reply would have opened the case, ended the hold or contested the claim by itself."""
    here = stage(start=MONDAY)
    case = opened(here, SLOW, source="desk", external_id="T-1")
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("carl")))
    here.forward(MINUTE)
    act(here, case, verbs.reopen(here.viewer("carl"), "it is back"))
    here.forward(MINUTE)
    signal(here, source="desk", external_id="T-1", kind="reply", body="it is still slow")
    with pytest.raises(NotAllowed, match="since then: the customer wrote"):
        act(here, case, verbs.undo(here.viewer("carl")))
    assert climbs(here, case)[-1] == ("senior", "climbing")


def test_whoever_was_called_in_since_counts_as_paged(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    act(here, case, verbs.hold(here.viewer("anna"), "r"))
    here.forward(MINUTE)
    act(here, case, verbs.call_in(here.viewer("bo"), user="dora"))
    here.forward(MINUTE)
    act(here, case, verbs.undo(here.viewer("anna"), event=events(here, case, "case.held")[0].seq))
    payload = undone(here, case).payload
    assert (payload["paged"], payload["told"]) == (1, 0)


@pytest.mark.parametrize("said", [{"kind": "reply", "body": "here it is"}, {"status": "firing"}])
def test_a_hold_that_somebody_ended_does_not_go_on_once_its_customer_or_source_has_spoken(
    stage: Stage, said: dict[str, Any]
) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION, source="desk", external_id="T-1")
    act(here, case, verbs.hold(here.viewer("anna"), "r"))
    here.forward(MINUTE)
    act(here, case, verbs.resume(here.viewer("anna")))
    here.forward(MINUTE)
    signal(here, source="desk", external_id="T-1", **said)
    with pytest.raises(NotAllowed, match=r"since then: (the customer wrote|its source says)"):
        act(here, case, verbs.undo(here.viewer("anna")))


def test_a_claim_does_not_wait_again_once_its_customer_has_spoken(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, SLOW, source="desk", external_id="T-1")
    act(here, case, verbs.contain(here.viewer("anna")))
    here.forward(MINUTE)
    act(here, case, verbs.lower(here.viewer("lea"), "standard", "r"))
    assert state(here, case).case.containment_claimed_at is None
    here.forward(MINUTE)
    signal(here, source="desk", external_id="T-1", kind="reply", body="it is still slow")
    with pytest.raises(NotAllowed, match="since then: the customer wrote"):
        act(here, case, verbs.undo(here.viewer("lea")))


@pytest.mark.parametrize("begun", [SLOW, QUESTION])
def test_what_its_source_opened_again_nobody_undoes(stage: Stage, begun: dict[str, Any]) -> None:
    """A word of the source is nobody's deed: whoever finds it wrong resolves the case anew."""
    here = stage(start=MONDAY)
    case = opened(here, begun, source="desk", external_id="T-1")
    act(here, case, verbs.resolve(here.viewer("dora")))
    here.forward(20 * MINUTE)
    desk = Viewer("token:desk", "operator", token=1)
    signal(here, desk, source="desk", external_id="T-1", status="firing")
    assert state(here, case).case.state == "open"
    here.forward(MINUTE)
    with pytest.raises(NotAllowed, match="nothing was done"):
        act(here, case, verbs.undo(here.viewer("carl")))


def test_a_raise_that_somebody_has_answered_is_not_undone(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    here.forward(MINUTE)
    act(here, case, verbs.raise_(here.viewer("anna"), "senior", "by mistake"))
    here.forward(MINUTE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    with pytest.raises(NotAllowed, match="answered the paging"):
        act(here, case, verbs.undo(here.viewer("carl")))


def test_nobody_silences_an_executive_page_by_an_undo(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    here.forward(MINUTE)
    act(here, case, verbs.raise_(here.viewer("otto"), "executive", "the board asks"))
    here.forward(MINUTE)
    for name in ("otto", "anna"):
        with pytest.raises(Forbidden, match="was not paged"):
            act(here, case, verbs.undo(here.viewer(name)))
    act(here, case, verbs.undo(here.viewer("mia")))
    assert state(here, case).case.level == "standard"
    assert climbs(here, case) == [("top", "stopped")]
    assert undone(here, case).payload["paged"] == 2


def test_whose_word_is_not_enough_does_not_undo_a_seniors(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, SLOW)
    here.forward(MINUTE)
    act(here, case, verbs.contain(here.viewer("carl")))
    here.forward(MINUTE)
    with pytest.raises(Forbidden):
        act(here, case, verbs.undo(here.viewer("anna")))
    act(here, case, verbs.undo(here.viewer("dora")))
    assert state(here, case).case.contained_at is None


def test_a_clock_that_ran_out_only_by_what_is_undone_is_excused(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION, users_affected=1)
    until(here, MONDAY + 23 * HOUR)
    act(here, case, verbs.override(here.viewer("lea"), "r", severity="critical"))
    here.forward(MINUTE)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    with pytest.raises(NotAllowed):
        act(here, case, verbs.undo(here.viewer("lea")))


def test_what_two_did_at_one_instant_is_told_apart_by_nobody(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    here.forward(MINUTE)
    act(here, case, verbs.hold(here.viewer("anna"), "r"))
    act(here, case, verbs.assign(here.viewer("bo"), "dora"))
    with pytest.raises(NotAllowed, match="nothing was done"):
        act(here, case, verbs.undo(here.viewer("anna")))


def test_each_is_called_what_it_was(stage: Stage) -> None:
    here = stage(start=MONDAY)
    for name, (ticket, plan) in DEEDS.items():
        case = opened(here, ticket)
        here.forward(MINUTE)
        act(here, case, plan(here))
        here.forward(SECOND)
        act(here, case, verbs.undo(here.viewer("lea")))
        meant = {"claimed": "", "a senior's": ""}.get(name.rpartition(" ")[0], name.partition(" ")[0])
        wanted = meant or {"resolution": "resolve", "containment": "contain"}[name.rpartition(" ")[2]]
        assert undone(here, case).payload["verb"] == wanted, name


def test_a_clock_of_the_policys_own_that_began_with_it_ends(stage: Stage) -> None:
    """The cause is owed once the case is resolved; and not because it had been, which was undone."""
    here = stage(*DECLARED, start=MONDAY)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    here.forward(MINUTE)
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert clock(here, case, "rca").outcome is None
    here.forward(MINUTE)
    act(here, case, verbs.undo(here.viewer("carl")))
    assert (clock(here, case, "rca").outcome, clock(here, case, "rca").cancelled_because) == ("cancelled", "undone")
    here.forward(MINUTE)
    act(here, case, verbs.raise_(here.viewer("lea"), "executive", "r"))
    assert [run.cycle for run in state(here, case).clocks if run.clock == "rca"] == [1]
    act(here, case, verbs.resolve(here.viewer("carl")))
    assert clock(here, case, "rca", 2).outcome is None


def test_what_waited_before_waits_again(stage: Stage) -> None:
    """A hold, and a request that silence would have accepted meanwhile: people have the whole time to answer it."""
    here = stage(start=MONDAY)
    case = opened(here, QUESTION)
    here.forward(MINUTE)
    act(here, case, verbs.request(here.viewer("anna"), "senior", "they are loud"))
    act(here, case, verbs.hold(here.viewer("anna"), "asked for a log"))
    here.forward(29 * MINUTE)
    before = state(here, case)
    act(here, case, verbs.resolve(here.viewer("anna")))
    here.forward(5 * MINUTE)
    act(here, case, verbs.undo(here.viewer("anna")))
    after = state(here, case)
    assert after.case.request_due_at == here.clock.now() + 30 * MINUTE
    assert (after.case.requested_level, after.case.held_at) == ("senior", before.case.held_at)
    assert clock(here, case, "resolve").paused_at == before.case.held_at
    act(here, case, verbs.answer_request(here.viewer("lea"), True, "So be it."))
    here.forward(MINUTE)
    assert state(here, case).case.level == "senior"


def test_every_decision_is_made_again_alike(stage: Stage) -> None:
    here = stage(start=MONDAY)
    for ticket, plan in DEEDS.values():
        case = opened(here, ticket)
        here.forward(MINUTE)
        act(here, case, plan(here))
        here.forward(SECOND)
        act(here, case, verbs.undo(here.viewer("lea")))
    with here.installation.database.reading() as tx:
        report = Replay()
        assert list(replay(tx, report, lambda done: None)) == []
        assert sum(outcome.equal for outcome in report.engines.values()) > len(DEEDS)


def test_what_people_set_one_after_the_other_is_undone_backwards(stage: Stage) -> None:
    here = stage(start=MONDAY)
    case = opened(here, SLOW)
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    here.forward(MINUTE)
    before = state(here, case)
    for wanted in ("critical", "medium"):
        act(here, case, verbs.override(here.viewer("lea"), "r", severity=wanted))
        here.forward(SECOND)
    first = next(event.seq for event in events(here, case) if event.kind == "case.overridden")
    with pytest.raises(NotAllowed, match="since then: a person overrode"):
        act(here, case, verbs.undo(here.viewer("lea"), first))
    act(here, case, verbs.undo(here.viewer("lea")))
    assert state(here, case).case.severity == "critical"
    here.forward(SECOND)
    with pytest.raises(NotAllowed, match="what was done last is undone already; name the event"):
        act(here, case, verbs.undo(here.viewer("lea")))
    act(here, case, verbs.undo(here.viewer("lea"), first))
    same(here, case, before)


def test_the_same_request_twice_undoes_one_thing(stage: Stage) -> None:
    """Of a link, too, which ends with more than one event; whatever the customer says meanwhile."""
    here = stage(start=MONDAY)
    other, case = opened(here, QUESTION), opened(here, QUESTION, source="desk", external_id="T-1")
    act(here, case, verbs.assign(here.viewer("anna"), "dora"))
    here.forward(SECOND)
    link(here, "anna", case, "related", other)
    here.forward(SECOND)
    take_back(here, case, "anna")
    here.forward(SECOND)
    signal(here, source="desk", external_id="T-1", kind="reply", body="here it is")
    with pytest.raises(NotAllowed, match="name the event"):
        take_back(here, case, "anna")
    assert state(here, case).case.owner == here.viewer("dora").user
