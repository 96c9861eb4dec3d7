"""Facts of a case in addresses and queries: none of them becomes a part of these."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tocsin.clocks import durations
from tocsin.core import instants
from tocsin.core.clock import HOUR
from tocsin.evidence import placing
from tocsin.evidence.placing import Subject
from tocsin.policy.model import Collector

NOON = instants.from_text("2026-03-02T12:00:00Z")
NASTY = 'a/b?c=d&e"f}\\ü'


def subject(area: str | None = "shop", **attributes: object) -> Subject:
    return Subject(area, "acme", "outage", 17, attributes, NOON - HOUR, NOON)


def collector(on: str, url: str, query: str | None = None) -> Collector:
    return Collector(id="x", on=on, window=durations.parse("1h"), url=url, query=query)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.test/{area}?n={number}", "https://x.test/shop?n=17"),
        ("https://x.test/?from={from}&to={to_unix}", "https://x.test/?from=2026-03-02T11%3A00%3A00Z&to=1772452800"),
        ("https://x.test/{attribute:host}/{day}", "https://x.test/db-1/2026-03-02"),
        ("https://x.test/{attribute:none}{nothing}", "https://x.test/{nothing}"),
    ],
)
def test_places_are_filled(url: str, expected: str) -> None:
    assert placing.address(collector("http", url), subject(host="db-1")) == expected


def test_a_value_stays_within_its_place() -> None:
    url = placing.address(collector("http", "https://x.test/a/{area}?q={area}"), subject(NASTY))
    assert urlsplit(url).path.count("/") == 2
    assert parse_qs(urlsplit(url).query) == {"q": [NASTY]}


def test_a_range_query_keeps_its_braces_and_its_quotes() -> None:
    url = placing.address(
        collector("prometheus", "https://p.test/", 'up{service="{area}", job!=""}'), subject('x"} or vector(1) #')
    )
    asked = parse_qs(urlsplit(url).query)
    assert urlsplit(url).path == "/api/v1/query_range"
    assert asked["query"] == ['up{service="x\\"} or vector(1) #", job!=""}']
    assert (asked["start"], asked["end"], asked["step"]) == (["1772449200"], ["1772452800"], ["30"])


@pytest.mark.parametrize("url", ["https://x.test:99999/", "https://[x/", "https://x.test:ab/"])
def test_what_is_no_address_is_not_shown_and_breaks_nothing(url: str) -> None:
    assert placing.masked(url) == "an address"


def test_what_is_secret_in_an_address_is_not_shown() -> None:
    assert placing.masked("https://u:p@x.test:8/a?api_key=abc&n=1#f") == "https://x.test:8/a?api_key=…&n=1"
