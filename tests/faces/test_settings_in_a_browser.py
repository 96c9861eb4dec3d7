"""Settings in Chromium: on a desk by keys and with a script, on a phone without one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faces.browser import DESKTOP, Watched, chromium, expect, needs_chromium, watched
from tests.faces.browsing import give_passwords
from tests.faces.office import Office, staffed
from tests.testing import Databases, Receiver
from tocsin.web.pages.settings.sections import SECTIONS

pytestmark = needs_chromium
MEASURE = (Path(__file__).parent / "contrast.js").read_text()
SMALL = {"width": 360, "height": 780}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    receiver = Receiver()
    with staffed(Databases("sqlite", tmp_path).new(), receiver.url + "/") as office:
        give_passwords(office.installation, "admin", "anna")
        office.post("admin", "/connectors", {"name": "tracker", "pack": "alertmanager"})
        yield office
    receiver.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


def test_a_walk_on_a_desk(office: Office, browser: Any) -> None:
    with watched(browser, DESKTOP) as seen, watched(browser, DESKTOP) as other:
        page = seen.page
        seen.enter(office.url, "admin")
        seen.presses("g", "e")
        page.wait_for_url("**/settings")
        page.get_by_role("navigation", name="Settings").get_by_role("link", name="Users").click()
        page.get_by_role("link", name=re.compile("anna")).click()
        page.get_by_role("button", name="Send a test page").click()
        page.get_by_text("arrived after").wait_for()  # by itself, once its receiver has taken it

        other.carry(office.url, "admin")
        other.page.goto(f"{office.url}/settings/users/anna")
        other.page.get_by_label("Display name").fill("Anna of theirs")
        other.page.get_by_role("button", name="Save").click()
        other.page.get_by_text("Saved.").wait_for()
        page.get_by_label("Display name").fill("Anna of mine")
        seen.is_refused(412)
        page.get_by_role("button", name="Save").click()
        page.get_by_role("region", name="Both texts").get_by_text("Anna of theirs").first.wait_for()
        expect(page.get_by_label("Display name")).to_have_value("Anna of mine")
        page.get_by_role("link", name="Keep theirs, drop mine").click()
        expect(page.get_by_label("Display name")).to_have_value("Anna of theirs")

        page.locator(".user summary").click()
        page.get_by_role("link", name="You").last.click()
        page.get_by_label("Light or dark").select_option("dark")
        page.get_by_role("button", name="Save").nth(1).click()
        page.get_by_text("Saved.").wait_for()
        expect(page.locator("html")).to_have_css("color-scheme", "dark")
        assert (seen.complaints, other.complaints) == ([], [])


def test_a_walk_on_a_phone_without_a_script(office: Office, browser: Any) -> None:
    with watched(browser, SMALL, java_script_enabled=False) as seen:
        page = seen.page
        seen.enter(office.url, "admin")
        page.locator(".tabs summary").click()
        page.locator(".tabs").get_by_role("link", name="Settings").click()
        page.get_by_role("navigation", name="Settings").get_by_role("link", name="Tokens").click()
        page.locator("summary", has_text="Issue a token").click()
        page.get_by_label("Name").first.fill("walked")
        page.get_by_label("Role").select_option("viewer")
        page.get_by_role("button", name="Issue").click()
        assert page.locator(".once code").inner_text().startswith("tocsin_")
        page.get_by_role("link", name="I have it").click()
        page.locator("tr", has_text="walked").get_by_role("link", name="Revoke…").click()
        page.get_by_role("button", name="Revoke").click()
        page.get_by_text("Revoked. Every process knows within two seconds.").wait_for()
        expect(page.locator("tr", has_text="walked").get_by_text("revoked")).to_have_count(1)


def test_every_section_fits_and_can_be_read(office: Office, browser: Any) -> None:
    own = ("/settings", "/settings/profile", "/settings/users/anna", "/settings/users/anna/leave")
    more = ("/settings/teams/support", "/settings/schedules/senior", "/settings/sources/tracker")
    with watched(browser, reduced_motion="reduce") as seen:
        seen.carry(office.url, "admin")
        found = {
            path: sorted({*_wrong(seen, office.url + path)}) for path in (*own, *more, *(one.path for one in SECTIONS))
        }
        assert {path: wrong for path, wrong in found.items() if wrong} == {}
        assert seen.complaints == []


def _wrong(seen: Watched, address: str) -> Iterator[str]:
    """What is wider than the screen, or too faint to be read, with every fold open."""
    seen.page.goto(address)
    seen.page.evaluate("document.querySelectorAll('.settings details').forEach((one) => { one.open = true })")
    for width, scheme in ((360, "light"), (768, "dark")):
        seen.resize(width)
        seen.page.emulate_media(color_scheme=scheme)
        if seen.overflows():
            yield f"it is wider than {width}"
        measured = seen.page.evaluate(MEASURE)
        assert len(measured) > 10, "nothing was measured"
        yield from (f"{scheme}: {one['where']} {one['text']!r}" for one in measured if one["ratio"] < one["least"])
