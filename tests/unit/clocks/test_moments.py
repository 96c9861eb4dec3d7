"""Instants as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.clocks import moments, zone
from tocsin.core import instants
from tocsin.core.clock import MINUTE

AT = instants.from_text("2026-03-29T00:59:30.5Z")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Europe/Berlin", "01:59 on Sun 29 Mar (Europe/Berlin)"),
        ("UTC", "00:59 on Sun 29 Mar (UTC)"),
        ("America/Los_Angeles", "17:59 on Sat 28 Mar (America/Los_Angeles)"),
        ("Asia/Kathmandu", "06:44 on Sun 29 Mar (Asia/Kathmandu)"),
    ],
)
def test_in_a_zone(name: str, said: str) -> None:
    assert moments.said(AT, zone.load(name)) == said


def test_across_the_change_of_the_clocks() -> None:
    berlin = zone.load("Europe/Berlin")
    assert moments.wall(AT + MINUTE, berlin) == "03:00 on Sun 29 Mar"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("due at 2026-03-02T10:00:00Z, then", "due at <1772445600000000>, then"),
        ("due at 2026-03-02T10:00:00.123456Z", "due at <1772445600123456>"),
        ("2026-03-02T10:00:00Z to 2026-03-02T10:00:01Z", "<1772445600000000> to <1772445601000000>"),
        ("'2026-03-02T10:00:00Z' is no day", "'2026-03-02T10:00:00Z' is no day"),
        ("2026-03-02", "2026-03-02"),
        ("2026-99-99T10:00:00Z", "2026-99-99T10:00:00Z"),
        ("nothing", "nothing"),
    ],
)
def test_what_is_written_for_programs_is_said_to_people(text: str, found: str) -> None:
    assert moments.localised(text, lambda instant: f"<{instant}>") == found


@given(st.integers(0, 1 << 52))
def test_every_instant_that_we_write_is_found(instant: int) -> None:
    for written in (instants.to_text(instant), instants.whole(instant)):
        assert moments.localised(f"since {written}: why", lambda at: "x") == "since x: why"


def test_a_sentence_shows_no_fraction_of_a_second() -> None:
    assert instants.whole(AT) == "2026-03-29T00:59:30Z"
