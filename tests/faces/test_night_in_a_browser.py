"""The page at night in a browser: few taps, on a phone, with a network that comes and goes."""

from collections.abc import Iterator
from contextlib import closing
from statistics import median
from typing import Any, NamedTuple

import pytest

from tests.faces.browser import PHONE, chromium, needs_chromium, watched
from tests.faces.office import OUTAGE, Office, staffed
from tests.testing import Databases, Receiver, wait_until
from tocsin.cli.bench import machine
from tocsin.core.clock import stopwatch
from tocsin.notify.links import LIFE, Claim

pytestmark = needs_chromium


MARK = 3.0  # seconds
TIMES = 5
_SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}


class Scene(NamedTuple):
    office: Office
    browser: Any


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    databases = Databases("sqlite", tmp_path_factory.mktemp("night"))
    with closing(Receiver()) as pager, staffed(databases.new(), pager.url + "/") as office, chromium() as browser:
        yield Scene(office, browser)


def linked(office: Office, subject: str) -> tuple[dict[str, Any], str, str]:
    """A case, the address of the link in its page, and who was paged."""
    case = office.open(OUTAGE, subject=subject)
    with office.installation.database.reading() as tx:
        [(page, user, name)] = tx.rows(
            "SELECT n.id, n.user_id, u.name FROM notifications n JOIN users u ON u.id = n.user_id"
            " JOIN cases c ON c.id = n.case_id WHERE c.number = ? AND n.kind = 'page'",
            (case["number"],),
        )
    token = office.installation.entrance.links.token(Claim(page, user, office.installation.clock.now() + LIFE))
    return case, f"{office.url}/acknowledge/{token}", name


_HAS_A_WORKER = """new Promise((done) => {
  const worker = navigator.serviceWorker;
  if (worker.controller) done();
  else worker.addEventListener("controllerchange", () => done());
})"""


def test_a_tap_without_network_is_kept_and_sent_later_and_both_times_are_shown(scene: Scene) -> None:
    office = scene.office
    with watched(scene.browser, PHONE) as found:
        page = found.page
        taken, others = (linked(office, subject) for subject in ("API is down at night", "API is down for others"))
        for (case, link, name), away in ((taken, False), (others, True)):
            colleague = "lea" if name == "carl" else "carl"
            page.goto(link)
            page.evaluate(_HAS_A_WORKER)
            page.context.set_offline(True)
            page.get_by_role("button", name="Acknowledge").click()
            page.get_by_role("heading", name="Kept, and not sent yet").wait_for()
            page.locator("time[data-kept]", has_text=":").wait_for()
            page.get_by_text(f"{case['external_id']} Acme: {case['subject']}").wait_for()
            assert office.get("admin", f"/cases/{case['id']}")["technical_lead"] is None
            if away:
                office.do(colleague, case["id"], "acknowledgement")
            page.context.set_offline(False)
            title = "Answered already" if away else "You have acknowledged it"
            page.get_by_role("heading", name=title).wait_for()
            page.get_by_text("without a connection; it came at" if away else "it counts from").wait_for()
            assert office.get("admin", f"/cases/{case['id']}")["technical_lead"] == (colleague if away else name)


@pytest.mark.parametrize("then", [None, "Acknowledge"])
def test_a_decline_without_network_is_kept_too_unless_the_other_is_tapped_later(scene: Scene, then: str | None) -> None:
    case, link, name = linked(scene.office, f"API is down, and then {then}")
    with watched(scene.browser, PHONE) as found:
        page, later = found.page, found.page.context.new_page()
        for one in (page, later):
            one.goto(link)
            one.evaluate(_HAS_A_WORKER)
        page.context.set_offline(True)
        page.get_by_role("button", name="Decline").click()
        page.get_by_text("you tapped Decline at").wait_for()
        page.get_by_text(f"{case['external_id']} Acme: {case['subject']}").wait_for()
        if then:
            page.close()
            page = later
            page.get_by_role("button", name=then).click()
            page.get_by_text(f"you tapped {then} at").wait_for()
        page.context.set_offline(False)
        page.get_by_role("heading", name="You have acknowledged it" if then else "You declined").wait_for()
        page.get_by_text("it counts from").wait_for()
    assert scene.office.get("admin", f"/cases/{case['id']}")["technical_lead"] == (name if then else None)


def let_the_browser_send(page: Any) -> None:
    """As the browser does when the network is there again, whether or not the page is open."""
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(each["registrationId"] for each in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    for _ in range(600):
        if found:
            break
        page.wait_for_timeout(50)
    origin = page.evaluate("location.origin")
    devtools.send(
        "ServiceWorker.dispatchSyncEvent",
        {"origin": origin, "registrationId": found[0], "tag": "taps", "lastChance": False},
    )


def test_what_the_browser_sent_while_the_page_was_closed_is_seen_when_it_is_opened(scene: Scene) -> None:
    case, link, name = linked(scene.office, "API is down, and the phone is in a pocket")
    with watched(scene.browser, PHONE) as found:
        page = found.page
        page.goto(link)
        page.evaluate(_HAS_A_WORKER)
        page.context.set_offline(True)
        page.get_by_role("button", name="Acknowledge").click()
        page.get_by_role("heading", name="Kept, and not sent yet").wait_for()
        page.goto("about:blank")
        page.context.set_offline(False)
        page.goto(f"{scene.office.url}/acknowledge/kept")
        let_the_browser_send(page)
        wait_until(lambda: scene.office.get("admin", f"/cases/{case['id']}")["technical_lead"] == name)
        page.goto(link)
        page.get_by_role("heading", name="You have acknowledged it").wait_for()
        page.get_by_text("it counts from").wait_for()


def acknowledged(scene: Scene, link: str) -> tuple[float, int]:
    """Seconds from the link to the answer, on a phone that was never there before, and how many taps that took."""
    with watched(scene.browser, PHONE, has_touch=True, is_mobile=True) as found:
        page: Any = found.page
        slow = page.context.new_cdp_session(page)
        slow.send("Network.enable")
        slow.send("Network.emulateNetworkConditions", _SLOW)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        began = stopwatch()
        page.goto(link, wait_until="commit")
        page.get_by_role("button", name="Acknowledge", exact=True).tap()
        page.get_by_role("heading", name="You have acknowledged it").wait_for()
        return stopwatch() - began, 1


@pytest.mark.soak  # it measures: `pytest -m soak -s tests/faces/test_night_in_a_browser.py`
def test_from_the_link_to_acknowledged_on_a_slow_phone(scene: Scene) -> None:
    found = [acknowledged(scene, linked(scene.office, f"API is down, {number}")[1]) for number in range(TIMES)]
    seconds = [each for each, _ in found]
    print(f"\n{machine.describe()}; processor slowed four times, 400 kbit/s, 400 ms")
    print(f"from the link to acknowledged: {machine.spread(seconds, 's', 2)} in {max(taps for _, taps in found)} tap")
    assert median(seconds) < MARK
