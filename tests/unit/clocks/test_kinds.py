"""The table of the kinds of clocks, against the catalogue of events and the rows of cases."""

import re
from pathlib import Path

import pytest

from tocsin.cases.aggregate import Case
from tocsin.clocks import kinds
from tocsin.clocks.kinds import BUILT_IN, MOMENTS, ClockKind, ClockName
from tocsin.events import KINDS

SOURCE = Path(__file__).parents[3] / "src" / "tocsin"


def test_every_moment_is_an_event_that_there_is() -> None:
    assert {event for moment in MOMENTS.values() for event in moment.events} <= KINDS.keys()
    assert {event for clock in BUILT_IN for event in kinds.ends(clock)} <= KINDS.keys()


def test_every_built_in_clock_starts_and_says_what_is_done_by_a_field_of_the_case() -> None:
    for kind in BUILT_IN.values():
        assert kind.start in ("opened", "escalated"), "any other start is for clocks that a policy declares"
        assert kind.done == "" or kind.done in Case.__struct_fields__
        assert kind.stop or kind.watches


def test_no_other_place_asks_which_clock_this_is() -> None:
    names = "|".join(BUILT_IN)
    asks = re.compile(rf"clock\w* (?:==|!=|in|not in) \(?[\"'](?:{names})[\"']")
    found = [str(path) for path in SOURCE.rglob("*.py") if asks.search(path.read_text())]
    assert found == []


@pytest.mark.parametrize(
    "name", ["opened", "customer_update", "marked:authority-warned", "marked:a", "marked:Prüfung.1"]
)
def test_a_moment_of_the_table_or_a_milestone_may_be_named(name: str) -> None:
    assert kinds.is_moment(name)


@pytest.mark.parametrize("name", ["", "assigned", "marked:", "marked:-a", "marked:a b", "opened ", "case.opened"])
def test_nothing_else_may(name: str) -> None:
    assert not kinds.is_moment(name)


@pytest.mark.parametrize(
    ("start", "stop", "outlives"),
    [
        ("opened", ("customer_update",), False),
        ("asked_team", ("answered_team",), False),
        ("resolved", ("customer_update",), True),
        ("resolved", ("explained",), True),
        ("classified", ("marked:authority-warned",), True),
        ("opened", ("customer_update", "explained"), True),
    ],
)
def test_a_clock_runs_on_after_a_resolution_where_what_it_waits_for_may_still_come(
    start: str, stop: tuple[str, ...], outlives: bool
) -> None:
    assert ClockKind(name=ClockName("mine"), title="Mine", start=start, stop=stop).outlives is outlives


def test_what_is_resolved_is_contained() -> None:
    assert kinds.stopped_by("contained") == ("contain",)
    assert kinds.stopped_by("resolved") == ("contain", "resolve")
