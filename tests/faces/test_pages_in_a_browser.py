"""What people see and press, in a browser: signing in, Now that changes by itself, keys, a case and its verbs."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.faces.browser import DESKTOP, PHONE, Watched, chromium, expect, needs_chromium, watched
from tests.faces.browsing import give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases, Receiver, wait_until
from tocsin.clocks import saying
from tocsin.core.clock import SECOND
from tocsin.notify.links import LIFE, Claim

pytestmark = needs_chromium


CALLED = {
    "anna": "Anna Berger",
    "bo": "Bo Nakamura",
    "carl": "Carl Lindqvist",
    "dora": "Dora Okafor",
    "lea": "Lea Hoffmann",
    "admin": "Ada Ruiz",
}


class Scene(NamedTuple):
    office: Office
    url: str
    browser: Any


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    databases = Databases("sqlite", tmp_path_factory.mktemp("browser"))
    with closing(Receiver()) as pager, staffed(databases.new(), pager.url + "/") as office, chromium() as browser:
        give_passwords(office.installation)
        for name, display in CALLED.items():
            assert office.clients["admin"].patch(f"/users/{name}", json={"display": display}).is_success
        yield Scene(office, office.url, browser)


@pytest.fixture
def page(scene: Scene) -> Iterator[Watched]:
    with watched(scene.browser) as found:
        found.enter(scene.url, "carl")
        yield found
        assert found.complaints == []


def test_now_shows_a_new_escalation_by_itself_and_a_key_acknowledges_it(scene: Scene, page: Watched) -> None:
    assert page.page.title().endswith("Now · Tocsin")
    page.live()
    page.page.evaluate("window.same = true")
    badge = page.page.locator(".side [data-count=now]")
    amount = int(badge.text_content() or 0)
    case = scene.office.open(OUTAGE, subject="API is down in Europe")
    expect(badge).to_have_text(str(amount + 1))
    assert page.page.title().startswith(f"({amount + 1}) ")
    row = page.page.locator(f"#case-{case['id']}")
    row.wait_for()
    assert page.page.evaluate("window.same"), "the page was loaded again"
    due = row.locator(".due").first
    first = due.inner_text()
    page.page.wait_for_function(
        "([id, before]) => document.querySelector(`#case-${id} .due`).textContent !== before", arg=[case["id"], first]
    )
    for _ in range(200):  # other rows may come meanwhile
        page.page.keyboard.press("j")
        if row.locator("a:focus").count():
            break
    assert row.locator("a:focus").count(), "the key leads to every row"
    page.page.keyboard.press("a")
    page.says("Acknowledged. You are not paged")
    assert scene.office.get("carl", f"/cases/{case['id']}")["technical_lead"] == "carl"
    row.get_by_text("acknowledged; not contained yet").wait_for()
    row.get_by_text("technical lead").wait_for()


_HTMX_HAS_BEGUN = """new Promise((done) => {
  const look = () => (window.htmx ? setTimeout(() => setTimeout(done)) : setTimeout(look, 10));
  look();
})"""


def test_a_page_becomes_live_however_late_its_scripts_come(scene: Scene) -> None:
    """A browser goes on with other things while it waits for the next script."""
    late: list[Any] = []
    asked: list[str] = []

    def held(route: Any) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.continue_()
        else:
            late.append(route)

    with watched(scene.browser) as found:
        found.carry(scene.url, "carl")
        found.page.route(re.compile(r"/static/.*\.js"), held)
        found.page.goto(scene.url + "/", wait_until="commit")
        found.page.evaluate(_HTMX_HAS_BEGUN)
        for route in late:
            route.continue_()
        found.live()


def test_a_page_becomes_live_whatever_its_first_connections_did(scene: Scene) -> None:
    tried: list[Any] = []
    failing = [
        lambda route: route.fulfill(status=503, content_type="text/html", body="later"),
        lambda route: route.abort(),
        lambda route: route.fulfill(content_type="text/html", body="what a network says to strangers"),
    ]

    def answer(route: Any) -> None:
        tried.append(route)
        if failing:
            failing.pop(0)(route)
        else:
            route.continue_()

    with watched(scene.browser) as found:
        found.carry(scene.url, "carl")
        found.page.route(re.compile("/events"), answer)
        found.page.goto(scene.url + "/")
        found.live()
        assert len(tried) == 4


def test_clocks_are_the_servers_on_every_screen_and_after_a_sleep(scene: Scene) -> None:
    """To the second, however wrong the device's clock is; and a stream that went silent meanwhile is opened again."""
    case, clock = scene.office.open(OUTAGE, subject="API is down, by every clock"), scene.office.installation.clock
    streams: list[Any] = []

    def right(page: Any) -> bool:
        before = clock.now()
        due, said = page.locator(f"#case-{case['id']} .due").first.evaluate(
            "(one) => [one.dataset.due, one.textContent]"
        )
        instants = range(before - SECOND, clock.now() + 2 * SECOND, SECOND // 2)
        return said in {saying.brief(1000 * int(due) - at) for at in instants}

    with watched(scene.browser) as one, watched(scene.browser, PHONE) as other:
        other.page.clock.install(time=datetime.now(UTC) + timedelta(seconds=90))
        one.page.clock.install()
        one.page.on("request", lambda asked: streams.append(asked) if "/events" in asked.url else None)
        for found in (one, other):
            found.enter(scene.url, "carl")
            found.live()
            wait_until(partial(right, found.page), 20)
        before = len(streams)
        one.page.clock.fast_forward(60_000)
        wait_until(lambda: right(one.page) and len(streams) > before, 20)
        one.live()


# The server says the time every five seconds; what it says second comes two seconds late.
_HEARD_LATE = """(selector) => {
  const due = document.querySelector(selector);
  const real = Date.now;
  const began = Date.now();
  let ours = began;
  Date.now = () => ours;
  const after = (passed, told) => {
    ours += passed;
    document.dispatchEvent(new CustomEvent("time", { detail: { data: String(began + told) } }));
  };
  due.dataset.due = began + 100_000;
  after(0, 0);
  after(7000, 5000);
  after(3100, 10_000);
  ours += 4000;
  document.dispatchEvent(new Event("htmx:after:swap"));
  Date.now = real;
  return due.textContent;
}"""


def test_a_clock_runs_no_faster_after_what_came_late(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, told late")
    page.page.locator(f"#case-{case['id']} .due").first.wait_for()
    assert page.page.evaluate(_HEARD_LATE, f"#case-{case['id']} .due") == "1m 26s"


def test_the_help_and_the_way_by_keys(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, by keys only")
    page.page.locator(f"#case-{case['id']}").wait_for()
    page.page.keyboard.press("?")
    page.page.get_by_role("dialog").get_by_text("write to the customer").wait_for()
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("dialog")).to_be_hidden()
    page.page.keyboard.press("j")
    outline = page.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "one sees where one is"
    page.page.keyboard.press("Enter")
    page.page.wait_for_url(re.compile(r"/cases/\d+$"))
    page.presses("g", "n")
    page.page.wait_for_url(scene.url + "/")
    page.page.keyboard.press("Control+k")
    page.page.locator("#palette input").fill("by keys only")
    page.page.locator("#palette [role=option]", has_text="by keys only").first.wait_for()
    page.page.keyboard.press("Enter")
    page.page.wait_for_url(f"**/cases/{case['number']}")


def test_enter_is_for_what_is_typed_however_late_it_is_found(scene: Scene, page: Watched) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, typed in haste")
    held: list[Any] = []
    entered: list[bool] = []
    page.page.keyboard.press("Control+k")
    page.page.locator("#palette [role=option]").first.wait_for()
    page.page.route(re.compile("/parts/palette"), lambda one: one.continue_() if entered else held.append(one))
    page.page.locator("#palette input").fill("typed in haste")
    page.page.keyboard.press("Enter")
    entered.append(True)
    for one in held:
        one.continue_()
    page.page.wait_for_url(f"**/cases/{case['number']}")


def test_pages_can_be_read_without_javascript(scene: Scene) -> None:
    case = scene.office.open(OUTAGE, subject="API is down, no script needed")
    with watched(scene.browser, java_script_enabled=False) as found:
        found.enter(scene.url, "carl")
        found.page.get_by_text("API is down, no script needed").wait_for()
        found.page.get_by_role("button", name=f"Acknowledge #{case['number']}").click()
        found.says("Acknowledged. You are not paged")
        found.page.goto(f"{scene.url}/cases/{case['number']}")
        found.page.locator("#act-note summary").click()
        found.page.locator("#act-note textarea").fill("by hand")
        found.page.locator("#act-note button").click()
        found.page.locator("#history").get_by_text("by hand").wait_for()


def test_the_list_of_cases_changes_by_itself(scene: Scene, page: Watched) -> None:
    scene.office.open(OUTAGE, subject="API is down, there before")
    page.page.goto(f"{scene.url}/cases?needs=escalated")
    page.live()
    page.page.locator("main [name=q]").first.fill("half typed")
    title, escalated = page.page.locator("h1"), page.page.locator(".views a .num").nth(2)
    amount = int(escalated.inner_text())
    assert str(amount) in title.inner_text()
    case = scene.office.open(OUTAGE, subject="API is down, seen in the list")
    page.page.get_by_text("API is down, seen in the list").wait_for()
    expect(escalated).to_have_text(str(amount + 1))
    expect(title).to_contain_text(str(amount + 1))
    assert page.page.locator("main [name=q]").first.input_value() == "half typed"
    due = page.page.locator(f"#case-{case['id']} .t-due time")  # to the second, as an age is for a minute only
    expect(due).not_to_have_text(due.inner_text())


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_finger_meets_what_it_aims_at(scene: Scene, size: dict[str, int]) -> None:
    case = scene.office.open(OUTAGE | {"body": "It is down. " * 200}, subject="API is down, by finger")
    with watched(scene.browser, size) as found:
        found.carry(scene.url, "carl")
        found.page.goto(f"{scene.url}/cases/{case['number']}")
        heights = found.page.locator("summary").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().height).filter(one => one)"
        )
        assert min(heights) >= 24
        found.page.goto(f"{scene.url}/cases")
        bottoms = found.page.locator(".filters select, .filters button").evaluate_all(
            "all => all.filter(one => one.offsetHeight).map(one => Math.round(one.getBoundingClientRect().bottom))"
        )
        if size is DESKTOP:
            assert max(bottoms) - min(bottoms) <= 1


SMALL, TABLET = {"width": 360, "height": 780}, {"width": 768, "height": 1024}
WRITTEN = (
    ("Payments fail for everybody since the last release", "Brightwater Logistics"),
    ("Card payments end in an error 502", "Kestrel Air"),
    ("No till takes cards since 09:10", "Juniper and Vale"),
    ("Our shops cannot take cards", "Oakline Retail"),
    ("Payments by card are refused in every shop", "Solvei Health"),
    ("Customers cannot pay by card", "Meridian Bank"),
)
PLACES = {
    "now": "/",
    "board": "/?show=board",
    "cases": "/cases",
    "mine": "/mine",
    "on-call": "/on-call",
    "accounts": "/accounts",
    "policy": "/policy",
    "you": "/settings/profile",
    "components": "/settings/components",
}


ALBUM = os.environ.get("TOCSIN_SCREENSHOTS")  # where the manual's pictures go, when they are wanted
Look = tuple[dict[str, int], str]  # size and scheme
LOOKS: list[Look] = [(SMALL, "light"), (TABLET, "dark"), (DESKTOP, "light")]
PICTURED: list[Look] = [
    *((size, scheme) for size in (PHONE, DESKTOP) for scheme in ("dark", "light")),
    *((size, "light") for size in (SMALL, TABLET)),
]


def looked_at(found: Watched, name: str, looks: list[Look]) -> Iterator[Look]:
    """A page in each of these looks; a picture of it, where pictures are wanted."""
    for size, scheme in looks:
        found.resize(**size)
        found.page.emulate_media(color_scheme=scheme)
        if ALBUM:
            found.page.screenshot(path=Path(ALBUM) / f"{name}-{scheme}-{size['width']}.png")
        yield size, scheme


@pytest.mark.parametrize("looks", [[look] for look in PICTURED] if ALBUM else [LOOKS])
def test_it_fits(scene: Scene, looks: list[Look]) -> None:
    office = scene.office
    if not ALBUM:
        office.open(QUESTION, subject="How do we rename a report with an-unusually-long-name-" + "x" * 60 + "?")
    subject, customer = WRITTEN[office.opened % len(WRITTEN)]
    case = office.open(
        OUTAGE
        | {"body": "Since 09:10 every payment by card ends in an error 502.\nOur shops are open and cannot sell."},
        subject=subject,
        external_id=f"HD-{4711 + office.opened}",
        account={"external_id": customer.lower(), "name": customer, "segment": "business"},
        tags=["payments"],
    )
    with watched(scene.browser, *looks[0]) as found:
        found.page.goto(scene.url + "/sign-in")
        assert [look for look in looked_at(found, "sign-in", looks) if found.overflows()] == []
        found.carry(scene.url, "carl")
        for name, path in {**PLACES, "case": f"/cases/{case['number']}"}.items():
            found.page.goto(scene.url + path)
            assert [look for look in looked_at(found, name, looks) if found.overflows()] == [], name
        assert found.complaints == []
    office.do("carl", case["id"], "acknowledgement")
    office.do("bo", case["id"], "updates", text="We found the release that causes it, and take it back.")
    if looks[0][1] == "dark":
        office.do("anna", case["id"], "containment", note="Rolled back to 4.17; the errors are gone.")


TURNED = "\u202e"  # what follows runs from right to left, to the end of the paragraph or of what is isolated
_PLACE = """([selector, wanted]) => {
  const all = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
  while (all.nextNode()) {
    const at = all.currentNode.data.indexOf(wanted);
    if (at < 0) continue;
    const side = (from) => {
      const range = document.createRange();
      range.setStart(all.currentNode, from);
      range.setEnd(all.currentNode, from + 1);
      return range.getBoundingClientRect().left;
    };
    return side(at) < side(at + wanted.length - 1);
  }
}"""


def test_what_a_sender_writes_neither_widens_a_page_nor_turns_its_words_around(scene: Scene) -> None:
    case = scene.office.open(
        OUTAGE,
        subject=f"API is down {TURNED}again",
        external_id=f"T-1{TURNED}x{'9' * 190}",
        source=f"desk{TURNED}",
        tags=["t" * 70],
        account={"external_id": "turned", "name": f"Acme {TURNED}Ltd", "segment": "business"},
    )
    with watched(scene.browser, PHONE) as found:
        found.enter(scene.url, "carl")
        found.page.locator(f"#case-{case['id']} .r-what p", has_text="paged").wait_for()
        assert found.page.evaluate(_PLACE, [f"#case-{case['id']} .r-what p", "paged"])
        assert not found.overflows()
        found.page.goto(f"{scene.url}/cases/{case['number']}")
        found.page.locator(".facts .tag").first.wait_for()
        assert not found.overflows()
        assert found.page.evaluate(_PLACE, [".case-head .facts", f"case #{case['number']}"])


def test_the_menu_of_a_phone_says_where_one_is_and_closes_like_a_menu(scene: Scene) -> None:
    with watched(scene.browser, PHONE, has_touch=True) as found:
        found.carry(scene.url, "carl")
        page = found.page
        page.goto(f"{scene.url}/policy")
        more = page.locator(".tabs details")
        expect(more.locator("summary")).to_have_attribute("aria-current", "true")
        for by_key in (True, False):
            more.locator("summary").tap()
            expect(more.get_by_role("link", name="Policy")).to_have_attribute("aria-current", "page")
            expect(more.get_by_role("link", name="Policy")).to_be_visible()
            page.keyboard.press("Escape") if by_key else page.locator("h1").first.tap()
            expect(more.locator(".menu")).to_be_hidden()
        page.goto(f"{scene.url}/cases")
        assert more.locator("summary").get_attribute("aria-current") is None


def test_a_key_that_does_nothing_says_so(scene: Scene, page: Watched) -> None:
    scene.office.open(OUTAGE)
    page.page.goto(scene.url + "/cases")
    page.live()
    page.page.keyboard.press("j")
    page.page.keyboard.press("a")
    page.page.get_by_role("status").get_by_text("nothing to acknowledge here").wait_for()


def test_however_long_a_ticket_is_the_button_is_on_the_first_screen_of_a_phone(scene: Scene) -> None:
    links = scene.office.installation.entrance.links
    words = "The whole of the production cluster in Frankfurt refuses every connection since last night's upgrade, "
    customer = {"external_id": "long", "name": words[:90]}
    ticket = OUTAGE | {"subject": words * 4, "body": "Nothing works. " * 60, "account": customer}
    case = scene.office.open(ticket)
    with scene.office.installation.database.reading() as tx:
        [(page, user, name)] = tx.rows(
            "SELECT n.id, n.user_id, u.name FROM notifications n JOIN users u ON u.id = n.user_id"
            " JOIN cases c ON c.id = n.case_id WHERE c.number = ? AND n.kind = 'page'",
            (case["number"],),
        )
    ends_at = scene.office.installation.clock.now() + LIFE
    path = f"/acknowledge/{links.token(Claim(page, user, ends_at))}"
    with watched(scene.browser, PHONE) as found:
        found.carry(scene.url, name)
        for what, where in (("link", path), ("case", f"/cases/{case['number']}")):
            found.page.goto(scene.url + where)
            button = found.page.get_by_role("button", name="Acknowledge", exact=True).first
            box = button.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= PHONE["height"], what
            assert not found.overflows()
            title = found.page.locator("h1")
            before = title.bounding_box()["height"]
            found.page.get_by_text("Show all of it").first.click()
            found.page.wait_for_function(
                "before => document.querySelector('h1').getBoundingClientRect().height > before", arg=before
            )
        assert found.complaints == []


def test_a_list_shows_the_beginning_of_what_is_long_and_the_case_has_all_of_it(scene: Scene) -> None:
    words = "The whole of the production cluster in Frankfurt refuses every connection since last night's upgrade, "
    long = {f"field {number} " + "name " * 8: f"value {number} " + "x " * 300 for number in range(40)}
    customer = {"external_id": "endless", "name": words[:90]}
    case = scene.office.open(OUTAGE | {"subject": f"API is down. {words * 4}", "attributes": long, "account": customer})
    for size, most in ((DESKTOP, 200), (PHONE, 450)):
        with watched(scene.browser, size) as found:
            found.carry(scene.url, "lea")
            for path in ("/", "/cases"):
                found.page.goto(scene.url + path)
                link = found.page.locator(f"a[href='/cases/{case['number']}']")
                row = found.page.locator(".row, .cases tr", has=link)
                assert row.bounding_box()["height"] < most, (path, size)
                assert not found.overflows()
            found.page.goto(f"{scene.url}/cases/{case['number']}")
            titles = re.compile("^(What the customer wrote|Write the customer)")
            written = found.page.get_by_role("heading", name=titles)
            above, below = written.evaluate_all("all => all.map((one) => one.getBoundingClientRect().y)")
            assert 0 < below - above < (500 if size == DESKTOP else 1000)
            last = found.page.get_by_text("value 39").first
            expect(last).to_be_hidden()
            found.page.get_by_text("All 40 attributes").click()
            expect(last).to_be_visible()
            assert last.inner_text().count("x") == 300
            assert found.complaints == []
