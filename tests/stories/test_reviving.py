"""Cases that begin again: resolved ones that are opened once more, and imported ones that somebody writes to."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.stories.process import link
from tests.stories.signalling import imported, signal
from tests.stories.starter import OUTAGE, STARTER, act, assert_sound, kinds, pages, rows
from tests.testing import World, world
from tocsin.cases import verbs
from tocsin.core import ids
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import NotAllowed
from tocsin.people.permissions import SYSTEM

QUESTION: dict[str, Any] = {"subject": "Reports question", "external_id": "Z-1"}
NOBODY = STARTER.replace("{id: rest, team: support, assign: least_loaded}", "{id: rest, team: support}")


@pytest.fixture
def here(database_url: str) -> Iterator[World]:
    made = world(database_url, STARTER)
    yield made
    made.installation.close()


def cycles(here: World) -> set[tuple[str, int]]:
    return set(rows(here, "SELECT clock, max(cycle) FROM clocks WHERE outcome IS NULL GROUP BY clock"))


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize(
    "told", [{"kind": "reply", "body": "STILL DOWN"}, {"users_affected": 9500}], ids=["reply", "facts"]
)
def test_an_escalated_case_that_is_opened_again_pages_anew(here: World, answered: bool, told: dict[str, Any]) -> None:
    case = ids.from_text(here.open(**OUTAGE)["id"])
    here.forward(MINUTE)
    if answered:
        act(here, case, verbs.acknowledge(here.viewer("carl")))
    act(here, case, verbs.resolve(here.viewer("carl"), "done"))
    here.forward(HOUR)
    before = len(pages(here))
    assert signal(here, external_id="Z-1", **told) == case
    assert rows(here, "SELECT state, acknowledged_at, technical_lead FROM cases") == [("open", None, None)]
    here.forward(6 * MINUTE)
    assert {place[:2] for place in pages(here)[before:]} == {(1, 1), (1, 2)}
    owed = {("reply", 1)} if told.get("kind") == "reply" else set()
    assert cycles(here) == {*owed, *((name, 2) for name in ("acknowledge", "contain", "update", "resolve", "idle"))}
    act(here, case, verbs.acknowledge(here.viewer("dora")))
    before = len(pages(here))
    here.forward(59 * MINUTE)
    assert len(pages(here)) == before
    assert_sound(here, case)


def test_a_case_that_was_decided_lower_since_pages_at_its_own_level(here: World) -> None:
    case = ids.from_text(here.open(**OUTAGE)["id"])
    here.forward(MINUTE)
    act(here, case, verbs.resolve(here.viewer("carl"), None))
    before = len(pages(here))
    signal(here, external_id="Z-1", subject="A question", body="How do I?", users_affected=None)
    assert rows(here, "SELECT level, state FROM cases") == [("executive", "open")]
    here.forward(MINUTE)
    assert len(pages(here)) > before
    assert {("acknowledge", 2), ("contain", 2)} <= cycles(here)
    assert_sound(here, case)


def test_a_case_without_an_owner_that_is_opened_again_asks_for_one(database_url: str) -> None:
    here = world(database_url, NOBODY)
    case = ids.from_text(here.open(**QUESTION)["id"])
    act(here, case, verbs.resolve(SYSTEM, None))
    signal(here, external_id="Z-1", kind="reply", body="Once more")
    assert cycles(here) == {("assign", 2), ("resolve", 2), ("idle", 2)}
    assert_sound(here, case)
    here.installation.close()


def test_a_signal_that_only_files_the_ticket_opens_nothing_again(here: World) -> None:
    case = ids.from_text(here.open(**OUTAGE)["id"])
    act(here, case, verbs.resolve(here.viewer("carl"), None))
    before = kinds(here, case)
    assert signal(here, external_id="Z-1", attributes={"assignee": "bo"}, tags=["vip"]) == case
    assert kinds(here, case) == [*before, "case.reclassified"]
    assert rows(here, "SELECT state FROM cases") == [("resolved",)]


def test_an_imported_case_that_a_person_raises_climbs_a_path(here: World) -> None:
    imported(here, **QUESTION)
    [(case,)] = rows(here, "SELECT id FROM cases")
    act(here, case, verbs.raise_(here.viewer("lea"), "senior", "it stops their move"))
    assert "case.taken_live" in kinds(here, case)
    assert rows(here, "SELECT state FROM escalations") == [("climbing",)]
    assert {name for name, _ in cycles(here)} >= {"acknowledge", "contain", "resolve"}


@pytest.mark.parametrize("kind", ["parent", "merged"])
def test_an_imported_case_that_speaks_for_a_live_one_is_live(here: World, kind: str) -> None:
    imported(here, **QUESTION)
    [(case,)] = rows(here, "SELECT id FROM cases")
    live = ids.from_text(here.open(**OUTAGE | {"external_id": "Z-2"})["id"])
    here.forward(MINUTE)
    before = len(pages(here))
    link(here, "carl", live, kind, case)
    assert "case.taken_live" in kinds(here, case)
    assert len(pages(here)) > before
    assert_sound(here, case)


def test_the_first_live_signal_wakes_an_imported_case(here: World) -> None:
    imported(here, **QUESTION)
    here.forward(DAY)
    assert rows(here, "SELECT owner FROM cases") == [(None,)]
    worse = {key: value for key, value in OUTAGE.items() if key != "account"}
    case = signal(here, **worse, account={"segment": "strategic", "arr": 2e6})
    assert "case.taken_live" in kinds(here, case)
    [(owner, live)] = rows(here, "SELECT owner, imported FROM cases")
    assert owner is not None
    assert not live
    here.forward(6 * MINUTE)
    assert {place[:2] for place in pages(here)} == {(1, 1), (1, 2)}
    act(here, case, verbs.acknowledge(here.viewer("carl")))
    assert_sound(here, case)


def test_an_imported_case_of_a_high_level_pages_once_the_customer_writes(here: World) -> None:
    imported(here, **OUTAGE)
    here.forward(10 * MINUTE)
    assert pages(here) == []
    case = signal(here, external_id="Z-1", kind="reply", body="Anybody there?")
    here.forward(MINUTE)
    assert {place[:2] for place in pages(here)} == {(1, 1)}
    assert kinds(here, case).count("case.taken_live") == 1
    signal(here, external_id="Z-1", kind="reply", body="Hello?")
    assert kinds(here, case).count("case.taken_live") == 1
    assert_sound(here, case)


def test_an_imported_case_that_was_resolved_is_opened_again_live(here: World) -> None:
    imported(here, **OUTAGE)
    [(case,)] = rows(here, "SELECT id FROM cases")
    act(here, case, verbs.resolve(here.viewer("carl"), None))
    signal(here, external_id="Z-1", kind="reply", body="Down again")
    here.forward(MINUTE)
    assert pages(here)
    assert {("acknowledge", 1), ("contain", 1), ("resolve", 1), ("idle", 1)} <= cycles(here), "none ran before"
    assert_sound(here, case)


def test_whoever_assigns_an_imported_case_takes_it_live(here: World) -> None:
    imported(here, **OUTAGE)
    [(case,)] = rows(here, "SELECT id FROM cases")
    assert rows(here, "SELECT * FROM clocks") == []
    with pytest.raises(NotAllowed, match="imported, and nobody works on it yet; assign or raise it first"):
        act(here, case, verbs.hold(here.viewer("anna"), "the customer is away"))
    act(here, case, verbs.note(here.viewer("anna"), "Is this still so?"))
    assert rows(here, "SELECT imported FROM cases") in ([(True,)], [(1,)])
    act(here, case, verbs.assign(here.viewer("lea"), "bo"))
    here.forward(MINUTE)
    assert pages(here)
    assert {name for name, _ in cycles(here)} == {"acknowledge", "contain", "update", "resolve", "idle", "respond"}
    assert_sound(here, case)


def test_what_triage_asks_about_history_is_asked_once_it_is_live(here: World) -> None:
    imported(here, subject="Everything is down, all users", external_id="Z-1")
    [(case, asks)] = rows(here, "SELECT id, triage_at FROM cases")
    assert asks is not None
    here.forward(DAY)
    act(here, case, verbs.note(here.viewer("anna"), "Is this still so?"))
    assert rows(here, "SELECT triage_at FROM cases") == [(asks,)]
    act(here, case, verbs.assign(here.viewer("lea"), "bo"))
    [(later,)] = rows(here, "SELECT triage_at FROM cases")
    assert later > here.clock.now()
    assert_sound(here, case)


def test_history_that_somebody_resolves_is_over_at_once_and_theirs(here: World) -> None:
    imported(here, **OUTAGE)
    [(case,)] = rows(here, "SELECT id FROM cases")
    act(here, case, verbs.resolve(here.viewer("anna"), "long done"))
    here.forward(DAY)
    assert rows(here, "SELECT state, resolution_claimed_at FROM cases") == [("resolved", None)]
    assert (pages(here), cycles(here)) == ([], set())
    assert_sound(here, case)
