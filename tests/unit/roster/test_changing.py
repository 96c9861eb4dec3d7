"""A roster that changes while somebody is on call: a place in the list is not the schedule."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.unit.clocks.strategies import ZONES
from tocsin.clocks.hours import WEEKDAYS
from tocsin.core.clock import DAY, HOUR
from tocsin.core.errors import InvalidInput
from tocsin.core.instants import from_text
from tocsin.core.wording import say
from tocsin.roster.plan import on_call, outlook
from tocsin.roster.rotation import Anchor, read
from tocsin.roster.schedules import changed
from tocsin.roster.schedules import read as read_roster

MONDAY = from_text("2026-03-23T08:00:00Z")
SPEC: dict[str, Any] = {"zone": "Europe/Berlin", "handoff": "mon 09:00"}
lists = st.lists(st.sampled_from(["anna", "bo", "cy", "dana", "eli", "flo"]), min_size=1, max_size=6)


def after(old: list[str], new: list[str], at: int, **more: Any) -> tuple[str | None, list[str | None]]:
    """Who is on call before the change, and after it: now, and in the shifts that follow."""
    before = {"members": old, **SPEC}
    made = read_roster("r", changed("r", before, {"members": new, **SPEC, **more}, at))
    shift = made.rotation.shift_at(at)
    return on_call(read_roster("r", before), at).primary, [
        on_call(made, made.rotation.begins(shift + turn) if turn else at).primary for turn in range(2 * len(new) + 1)
    ]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (["anna", "bo", "cy"], ["bo", "cy", "anna", "bo"]),
        (["bo", "cy"], ["bo", "cy", "bo"]),  # somebody who is not on call leaves
        (["anna", "bo"], ["bo", "anna", "bo"]),
        (["anna", "bo", "cy", "dana"], ["bo", "cy", "dana", "anna"]),
        (["dana", "anna", "bo", "cy"], ["bo", "cy", "dana", "anna"]),
        (["cy", "bo", "anna"], ["bo", "anna", "cy", "bo"]),  # another order: behind whoever has the shift
        (["anna", "cy"], ["cy", "anna", "cy"]),  # whoever is on call leaves: the next in the old order takes over
        (["anna", "dana"], ["anna", "dana", "anna"]),
        (["dana", "eli"], ["dana", "eli", "dana"]),
    ],
)
def test_the_running_shift_stays(new: list[str], expected: list[str]) -> None:
    weeks = (MONDAY + week * 7 * DAY + DAY for week in range(3))
    at = next(week for week in weeks if after(["anna", "bo", "cy"], ["bo"], week)[0] == "bo")
    before, found = after(["anna", "bo", "cy"], new, at)
    assert before == "bo"
    assert found[: len(expected)] == expected


@examples(400)
@given(
    lists,
    st.lists(lists, min_size=1, max_size=5),
    st.sampled_from(ZONES),
    st.integers(1, 9),
    st.integers(0, 1439),
    st.lists(st.integers(0, 400 * 24 * 60), min_size=5, max_size=5),
)
def test_nobody_is_relieved_by_a_change_of_others(
    members: list[str], changes: list[list[str]], zone: str, days: int, handoff: int, minutes: list[int]
) -> None:
    """One change after the other, at any instant: whoever is on call stays, unless they left; then the list rules."""
    timing = {"zone": zone, "handoff": f"{handoff // 60}:{handoff % 60:02}", "first": "2026-03-20", "days": days}
    stored: dict[str, Any] = {"members": members, **timing}
    for new, minute in zip(changes, sorted(minutes), strict=False):
        at = MONDAY + minute * 60_000_000
        old = read_roster("r", stored)
        stored = changed("r", stored, {"members": new, **timing}, at)
        made = read_roster("r", stored)
        running, found = on_call(old, at).primary, on_call(made, at).primary
        still = [person for person in old.rotation.following(old.rotation.shift_at(at)) if person in new]
        assert found == (running if running in new else still[0] if still else new[0])
        assert on_call(made, at).until == made.rotation.begins(made.rotation.shift_at(at) + 1)
        assert made.rotation.shift_at(at) == old.rotation.shift_at(at)
        shift = made.rotation.shift_at(at)
        turns = [made.rotation.member(shift + turn) for turn in range(len(new))]
        assert any(turns == new[place:] + new[:place] for place in range(len(new)))


@examples(200)
@given(lists, st.integers(1, 9), st.integers(1, 9), st.sampled_from(ZONES), st.integers(0, 400 * 24 * 60))
def test_nor_by_another_length_or_another_zone(members: list[str], old: int, new: int, zone: str, minute: int) -> None:
    at = MONDAY + minute * 60_000_000
    before = {"members": members, "zone": "Europe/Berlin", "handoff": "09:00", "first": "2026-03-20", "days": old}
    wanted = before | {"zone": zone, "days": new}
    made = read_roster("r", changed("r", before, wanted, at))
    assert on_call(made, at).primary == on_call(read_roster("r", before), at).primary


def test_the_same_again_changes_nothing() -> None:
    spec = {"members": ["anna", "bo"], **SPEC}
    assert changed("r", spec, spec, MONDAY) == spec
    moved = changed("r", spec, {"members": ["bo", "cy", "anna"], **SPEC}, MONDAY)
    assert changed("r", moved, {"members": ["bo", "cy", "anna"], **SPEC}, MONDAY + 100 * DAY) == moved
    assert changed("r", moved, moved, MONDAY + 100 * DAY) == moved, "as it was listed"


FIRST = {"mon": "2026-03-02", "tue": "2026-03-03"}
weeks = st.integers(1, 3)
weekly = st.builds(lambda day, weeks: {"handoff": f"{day} 09:00", "days": 7 * weeks}, st.sampled_from([*FIRST]), weeks)
daily = st.builds(lambda days: {"handoff": "10:00", "days": days}, st.integers(1, 9))
left_out = st.sets(st.sampled_from(["days", "first", "overrides", "anchor"]))


@examples(300)
@given(lists, st.lists(st.tuples(weekly | daily, left_out, st.integers(0, 30 * 24)), min_size=1, max_size=5))
def test_nobody_is_relieved_by_what_is_left_out_or_must_be_named_anew(
    members: list[str], steps: list[tuple[dict[str, Any], set[str], int]]
) -> None:
    """Neither a key that is left out nor a `first` that another handoff asks for says whose turn it is."""
    cover = {"start": "2026-04-10T08:00:00Z", "end": "2026-05-10T08:00:00Z", "user": "dana"}
    first = {"members": members, **SPEC, "first": "2026-03-02", "overrides": [cover]}
    stored, at = changed("r", None, first, MONDAY), MONDAY
    for timing, gone, hours in steps:
        at += hours * HOUR
        gone = gone if "first" in stored else gone - {"first"}  # a rotation by days has to say when it begins
        wanted = {key: value for key, value in _timed(stored, timing).items() if key not in gone}
        before, stored = read_roster("r", stored), changed("r", stored, wanted, at)
        made = read_roster("r", stored)
        assert on_call(made, at).primary == on_call(before, at).primary
        assert made.overrides == before.overrides
        assert made.rotation.member(made.rotation.shift_at(at)) == before.rotation.member(before.rotation.shift_at(at))


def _timed(stored: dict[str, Any], timing: dict[str, Any]) -> dict[str, Any]:
    """With the first day as it is stored, or where the handoff asks for another with that."""
    day, first = timing["handoff"].split()[0], stored.get("first")
    if day in FIRST:
        fits = first is None or WEEKDAYS[date.fromisoformat(first).weekday()] == day
        return stored | timing | ({} if fits else {"first": FIRST[day]})
    return stored | timing | {"first": first or "2026-03-05"}


def test_a_first_day_that_is_left_out_stays_as_it_was() -> None:
    spec = {"members": ["anna", "bo", "cy"], **SPEC, "first": "2026-03-16"}
    again = {key: value for key, value in spec.items() if key != "first"}
    assert changed("r", spec, again, MONDAY + DAY) == spec
    other = changed("r", spec, again | {"handoff": "tue 10:00"}, MONDAY + 2 * DAY)
    assert "first" not in other, "that was no Tuesday"
    assert on_call(read_roster("r", other), MONDAY + 2 * DAY).primary == "bo"


def test_overrides_that_are_left_out_stay_and_an_empty_list_ends_them() -> None:
    cover = {"start": "2026-03-23T08:00:00Z", "end": "2026-03-24T08:00:00Z", "user": "dana"}
    spec = {"members": ["anna", "bo"], **SPEC, "first": "2026-03-23"}
    kept = changed("r", spec | {"overrides": [cover]}, spec, MONDAY)
    assert kept["overrides"] == [cover]
    assert changed("r", kept, spec | {"overrides": []}, MONDAY)["overrides"] == []


def test_another_first_day_holds_though_the_listing_was_put_back_with_its_anchor() -> None:
    spec = {"members": ["anna", "bo", "cy"], **SPEC, "first": "2026-03-02"}
    moved = changed("r", spec, spec | {"members": ["cy", "bo", "anna"]}, MONDAY)
    assert "anchor" in moved
    wanted = changed("r", moved, moved | {"first": "2026-03-23"}, MONDAY + 1)
    assert on_call(read_roster("r", wanted), MONDAY + 1).primary == "cy"


def test_another_first_day_is_somebody_s_word() -> None:
    spec = {"members": ["anna", "bo", "cy"], **SPEC, "first": "2026-03-02"}
    wanted = spec | {"first": "2026-03-23"}
    assert changed("r", spec, wanted, MONDAY + 1) == wanted
    assert on_call(read_roster("r", wanted), MONDAY + 1).primary == "anna"


LEFT, UNREACHED = say("is no longer active"), say("has no destination for pages")


def test_whoever_is_away_is_passed_over_and_named() -> None:
    made = read_roster("r", {"members": ["anna", "bo", "cy"], **SPEC, "first": "2026-03-23"})
    gone = {"anna": LEFT}
    found = on_call(made, MONDAY, gone)
    assert (found.primary, found.backup, found.passed_over) == ("bo", "cy", ("anna",))
    assert "anna is no longer active, and is passed over" in found.reasons
    both = on_call(made, MONDAY, gone | {"bo": UNREACHED})
    assert (both.primary, both.backup, both.passed_over) == ("cy", None, ("anna", "bo"))
    second = on_call(made, MONDAY, {"bo": UNREACHED})
    assert (second.primary, second.backup, second.passed_over) == ("anna", "cy", ())
    nobody = on_call(made, MONDAY, dict.fromkeys(("anna", "bo", "cy"), LEFT))
    assert (nobody.primary, nobody.backup) == ("anna", "bo"), "so that it can be said whom the page did not reach"


def test_an_override_by_somebody_who_is_away_is_passed_over_too() -> None:
    cover = {"start": "2026-03-23T08:00:00Z", "end": "2026-03-24T08:00:00Z", "user": "dana"}
    made = read_roster("r", {"members": ["anna", "bo"], **SPEC, "first": "2026-03-23", "overrides": [cover]})
    found = on_call(made, MONDAY, {"dana": LEFT})
    assert (found.primary, found.passed_over) == ("bo", ("dana",)), "anna is away: that is why dana stands in"
    last = on_call(made, MONDAY, {"dana": LEFT, "bo": LEFT})
    assert last.primary == "anna"


def test_the_outlook_gives_everybody_a_turn() -> None:
    made = read_roster("r", {"members": ["anna", "bo", "cy"], **SPEC, "first": "2026-03-23"})
    assert [shift.primary for shift in outlook(made, MONDAY + DAY)] == ["anna", "bo", "cy", "anna"]


@pytest.mark.parametrize(
    "anchor",
    [{"at": "2026-03-23T08:00:00Z"}, {"at": "2026-03-23T08:00:00Z", "place": 2}, {"at": 5, "place": 0}, [], "bo"],
)
def test_an_anchor_that_says_nothing_is_refused(anchor: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        read({"members": ["anna", "bo"], **SPEC, "anchor": anchor}, "r")
    assert refused.value.place == "r.anchor"


def test_an_anchor_says_whose_shift_runs() -> None:
    found = read({"members": ["anna", "bo"], **SPEC, "anchor": {"at": "2026-03-25T08:00:00Z", "place": 1}})
    assert found.anchor == Anchor(at=MONDAY + 2 * DAY, place=1)
    assert [found.member(found.shift_at(MONDAY) + turn) for turn in range(-1, 3)] == ["anna", "bo", "anna", "bo"]
