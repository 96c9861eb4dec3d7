"""Who is on call, and who else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.clocks.strategies import ZONES
from tocsin.core.clock import DAY, HOUR
from tocsin.core.errors import InvalidInput
from tocsin.core.instants import from_text, to_text
from tocsin.roster.plan import Override, Roster, on_call, shifts
from tocsin.roster.rotation import read
from tocsin.roster.schedules import Rosters

MONDAY = from_text("2026-03-23T08:00:00Z")


def roster(*overrides: Override, members: tuple[str, ...] = ("anna", "bo", "cy")) -> Roster:
    spec = {"members": list(members), "zone": "Europe/Berlin", "handoff": "mon 09:00", "first": "2026-03-23"}
    return Roster(name="senior", rotation=read(spec), overrides=overrides)


def cover(user: str, start: int, end: int) -> Override:
    """An override in hours after the first handoff."""
    return Override(user=user, start=MONDAY + start * HOUR, end=MONDAY + end * HOUR)


def test_the_rotation() -> None:
    found = on_call(roster(), MONDAY)
    assert (found.primary, found.backup) == ("anna", "bo")
    assert to_text(found.until) == "2026-03-30T07:00:00Z"
    assert found.reasons == ("anna has this shift of the rotation", "bo comes next in the rotation")
    before = on_call(roster(), MONDAY - 1)
    assert (before.primary, before.backup, before.until) == ("cy", "anna", MONDAY)


def test_an_override() -> None:
    covered = roster(cover("dana", 10, 20))
    assert [(on_call(covered, MONDAY + hour * HOUR).primary) for hour in (9, 10, 19, 20)] == [
        "anna",
        "dana",
        "dana",
        "anna",
    ]
    found = on_call(covered, MONDAY + 10 * HOUR)
    assert found.until == MONDAY + 20 * HOUR
    assert found.reasons[0] == "dana is on call instead of anna by an override until 2026-03-24T04:00:00Z"
    assert on_call(covered, MONDAY).until == MONDAY + 10 * HOUR


@pytest.mark.parametrize(
    ("members", "user", "backup"),
    [
        (("anna", "bo", "cy"), "dana", "bo"),
        (("anna", "bo", "cy"), "bo", "cy"),  # whoever is replaced is away
        (("anna", "bo"), "bo", None),
        (("anna", "bo"), "anna", "bo"),
        (("anna",), "dana", None),
        ((), "dana", None),
    ],
)
def test_the_backup_under_an_override(members: tuple[str, ...], user: str, backup: str | None) -> None:
    found = on_call(roster(cover(user, 0, 10), members=members), MONDAY)
    assert (found.primary, found.backup) == (user, backup)


def test_the_override_made_last_holds() -> None:
    layered = roster(cover("dana", 0, 30), cover("eli", 10, 20))
    assert [on_call(layered, MONDAY + hour * HOUR).primary for hour in (0, 10, 20)] == ["dana", "eli", "dana"]
    hidden = roster(cover("eli", 10, 20), cover("dana", 0, 30))
    assert on_call(hidden, MONDAY).until == MONDAY + 30 * HOUR


def test_nobody() -> None:
    found = on_call(roster(members=()), MONDAY)
    assert (found.primary, found.backup) == (None, None)
    assert found.reasons == ("the rotation has no members", "nobody else is in the rotation")
    alone = on_call(roster(members=("anna", "anna")), MONDAY)
    assert (alone.primary, alone.backup) == ("anna", None)


def test_shifts() -> None:
    covered = roster(cover("dana", 10, 20))
    found = list(shifts(covered, MONDAY + HOUR, MONDAY + 14 * DAY))
    assert [(shift.primary, shift.backup) for shift in found] == [
        ("anna", "bo"),
        ("dana", "bo"),
        ("anna", "bo"),
        ("bo", "cy"),
        ("cy", "anna"),
    ]
    assert found[0].start == MONDAY + HOUR
    assert found[-1].end == MONDAY + 14 * DAY  # the clocks change: the last shift is an hour old
    assert found[-1].end - found[-1].start == HOUR
    assert list(shifts(covered, MONDAY, MONDAY)) == []


def test_an_override_has_a_length() -> None:
    with pytest.raises(InvalidInput, match="ends before it starts"):
        cover("dana", 10, 10)


@examples(100)
@given(
    st.sampled_from(ZONES),
    st.integers(0, 23),
    st.integers(1, 9),
    st.lists(st.tuples(st.sampled_from("abxy"), st.integers(0, 60 * 24), st.integers(1, 200)), max_size=4),
)
def test_shifts_leave_no_gap_and_agree_with_the_instant(
    name: str, hour: int, days: int, made: list[tuple[str, int, int]]
) -> None:
    spec = {"members": ["a", "b", "c"], "zone": name, "handoff": f"{hour}:30", "first": "2026-03-20", "days": days}
    overrides = tuple(cover(user, start, start + length) for user, start, length in made)
    planned = Roster(name="r", rotation=read(spec), overrides=overrides)
    end = MONDAY + 60 * DAY
    at = MONDAY
    for shift in shifts(planned, MONDAY, end):
        assert shift.start == at < shift.end
        for instant in (shift.start, (shift.start + shift.end) // 2, shift.end - 1):
            found = on_call(planned, instant)
            assert (found.primary, found.backup, found.reasons) == (shift.primary, shift.backup, shift.reasons)
            assert min(found.until, end) == shift.end
        assert shift.primary != shift.backup
        at = shift.end
    assert at == end


@examples(50)
@given(
    st.lists(st.tuples(st.sampled_from("abxy"), st.integers(0, 60 * 24), st.integers(1, 200)), max_size=4),
    st.lists(st.integers(0, 60 * 24 * 60), min_size=2, max_size=30),
)
def test_an_answer_that_is_kept_is_the_answer(made: list[tuple[str, int, int]], minutes: list[int]) -> None:
    planned = roster(*(cover(user, start, start + length) for user, start, length in made))
    rosters = Rosters({"senior": planned})
    for minute in minutes:
        at = MONDAY + minute * 60_000_000
        assert rosters.on_call("senior", at) == on_call(planned, at)
