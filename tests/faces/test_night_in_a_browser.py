"""The page at night in a browser: few taps, on a phone, with a network that comes and goes."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

import pytest

from tests.faces.browser import PHONE, chromium, needs_chromium, watched
from tests.faces.office import OUTAGE, Office, staffed
from tests.testing import Databases, Receiver
from tocsin.notify.links import LIFE, Claim

pytestmark = needs_chromium


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
            assert page.locator("time[data-kept]").inner_text()
            assert not found.overflows()
            assert office.get("admin", f"/cases/{case['id']}")["technical_lead"] is None
            if away:
                office.do(colleague, case["id"], "acknowledgement")
            page.context.set_offline(False)
            title = "Answered already" if away else "You have acknowledged it"
            page.get_by_role("heading", name=title).wait_for()
            page.get_by_text("without a connection; it came at" if away else "it counts from").wait_for()
            assert office.get("admin", f"/cases/{case['id']}")["technical_lead"] == (colleague if away else name)
