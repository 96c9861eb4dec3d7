"""Back, forward, reload and Stop in a browser, around forms that were sent: none of them leads to an error of the
browser's own, and none sends a form again."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pytest

from tests.faces.browser import Watched, chromium, expect, needs_chromium, watched
from tests.faces.browsing import give_passwords
from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases, Receiver

pytestmark = needs_chromium


class Scene(NamedTuple):
    office: Office
    url: str
    browser: Any


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    databases = Databases("sqlite", tmp_path_factory.mktemp("back"))
    with closing(Receiver()) as pager, staffed(databases.new(), pager.url + "/") as office, chromium() as browser:
        give_passwords(office.installation)
        yield Scene(office, office.url, browser)


@pytest.fixture
def page(scene: Scene) -> Iterator[Watched]:
    with watched(scene.browser) as found:
        found.carry(scene.url, "admin")
        yield found


def heading(page: Watched) -> Any:
    return page.page.locator("h1").first


def test_back_from_what_was_done_to_many_is_the_preview_and_then_the_list(scene: Scene, page: Watched) -> None:
    case = scene.office.open(QUESTION, subject="How do we count?")
    page.page.goto(f"{scene.url}/cases")
    page.page.locator(f'input[name=case][value="{case["number"]}"]').check()
    page.page.get_by_role("button", name="Note…").click()
    expect(heading(page)).to_have_text("Note: 1 case")
    page.page.locator("textarea[name=text]").fill("Counted.")
    page.page.get_by_role("button", name="Preview").click()
    page.page.get_by_role("button", name="Note: 1 case").click()
    expect(page.page.get_by_role("heading", name="What became of each")).to_be_visible()
    for _ in ("with what was typed", "before that"):
        page.page.go_back()
        expect(heading(page)).to_have_text("Note: 1 case")
    page.page.go_back()
    expect(page.page.locator(f'input[name=case][value="{case["number"]}"]')).to_be_visible()
    assert scene.office.kinds(case["id"]).count("case.noted") == 1


def test_back_to_a_form_that_was_refused_is_its_page(scene: Scene, page: Watched) -> None:
    page.page.goto(f"{scene.url}/settings/users")
    page.page.goto(f"{scene.url}/settings/teams")
    page.page.get_by_text("Add a team").click()
    add = page.page.locator('form[action="/settings/teams"]')
    add.locator("[name=name]").fill("support")
    page.is_refused(409)
    add.get_by_role("button", name="Add").click()
    expect(page.page.get_by_text("There is a team").first).to_be_visible()
    page.page.goto(f"{scene.url}/settings/users")
    for _ in ("refused", "before that"):
        page.page.go_back()
        expect(heading(page)).to_contain_text("team")
    page.page.go_back()
    expect(heading(page)).to_contain_text("people")


def test_a_form_that_was_stopped_can_be_sent_at_once_and_is_carried_out_once(scene: Scene, page: Watched) -> None:
    page.page.goto(f"{scene.url}/settings/teams")
    page.page.get_by_text("Add a team").click()
    add = page.page.locator('form[action="/settings/teams"]')
    add.locator("[name=name]").fill("stopped")
    button = add.get_by_role("button", name="Add")
    page.page.evaluate("addEventListener('submit', (e) => { window.busy = e.submitter.ariaBusy; })")
    tools = page.page.context.new_cdp_session(page.page)
    goes_on = threading.Event()
    held = scene.office.installation.writer.submit(lambda tx: goes_on.wait(60))
    try:
        with page.page.expect_request(lambda asked: asked.method == "POST"):
            button.click(no_wait_after=True)
        tools.send("Page.stopLoading")  # until then nothing can be asked of the page
        assert page.page.evaluate("window.busy") == "true"
        expect(button).not_to_have_attribute("aria-busy", "true")
        button.click(no_wait_after=True)
    finally:
        goes_on.set()
    assert held.result(60)
    page.page.wait_for_url("**/settings/teams/stopped**")


_SENT_THRICE = """() => {
  const form = document.querySelector('form[action="/settings/teams"]'), refused = [];
  addEventListener("submit", (event) => { refused.push(event.defaultPrevented); event.preventDefault(); });
  form.elements.name.value = "resting";
  form.requestSubmit();
  form.requestSubmit();
  for (const due of window.later) due();
  form.requestSubmit();
  return refused;
}"""


def test_a_form_rests_for_a_second_in_a_browser_that_does_not_say_that_it_was_stopped(
    scene: Scene, page: Watched
) -> None:
    page.page.add_init_script(
        "window.later = []; const begin = setTimeout;"
        " window.setTimeout = (f, ms, ...more) => ms === 1000 ? window.later.push(f) : begin(f, ms, ...more)"
    )
    page.page.goto(f"{scene.url}/settings/teams")
    assert page.page.evaluate(_SENT_THRICE) == [False, True, False]
