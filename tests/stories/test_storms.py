"""Many cases like each other at once: after the first few, one pages for all, and nothing is lost."""

from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.guarded import AREAS, SECURITY, put, turn
from tests.stories.process import (
    OUTAGE,
    act,
    assert_proved,
    at,
    climbs,
    events,
    opened,
    outcome,
    paged,
    state,
    unlink,
    until,
)
from tests.testing import World
from tocsin.cases import storms, verbs
from tocsin.cases.opening import Ticket, open_many
from tocsin.cases.storms import LastingStorm
from tocsin.core import ids
from tocsin.core.clock import HOUR, MINUTE, SECOND
from tocsin.people.permissions import SYSTEM
from tocsin.policy.body import to_body

NINE = at("2026-03-02T08:00:00Z")  # in Berlin, a Monday
SHOP: dict[str, Any] = {**OUTAGE, "product_area": "shop"}
GRAVE = ("    outage: {", "    breach: {title: Breach, severity: critical, grave: true}\n    outage: {")
OFF = ("triage:\n", "storm: {enabled: false}\ntriage:\n")
TWO = ("triage:\n", "storm: {more_than: 2, within: 5m}\ntriage:\n")


def many(here: World, amount: int, ticket: dict[str, Any] = SHOP, first: int = 0) -> list[int]:
    return [opened(here, ticket, external_id=f"S-{first + number}") for number in range(amount)]


def parents(here: World, cases: list[int]) -> list[int | None]:
    return [state(here, case).case.parent for case in cases]


def kinds(here: World, case: int) -> list[str]:
    return [event.kind for event in events(here, case)]


def standing(here: World) -> list[LastingStorm]:
    with here.installation.database.reading(here.clock.now()) as tx:
        return [storm for storm, _ in storms.standing(tx, here.viewer("lea"))]


def test_after_five_further_ones_follow_the_first_which_pages_for_all(stage: Stage) -> None:
    here = stage(AREAS, start=NINE)
    cases = many(here, 30)
    assert parents(here, cases) == [None] * 5 + [cases[0]] * 25
    assert len(paged(here)) == 5
    assert [climbs(here, case) for case in cases[5:]] == [[]] * 25
    said = next(event.payload for event in events(here, cases[9]) if event.kind == "case.joined_storm")
    first = ids.to_text(cases[0])
    expected = {"alike": "shop, outage", "amount": 5, "within": "10m", "policy": 1, "case": first, "number": 1}
    assert said == expected
    assert kinds(here, cases[0]).count("case.storm_began") == 1
    assert [(one.of, one.parent, one.joined) for one in standing(here)] == [("shop, outage", cases[0], 25)]
    assert all(state(here, case).case.owner is not None for case in cases), "each has its owner"
    act(here, cases[0], verbs.acknowledge(here.viewer("carl")))
    assert {outcome(here, case, "acknowledge") for case in cases[5:]} == {("met", NINE)}
    later = opened(here, SHOP, external_id="S-late")
    assert state(here, later).case.acknowledged_at is not None, "whoever has the first has it too"
    assert_proved(here)


def test_one_transaction_brings_a_whole_storm(stage: Stage) -> None:
    here = stage(AREAS, start=NINE)
    tickets = [Ticket(to_body({**SHOP, "external_id": f"B-{number}"}), SYSTEM) for number in range(40)]
    done = here.installation.writer.write(lambda tx: open_many(tx, here.installation.desk, tickets))
    here.installation.step_all()
    cases = [one.state.case.id for one in done]
    assert parents(here, cases) == [None] * 5 + [cases[0]] * 35
    assert len(paged(here)) == 5
    assert_proved(here)


def test_it_is_over_when_no_further_one_comes_and_the_next_pages_again(stage: Stage) -> None:
    here = stage(AREAS, start=NINE)
    cases = many(here, 7)
    until(here, NINE + 9 * MINUTE)
    cases += many(here, 1, first=7)
    assert parents(here, cases)[-1] == cases[0]
    until(here, NINE + 18 * MINUTE)
    assert len(standing(here)) == 1
    until(here, NINE + 19 * MINUTE + SECOND)
    assert standing(here) == []
    over = [event for event in events(here, cases[0]) if event.kind == "case.storm_over"]
    assert [(event.payload["joined"], event.payload["began_at"], event.payload["last_at"]) for event in over] == [
        (3, NINE, NINE + 9 * MINUTE)
    ]
    again = many(here, 1, first=20)
    assert parents(here, again) == [None]
    assert "path.stepped" in kinds(here, again[0])
    assert_proved(here)


def test_areas_and_types_are_storms_of_their_own(stage: Stage) -> None:
    here = stage(AREAS, start=NINE)
    cases = many(here, 6) + many(here, 5, {**OUTAGE, "product_area": "desk"}, first=10)
    assert parents(here, cases) == [None] * 5 + [cases[0]] + [None] * 5
    assert_proved(here)


def test_what_is_executive_or_grave_or_standard_joins_none(stage: Stage) -> None:
    here = stage(AREAS, GRAVE, TWO, start=NINE)
    big = {**SHOP, "users_affected": 100}
    breach = {**SHOP, "type": "breach"}
    assert parents(here, many(here, 4, big)) == [None] * 4
    assert parents(here, many(here, 4, breach, first=10)) == [None] * 4
    assert parents(here, many(here, 4, {"subject": "a question", "product_area": "shop"}, first=20)) == [None] * 4
    assert standing(here) == []
    assert_proved(here)


@pytest.mark.parametrize("how", ["muted", "off", "policy"])
def test_it_can_be_switched_off(stage: Stage, how: str) -> None:
    here = stage(AREAS, OFF, start=NINE) if how == "policy" else stage(AREAS, start=NINE)
    if how == "muted":
        put(here, "mute", rule="storm", lasts="2h")
    if how == "off":
        turn(here, False)
    cases = many(here, 8)
    assert parents(here, cases) == [None] * 8
    assert len(paged(here)) == (0 if how == "off" else 8)
    assert_proved(here)


def test_what_people_raise_joins_none(stage: Stage) -> None:
    here = stage(AREAS, TWO, start=NINE)
    many(here, 4)
    asked = opened(here, {"subject": "a question", "product_area": "shop"}, external_id="Q")
    act(here, asked, verbs.override(here.viewer("lea"), reason="it is one", type="outage"))
    assert state(here, asked).case.level == "senior"
    assert state(here, asked).case.parent is None
    assert_proved(here)


def test_one_that_is_let_go_pages_for_itself(stage: Stage) -> None:
    here = stage(AREAS, TWO, start=NINE)
    cases = many(here, 4)
    before = len(paged(here))
    unlink(here, "carl", cases[3], "parent", cases[0])
    assert state(here, cases[3]).case.parent is None
    assert len(paged(here)) == before + 1
    assert_proved(here)


def test_after_the_first_is_dealt_with_the_next_one_pages_for_those_that_follow(stage: Stage) -> None:
    here = stage(AREAS, TWO, start=NINE)
    cases = many(here, 4)
    act(here, cases[0], verbs.acknowledge(here.viewer("carl")))
    act(here, cases[0], verbs.contain(here.viewer("carl")))
    before = len(paged(here))
    more = many(here, 3, first=10)
    assert parents(here, more) == [None, more[0], more[0]]
    assert len(paged(here)) == before + 1
    act(here, more[0], verbs.acknowledge(here.viewer("dora")))
    act(here, more[0], verbs.resolve(here.viewer("dora"), "it is up"))
    assert parents(here, more) == [None, None, None], "each is looked at by its own people"
    assert_proved(here)


def test_a_graver_one_that_follows_raises_the_one_that_pages(stage: Stage) -> None:
    """Promises of one customer may be stricter than those of the first."""
    here = stage(AREAS, TWO, start=NINE)
    cases = many(here, 3)
    due = next(run.due_at for run in state(here, cases[0]).clocks if run.clock == "contain")
    gold = opened(here, {**SHOP, "account": {"external_id": "g", "plan": "gold"}}, external_id="G")
    assert state(here, gold).case.parent == cases[0]
    assert next(run.due_at for run in state(here, cases[0]).clocks if run.clock == "contain") <= due
    assert_proved(here)


def test_within_a_window_it_waits_with_its_first(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, TWO, start=NINE)
    put(here, "window", areas=["shop"], lasts="1h")
    cases = many(here, 5)
    assert paged(here) == []
    assert parents(here, cases) == [None, None] + [cases[0]] * 3
    until(here, NINE + HOUR + MINUTE)
    assert len(paged(here)) == 2
    assert_proved(here)
