"""Times on the pages are those of the reader's zone, whatever came with the page and whatever changes; without
JavaScript they are UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.faces.browser import Watched, chromium, needs_chromium, watched
from tests.faces.browsing import give_passwords
from tests.faces.office import OUTAGE, Office, staffed
from tests.testing import Databases
from tocsin.people import directory

pytestmark = needs_chromium
ZONES = {
    "America/New_York": ("EST", "EDT"),
    "Australia/Adelaide": ("GMT+9:30", "GMT+10:30"),
    "Europe/Berlin": ("CET", "CEST"),
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Any]]:
    databases = Databases("sqlite", tmp_path_factory.mktemp("zones"))
    with staffed(databases.new()) as office, chromium() as browser:
        give_passwords(office.installation)
        yield office, browser


def held(office: Office) -> dict[str, Any]:
    """An escalation on hold, so that its page shows times of every kind, of today and of another day."""
    case = office.open(OUTAGE, subject="API is down, by the clock")
    until = datetime.now(UTC) + timedelta(days=2)
    office.do("carl", case["id"], "hold", reason="they test it", until=until.isoformat())
    return case


def times(found: Watched) -> list[tuple[str, str, str, str]]:
    """Form, instant, text and title of every time of day on the page."""
    script = "all => all.map(one => [one.dataset.at, one.dateTime, one.textContent, one.title])"
    return [tuple(one) for one in found.page.locator("time[data-at]").evaluate_all(script)]


def told(form: str, instant: str, zone: str) -> set[str]:
    """What may stand there: a page that was drawn before midnight may be looked at after it."""
    at = datetime.fromisoformat(instant).astimezone(ZoneInfo(zone))
    if form == "short":
        return {f"{at.day} {at:%b %H:%M:%S}"}
    if form == "weekday":
        return {f"{at:%a} {at.day} {at:%b}"}
    now = datetime.now(ZoneInfo(zone))
    days = {now.date(), (now - timedelta(minutes=5)).date()} if form == "hour" else {at.date()}
    return {f"{at:%H:%M}" if day == at.date() else f"{at.day} {at:%b %H:%M}" for day in days}


def assert_days_of_their_times(zone: str, found: Watched) -> None:
    """Below each heading of a day stands what is of it, and no day has two."""
    script = "all => all.map(one => [one.dataset.at, one.dateTime])"
    shown = found.page.locator(".timeline > li > time, .timeline > .day time").evaluate_all(script)
    days = [(form, datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).date()) for form, at in shown]
    heads = [day for form, day in days if form == "weekday"]
    assert len(heads) == len(set(heads)) > 0
    above = None
    for form, day in days:
        above = day if form == "weekday" else above
        assert day == above


def assert_times_of(zone: str, found: Watched) -> None:
    shown = times(found)
    assert {form for form, *_ in shown} == {"short", "hour", "minute", "weekday"}
    for form, instant, text, title in shown:
        [utc] = told("short", instant, "UTC")
        assert text in told(form, instant, zone), instant
        assert title.endswith(f"{utc} UTC"), instant


@pytest.mark.parametrize("zone", ZONES)
def test_times_are_those_of_the_reader(scene: tuple[Office, Any], zone: str) -> None:
    office, browser = scene
    case = held(office)
    with watched(browser, timezone_id=zone) as found:
        found.carry(office.url, "carl")
        found.page.goto(f"{office.url}/cases/{case['number']}")
        assert_times_of(zone, found)
        assert_days_of_their_times(zone, found)
        says = found.page.locator("#zone").inner_text()
        assert says in {f"Times are those of {zone}, now {name}." for name in ZONES[zone]}
        assert found.page.get_by_text(says).count() == 1
        found.live()
        before = len(times(found))
        office.do("anna", case["id"], "notes", text=f"written meanwhile, {zone}")
        found.page.get_by_text(f"written meanwhile, {zone}").wait_for()
        assert len(times(found)) > before
        assert_times_of(zone, found)
        assert_days_of_their_times(zone, found)
        assert found.complaints == []


@pytest.mark.parametrize(("own", "zone"), [("Asia/Kathmandu", "Asia/Kathmandu"), (None, "America/New_York")])
def test_without_javascript_they_are_of_the_profile_or_of_the_policy(
    scene: tuple[Office, Any], own: str | None, zone: str
) -> None:
    office, browser = scene
    case = held(office)
    installation = office.installation
    installation.writer.write(
        lambda tx: directory.change_user(tx, installation.mint, installation.journal, "carl", {"zone": own}, by="test")
    )
    with watched(browser, timezone_id="Australia/Adelaide", java_script_enabled=False) as found:
        found.carry(office.url, "carl")
        found.page.goto(f"{office.url}/cases/{case['number']}")
        found.page.get_by_text(f"Times are those of {zone}.", exact=True).wait_for()
        shown = times(found)
        assert {form for form, *_ in shown} == {"short", "hour", "minute", "weekday"}
        for form, instant, text, _ in shown:
            assert text.startswith(tuple(told(form, instant, zone))), instant


def test_a_reader_in_utc_sees_utc(scene: tuple[Office, Any]) -> None:
    office, browser = scene
    case = held(office)
    with watched(browser, timezone_id="UTC") as found:
        found.carry(office.url, "carl")
        found.page.goto(f"{office.url}/cases/{case['number']}")
        assert_times_of("UTC", found)
        assert found.page.locator("#zone").inner_text() == "Times are UTC."
        assert found.complaints == []
