"""A case that is escalated while it follows another takes over what that one's people have done already."""

from tests.stories.conftest import Stage
from tests.stories.process import (
    OUTAGE,
    QUESTION,
    SLOW,
    act,
    at,
    events,
    link,
    opened,
    outcome,
    signal,
    state,
    told,
    until,
)
from tests.testing import World
from tocsin.cases import verbs
from tocsin.core.clock import HOUR

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday


def family(here: World, parent_is: dict[str, object], child_is: dict[str, object]) -> tuple[int, int]:
    """A parent that carl has, and the case that follows it."""
    parent, child = opened(here, parent_is), opened(here, child_is, external_id="kid")
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    link(here, "lea", child, "parent", parent)
    return parent, child


def test_a_child_that_rises_by_a_signal_is_acknowledged_with_its_parent(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = family(here, SLOW, QUESTION)
    until(here, NINE + HOUR)
    assert state(here, child).case.acknowledged_at is None
    signal(here, external_id="kid", type="slow", users_affected=80)
    found = state(here, child).case
    assert (found.level, found.acknowledged_at, found.technical_lead) == (
        "senior",
        NINE + HOUR,
        here.viewer("carl").user,
    )
    assert outcome(here, child, "acknowledge") == ("met", NINE + HOUR)
    assert outcome(here, child, "contain") == (None, None), "what its parent has not reached runs on"
    assert state(here, parent).case.acknowledged_at == NINE, "nobody was asked again"
    until(here, NINE + 3 * HOUR)
    assert [event for event in events(here, child, "clock.breached") if event.payload["clock"] == "acknowledge"] == []


def test_a_child_that_a_person_raises_is_contained_with_its_parent(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = family(here, OUTAGE, QUESTION)
    act(here, parent, verbs.contain(here.viewer("carl")))
    until(here, NINE + HOUR // 2)
    act(here, child, verbs.raise_(here.viewer("lea"), "senior", "hurts"))
    assert outcome(here, child, "acknowledge") == outcome(here, child, "contain") == ("met", NINE + HOUR // 2)
    assert state(here, child).case.contained_at == NINE + HOUR // 2


def test_a_child_that_is_reopened_is_acknowledged_and_contained_with_its_parent(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = family(here, SLOW, SLOW)
    act(here, parent, verbs.contain(here.viewer("carl")))
    act(here, child, verbs.resolve(here.viewer("carl"), "done"))
    until(here, NINE + HOUR)
    act(here, child, verbs.reopen(here.viewer("anna"), "again"))
    found = state(here, child).case
    assert (found.parent, found.state, found.technical_lead) == (parent, "open", here.viewer("carl").user)
    assert outcome(here, child, "acknowledge", 2) == outcome(here, child, "contain", 2) == ("met", NINE + HOUR)


def test_a_child_that_becomes_graver_than_its_parent_is_nobodys(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = family(here, SLOW, QUESTION)
    act(here, child, verbs.raise_(here.viewer("lea"), "executive", "the board"))
    assert state(here, parent).case.level == "executive"
    assert state(here, child).case.acknowledged_at is state(here, parent).case.acknowledged_at is None
    act(here, parent, verbs.acknowledge(here.viewer("dora")))
    assert state(here, child).case.technical_lead == here.viewer("dora").user


def test_what_a_senior_rejected_is_not_contained_by_rising(stage: Stage) -> None:
    here = stage(start=NINE)
    parent, child = opened(here, OUTAGE), opened(here, OUTAGE, external_id="kid")
    for verb in (verbs.acknowledge(here.viewer("carl")), verbs.contain(here.viewer("carl"))):
        act(here, parent, verb)
    link(here, "anna", child, "parent", parent)  # whose word is not enough
    assert [who for _, who in told(here, child, "claim")] != []
    act(here, child, verbs.reject_containment(here.viewer("carl"), "still burning"))
    act(here, child, verbs.raise_(here.viewer("lea"), "executive", "the board"))
    assert state(here, child).case.contained_at is None
