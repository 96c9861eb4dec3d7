"""`/on-call` over HTTP: the page's answer, the week, the month, and what of the schedules will not hold."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import Office, staffed
from tests.testing import Databases

# Shifts begin three days ago at midnight, so that no handoff falls into the test.
NOW = datetime.now(UTC)
FIRST = str((NOW - timedelta(days=3)).date())
THIRTY: dict[str, Any] = {"zone": "UTC", "handoff": "00:00", "first": FIRST, "days": 30}


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        users = {name: {"zone": "UTC"} for name in ("anna", "bo", "carl", "dora", "lea", "vera")}
        for name, change in users.items():
            assert office.clients["admin"].patch(f"/users/{name}", json=change).is_success
        yield office


def put(office: Office, name: str, *members: str, **more: Any) -> None:
    answer = office.clients["admin"].put(f"/rosters/{name}", json={"members": list(members), **THIRTY, **more})
    assert answer.is_success, answer.text


def page(office: Office, who: str, path: str = "/on-call") -> str:
    browser = Browser(office.url)
    assert browser.sign_in(who).status_code == 303
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def words(found: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def title(found: str) -> str:
    return words(re.findall(r"<h1[^>]*>(.*?)</h1>", found, re.S)[0]).replace(" ,", ",")


def troubles(found: str) -> str:
    return words(re.findall(r'<section class="panel" id="troubles".*?</section>', found, re.S)[0])


def whole(days: float) -> str:
    return (NOW + timedelta(days=days)).isoformat(timespec="seconds").replace("+00:00", "Z")


def only(office: Office, *members: str, **more: Any) -> None:
    """A roster of these people, and all others of somebody who is nobody's reader here."""
    for roster in office.get("admin", "/rosters")["rosters"]:
        put(office, roster["name"], "olga")
    put(office, "nights", *members, **more)


def test_its_title_is_the_answer_to_whoever_reads(office: Office) -> None:
    only(office, "anna", "bo", "carl")
    assert re.fullmatch(r"You are on call until \w{3} \d+ \w{3} 00:00, then bo", title(page(office, "anna")))
    assert re.fullmatch(r"You are backup until \w{3} \d+ \w{3} 00:00", title(page(office, "bo")))
    assert re.fullmatch(r"You are next on call \w{3} \d+ \w{3} 00:00", title(page(office, "carl")))
    assert "on call" in title(page(office, "vera"))
    assert "You" not in title(page(office, "vera"))


def test_whoever_is_alone_on_a_roster_is_on_call_until_their_shift_ends(office: Office) -> None:
    only(office, "anna")
    ends = re.fullmatch(r"You are on call until (.* 00:00)", title(page(office, "anna")))
    assert ends, "midnight, when shifts change; not the end of what is looked at"
    assert f"on call until {ends[1].split(' ', 1)[1]}" in words(page(office, "anna", "/mine")), "as on every page"


def test_nobody_on_call_is_said_first_to_everybody_else(office: Office) -> None:
    only(office)
    put(office, "days", "anna")
    assert title(page(office, "vera")) == "Nobody of nights is on call now"
    assert title(page(office, "lea")) == "Nobody of nights is on call now"
    assert title(page(office, "anna")).startswith("You are on call until")  # it is theirs that they must know
    found = page(office, "vera")
    assert 'class="shift gap"' in found
    assert "Nobody on nights now, and for two weeks at least" in troubles(found)


def test_a_week_shows_overrides_and_whose_bar_is_mine(office: Office) -> None:
    only(office, "anna", "bo")
    monday = NOW.date() - timedelta(days=NOW.weekday())
    put(office, "nights", "anna", "bo", overrides=[{"start": f"{monday}T00:00:00Z", "end": whole(20), "user": "dora"}])
    found = page(office, "dora")
    bars = re.findall(r'<g class="shift (\w*)"><title>(.*?)</title>', found)
    assert any(kind == "me" and says.startswith("dora; covers for") for kind, says in bars), bars
    other = re.findall(r'<g class="shift (\w*)"><title>(.*?)</title>', page(office, "vera"))
    assert any(kind == "cover" for kind, _ in other)
    assert not any(kind == "me" for kind, _ in other)
    assert '<line class="now"' in found
    assert "style=" not in found


def test_weeks_and_months_are_links_that_can_be_gone_along(office: Office) -> None:
    only(office, "anna", "bo")
    found = page(office, "vera", "/on-call?week=2026-W53")
    assert "Week 53" in found
    assert 'href="/on-call?week=2026-W52"' in found
    assert 'href="/on-call?week=2027-W01"' in found
    assert '<line class="now"' not in found
    month = page(office, "vera", "/on-call?span=month&month=2026-12")
    assert 'href="/on-call?span=month&amp;month=2026-11"' in month
    assert 'href="/on-call?span=month&amp;month=2027-01"' in month
    assert month.count('<table class="month"') == len(office.get("admin", "/rosters")["rosters"])


@pytest.mark.parametrize(
    "path",
    ["week=2026-W54", "week=2026", "week=9999-W01", "week=x", "span=month&month=2026-13", "span=month&month=0001-01"],
)
def test_what_is_no_week_is_said_to_be_none(office: Office, path: str) -> None:
    browser = Browser(office.url)
    browser.sign_in("vera")
    answer = browser.get(f"/on-call?{path}")
    assert answer.status_code == 422
    assert "2026-" in answer.text


def test_what_will_not_hold_is_said_before_it_does_not(office: Office) -> None:
    only(office, "anna", "bo", "carl")
    assert "It is not known whether a page wakes 4 people" in troubles(page(office, "vera"))
    assert office.clients["admin"].patch("/users/bo", json={"active": False}).is_success
    [reached] = office.get("admin", "/users/carl/destinations")["destinations"]
    assert office.clients["admin"].delete(f"/users/carl/destinations/{reached['id']}").is_success
    said = troubles(page(office, "vera"))
    assert "bo has left, and is passed over" in said
    assert "No page reaches carl" in said
    assert "It is not known whether a page wakes 2 people their destinations do not say so: anna, olga" in said
    assert office.clients["admin"].patch("/users/anna", json={"active": False}).is_success
    gone = page(office, "vera")
    assert title(gone) == "No page reaches who is on call for nights"  # all of them are away
    assert "Nobody on nights can be called now, and for two weeks at least" in troubles(gone)


def unreached(office: Office, *names: str) -> None:
    for name in names:
        for place in office.get("admin", f"/users/{name}/destinations")["destinations"]:
            assert office.clients["admin"].delete(f"/users/{name}/destinations/{place['id']}").is_success


def test_who_is_on_call_and_cannot_be_reached_is_named_with_the_way_out(office: Office) -> None:
    only(office, "anna", "bo")
    unreached(office, "anna", "bo")
    seen = page(office, "vera")
    assert title(seen) == "No page reaches who is on call for nights"
    assert "anna has no destination for pages, and nobody else can be called" in words(seen)
    assert "Nobody yet" not in words(seen)
    assert re.search(r'<g class="shift gap"><title>anna: not reachable;', seen)
    assert "Nobody on nights can be called" in troubles(seen)
    assert 'href="/settings/users/anna"' in page(office, "admin"), "who may mend it"
    assert 'href="/settings/users/' not in seen
    own = page(office, "anna")
    assert title(own) == "You are on call for nights, and no page reaches you"
    assert 'href="/settings/profile"' in own.partition("<h1")[2].partition("</header>")[0]
    months = page(office, "vera", "/on-call?span=month")
    assert "<b><bdi>anna</bdi></b>" in months


def test_bars_say_the_zone_of_the_roster_where_it_is_another(office: Office) -> None:
    only(office, "anna", "bo", zone="Asia/Tokyo")
    found = page(office, "vera")
    assert re.search(r"<title>\w+; \w{3} \d+ \w{3} 15:00 to [^;]+; Asia/Tokyo: \w{3} \d+ \w{3} 00:00 to", found)


def test_it_reads_in_german(office: Office) -> None:
    only(office, "anna", "bo")
    browser = Browser(office.url)
    browser.sign_in("anna")
    found = browser.get("/on-call", **{"accept-language": "de"}).text
    assert title(found).startswith("Sie haben Bereitschaft bis")
