from datetime import date, datetime

import pytest

from tocsin.clocks import zone
from tocsin.core.errors import InvalidInput
from tocsin.core.instants import to_text


@pytest.mark.parametrize(
    ("name", "day", "time", "moved", "gap_end"),
    [
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45:00Z", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z", "2026-04-04T14:45:00Z"),
        ("America/Sao_Paulo", "2015-10-17", "24:00", "2015-10-18T03:00:00Z", "2015-10-18T03:00:00Z"),
        ("America/Sao_Paulo", "2015-10-18", "00:30", "2015-10-18T03:30:00Z", "2015-10-18T03:00:00Z"),
        ("Antarctica/Troll", "2026-03-29", "02:59", "2026-03-29T02:59:00Z", "2026-03-29T01:00:00Z"),
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T19:00:00Z", "2011-12-30T10:00:00Z"),
        ("UTC", "1969-12-31", "23:59", "1969-12-31T23:59:00Z", "1969-12-31T23:59:00Z"),
        ("America/Chicago", "2199-07-01", "12:00", "2199-07-01T17:00:00Z", "2199-07-01T17:00:00Z"),
    ],
)
def test_wall_times(name: str, day: str, time: str, moved: str, gap_end: str) -> None:
    minutes = int(time[:2]) * 60 + int(time[3:])
    loaded = zone.load(name)
    assert to_text(zone.instant_of(date.fromisoformat(day), minutes, loaded)) == moved
    assert to_text(zone.after_gap(date.fromisoformat(day), minutes, loaded)) == gap_end


def test_the_day_that_samoa_left_out() -> None:
    apia = zone.load("Pacific/Apia")
    assert [zone.exists(date(2011, 12, day), apia) for day in (29, 30, 31)] == [True, False, True]


def test_local_time() -> None:
    assert zone.local(0, zone.load("Asia/Kathmandu")) == datetime(1970, 1, 1, 5, 30)
    assert zone.local(-1, zone.load("UTC")) == datetime(1969, 12, 31, 23, 59, 59, 999999)


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("Europe/Berln", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("CEST", "CET"),
        ("Middle Earth", "an IANA name"),
        ("../../etc/passwd", "an IANA name"),
        (None, "an IANA name"),
        (5, "an IANA name"),
    ],
)
def test_unknown_zones(name: str, suggestion: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        zone.load(name, "office.zone")
    assert caught.value.place == "office.zone"
    assert suggestion in (caught.value.expected or "")
