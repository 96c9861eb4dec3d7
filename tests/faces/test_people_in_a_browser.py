"""Mine, On call and Accounts in Chromium: one walk by keys and presses, then every width, light and dark, without a
word on the console and without scrolling sideways."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest

from tests.faces.browser import PHONE, chromium, expect, needs_chromium, watched
from tests.faces.browsing import give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases, wait_until

pytestmark = needs_chromium
LONG = " ".join(["Donaudampfschifffahrtsgesellschaftskapitän"] * 4)
FIRST = str((datetime.now(UTC) - timedelta(days=3)).date())


class Scene(NamedTuple):
    office: Office
    browser: Any
    paged: str


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Somebody who is paged, asked and called in, with customers of every kind, and rosters with a gap."""
    databases = Databases("sqlite", tmp_path_factory.mktemp("people"))
    with staffed(databases.new()) as office, chromium() as browser:
        give_passwords(office.installation)
        admin = office.clients["admin"]
        for number in range(60):
            name = LONG if number == 7 else f"Customer {number}"
            facts = {"name": name, "segment": "business", "plan": "premium", "owner": "olga" if number % 3 else None}
            answer = admin.put(f"/accounts/c-{number}", json=facts)
            assert answer.is_success, answer.text
        for name, members in (("nights", ["anna", "bo", "dora"]), ("nobody", [])):
            spec = {"members": members, "zone": "Asia/Tokyo", "handoff": "09:00", "first": FIRST, "days": 1}
            answer = admin.put(f"/rosters/{name}", json=spec)
            assert answer.is_success, answer.text
        case = office.open(OUTAGE | {"account": {"external_id": "c-7"}}, subject=f"API is down: {LONG}")
        wait_until(lambda: bool(office.get("admin", f"/cases/{case['id']}")["pages"]))
        paged = str(office.get("admin", f"/cases/{case['id']}")["pages"][0]["user"])
        called = office.open(QUESTION | {"account": {"external_id": "c-7"}})
        office.do("anna", called["id"], "call-ins", user=paged, reason="they know it")
        yield Scene(office, browser, paged)


def test_a_walk_by_keys_and_presses(scene: Scene) -> None:
    with watched(scene.browser) as seen:
        page = seen.page
        seen.enter(scene.office.url, scene.paged)
        first = page.get_by_role("heading", level=1)
        seen.presses("g", "m")
        page.wait_for_url("**/mine")
        expect(first).to_have_text("2 things wait for you")
        page.keyboard.press("j")
        page.keyboard.press("a")
        page.wait_for_url("**/mine?done=acknowledge&case=1")
        expect(first).to_have_text("1 thing waits for you")
        expect(page.get_by_role("heading", name="Your cases")).to_be_visible()
        page.get_by_role("button", name="I cannot").click()
        page.wait_for_url("**/mine?done=decline&case=2")
        expect(first).to_have_text("Nothing waits for you")

        seen.presses("g", "o")
        page.wait_for_url("**/on-call")
        week = page.locator("#week").inner_text()
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**/on-call?week=*")
        expect(page.locator("#week")).not_to_have_text(week)
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#week")).to_have_text(week)
        page.wait_for_load_state()

        seen.presses("g", "u")
        page.wait_for_url("**/accounts")
        expect(page.locator(".customers tbody tr")).to_have_count(30)
        page.get_by_role("link", name="More", exact=True).click()
        page.wait_for_url("**behind=**")
        expect(page.locator(".customers tbody tr")).to_have_count(30)
        page.goto(scene.office.url + "/accounts?q=donau")
        page.locator(".customers tbody a").first.click()
        page.wait_for_url("**/accounts/*")
        expect(page.get_by_text("Promised next")).to_be_visible()
        assert seen.complaints == []


PAGES = ("/mine", "/on-call", "/on-call?span=month", "/accounts", "/accounts/c-7", "/accounts/c-1")


def test_nothing_overflows_and_the_console_is_silent(scene: Scene) -> None:
    with watched(scene.browser, PHONE) as seen:
        seen.carry(scene.office.url, "bo")
        for path in PAGES:
            seen.page.goto(scene.office.url + path)
            for width in (360, 768, 1280, 1440):
                seen.resize(width)
                assert not seen.overflows(), (path, width)
        assert seen.complaints == []


def test_a_phone_has_an_agenda_in_the_place_of_lanes(scene: Scene) -> None:
    with watched(scene.browser, PHONE) as seen:
        seen.carry(scene.office.url, "bo")
        seen.page.goto(scene.office.url + "/on-call")
        expect(seen.page.locator(".agenda")).to_be_visible()
        expect(seen.page.locator(".lanes")).to_be_hidden()
        seen.resize(1280)
        expect(seen.page.locator(".lanes")).to_be_visible()
        expect(seen.page.locator(".agenda")).to_be_hidden()


def test_the_page_without_a_script_is_whole(scene: Scene) -> None:
    with watched(scene.browser, PHONE, java_script_enabled=False) as seen:
        seen.carry(scene.office.url, "lea")
        for path in PAGES:
            seen.page.goto(scene.office.url + path)
            assert seen.page.get_by_role("heading", level=1).inner_text()
        seen.page.goto(scene.office.url + "/accounts")
        seen.page.get_by_label("Order").select_option("name")
        seen.page.get_by_role("button", name="Show").click()
        seen.page.wait_for_url("**sort=name**")
        expect(seen.page.locator(".customers tbody tr")).to_have_count(30)
