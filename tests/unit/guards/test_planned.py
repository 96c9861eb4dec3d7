"""What of a calendar becomes a window: repeated, moved and cancelled events, across a change of the clock; and what is
refused before it costs anything."""

from zoneinfo import ZoneInfo

import pytest

from tocsin.core import instants
from tocsin.core.errors import InvalidInput
from tocsin.guards import planned

BERLIN = ZoneInfo("Europe/Berlin")
NOW = instants.from_text("2026-03-23T12:00:00Z")


def calendar(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\r\nUID:{n}\r\n{event}\r\nEND:VEVENT\r\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n"


def begins(text: str) -> list[str]:
    return [instants.to_text(one.starts_at) for one in planned.occurrences(text, NOW, BERLIN)]


def event(start: str, end: str, *more: str) -> str:
    return "\r\n".join([f"DTSTART{start}", f"DTEND{end}", "SUMMARY:the database moves", *more])


SATURDAY = event(
    ";TZID=Europe/Berlin:20260321T220000", ";TZID=Europe/Berlin:20260321T230000", "RRULE:FREQ=WEEKLY;COUNT=4"
)


def test_a_weekly_event_keeps_its_hour_when_the_clock_changes() -> None:
    assert begins(calendar(SATURDAY)) == ["2026-03-28T21:00:00Z", "2026-04-04T20:00:00Z", "2026-04-11T20:00:00Z"]


def test_what_is_moved_or_left_out_or_cancelled_counts_as_it_is_now() -> None:
    moved = SATURDAY + "\r\nEXDATE;TZID=Europe/Berlin:20260404T220000"
    other = event(":20260411T060000Z", ":20260411T070000Z", "RECURRENCE-ID;TZID=Europe/Berlin:20260411T220000")
    text = calendar(moved, event(":20260325T060000Z", ":20260325T070000Z", "STATUS:CANCELLED"))
    text = text.replace("END:VCALENDAR", f"BEGIN:VEVENT\r\nUID:0\r\n{other}\r\nEND:VEVENT\r\nEND:VCALENDAR")
    assert begins(text) == ["2026-03-28T21:00:00Z", "2026-04-11T06:00:00Z"]


def test_a_whole_day_and_a_time_without_a_zone_are_those_of_the_policy() -> None:
    day = event(";VALUE=DATE:20260401", ";VALUE=DATE:20260402")
    assert begins(calendar(day, event(":20260403T090000", ":20260403T100000"))) == [
        "2026-03-31T22:00:00Z",
        "2026-04-03T07:00:00Z",
    ]


def test_one_that_has_begun_begins_now_and_what_is_over_or_far_off_is_none() -> None:
    texts = [(":20260323T110000Z", ":20260323T130000Z"), (":20260301T110000Z", ":20260301T130000Z")]
    texts.append((":20261201T110000Z", ":20261201T130000Z"))
    assert begins(calendar(*(event(*one) for one in texts))) == ["2026-03-23T12:00:00Z"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cannot be read"),
        ("garbage", "cannot be read"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "cannot be read"),
        (calendar("SUMMARY:no time"), "has no DTSTART"),
        (calendar(event(":20260401T090000Z", ":20260401T100000Z", "RRULE:FREQ=SECONDLY")), "repeats SECONDLY"),
        (calendar(event(":20260401T090000Z", ":20260401T100000Z", "RRULE:FREQ=DAILY")), "windows within sixty days"),
        (calendar(event(":20260401T090000Z", ":20360401T100000Z")), "lasts longer"),
        (calendar(event(";TZID=Mars/Olympus:20260401T090000", ";TZID=Mars/Olympus:20260401T100000")), "no zone"),
        (calendar(*[event(":20260401T090000Z", ":20260401T100000Z")] * 501), "501 events"),
        ("x" * (50 * 1024 * 1024), "too large"),
    ],
    ids=["nothing", "garbage", "half", "no start", "each second", "without end", "ten years", "zone", "many", "50 MB"],
)
def test_what_does_not_fit_is_refused_with_its_reason(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        planned.occurrences(text, NOW, BERLIN)
