"""Rotations as other products compute them: a test for every recorded case of ../shared/data/oncall that a roster can
express.

A roster is one rotation by days with overrides. README.md names the cases that need more, with the reason.
"""

from datetime import date, timedelta

import pytest

from tests.conformance.beyond import days_of, runs
from tests.recorded import Case, each
from tocsin.clocks import zone
from tocsin.core.clock import DAY, SECOND
from tocsin.core.instants import from_text, to_text
from tocsin.roster.plan import Roster, on_call, shifts
from tocsin.roster.rotation import Rotation


def rotation_of(recorded: Case) -> Rotation:
    days = days_of(recorded)
    assert days
    start = zone.local(from_text(recorded["start"]), zone.load(recorded["timezone"]))
    return Rotation(
        members=("anna", "bo", "cy"),
        zone=recorded["timezone"],
        first=start.date(),
        handoff=start.hour * 60 + start.minute,
        days=days,
    )


def rotation_handoffs(case: Case) -> None:
    roster = Roster(name="recorded", rotation=rotation_of(case["rotation"]))
    begin, end = from_text(case["window_start"]), from_text(case["window_end"])
    first = roster.rotation.begins(roster.rotation.shift_at(begin))
    found = [shift.start for shift in shifts(roster, first, end)] + [on_call(roster, end - 1).until]
    assert [to_text(at) for at in found] == [to_text(from_text(at)) for at in case["expected_handoffs"]]


def rotation_shift_end(case: Case) -> None:
    at = from_text(case["at"])
    until = on_call(Roster(name="recorded", rotation=rotation_of(case["rotation"])), at).until
    assert to_text(until) == to_text(from_text(case["expected_end"]))
    assert until - at == case["expected_duration_seconds"] * SECOND


def rolling_users_by_day(case: Case) -> None:
    rotation = Rotation(
        members=tuple(group[0] for group in case["groups"]),
        zone=case["timezone"],
        first=date.fromisoformat(case["rotation_start"]),
        handoff=0,
        days=case["interval"],
    )
    roster = Roster(name="recorded", rotation=rotation)
    begin = rotation.begins(0)
    found = {
        str(rotation.first + timedelta(days=day)): on_call(roster, begin + day * DAY).primary
        for day in range(case["total_days"])
    }
    assert found == case["expected_by_date"]


OPERATIONS = {run.__name__: run for run in (rotation_handoffs, rotation_shift_end, rolling_users_by_day)}


@pytest.mark.parametrize("case", each("oncall", runs))
def test_whoever_is_on_call_is_whom_the_product_says(case: Case) -> None:
    OPERATIONS[case["op"]](case)
