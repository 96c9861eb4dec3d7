"""Business time as other products count it: a test for every recorded case of ../shared/data/calendars.

The expected values are those products' own. Where they disagree with one another, docs/adr/0002 says which way Tocsin
goes and which cases therefore run through an adapter.
"""

import itertools
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.conformance.helpdesk import Ticket, calendar_of, due_with_pauses, pauses_of, worked_minutes
from tests.recorded import Case, each
from tocsin.clocks import zone
from tocsin.clocks.durations import Duration
from tocsin.core.clock import SECOND
from tocsin.core.instants import from_text


def add_working_time(case: Case) -> tuple[Any, Any]:
    due = calendar_of(case["calendar"]).add(
        from_text(case["start"]), Duration("working", case["duration_seconds"] * SECOND)
    )
    return due, from_text(case["expected_due"])


def subtract_working_time(case: Case) -> tuple[Any, Any]:
    begin = calendar_of(case["calendar"]).subtract(from_text(case["start"]), case["duration_seconds"] * SECOND)
    return begin, from_text(case["expected_due"])


def working_time_between(case: Case) -> tuple[Any, Any]:
    worked = calendar_of(case["calendar"]).between(from_text(case["start"]), from_text(case["end"]))
    return worked, case["expected_seconds"] * SECOND


def add_business_days(case: Case) -> tuple[Any, Any]:
    due = calendar_of(case["calendar"]).add(from_text(case["start"]), Duration("business_days", case["days"]))
    return due, from_text(case["expected_due"])


def open_intervals(case: Case) -> tuple[Any, Any]:
    expected = [tuple(map(from_text, interval)) for interval in case["expected_intervals"]]
    found = calendar_of(case["calendar"]).intervals(from_text(case["start"]))
    return list(itertools.islice(found, len(expected))), expected


def local_wall_to_utc(case: Case) -> tuple[Any, Any]:
    day, _, time = case["local"].partition("T")
    minutes = int(time[:2]) * 60 + int(time[3:])
    found = zone.instant_of(date.fromisoformat(day), minutes, zone.load(case["calendar"]["timezone"]))
    return found, from_text(case["expected_utc"])


def sla_ticket(case: Case) -> tuple[Any, Any]:
    report = Ticket(case).report()
    return {key: report[key] for key in case["expected"]}, case["expected"]


def sla_working_minutes(case: Case) -> tuple[Any, Any]:
    pauses, _ = pauses_of(case["events"])
    calendar = calendar_of(case["calendar"])
    return worked_minutes(calendar, from_text(case["start"]), from_text(case["end"]), pauses), case["expected_minutes"]


def sla_due_with_pauses(case: Case) -> tuple[Any, Any]:
    pauses = [(from_text(begin), from_text(end)) for begin, end in case["pauses"]]
    due = due_with_pauses(
        calendar_of(case["calendar"]), from_text(case["start"]), case["duration_seconds"] * SECOND, pauses
    )
    return due, from_text(case["expected_due"])


OPERATIONS: dict[str, Callable[[Case], tuple[Any, Any]]] = {
    operation.__name__: operation
    for operation in (
        add_working_time,
        subtract_working_time,
        working_time_between,
        add_business_days,
        open_intervals,
        local_wall_to_utc,
        sla_ticket,
        sla_working_minutes,
        sla_due_with_pauses,
    )
}


@pytest.mark.parametrize("case", each("calendars"))
def test_the_time_is_that_of_the_product(case: Case) -> None:
    found, expected = OPERATIONS[case["op"]](case)
    assert found == expected, case["note"]
