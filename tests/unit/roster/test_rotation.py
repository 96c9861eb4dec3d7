"""Rotations: how they are read, and when they hand over."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.clocks.strategies import ZONES, instants
from tocsin.clocks import zone
from tocsin.core.errors import InvalidInput
from tocsin.core.instants import from_text, to_text
from tocsin.roster.rotation import Rotation, read

SPEC: dict[str, Any] = {"members": ["anna", "bo", "cy"], "zone": "Europe/Berlin", "handoff": "mon 09:00"}


def spec_with(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**SPEC, **changes}.items() if value is not None}


def test_a_weekly_rotation() -> None:
    rotation = read(spec_with(first="2026-03-23"))
    assert rotation == Rotation(
        members=("anna", "bo", "cy"), zone="Europe/Berlin", first=date(2026, 3, 23), handoff=540, days=7
    )
    # Nine o'clock stays nine o'clock when the clocks change on the 29th.
    assert [to_text(rotation.begins(shift)) for shift in range(-1, 3)] == [
        "2026-03-16T08:00:00Z",
        "2026-03-23T08:00:00Z",
        "2026-03-30T07:00:00Z",
        "2026-04-06T07:00:00Z",
    ]
    assert [rotation.member(shift) for shift in range(-1, 4)] == ["cy", "anna", "bo", "cy", "anna"]
    assert rotation.following(0) == ("bo", "cy", "anna")
    assert rotation.following(-1) == ("anna", "bo", "cy")


def test_without_a_first_day_the_weeks_are_fixed() -> None:
    assert read(SPEC).first == date(2024, 1, 1)
    assert read(spec_with(handoff="fri 17:00", days=14)).first == date(2024, 1, 5)


@pytest.mark.parametrize(
    ("name", "handoff", "first", "handoffs"),
    [
        # In Berlin 02:30 does not exist on 29 March 2026: the handoff is the gap's end, 03:00.
        (
            "Europe/Berlin",
            "02:30",
            "2026-03-28",
            ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
        ),
        # It comes twice on 25 October: the first.
        (
            "Europe/Berlin",
            "02:30",
            "2026-10-24",
            ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
        ),
        (
            "America/Sao_Paulo",
            "00:00",
            "2015-10-17",
            ["2015-10-17T03:00:00Z", "2015-10-18T03:00:00Z", "2015-10-19T02:00:00Z"],
        ),
        (
            "Australia/Lord_Howe",
            "02:15",
            "2026-10-03",
            ["2026-10-02T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"],
        ),
    ],
)
def test_handoffs_when_the_clocks_change(name: str, handoff: str, first: str, handoffs: list[str]) -> None:
    rotation = read(spec_with(zone=name, handoff=handoff, first=first, days=1))
    assert [to_text(rotation.begins(shift)) for shift in range(3)] == handoffs


def test_a_shift_whose_day_the_zone_left_out() -> None:
    """Samoa had no Friday 30 December 2011: Friday's shift begins when Saturday does and ends at its handoff."""
    rotation = read(spec_with(zone="Pacific/Apia", handoff="09:00", first="2011-12-29", days=1))
    assert to_text(rotation.begins(1)) == "2011-12-30T10:00:00Z"
    assert rotation.shift_at(from_text("2011-12-30T18:59:59Z")) == 1
    assert rotation.shift_at(from_text("2011-12-30T19:00:00Z")) == 2


@examples(200)
@given(
    st.sampled_from(ZONES),
    st.integers(0, 1439),
    st.integers(1, 30),
    st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    instants,
)
def test_every_instant_has_its_shift(name: str, handoff: int, days: int, first: date, at: int) -> None:
    rotation = Rotation(members=("anna",), zone=name, first=first, handoff=handoff, days=days)
    shift = rotation.shift_at(at)
    assert rotation.begins(shift) <= at < rotation.begins(shift + 1)
    # A handoff's wall time is the one asked for, or where the clocks jump over that one.
    begins = rotation.begins(shift)
    before, wall = zone.local(begins - 1, zone.load(name)), zone.local(begins, zone.load(name))
    assert wall.hour * 60 + wall.minute == handoff or wall - before > timedelta(minutes=1)


@pytest.mark.parametrize(
    ("spec", "place", "said"),
    [
        (None, "r", "is not a rotation"),
        (spec_with(weekly=True), "r", "is not a rotation"),
        (spec_with(members="anna"), "r.members", "does not name people"),
        (spec_with(members=[""]), "r.members", "does not name people"),
        (spec_with(zone="Berlin"), "r.zone", "expected Europe/Berlin"),
        (spec_with(zone=None), "r.zone", "not a time zone"),
        (spec_with(handoff=None), "r.handoff", "is not a handoff"),
        (spec_with(handoff="monday 09:00"), "r.handoff", "is not a handoff"),
        (spec_with(handoff="mon 24:00"), "r.handoff", "is not a time of day"),
        (spec_with(handoff="09:00"), "r.first", "nothing says when the rotation begins"),
        (spec_with(days=3), "r.handoff", "no fixed weekday"),
        (spec_with(days=0), "r.days", "from 1 to 366"),
        (spec_with(days=True), "r.days", "from 1 to 366"),
        (spec_with(first="2026-03-24"), "r.first", "2026-03-24 is not a mon"),
        (spec_with(first="soon"), "r.first", "'soon' is not a day"),
    ],
)
def test_what_is_refused(spec: Any, place: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(spec, "r")
    assert caught.value.place == place
    assert said in str(caught.value)
