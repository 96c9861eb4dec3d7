"""Whoever follows a case is told of what becomes of it, and of nothing else."""

import pytest

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    act,
    assert_proved,
    at,
    change,
    events,
    link,
    opened,
    state,
    until,
)
from tests.testing import World
from tocsin.cases import verbs
from tocsin.cases.queries import listing
from tocsin.core.clock import HOUR, MINUTE
from tocsin.core.errors import Forbidden, NotAllowed, NotFound
from tocsin.people.permissions import Viewer

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday


def news(here: World, case: int) -> list[tuple[str, list[str]]]:
    """What followers were told, and who they were."""
    return [
        (event.payload["says"], [person["name"] for person in event.payload["notified"]])
        for event in events(here, case, "case.alerted")
        if event.payload["why"] == "followed"
    ]


def followed(here: World, name: str) -> list[int]:
    people = here.installation.people().by_name
    with here.installation.database.reading() as tx:
        found, _ = listing.listed(tx, here.viewer(name), listing.Filter({}, follower=people[name]))
    return [one.case.id for one in found]


def test_a_follower_is_told_of_level_owner_and_end(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.follow(here.viewer("otto")))
    act(here, case, verbs.note(here.viewer("anna"), "nothing yet"))
    assert news(here, case) == []
    act(here, case, verbs.assign(here.viewer("lea"), "dora"))
    act(here, case, verbs.raise_(here.viewer("lea"), "senior", "it hurts"))
    act(here, case, verbs.contain(here.viewer("dora")))
    act(here, case, verbs.resolve(here.viewer("dora"), "mended"))
    act(here, case, verbs.reopen(here.viewer("anna"), "it is back"))
    act(here, case, verbs.resolve(here.viewer("dora"), "mended"))
    act(here, case, verbs.close(here.viewer("dora")))
    assert [says for says, _ in news(here, case)] == [
        "dora owns it now",
        "its level is senior now; it was standard",
        "it is contained",
        "it is resolved",
        "it is open again",
        "it is resolved",
        "it is closed",
    ]
    assert {name for _, names in news(here, case) for name in names} == {"otto"}
    here.installation.step_all()
    sent = [one for one in here.outbox.sent if one["type"] == "notice" and one["why"] == "followed"]
    assert sent[0]["says"] == "dora owns it now"
    assert_proved(here)


def test_nobody_is_told_of_what_they_do_themselves(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    for name in ("otto", "lea"):
        act(here, case, verbs.follow(here.viewer(name)))
    act(here, case, verbs.assign(here.viewer("lea"), "dora"))
    assert news(here, case) == [("dora owns it now", ["otto"])]


def test_what_happens_by_itself_is_told_too(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.follow(here.viewer("otto")))
    act(here, case, verbs.request(here.viewer("anna"), "executive", "many", "a call", "it hurts"))
    until(here, NINE + HOUR)
    assert news(here, case) == [("its level is executive now; it was standard", ["otto"])]


def test_following_changes_nothing_of_the_case(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    before = state(here, case)
    until(here, NINE + 10 * MINUTE)
    act(here, case, verbs.follow(here.viewer("otto")))
    after = state(here, case)
    assert (after.case.updated_at, after.case.active_at) == (before.case.updated_at, before.case.active_at)
    assert after.clocks == before.clocks
    assert_proved(here)


def test_who_can_follow(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    with pytest.raises(Forbidden, match="only a person"):
        act(here, case, verbs.follow(Viewer("token:desk", "operator", token=7)))
    with pytest.raises(NotAllowed, match="do not follow"):
        act(here, case, verbs.unfollow(here.viewer("anna")))
    act(here, case, verbs.follow(here.viewer("anna")))
    with pytest.raises(NotAllowed, match="already"):
        act(here, case, verbs.follow(here.viewer("anna")))
    assert followed(here, "anna") == [case]
    assert followed(here, "bo") == []
    act(here, case, verbs.unfollow(here.viewer("anna")))
    act(here, case, verbs.assign(here.viewer("lea"), "dora"))
    assert followed(here, "anna") == []
    assert news(here, case) == []
    assert_proved(here)


def test_whoever_may_not_see_it_any_more_is_told_no_more(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    for name in ("bo", "carl", "mia"):
        act(here, case, verbs.follow(here.viewer(name)))
    act(here, case, verbs.restrict(here.viewer("lea"), ["mia"], "a regulator asks"))
    act(here, case, verbs.assign(here.viewer("lea"), "dora"))
    assert news(here, case) == [("dora owns it now", ["mia"])]
    assert followed(here, "carl") == []
    with pytest.raises(NotFound):
        act(here, case, verbs.follow(here.viewer("carl")))
    act(here, case, verbs.restrict(here.viewer("lea"), [], "that is over"))
    act(here, case, verbs.assign(here.viewer("lea"), "anna"))
    assert news(here, case)[1:] == [("anna owns it now", ["mia"])], "who could not see it follows it no more"
    assert_proved(here)


def test_what_is_undone_is_told_too_and_who_lost_sight_follows_again(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    for name in ("bo", "otto"):
        act(here, case, verbs.follow(here.viewer(name)))
    here.clock.advance(MINUTE)
    act(here, case, verbs.resolve(here.viewer("anna"), "mended"))
    here.clock.advance(MINUTE)
    act(here, case, verbs.undo(here.viewer("anna")))
    assert [says for says, _ in news(here, case)] == ["it is resolved", "it is open again"]
    here.clock.advance(MINUTE)
    act(here, case, verbs.restrict(here.viewer("lea"), ["otto"], "a regulator asks"))
    assert followed(here, "bo") == []
    here.clock.advance(MINUTE)
    act(here, case, verbs.undo(here.viewer("lea")))
    assert followed(here, "bo") == [case]
    assert_proved(here)


def test_whoever_has_left_is_not_told(stage: Stage) -> None:
    here = stage(start=NINE)
    case = opened(here, QUESTION)
    act(here, case, verbs.follow(here.viewer("otto")))
    change(here, "otto", active=False)
    act(here, case, verbs.assign(here.viewer("lea"), "dora"))
    assert news(here, case) == []


def test_a_case_that_follows_another_tells_its_own_followers(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, OUTAGE), opened(here, OUTAGE, external_id="C-1")
    link(here, "lea", child, "parent", parent)
    act(here, child, verbs.follow(here.viewer("otto")))
    act(here, parent, verbs.contain(here.viewer("dora")))
    assert news(here, child) == [("it is contained", ["otto"])]
    assert news(here, parent) == []
