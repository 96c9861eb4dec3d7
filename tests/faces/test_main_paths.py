"""The main paths of each role: on a desk by keys alone, and on a phone without a script. And what keys are promised:
Tab leads through all of a page, in the order in which it is read, and out again."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.faces.browser import DESKTOP, PHONE, Watched, chromium, expect, needs_chromium, watched
from tests.faces.browsing import PASSWORD, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases, Receiver, wait_until
from tocsin.people import directory

pytestmark = [needs_chromium, pytest.mark.long, pytest.mark.timeout(600)]
GRAVE = OUTAGE | {"account": {"external_id": "acme", "name": "Acme", "segment": "strategic", "arr": 2_000_000}}


class Scene(NamedTuple):
    """`senior`: who is asked to answer `outage`, of which anna says that it is contained; `question` is her case."""

    office: Office
    browser: Any
    outage: dict[str, Any]
    question: dict[str, Any]
    senior: str


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def scene(tmp_path: Path, browser: Any) -> Iterator[Scene]:
    databases = Databases("sqlite", tmp_path)
    with closing(Receiver()) as pager, staffed(databases.new(), pager.url + "/") as office:
        here = office.installation
        here.writer.write(
            lambda tx: directory.add_user(tx, here.mint, here.journal, "erik", by="test", role="committee")
        )
        give_passwords(here)
        outage, question = office.open(GRAVE), office.open(QUESTION)
        office.do("lea", question["id"], "assignment", owner="anna")
        wait_until(lambda: bool(_paged(office, outage)), 60)
        yield Scene(office, browser, outage, question, _paged(office, outage)[0])


def _paged(office: Office, case: dict[str, Any]) -> list[str]:
    """The seniors among those whom pages of a case have gone to."""
    pages = office.get("admin", f"/cases/{case['id']}")["pages"]
    return [page["user"] for page in pages if page["user"] in ("carl", "dora")]


class Keys:
    """Somebody at a desk who has no mouse."""

    def __init__(self, seen: Watched) -> None:
        self.page = seen.page
        self.says = seen.says

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, selector: str) -> None:
        """By Tab to what stands further down."""
        for _ in range(400):
            self.press("Tab")
            if self.page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"Tab does not lead to {selector} on {self.page.url}")

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def sign_in(self, url: str, name: str) -> None:
        self.page.goto(url + "/sign-in")
        if not self.page.evaluate("document.activeElement.matches('[name=name]')"):
            self.to("[name=name]")
        self.write(name)
        self.to("[name=password]")
        self.write(PASSWORD)
        self.press("Enter")
        self.page.wait_for_url(url + "/")

    def go(self, path: str) -> None:
        """By the links at the side."""
        self.to(f".side a[href='{path}']")
        self.press("Enter")
        self.page.wait_for_url(f"**{path}")


@contextmanager
def at_a_desk(scene: Scene, name: str) -> Iterator[Keys]:
    with watched(scene.browser, DESKTOP) as seen:
        keys = Keys(seen)
        keys.sign_in(scene.office.url, name)
        yield keys
        assert seen.complaints == []


def test_each_role_does_its_part_by_keys_alone(scene: Scene) -> None:
    _an_agent_notes_and_asks_for_more(scene)
    _a_senior_answers_a_page_and_writes_the_customer(scene)
    scene.office.do("anna", scene.outage["id"], "containment", note="Taken back.")
    _a_lead_confirms_and_decides(scene)
    _an_account_owner_looks_after_a_customer(scene)
    _an_executive_follows_what_is_grave(scene)
    _an_operator_connects_a_tool(scene)


def _an_agent_notes_and_asks_for_more(scene: Scene) -> None:
    with at_a_desk(scene, "anna") as keys:
        keys.go("/mine")
        keys.press("j", "Enter")
        keys.page.wait_for_url(f"**/cases/{scene.question['number']}")
        keys.press("n")
        keys.write("They call again at noon.")
        keys.to("#act-note button")
        keys.press("Enter")
        keys.says("Note added.")
        keys.press("m")
        keys.to("#act-request summary")
        keys.press("Enter")
        keys.to("#act-request [name=reason]")
        keys.write("The board asks.")
        keys.to("#act-request button")
        keys.press("Enter")
        keys.page.wait_for_url("**done=request**")
    asked = scene.office.get("admin", f"/cases/{scene.question['id']}")
    assert asked["level"] == "standard"


def _a_senior_answers_a_page_and_writes_the_customer(scene: Scene) -> None:
    with at_a_desk(scene, scene.senior) as keys:
        keys.go("/mine")
        keys.press("j", "a")
        keys.page.wait_for_url("**/mine?done=acknowledge**")
        keys.press("j", "Enter")
        keys.page.wait_for_url(f"**/cases/{scene.outage['number']}")
        keys.press("u")
        keys.write("We have found it, and take the release back.")
        keys.to("#write button")
        keys.press("Enter")
        keys.says("Kept for the customer")
    assert scene.office.get("admin", f"/cases/{scene.outage['id']}")["technical_lead"] == scene.senior


def _a_lead_confirms_and_decides(scene: Scene) -> None:
    with at_a_desk(scene, "lea") as keys:
        keys.go("/mine")
        expect(keys.page.get_by_role("heading", level=1)).to_have_text("2 things wait for you")
        keys.to(f"a[href^='/cases/{scene.outage['number']}#']")
        keys.press("Enter")
        keys.page.wait_for_url(f"**/cases/{scene.outage['number']}#*")
        keys.press("c")
        keys.says("Confirmed.")
        keys.go("/mine")
        keys.to(f"a[href^='/cases/{scene.question['number']}#']")
        keys.press("Enter")
        keys.page.wait_for_url(f"**/cases/{scene.question['number']}#*")
        keys.to("#act-answer-request summary")
        keys.press("Enter")
        keys.to("#act-answer-request button")
        keys.press("Enter")
        keys.says("Request answered.")
    assert scene.office.get("admin", f"/cases/{scene.question['id']}")["level"] == "senior"


def _an_account_owner_looks_after_a_customer(scene: Scene) -> None:
    with at_a_desk(scene, "olga") as keys:
        keys.go("/accounts")
        keys.to(".customers tbody a")
        keys.press("Enter")
        keys.page.wait_for_url("**/accounts/*")
        expect(keys.page.get_by_role("heading", name="Promised next")).to_be_visible()
        keys.to("a[href$='/edit']")
        keys.press("Enter")
        keys.page.wait_for_url("**/edit")
        keys.to("[name=plan]")
        keys.write("gold")
        keys.press("Enter")
        keys.page.wait_for_url("**done=**")
        expect(keys.page.get_by_text("gold").first).to_be_visible()


def _an_executive_follows_what_is_grave(scene: Scene) -> None:
    with at_a_desk(scene, "erik") as keys:
        keys.go("/mine")
        expect(keys.page.get_by_role("heading", level=1)).to_have_text("1 executive escalation is open")
        keys.press("j", "Enter")
        keys.page.wait_for_url(f"**/cases/{scene.outage['number']}")
        keys.press("m")
        keys.to("form[action$='/follow'] button")
        keys.press("Enter")
        keys.says("You follow it")


def _an_operator_connects_a_tool(scene: Scene) -> None:
    with at_a_desk(scene, "otto") as keys:
        keys.go("/settings")
        keys.to("a[href='/settings/sources']")
        keys.press("Enter")
        keys.page.wait_for_url("**/settings/sources")
        keys.to("main [name=name]")
        keys.write("tracker")
        keys.to("main [name=pack]")
        keys.write("Prometheus")
        keys.to("#add button")
        keys.press("Enter")
        keys.page.locator(".once code").first.wait_for()
        keys.page.wait_for_load_state()
        keys.to("main a.btn")
        keys.press("Enter")
        keys.page.wait_for_url("**/settings/sources/tracker")


# Where Tab has led since: {amount, missed, astray}: how much there is, what it has left out, and what came out of turn;
# of what stood there all the time, since pages change by themselves.
_WATCH = """() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(":disabled, [tabindex='-1']");
  window.reached = () =>
    [...document.querySelectorAll(wanted)].filter((one) => seen(one) && !one.closest("dialog, [type=radio]"));
  window.first = new Set(reached());
  window.led = [];
  document.activeElement.blur();
  addEventListener("focusin", (event) => led.push(event.target));
}"""
_LED = """() => {
  const all = reached().filter((one) => first.has(one));
  const name = (one) => `${one.tagName} ${(one.ariaLabel ?? one.textContent).trim().slice(0, 40)}`;
  const way = led.filter((one) => all.includes(one)).map((one) => all.indexOf(one));
  const once = way.slice(0, all.length);
  return {
    amount: all.length,
    missed: all.filter((_, place) => !way.includes(place)).map(name),
    astray: once.filter((place, i) => i && place < once[i - 1]).map((place) => name(all[place])),
  };
}"""


def test_tab_leads_through_all_of_a_page_and_out_again(scene: Scene) -> None:
    with at_a_desk(scene, "lea") as keys:
        page = keys.page
        for path in ("/", f"/cases/{scene.outage['number']}", "/cases", "/accounts", "/settings/users"):
            page.goto(scene.office.url + path)
            page.evaluate(_WATCH)
            keys.press("Tab")
            assert page.evaluate("document.activeElement.matches('.skip')"), "the first leads past what each page has"
            amount = page.evaluate(_LED)["amount"]
            keys.press(*["Tab"] * (amount + 20))
            led = page.evaluate(_LED)
            assert (path, led["missed"], led["astray"]) == (path, [], [])
        keys.page.goto(scene.office.url + "/cases")
        keys.press("Tab", "Enter", "Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)"), "past the side"
        for key, dialog in (("?", "#keymap"), ("Control+k", "#palette")):
            page.evaluate("document.activeElement.blur()")
            keys.press(key, *["Tab"] * 12)
            expect(page.locator(dialog)).to_be_visible()  # what is open stays, and keeps the keys
            assert not page.evaluate("document.querySelector('main').contains(document.activeElement)")
            keys.press("Escape")
            page.locator(dialog).wait_for(state="hidden")


def test_a_phone_without_a_script_is_enough(scene: Scene) -> None:
    with watched(scene.browser, PHONE, java_script_enabled=False) as seen:
        page, url = seen.page, scene.office.url
        seen.sign_in(url, scene.senior)
        page.locator(".tabs").get_by_role("link", name="Mine").click()
        page.wait_for_url("**/mine")
        page.get_by_role("button", name="Acknowledge").click()
        seen.says("Acknowledged. You are not paged")
        page.goto(f"{url}/cases/{scene.outage['number']}")
        page.locator("#act-note > summary").click()
        page.locator("#act-note textarea").fill("By thumb.")
        page.locator("#act-note button").click()
        seen.says("Note added.")
        page.goto(url + "/cases/new")
        page.get_by_label("Subject").fill("API is down again")
        page.get_by_role("button", name="Open the case").click()
        page.get_by_role("heading", name="API is down again").wait_for()
        assert not seen.overflows()
