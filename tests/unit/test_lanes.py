"""Who is on call, as bars on an axis and as days of a month: by tables."""

import itertools
from datetime import date

import pytest

from tocsin.clocks import zone as zones
from tocsin.core import instants
from tocsin.core.clock import HOUR
from tocsin.web.drawing import lanes
from tocsin.web.drawing.lanes import Span

BERLIN, LORD_HOWE, UTC = (zones.load(name) for name in ("Europe/Berlin", "Australia/Lord_Howe", "UTC"))


def at(text: str) -> int:
    return instants.from_text(text)


@pytest.mark.parametrize(
    ("of", "zone", "first", "hours", "starts"),
    [
        (date(2026, 11, 30), BERLIN, date(2026, 11, 30), 168, "2026-11-29T23:00:00Z"),
        (date(2026, 12, 6), BERLIN, date(2026, 11, 30), 168, "2026-11-29T23:00:00Z"),  # a Sunday is its last day
        (date(2026, 12, 7), BERLIN, date(2026, 12, 7), 168, "2026-12-06T23:00:00Z"),
        (date(2027, 1, 1), UTC, date(2026, 12, 28), 168, "2026-12-28T00:00:00Z"),  # across a year
        (date(2026, 3, 29), BERLIN, date(2026, 3, 23), 167, "2026-03-22T23:00:00Z"),  # spring forward
        (date(2026, 10, 25), BERLIN, date(2026, 10, 19), 169, "2026-10-18T22:00:00Z"),  # and back
        (date(2026, 10, 4), LORD_HOWE, date(2026, 9, 28), 167.5, "2026-09-27T13:30:00Z"),  # by half an hour
    ],
)
def test_a_week_is_as_long_as_its_zone_has_it(of: date, zone: object, first: date, hours: float, starts: str) -> None:
    axis = lanes.week(of, zone)  # type: ignore[arg-type]
    assert (axis.first, axis.start, (axis.end - axis.start) / HOUR) == (first, at(starts), hours)
    assert len(axis.days()) == 7
    assert [day.on.isoweekday() for day in axis.days()] == [1, 2, 3, 4, 5, 6, 7]


def test_days_stand_where_they_begin_also_when_one_is_shorter() -> None:
    even = [day.x for day in lanes.week(date(2026, 11, 30), BERLIN).days()]
    assert even == [0.0, 14.286, 28.571, 42.857, 57.143, 71.429, 85.714]
    short = [day.x for day in lanes.week(date(2026, 3, 29), BERLIN).days()]
    assert short == [round(100 * 24 * day / 167, 3) for day in range(7)]  # Sunday is the short one
    back = [day.x for day in lanes.week(date(2026, 10, 25), BERLIN).days()]
    assert back == [round(100 * 24 * day / 169, 3) for day in range(7)]


@pytest.mark.parametrize(
    ("start", "end", "x", "width"),
    [
        ("2026-11-30T00:00:00Z", "2026-12-07T00:00:00Z", 0.0, 100.0),
        ("2026-11-29T12:00:00Z", "2026-12-08T12:00:00Z", 0.0, 100.0),  # longer than the week
        ("2026-11-30T12:00:00Z", "2026-12-01T00:00:00Z", 7.143, 7.143),
        ("2026-12-06T12:00:00Z", "2026-12-07T12:00:00Z", 92.857, 7.143),  # goes on into the next
        ("2026-11-29T12:00:00Z", "2026-11-30T00:00:00Z", None, None),  # over when it begins
        ("2026-12-07T00:00:00Z", "2026-12-08T00:00:00Z", None, None),
    ],
)
def test_a_bar_is_what_lies_in_the_week(start: str, end: str, x: float | None, width: float | None) -> None:
    axis = lanes.week(date(2026, 11, 30), UTC)
    found = lanes.bars(axis, [Span(at(start), at(end), "mira")])
    assert [(bar.x, bar.width) for bar in found] == ([] if x is None else [(x, width)])
    assert [(bar.begins, bar.ends) for bar in found] == ([] if x is None else [(at(start), at(end))])


def test_bars_without_a_gap_cover_the_axis() -> None:
    axis = lanes.week(date(2026, 3, 29), BERLIN)
    edges = [axis.start - HOUR, *(axis.start + hours * HOUR for hours in (13, 61, 61.5, 160)), axis.end + HOUR]
    spans = [Span(int(one), int(two), str(place)) for place, (one, two) in enumerate(itertools.pairwise(edges))]
    found = lanes.bars(axis, spans)
    assert found[0].x == 0.0
    for one, two in itertools.pairwise(found):
        assert one.x + one.width == pytest.approx(two.x, abs=0.002)
    assert found[-1].x + found[-1].width == pytest.approx(100, abs=0.002)


def test_now_stands_on_its_own_week_alone() -> None:
    axis = lanes.week(date(2026, 11, 30), UTC)
    assert axis.now(at("2026-12-03T12:00:00Z")) == 50.0
    assert axis.now(axis.start) == 0.0
    assert axis.now(axis.end) is None
    assert axis.now(axis.start - 1) is None


@pytest.mark.parametrize(
    ("of", "weeks", "first", "last"),
    [
        (date(2026, 12, 1), 5, date(2026, 11, 30), date(2027, 1, 3)),
        (date(2026, 2, 1), 5, date(2026, 1, 26), date(2026, 3, 1)),
        (date(2027, 2, 1), 4, date(2027, 2, 1), date(2027, 2, 28)),  # a month of exactly four weeks
        (date(2026, 8, 1), 6, date(2026, 7, 27), date(2026, 9, 6)),
    ],
)
def test_a_month_is_shown_in_whole_weeks(of: date, weeks: int, first: date, last: date) -> None:
    axis = lanes.month(of, BERLIN)
    found = lanes.cells(axis, [], of)
    assert (len(found), found[0][0].on, found[-1][-1].on) == (weeks, first, last)
    assert {len(week) for week in found} == {7}
    inside = [cell.on for week in found for cell in week if not cell.outside]
    assert inside[0] == of
    assert all(day.month == of.month for day in inside)


def test_a_day_names_everybody_who_is_on_call_on_it() -> None:
    of = date(2026, 12, 1)
    axis = lanes.month(of, UTC)
    change, midnight = at("2026-12-07T09:00:00Z"), at("2026-12-08T00:00:00Z")
    spans = [Span(axis.start, change, "mira"), Span(change, midnight, None), Span(midnight, axis.end, "lea")]
    by_day = {cell.on: [span.who for span in cell.spans] for week in lanes.cells(axis, spans, of) for cell in week}
    assert by_day[date(2026, 12, 6)] == ["mira"]
    assert by_day[date(2026, 12, 7)] == ["mira", None]
    assert by_day[date(2026, 12, 8)] == ["lea"]  # what ends at midnight is of the day before


def test_the_same_person_for_the_same_reason_is_one_bar() -> None:
    spans = [
        Span(0, 10, "mira"),
        Span(10, 20, "mira"),
        Span(20, 30, "mira", "lea"),
        Span(30, 40, None),
        Span(40, 50, None),
        Span(60, 70, None),
    ]
    assert list(lanes.joined(spans)) == [
        Span(0, 20, "mira"),
        Span(20, 30, "mira", "lea"),
        Span(30, 50, None),
        Span(60, 70, None),
    ]
    assert list(lanes.joined([])) == []


@pytest.mark.parametrize(
    ("who", "instead", "reader", "kind"),
    [
        ("mira", None, "mira", "me"),
        ("mira", "lea", "mira", "me"),
        ("mira", "lea", "lea", "cover"),
        ("mira", None, "lea", ""),
        ("mira", None, None, ""),
        (None, None, "lea", "gap"),
        (None, None, None, "gap"),
    ],
)
def test_how_a_bar_is_drawn(who: str | None, instead: str | None, reader: str | None, kind: str) -> None:
    assert lanes.kind(who, instead, reader) == kind


def test_a_label_stands_where_it_has_room() -> None:
    axis = lanes.week(date(2026, 11, 30), UTC)
    [day] = lanes.bars(axis, [Span(axis.start, axis.start + 24 * HOUR, "mira")])
    [hour] = lanes.bars(axis, [Span(axis.start, axis.start + HOUR, "mira")])
    assert day.fits(len("Mira Shah"))
    assert not day.fits(len("Mira Shah covers for Lea Hoffmann"))
    assert not hour.fits(1)
