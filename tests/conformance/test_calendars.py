"""Business time as other products count it: every recorded case of ../shared/data/calendars.

The expected values are those products' own. Where they disagree with one another, docs/adr/0002 says which way Tocsin
goes and which cases therefore run through an adapter.
"""

import itertools
import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.helpdesk import Case, Ticket, calendar_of, due_with_pauses, pauses_of, worked_minutes
from tocsin.clocks import zone
from tocsin.clocks.durations import Duration
from tocsin.core.clock import SECOND


def instant(text: str) -> int:
    """An instant of any year, with a zone."""
    return zone.instant_of_wall(datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None), UTC)


UTC = zone.load("UTC")


def add_working_time(case: Case) -> tuple[Any, Any]:
    due = calendar_of(case["calendar"]).add(
        instant(case["start"]), Duration("working", case["duration_seconds"] * SECOND)
    )
    return due, instant(case["expected_due"])


def subtract_working_time(case: Case) -> tuple[Any, Any]:
    begin = calendar_of(case["calendar"]).subtract(instant(case["start"]), case["duration_seconds"] * SECOND)
    return begin, instant(case["expected_due"])


def working_time_between(case: Case) -> tuple[Any, Any]:
    worked = calendar_of(case["calendar"]).between(instant(case["start"]), instant(case["end"]))
    return worked, case["expected_seconds"] * SECOND


def add_business_days(case: Case) -> tuple[Any, Any]:
    due = calendar_of(case["calendar"]).add(instant(case["start"]), Duration("business_days", case["days"]))
    return due, instant(case["expected_due"])


def open_intervals(case: Case) -> tuple[Any, Any]:
    expected = [tuple(map(instant, interval)) for interval in case["expected_intervals"]]
    found = calendar_of(case["calendar"]).intervals(instant(case["start"]))
    return list(itertools.islice(found, len(expected))), expected


def local_wall_to_utc(case: Case) -> tuple[Any, Any]:
    day, _, time = case["local"].partition("T")
    minutes = int(time[:2]) * 60 + int(time[3:])
    found = zone.instant_of(date.fromisoformat(day), minutes, zone.load(case["calendar"]["timezone"]))
    return found, instant(case["expected_utc"])


def sla_ticket(case: Case) -> tuple[Any, Any]:
    report = Ticket(case).report()
    return {key: report[key] for key in case["expected"]}, case["expected"]


def sla_working_minutes(case: Case) -> tuple[Any, Any]:
    pauses, _ = pauses_of(case["events"])
    calendar = calendar_of(case["calendar"])
    return worked_minutes(calendar, instant(case["start"]), instant(case["end"]), pauses), case["expected_minutes"]


def sla_due_with_pauses(case: Case) -> tuple[Any, Any]:
    pauses = [(instant(begin), instant(end)) for begin, end in case["pauses"]]
    due = due_with_pauses(
        calendar_of(case["calendar"]), instant(case["start"]), case["duration_seconds"] * SECOND, pauses
    )
    return due, instant(case["expected_due"])


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


@pytest.fixture(scope="module")
def cases(shared_data: Path) -> list[Case]:
    listed: list[Case] = json.loads((shared_data / "calendars" / "cases.json").read_text())["cases"]
    return listed


def test_every_operation_is_known(cases: list[Case]) -> None:
    counted = Counter(case["op"] for case in cases)
    print("calendar cases:", ", ".join(f"{count} {operation}" for operation, count in counted.most_common()))
    assert counted.keys() <= OPERATIONS.keys()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_cases_of(operation: str, cases: list[Case]) -> None:
    wrong = []
    for case in cases:
        if case["op"] == operation:
            found, expected = OPERATIONS[operation](case)
            if found != expected:
                wrong.append(f"{case['id']} {case['name']}: {found} instead of {expected}; {case['note']}")
    assert not wrong, "\n".join(wrong)
