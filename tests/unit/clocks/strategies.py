"""Random calendars, zones and instants for the properties of business time."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tocsin.clocks.calendars import Calendar
from tocsin.clocks.hours import WEEKDAYS, to_text
from tocsin.core.clock import DAY, HOUR
from tocsin.core.instants import LATEST, from_text

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/Chicago",
    "America/Sao_Paulo",  # changes at midnight
    "America/St_Johns",  # changed at one minute past midnight until 2011
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Apia",  # has no 30 December 2011
    "Africa/Casablanca",  # steps back for Ramadan
    "Antarctica/Troll",  # changes by two hours
    "Asia/Tehran",
    "Asia/Kathmandu",
)

# Around changes of the zones above, where mistakes live.
_CHANGES = [
    from_text(text)
    for text in (
        "2006-10-29T03:00:00Z",
        "2011-12-30T10:00:00Z",
        "2015-02-22T02:00:00Z",
        "2015-10-18T03:00:00Z",
        "2021-04-03T15:00:00Z",
        "2026-02-15T02:00:00Z",
        "2026-03-08T08:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-11-01T07:00:00Z",
    )
]

instants = st.one_of(
    st.sampled_from(_CHANGES).flatmap(lambda change: st.integers(change - 4 * DAY, change + 4 * DAY)),
    st.integers(-10 * 366 * DAY, LATEST),
)
amounts = st.one_of(st.integers(1, 8 * HOUR), st.integers(1, 40 * HOUR))
dates = st.one_of(
    st.sampled_from([date.fromisoformat("1970-01-01") + timedelta(microseconds=change) for change in _CHANGES]),
    st.dates(date(1960, 1, 1), date(2199, 12, 31)),
)


@st.composite
def ranges(draw: st.DrawFn, least: int = 0) -> list[str]:
    """Up to three ranges of a day, on the quarter hour or every five minutes."""
    step = draw(st.sampled_from((15, 5)))
    count = draw(st.integers(least, 3))
    bounds = st.integers(0, 24 * 60 // step)
    edges = sorted(draw(st.lists(bounds, min_size=2 * count, max_size=2 * count, unique=True)))
    return [to_text((edges[at] * step, edges[at + 1] * step)) for at in range(0, len(edges), 2)]


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """A calendar as the policy writes it."""
    week = {day: draw(ranges()) for day in WEEKDAYS}
    week[draw(st.sampled_from(WEEKDAYS))] = draw(ranges(least=1))
    special = draw(st.dictionaries(dates, ranges(least=1), max_size=3))
    closed = set(draw(st.lists(dates, max_size=3))) - special.keys()
    return {"zone": draw(st.sampled_from(ZONES)), "hours": week, "closed": sorted(closed), "special": special}


office_calendars = specs().map(lambda spec: Calendar.build("random", spec)).filter(lambda calendar: not calendar.always)
calendars = st.one_of(office_calendars, office_calendars, st.just(Calendar.build("always", {"hours": "24x7"})))


@st.composite
def even_specs(draw: st.DrawFn) -> dict[str, Any]:
    """Office hours that are the same on every open day, with holidays and days off."""
    hours = draw(st.sampled_from((["09:00-17:00"], ["08:00-12:00", "13:00-17:00"], ["06:30-10:30", "14:00-18:00"])))
    days = draw(st.sampled_from(("mon-fri", "sun-thu", "mon,wed,fri", "mon-sun")))
    closed = sorted(set(draw(st.lists(dates, max_size=3))))
    zone = draw(st.sampled_from(("UTC", "Europe/Berlin", "America/Chicago", "Asia/Kathmandu")))
    return {"zone": zone, "hours": {days: hours}, "closed": closed, "holidays": {"country": "DE"}}


even_calendars = even_specs().map(lambda spec: Calendar.build("even", spec))
