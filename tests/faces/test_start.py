"""The first start: an installation with nobody but an administrator is led to a first acknowledged page, by forms as a
browser without a script sends them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords, heading, once, plain, saved
from tests.testing import SECRET, Databases, Receiver, serving, wait_until
from tocsin import runtime
from tocsin.administration import starting
from tocsin.cases import opening, store
from tocsin.cases.aggregate import PRACTICE
from tocsin.cases.opening import Ticket
from tocsin.cases.queries import needs, openings
from tocsin.people import directory
from tocsin.people.permissions import Viewer
from tocsin.policy import document, starters
from tocsin.policy.body import CaseBody
from tocsin.policy.examples import run_examples
from tocsin.runtime import Installation

STEPS = ("zone", "people", "places", "schedule", "policy", "source", "practice")


class Fresh:
    """An installation that has an administrator, dana, and nothing else."""

    def __init__(self, installation: Installation, url: str) -> None:
        self.installation = installation
        self.url = url

    def signed(self, name: str = "dana") -> Browser:
        browser = Browser(self.url)
        assert browser.sign_in(name).status_code == 303
        browser.get("/settings/profile")
        return browser


@pytest.fixture
def fresh(databases: Databases) -> Iterator[Fresh]:
    installation = runtime.build(databases.new(), SECRET, allow_private=True)
    made = (installation.mint, installation.journal)
    installation.writer.write(lambda tx: directory.add_user(tx, *made, "dana", by="test", role="admin", display="Dana"))
    give_passwords(installation)
    with serving(installation) as url:
        yield Fresh(installation, url)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def done(browser: Browser) -> list[str]:
    """The steps that are done, as the row of steps says."""
    row = browser.get("/start").text.partition('class="stepper"')[2].partition("</ol>")[0]
    return re.findall(r'<li class="done"><a href="/start/(\w+)"', row)


def links(receiver: Receiver) -> list[str]:
    """Of the pages that arrived, where they are acknowledged."""
    return [found[0] for _, body in receiver.got if (found := re.search(r"/acknowledge/[\w-]+", body.decode()))]


def test_a_fresh_installation_is_led_to_a_first_acknowledged_page(fresh: Fresh, receiver: Receiver) -> None:
    dana = fresh.signed()
    assert 'href="/start"' in dana.get("/").text
    assert 'href="/start"' in dana.get("/settings").text
    assert done(dana) == []
    assert heading(dana.get("/start")) == "7 steps to the first page that wakes somebody"

    refused = dana.post("/start/zone", zone="Europe/Nowhere")
    assert refused.status_code == 422
    assert 'value="Europe/Nowhere"' in refused.text
    saved(dana.post("/start/zone", zone="Europe/Berlin"), "/start/people?done=zone")

    wrong = dana.post("/start/people", name="Mara Lind", role="senior", display="Mara Lind")
    assert wrong.status_code == 422
    assert 'value="Mara Lind"' in wrong.text
    saved(dana.post("/start/people", name="mara", role="senior", display="Mara Lind"), "/start/people?done=added")
    saved(dana.post("/start/people", name="lea", role="lead"), "/start/people?done=added")
    assert done(dana) == ["zone", "people"]

    places = dana.get("/start/places")
    assert "No page arrives here" in plain(places.text)
    assert "Mara Lind" in places.text.partition('id="others"')[2]
    secret = dana.post("/settings/places/start/dana", channel="webhook", webhook=receiver.url)
    assert once(secret)
    assert 'href="/start/places"' in secret.text
    place = re.search(r'action="(/settings/places/start/dana/[^"]+/test)"', dana.get("/start/places").text)
    assert place
    tested = dana.post(place[1])
    receiver.wait_for(1)
    wait_until(lambda: "arrived after" in dana.get(tested.headers["location"]).text)

    # Left, and resumed in another session: what is done stands in the installation.
    dana = fresh.signed()
    assert done(dana) == ["zone", "people", "places"]
    assert 'class="btn primary" href="/start/schedule"' in dana.get("/start").text

    nobody = dana.post("/start/schedule", days="7", day="tue", time="08:30", zone="Europe/Berlin")
    assert nobody.status_code == 422
    assert 'value="08:30"' in nobody.text
    said: dict[str, Any] = {"days": "7", "day": "tue", "time": "08:30", "zone": "Europe/Berlin", "members": "dana"}
    saved(dana.post("/start/schedule", **said), "/start/policy?done=schedule")

    looked = dana.get("/start/policy?starter=consumer")
    assert "What it says in numbers" in plain(looked.text)
    assert re.search(r'starter=consumer" aria-current', looked.text)
    saved(dana.post("/start/policy", starter="b2b-saas"), "/start/policy?done=policy")
    again = dana.post("/start/policy", starter="consumer")
    assert again.status_code == 409
    with fresh.installation.database.reading(fresh.installation.clock.now()) as tx:
        assert fresh.installation.desk.policies.get(tx).zone(tx.now).key == "Europe/Berlin"
        teams = fresh.installation.desk.directory.get(tx).teams
        assert sorted(teams) == ["billing", "engineering", "support"]
    assert done(dana) == ["zone", "people", "places", "schedule", "policy"]

    page = dana.get("/start/source")
    mapping = re.search(r'name="map"[^>]*>\n(.*?)</textarea>', page.text, re.S)
    assert mapping
    address = once(dana.post("/start/source", name="helpdesk", pack="generic", map=mapping[1]))[0]
    ticket = {"id": "T-1", "subject": "How do we rename a report?", "description": "We look for it."}
    hook = "/hooks/" + address.partition("/hooks/")[2]
    assert dana.http.post(hook, json=ticket).is_success

    saved(dana.post("/start/practice"), "/start/practice")
    assert heading(dana.get("/start/practice")) == "You are being paged"
    assert dana.post("/start/practice").status_code == 409
    wait_until(lambda: bool(links(receiver)))
    [link] = links(receiver)
    stranger = Browser(fresh.url)
    stranger.get(link)
    assert stranger.post(link).status_code == 200
    answered = dana.get("/start/practice")
    assert heading(answered) == "The page reached you, and you answered it"
    assert tuple(done(dana)) == STEPS
    saved(dana.post("/start/practice/end"), "/start?done=ended")
    assert heading(dana.get("/start")) == "Tocsin is ready"
    assert len(links(receiver)) == 1


def test_each_step_shows_what_it_is_for_and_a_way_on_without_it(fresh: Fresh) -> None:
    dana = fresh.signed()
    for place, step in enumerate(STEPS):
        page = dana.get(f"/start/{step}")
        assert page.status_code == 200, step
        onward = f"/start/{STEPS[place + 1]}" if place + 1 < len(STEPS) else "/start"
        assert f'<a class="btn plain" href="{onward}">Later</a>' in page.text, step
        assert "Until then" in plain(page.text), step
    assert dana.post("/start/practice").status_code >= 400
    assert "A policy has to decide first" in plain(dana.get("/start/practice").text)


def test_who_is_no_administrator_is_refused(fresh: Fresh) -> None:
    here = fresh.installation
    here.writer.write(lambda tx: directory.add_user(tx, here.mint, here.journal, "lea", by="test", role="lead"))
    give_passwords(here, "lea")
    lea = fresh.signed("lea")
    for path in ("/start", *(f"/start/{step}" for step in STEPS)):
        answer = lea.get(path)
        assert answer.status_code == 403, path
        assert "may not administer people" in plain(answer.text)
    for step in ("zone", "people", "schedule", "policy", "source", "practice", "practice/end"):
        refused = lea.post(f"/start/{step}", name="x", role="agent", zone="UTC", starter="b2b-saas")
        assert refused.status_code == 403, step
    assert 'href="/start"' not in lea.get("/").text
    with here.database.reading() as tx:
        assert set(directory.load(tx).by_name) == {"dana", "lea"}


def test_the_policy_is_tried_on_a_file_of_ones_own_before_it_decides(fresh: Fresh) -> None:
    dana = fresh.signed()
    dana.get("/start/policy")
    tickets = "Ticket ID,Subject,Customer,Users affected\nA-1,Everything is down,Acme,90000\nA-2,A rename,Blue,1\n"
    tried = dana.send("/start/policy/try", ("tickets.csv", tickets.encode()), starter="consumer")
    assert tried.status_code == 200
    said = plain(tried.text)
    assert "What the policy would decide 2 tickets" in said
    assert re.search(r"A-1 Everything is down (Senior|Executive)", said)
    assert re.search(r'starter=consumer" aria-current', tried.text)
    found = re.search(r'href="(/settings/imports/files/[^"]+)"', tried.text)
    assert found
    assert "external_id Ticket ID A-1" in plain(dana.get(found[1]).text)
    dana.get("/start/policy")
    for data, says in ((b"colour,shape\nred,round\n", "shapes.csv could not be read"), (b"", "No file was sent")):
        refused = dana.send("/start/policy/try", ("shapes.csv", data), starter="consumer")
        assert says in plain(refused.text)
    with fresh.installation.database.reading(fresh.installation.clock.now()) as tx:
        assert fresh.installation.desk.policies.get(tx).in_force(tx.now) is None
        assert not tx.rows("SELECT id FROM cases")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata", "America/New_York", "Etc/GMT+5"])
@pytest.mark.parametrize("starter", starters.NAMES)
def test_a_starter_is_sound_in_every_zone(starter: str, zone: str) -> None:
    fitted = document.parse(starting.fitted(starter, zone, "dana"))
    assert {each.rules.zone for each in fitted.calendars.values() if not each.always} == {zone}
    assert [result.name for result in run_examples(fitted) if not result.ok] == []
    assert "user:admin" not in fitted.source


@pytest.mark.parametrize("starter", starters.NAMES)
def test_a_practice_disturbs_nobody_else(fresh: Fresh, receiver: Receiver, starter: str) -> None:
    dana = fresh.signed()
    dana.post("/start/people", name="mara", role="senior", webhook=f"{receiver.url}/mara")
    dana.post("/settings/places/start/dana", channel="webhook", webhook=f"{receiver.url}/dana")
    dana.post("/start/schedule", days="1", day="mon", time="09:00", zone="UTC", members="mara")
    saved(dana.post("/start/policy", starter=starter), "/start/policy?done=policy")
    saved(dana.post("/start/practice"), "/start/practice")
    with fresh.installation.database.reading() as tx:
        rows = tx.rows(
            "SELECT u.name, n.kind FROM notifications n JOIN users u ON u.id = n.user_id WHERE n.case_id IS NOT NULL"
        )
    assert [tuple(row) for row in rows] == [("dana", "call")]
    # It is marked wherever it is shown, and counts nowhere.
    for path in ("/mine", "/cases?imported=true", "/search?q=Practice"):
        assert "/cases/1" in dana.get(path).text, path
    assert 'class="tag">practice<' in dana.get("/cases/1").text
    row = plain(dana.get("/cases?imported=true").text.partition("<tbody")[2])
    assert re.search(r"^.*Practice: nothing is wrong.{1,120} Practice\b", row), row[:300]
    assert 'href="/cases/1"' not in dana.get("/").text
    admin = Viewer("admin", "admin")
    with fresh.installation.database.reading(fresh.installation.clock.now()) as tx:
        assert set(needs.counts(tx, admin).values()) == {0}
        assert openings.count(tx, admin, 0) == 0
        assert store.count_by_level(tx) == {}
    saved(dana.post("/cases/1/acknowledge"), "/cases/1?done=acknowledge")
    assert heading(dana.get("/start/practice")) == "The page reached you, and you answered it"
    saved(dana.post("/start/practice/end"), "/start?done=ended")
    over = plain(dana.get("/cases?state=resolved").text.partition("<tbody")[2])[:300]
    assert "Practice, over" in over, over


def test_a_real_ticket_is_no_practice_whatever_it_is_called(fresh: Fresh, receiver: Receiver) -> None:
    dana = fresh.signed()
    dana.post("/settings/places/start/dana", channel="webhook", webhook=f"{receiver.url}/dana")
    saved(dana.post("/start/policy", starter=starters.DEFAULT), "/start/policy?done=policy")
    here = fresh.installation
    body = CaseBody(subject="API is down", source=PRACTICE, external_id="dana-1", users_affected=5000)
    viewer = Viewer("token:tool", "operator")
    past = CaseBody(subject="API was down", source="practice", external_id="17", users_affected=5000)
    tickets = [Ticket(body, viewer), Ticket(past, viewer, imported=True)]
    _, history = here.writer.write(lambda tx: opening.open_many(tx, here.desk, tickets))
    assert history.state.case.quiet
    assert dana.get("/start/practice").status_code == 200
    assert dana.post("/start/practice/end").status_code == 409
    with here.database.reading(here.clock.now()) as tx:
        assert needs.counts(tx, Viewer("admin", "admin"))["open"] == 1
        assert openings.count(tx, Viewer("admin", "admin"), 0) == 2
    saved(dana.post("/start/practice"), "/start/practice")
    assert heading(dana.get("/start/practice")) == "You are being paged"
