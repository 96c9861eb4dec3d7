"""A case that was linked by likelihood alone: what its parent's people do counts for the time being, like a claim."""

from tests.stories.conftest import Stage
from tests.stories.guarded import turn
from tests.stories.process import (
    OUTAGE,
    act,
    at,
    climbs,
    clock,
    events,
    link,
    opened,
    outcome,
    paged,
    state,
    unlink,
    until,
)
from tests.testing import World
from tocsin.cases import verbs
from tocsin.cases.alike import offers
from tocsin.core.clock import HOUR, MINUTE

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
LINKS = ("cases:", "same_problem: {offer: 0.5, link: 0.6}\ncases:")
CHAT = OUTAGE | {
    "subject": "Chat disconnects all the time, error 502",
    "body": "Since ten minutes all of us are thrown out of the chat, then it reconnects, then we are out again.",
}
AGAIN = OUTAGE | {
    "subject": "Nachrichten: Verbindung weg, Fehler 502",
    "body": "Der Chat trennt seit zehn Minuten ständig die Verbindung, Fehler 502. Alle Kollegen sind betroffen.",
}


def linked(here: World) -> tuple[int, int]:
    """A parent, and a case that follows it by likelihood."""
    parent = opened(here, CHAT)
    here.forward(MINUTE)
    child = opened(here, AGAIN)
    here.installation.step_all()
    assert state(here, child).case.parent == parent
    assert state(here, child).case.provisional_until == here.clock.now() + HOUR
    return parent, child


def answers(here: World) -> dict[str, int]:
    with here.installation.database.reading(here.clock.now()) as tx:
        return offers.since(tx, 0)


def test_it_follows_silently_and_says_why_it_does(stage: Stage) -> None:
    here = stage(LINKS, start=NINE)
    parent, child = linked(here)
    assert climbs(here, child) == [("senior", "stopped")]
    [told] = events(here, child, "case.linked")
    assert told.actor == "engine"
    assert told.payload["likelihood"] >= 0.6
    assert told.payload["policy_version"] == 1
    before = len(paged(here))
    until(here, NINE + 4 * MINUTE)
    assert len(paged(here)) == before  # the first step of the parent alone has paged by now
    assert answers(here) == {"linked": 1}
    assert [event.kind for event in events(here, parent, "case.linked")] == ["case.linked"]


def test_what_the_parents_people_do_counts_like_a_claim_and_arms_no_breach(stage: Stage) -> None:
    here = stage(LINKS, start=NINE)
    parent, child = linked(here)
    here.forward(MINUTE)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    run = clock(here, child, "acknowledge")
    assert (run.outcome, run.claimed_at) == (None, NINE + 2 * MINUTE)
    assert state(here, child).case.acknowledged_at is None
    until(here, NINE + 40 * MINUTE)
    assert clock(here, child, "acknowledge").outcome is None  # its time was over after 15 minutes


def test_kept_by_time_it_has_all_of_it_as_of_when_it_counted(stage: Stage) -> None:
    here = stage(LINKS, start=NINE)
    parent, child = linked(here)
    here.forward(MINUTE)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 30 * MINUTE)
    act(here, parent, verbs.contain(here.viewer("carl")))
    until(here, NINE + HOUR + 2 * MINUTE)
    assert outcome(here, child, "acknowledge") == ("met", NINE + 2 * MINUTE)
    assert outcome(here, child, "contain") == ("met", NINE + 30 * MINUTE)
    case = state(here, child).case
    assert (case.provisional_until, case.counted, case.parent) == (None, "", parent)
    assert case.technical_lead == here.viewer("carl").user
    assert answers(here) == {"kept": 1}


def test_kept_by_a_person_it_follows_for_good_at_once(stage: Stage) -> None:
    here = stage(LINKS, start=NINE)
    parent, child = linked(here)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    here.forward(MINUTE)
    link(here, "anna", child, "parent", parent)
    assert outcome(here, child, "acknowledge") == ("met", NINE + MINUTE)
    assert state(here, child).case.provisional_until is None
    assert len(events(here, parent, "case.linked")) == 1
    assert answers(here) == {"accepted": 1}


def test_unlinked_in_time_its_clocks_run_on_as_after_a_rejected_claim(stage: Stage) -> None:
    here = stage(LINKS, start=NINE)
    parent, child = linked(here)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    until(here, NINE + 30 * MINUTE)
    pages = len(paged(here))
    unlink(here, "anna", child, "parent", parent)
    run = clock(here, child, "acknowledge")
    assert run.outcome == "breached"
    assert run.due_at == NINE + 16 * MINUTE
    assert clock(here, child, "contain").claimed_at is None
    assert len(paged(here)) > pages  # it speaks for itself again
    assert answers(here) == {"dismissed": 1}
    here.installation.step_all()
    assert state(here, child).case.parent is None


def test_what_the_parent_takes_back_counts_no_more(stage: Stage) -> None:
    here = stage(LINKS, start=NINE)
    parent, child = linked(here)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    here.forward(MINUTE)
    act(here, parent, verbs.decline(here.viewer("carl"), "on a train"))
    assert clock(here, child, "acknowledge").claimed_at is None
    assert state(here, child).case.counted == ""


def test_a_parent_that_is_resolved_in_time_settles_what_counted(stage: Stage) -> None:
    here = stage(LINKS, start=NINE)
    parent, child = linked(here)
    act(here, parent, verbs.acknowledge(here.viewer("carl")))
    here.forward(30 * MINUTE)
    act(here, parent, verbs.resolve(here.viewer("carl"), "switched over"))
    case = state(here, child).case
    assert (case.parent, case.provisional_until, case.state) == (None, None, "open")
    assert outcome(here, child, "acknowledge") == ("met", NINE + MINUTE)


def test_none_is_linked_where_the_other_would_have_to_be_raised(stage: Stage) -> None:
    here = stage(LINKS, start=NINE)
    parent = opened(here, CHAT | {"type": "question"})
    here.forward(MINUTE)
    child = opened(here, AGAIN)
    assert state(here, parent).case.level != state(here, child).case.level
    assert state(here, child).case.parent is None
    with here.installation.database.reading(here.clock.now()) as tx:
        offer = offers.waiting(tx, here.viewer("anna"), child)
    assert offer is not None
    assert offer.parent == parent  # a person may still say so


def test_none_is_linked_while_automation_is_off(stage: Stage) -> None:
    here = stage(LINKS, start=NINE)
    opened(here, CHAT)
    here.forward(MINUTE)
    turn(here, False)
    child = opened(here, AGAIN)
    assert state(here, child).case.parent is None
