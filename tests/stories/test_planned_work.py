"""Maintenance windows from a calendar: repeated work keeps pages back each time, and pages after it; a calendar that
does not fit sets none."""

from typing import Any

import pytest

from tests.stories.conftest import Stage
from tests.stories.guarded import AREAS, SECURITY, listed
from tests.stories.process import OUTAGE, assert_proved, at, opened, paged, state, until
from tests.testing import World
from tocsin.administration import guards
from tocsin.core.clock import DAY, HOUR, MINUTE
from tocsin.core.errors import Forbidden, InvalidInput

NINE = at("2026-03-27T08:00:00Z")  # in Berlin, the Friday before the clocks change
SHOP: dict[str, Any] = {**OUTAGE, "product_area": "shop"}
NIGHTLY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:a
DTSTART;TZID=Europe/Berlin:20260327T220000
DTEND;TZID=Europe/Berlin:20260327T230000
RRULE:FREQ=DAILY;COUNT=4
SUMMARY:the database moves
END:VEVENT
END:VCALENDAR
"""


def bring(here: World, text: str, by: str = "lea", **given: Any) -> dict[str, Any]:
    built = here.installation
    done = built.writer.write(lambda tx: guards.from_calendar(tx, built, here.viewer(by), text, given))
    built.step_all()
    return done


def test_repeated_work_keeps_pages_back_each_time_also_when_the_clock_changes(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    made = bring(here, NIGHTLY, areas=["shop"], reason="planned")
    begins = [window["starts_at"] for window in made["windows"]]
    assert begins == [f"2026-03-{day}:00:00Z" for day in ("27T21", "28T21", "29T20", "30T20")]
    assert {window["reason"] for window in made["windows"]} == {"planned: the database moves"}
    until(here, at("2026-03-29T20:30:00Z"))
    case = opened(here, SHOP)
    assert paged(here) == []
    until(here, at("2026-03-29T21:01:00Z"))
    assert len(paged(here)) == 1
    assert state(here, case).case.state == "open"
    assert_proved(here)


def test_the_same_calendar_once_more_sets_what_is_new_alone(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    bring(here, NIGHTLY, areas=["shop"])
    again = bring(here, NIGHTLY.replace("COUNT=4", "COUNT=5"), areas=["shop"])
    assert (len(again["windows"]), again["known"]) == (1, 4)
    other = bring(here, NIGHTLY, areas=["desk"])
    assert (len(other["windows"]), other["known"]) == (4, 0)


def test_a_server_that_was_down_meanwhile_pages_when_it_is_back(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    bring(here, NIGHTLY, areas=["shop"])
    until(here, at("2026-03-27T21:10:00Z"))
    opened(here, SHOP)
    here.clock.advance(10 * HOUR)
    here.installation.step_all()
    assert len(paged(here)) >= 1


def test_a_calendar_that_does_not_fit_sets_none(stage: Stage) -> None:
    here = stage(AREAS, SECURITY, start=NINE)
    for text, given in (
        (NIGHTLY.replace("FREQ=DAILY;COUNT=4", "FREQ=SECONDLY"), {"areas": ["shop"]}),
        (NIGHTLY, {"areas": ["none"]}),
        (NIGHTLY, {}),
        (
            NIGHTLY.replace("DTEND;TZID=Europe/Berlin:20260327", "DTEND;TZID=Europe/Berlin:20270327"),
            {"areas": ["shop"]},
        ),
    ):
        with pytest.raises(InvalidInput):
            bring(here, text, areas=given.get("areas", []))
    with pytest.raises(Forbidden):
        bring(here, NIGHTLY, by="anna", areas=["shop"])
    assert listed(here) == []
    until(here, NINE + DAY + MINUTE)
