"""The page of a case in a browser: what opens and by which keys, what changes by itself, and what stays."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.faces.browser import DESKTOP, PHONE, Watched, chromium, expect, needs_chromium, watched
from tests.faces.browsing import PASSWORD, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases, Receiver

pytestmark = needs_chromium


class Scene(NamedTuple):
    office: Office
    url: str
    browser: Any


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    databases = Databases("sqlite", tmp_path_factory.mktemp("browser"))
    with closing(Receiver()) as pager, staffed(databases.new(), pager.url + "/") as office, chromium() as browser:
        give_passwords(office.installation)
        yield Scene(office, office.url, browser)


@pytest.fixture
def page(scene: Scene) -> Iterator[Watched]:
    with watched(scene.browser) as found:
        found.carry(scene.url, "carl")
        yield found
        assert found.complaints == []


def shown(scene: Scene, page: Watched, case: dict[str, Any]) -> Any:
    """The page of a case that is live."""
    page.page.goto(f"{scene.url}/cases/{case['number']}")
    page.live()
    return page.page


_SENT = """one => {
  const sent = [];
  const button = one.querySelector("button");
  addEventListener("submit", (event) => {
    sent.push([!event.defaultPrevented, button.ariaBusy]);
    event.preventDefault();
  });
  one.querySelector("textarea").value = "Drained by hand.";
  one.requestSubmit();
  one.requestSubmit();
  dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  sent.push(button.ariaBusy);
  one.requestSubmit();
  return sent;
}"""


_ACTS = "main :is(.now-do, .tools) :is(button, summary)"
_CAME_UNDER = """(acts) => {
  const told = (one) => one.textContent.trim();
  const seen = [...document.querySelectorAll(acts)].filter((one) => one.checkVisibility()).flatMap((one) => {
    const { left, top, height } = one.getBoundingClientRect();
    return [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => [told(one), left + 20, top + part * height]);
  });
  const tap = (x, y) => {
    const one = document.elementFromPoint(x, y);
    const at = { bubbles: true, cancelable: true, clientX: x, clientY: y, detail: 1 };
    one.dispatchEvent(new PointerEvent("pointerdown", at));
    one.dispatchEvent(new MouseEvent("click", at));
  };
  window.came = new Promise((done) => document.addEventListener("htmx:after:swap", () => {
    if (!document.getElementById("act-contain")?.closest(".now-do")) return;
    const others = seen.filter(([was, x, y]) => {
      const one = document.elementFromPoint(x, y)?.closest(acts);
      return one && told(one) !== was;
    });
    for (const [, x, y] of others) tap(x, y);
    window.again = () => tap(...others[0].slice(1));
    window.swapped = Date.now();
    done(others.length);
  }));
}"""
_PRESSES = "(one) => one.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))"
_LETS_GO = "(one) => one.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }))"
_CHANGED = "The page changed as you pressed: nothing was done."


def asked_of_lea(scene: Scene, found: Watched, subject: str) -> dict[str, Any]:
    """A case on a phone, of which nobody has answered the page."""
    case = scene.office.open(OUTAGE, subject=subject)
    found.carry(scene.url, "lea")
    found.page.goto(f"{scene.url}/cases/{case['number']}")
    found.live()
    return case


def test_a_tap_does_not_hit_what_came_under_the_finger(scene: Scene) -> None:
    with watched(scene.browser, PHONE, has_touch=True) as found:
        case, page = asked_of_lea(scene, found, "API is down, with a finger above it"), found.page
        page.evaluate(_CAME_UNDER, _ACTS)
        scene.office.do("carl", case["id"], "acknowledgement")
        assert page.evaluate("came") > 0, "another act stands where one was seen"
        page.locator("#remark").get_by_text(_CHANGED).wait_for()
        assert page.locator("details.act[open]").count() == 0
        page.wait_for_function("() => Date.now() - swapped > 600")
        page.evaluate("again()")
        expect(page.locator("details.act[open]")).to_have_count(1)


def test_a_finger_that_is_down_lets_go_of_nothing_else(scene: Scene) -> None:
    with watched(scene.browser, PHONE, has_touch=True) as found:
        case, page = asked_of_lea(scene, found, "API is down, with a finger on it"), found.page
        page.locator(".now-do form.acknowledge button").evaluate(_PRESSES)
        scene.office.do("carl", case["id"], "acknowledgement")
        other = page.locator("#act-contain summary")
        other.wait_for()
        other.evaluate(_LETS_GO)
        page.locator("#remark").get_by_text(_CHANGED).wait_for()
        assert page.locator("details.act[open]").count() == 0


def test_what_was_sent_is_not_sent_again_before_its_answer_or_the_way_back(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, on a slow connection")
    sent = shown(scene, page, case).locator("#act-note form").evaluate(_SENT)
    assert sent == [[True, "true"], [False, "true"], None, [True, "true"]]


def test_without_a_network_nothing_is_sent_and_the_page_stays(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, as seen in a lift")
    found = shown(scene, page, case)
    found.locator("#act-note summary").click()
    found.locator("#act-note textarea").fill("Drained by hand.")
    found.context.set_offline(True)
    found.locator("#act-note form button").click()
    found.get_by_text("There is no connection: nothing was sent.").wait_for()
    assert found.locator("#act-note textarea").input_value() == "Drained by hand."
    found.context.set_offline(False)
    found.locator("#act-note form button").click()
    found.locator("#history").get_by_text("Drained by hand.").wait_for()
    page.complaints.clear()  # of a stream that was cut off


def test_what_is_open_and_typed_stays_while_others_change_the_case(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down for exports")
    found = shown(scene, page, case)
    found.locator(".wf summary").first.click()
    found.locator(".wf details[open] p").get_by_text("times weight").wait_for()
    found.keyboard.press("m")
    found.locator("#more").get_by_text("the case is not on hold").wait_for()
    scene.office.do("anna", case["id"], "notes", text="The queue is full, <b>bold</b>.")
    found.locator("#history").get_by_text("The queue is full, <b>bold</b>.").wait_for()
    assert found.locator(".wf details[open]").count() == 1, "what was opened stays open"
    assert found.locator("#more").is_visible(), "so does the menu"
    found.keyboard.press("Escape")
    expect(found.locator("#more")).to_be_hidden()
    found.keyboard.press("n")
    found.keyboard.type("Drained by hand")
    scene.office.do("anna", case["id"], "notes", text="Meanwhile another one.")
    found.get_by_text("Meanwhile another one.").wait_for()
    note = found.locator("#act-note textarea")
    assert note.input_value() == "Drained by hand", "what was typed stays"
    assert note.evaluate("one => one === document.activeElement"), "and is written on in"
    found.locator("#act-note button").click()
    found.get_by_role("status").get_by_text("Note added.").wait_for()
    found.locator("#history").get_by_text("Drained by hand").wait_for()


def test_every_act_has_its_key(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, by keys")
    found = shown(scene, page, case)
    found.keyboard.press("a")
    page.says("Acknowledged. You are not paged")
    for key, wanted in (("s", "#act-assign select"), ("h", "#act-hold select"), ("c", "#act-contain textarea")):
        found.keyboard.press(key)
        expect(found.locator(f"{wanted}:focus")).to_have_count(1)
        found.keyboard.press("Escape")
        found.keyboard.press("Escape")
        expect(found.locator(wanted).first).to_be_hidden()
    found.keyboard.press("u")
    expect(found.locator("#update-text:focus")).to_have_count(1)
    found.keyboard.press("Escape")
    found.keyboard.press("w")
    expect(found.locator(".wf details[open]")).to_have_count(1)
    found.keyboard.press("l")
    found.locator("#more #act-link select").first.wait_for()  # also what stands in the menu
    expect(found.locator("#act-link select:focus")).to_have_count(1)


def test_an_act_that_goes_out_of_reach_goes_and_what_was_typed_for_it_stays(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, refused")
    scene.office.do("mia", case["id"], "acknowledgement")
    found = shown(scene, page, case)
    found.locator("#act-contain summary").click()
    found.locator("#act-contain textarea").fill("Rolled back")
    scene.office.do("lea", case["id"], "containment")
    found.locator("#case #act-contain").wait_for(state="detached")
    kept = found.locator("#kept textarea")
    assert kept.input_value() == "Rolled back"
    page.is_refused(409)
    found.locator("#kept button").click()
    found.get_by_text("What you wrote is kept").wait_for()
    found.get_by_text("Rolled back").wait_for()


def test_whoever_writes_while_another_does_is_told_and_sees_both(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, written twice")
    found = shown(scene, page, case)
    found.keyboard.press("u")
    found.keyboard.type("Payments work again since 10:33.")
    scene.office.do("bo", case["id"], "updates", text="We watch it and come back by 14:40.")
    found.locator("#history").get_by_text("We watch it and come back by 14:40.").wait_for()
    page.is_refused(412)
    found.locator("#write button").click()
    kept = found.locator("#act-send-update")
    kept.get_by_text("We watch it and come back by 14:40.").wait_for()
    expect(kept.locator("textarea")).to_have_value("Payments work again since 10:33.")
    kept.get_by_role("button", name="Write to the customer, as well").click()
    found.get_by_role("status").get_by_text("Kept for the customer").wait_for()
    assert scene.office.kinds(case["id"]).count("case.customer_update") == 2


def test_a_form_that_was_refused_stays_as_it_was_typed(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, linked in vain")
    found = shown(scene, page, case)
    found.keyboard.press("l")
    found.locator("#act-link input[name=case]").fill("T-none")
    found.locator("#act-link textarea").fill("the same queue")
    page.is_refused(404)
    found.locator("#act-link button").click()
    form = found.locator(".kept")
    form.get_by_text("There is no case T-none").wait_for()
    page.live()
    scene.office.do("anna", case["id"], "notes", text="Meanwhile another one.")
    found.get_by_text("Meanwhile another one.").wait_for()
    assert form.locator("input[name=case]").input_value() == "T-none"
    assert form.locator("textarea").input_value() == "the same queue"
    assert form.get_by_text("There is no case T-none").is_visible()


def test_a_page_that_is_not_live_says_so_until_it_is(scene: Scene) -> None:
    case = scene.office.open(QUESTION)
    with watched(scene.browser) as found:
        found.carry(scene.url, "carl")
        found.page.route(re.compile("/events"), lambda route: route.abort())
        found.page.goto(f"{scene.url}/cases/{case['number']}")
        found.page.locator("#offline").wait_for()
        found.page.get_by_text("it tries again by itself").wait_for()
        found.page.unroute(re.compile("/events"))
        found.page.locator("#offline").wait_for(state="hidden")
        found.live()


@pytest.mark.parametrize(("path", "says"), [("/wall", "No news since"), ("/", "You see how it was at")])
def test_now_and_the_wall_say_since_when_there_is_no_news(scene: Scene, path: str, says: str) -> None:
    with watched(scene.browser) as found:
        found.carry(scene.url, "carl")
        found.page.route(re.compile("/events"), lambda route: route.abort())
        found.page.goto(f"{scene.url}{path}")
        found.page.locator("#offline").get_by_text(says).wait_for()
        rendered = int(found.page.locator("[data-now]").first.get_attribute("data-now") or 0)
        assert found.page.locator("#offline time").evaluate("(one) => Date.parse(one.dateTime)") == rendered
        assert re.fullmatch(r"\d\d:\d\d", found.page.locator("#offline time").text_content() or "")
        found.page.unroute(re.compile("/events"))
        found.page.locator("#offline").wait_for(state="hidden")


def test_everything_is_within_reach_without_javascript(scene: Scene) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, no script needed")
    with watched(scene.browser, java_script_enabled=False) as found:
        found.carry(scene.url, "carl")
        page = found.page
        page.goto(f"{scene.url}/cases/{case['number']}")
        page.locator("#next").get_by_role("button", name="Acknowledge").click()
        found.says("Acknowledged. You are not paged")
        page.get_by_role("button", name="More").click()
        page.locator("#act-request summary").click()
        page.locator("#act-request textarea").fill("the board asks")
        page.locator("#act-request select[name=level]").select_option("executive")
        page.locator("#act-request button").click()
        page.locator("#next").get_by_text("Should it rise to executive").wait_for()
        page.locator(".wf summary").first.click()
        page.locator(".wf details[open] p").get_by_text("times weight").wait_for()
        page.locator("#history").get_by_role("link", name="Decisions").click()
        page.wait_for_url("**show=decisions**")
        page.locator("#history").get_by_text("the board asks").wait_for()
        page.locator("#write textarea").fill("We look at it.")
        page.locator("#write button").click()
        page.get_by_text("Kept for the customer").wait_for()


def test_what_was_typed_outlives_its_session(scene: Scene) -> None:
    case = scene.office.open(OUTAGE)
    with watched(scene.browser) as found:
        found.carry(scene.url, "carl")
        page = shown(scene, found, case)
        page.locator("#act-note summary").click()
        page.locator("#act-note textarea").fill("Two lines\nof text")
        scene.office.installation.writer.write(lambda tx: tx.run("DELETE FROM sessions"))
        scene.office.do("anna", case["id"], "notes", text="Meanwhile.")
        page.get_by_text("what you typed is kept").wait_for()
        page.locator("#act-note button").click()
        page.get_by_text("You were signed out; what you wrote is kept.").wait_for()
        page.get_by_label("Name").fill("carl")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator(".kept textarea")).to_have_value("Two lines\nof text")
        page.locator(".kept button").click()
        page.get_by_text("Note added.").wait_for()


MEASURE = (Path(__file__).parent / "contrast.js").read_text()
LONG = "The whole of the production cluster in Frankfurt refuses every connection since last night's upgrade / عطل, "


def test_every_state_fits_every_width_and_can_be_read(scene: Scene) -> None:
    paging = scene.office.open(OUTAGE | {"body": "x" * 900}, subject=LONG * 4, tags=["t" * 70] * 8)
    claimed = scene.office.open(OUTAGE, account={"external_id": "long", "name": LONG, "segment": "business"})
    scene.office.do("mia", claimed["id"], "acknowledgement")
    scene.office.do("anna", claimed["id"], "containment", note=LONG + "y" * 200)
    over = scene.office.open(QUESTION)
    scene.office.do("lea", over["id"], "resolution", note="done")
    with watched(scene.browser, reduced_motion="reduce") as found:
        found.carry(scene.url, "lea")
        for case in (paging, claimed, over):
            page = shown(scene, found, case)
            _fits(found, (case["number"], "as it comes"))
            page.keyboard.press("n")
            _fits(found, (case["number"], "with a form"), "#act-note textarea")
            page.keyboard.press("Escape")
            page.keyboard.press("Escape")
            page.keyboard.press("m")
            _fits(found, (case["number"], "with its menu"), "#more")
            page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                faint = [text for text in page.evaluate(MEASURE) if text["ratio"] < text["least"]]
                assert faint == [], f"every text can be read, also what is folded: {scheme}"
        assert found.complaints == []


def _fits(found: Watched, what: Any, shown: str = "main") -> None:
    for width in (320, 360, 768, 1920, 1280):
        found.resize(width)
        expect(found.page.locator(shown)).to_be_visible()
        assert not found.overflows(), (width, what)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_finger_meets_what_it_aims_at(scene: Scene, size: dict[str, int]) -> None:
    case = scene.office.open(OUTAGE | {"body": "It is down. " * 200}, subject="API is down, by finger")
    with watched(scene.browser, size) as found:
        found.carry(scene.url, "carl")
        page = shown(scene, found, case)
        small = page.locator("main :is(summary, button, .btn, .chips a)").evaluate_all(
            "all => all.filter(one => one.offsetParent && one.getBoundingClientRect().height < 24)"
            ".map(one => one.textContent)"
        )
        assert small == []
