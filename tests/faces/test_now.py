"""Now: who needs somebody, what falls due, who is on call; narrowed, grouped, as a board and on a wall."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.stories.starter import STARTER
from tests.testing import Databases, world
from tocsin.core.clock import MINUTE
from tocsin.core.wording import say
from tocsin.people.permissions import SYSTEM
from tocsin.tools.alarms import Alarm
from tocsin.web import wellness
from tocsin.web.wellness import Wellness


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new()) as office:
        give_passwords(office.installation, "carl", "bo", "lea", "vera")
        yield office


def text(office: Office, path: str = "/", name: str = "carl") -> str:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def read(page: str) -> str:
    """A page's words, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]).split())


def outage(office: Office, name: str, **more: Any) -> dict[str, Any]:
    return office.open(OUTAGE, subject=f"API is down, {name}", **more)


def rows(page: str, section: str) -> list[str]:
    """The subjects of a section's rows."""
    within = page.partition(f'aria-labelledby="{section}-title"')[2].partition("</section>")[0]
    return re.findall(r'class="subject"[^>]*>.*?<bdi>API is down, (.*?)</bdi></a>', within)


def test_its_title_is_its_answer(office: Office) -> None:
    assert "<h1>No case yet</h1>" in text(office)
    office.open(OUTAGE)
    page = text(office)
    assert "<h1>1 case needs somebody now</h1>" in page
    assert "<title>(1) Now · Tocsin</title>" in page
    office.open(OUTAGE)
    page = text(office)
    assert "<h1>2 cases need somebody now</h1>" in page
    assert '<a class="t-danger" href="/cases?needs=unanswered&amp;sort=unanswered">2 unanswered</a>' in page


def test_an_escalation_in_hand_needs_nobody(office: Office) -> None:
    case = outage(office, "in hand")
    outage(office, "waits")
    office.do(paged(office, case), case["id"], "acknowledgement")
    page = text(office)
    assert (rows(page, "needs"), rows(page, "hand")) == (["waits"], ["in hand"])
    assert office.get("carl", "/cases?needs=now")["cases"][0]["subject"] == "API is down, waits"
    assert len(office.get("carl", "/cases?needs=now")["cases"]) == 1


def paged(office: Office, case: dict[str, Any]) -> str:
    """Whom its path has paged first."""
    name: str = office.get("lea", f"/cases/{case['id']}")["pages"][0]["user"]
    return name


def test_a_claim_asks_whoever_may_confirm_it(office: Office) -> None:
    case = outage(office, "claimed")
    name = paged(office, case)
    office.do(name, case["id"], "acknowledgement")
    assert rows(text(office), "hand") == ["claimed"]
    office.do("bo", case["id"], "containment", note="Taken back.")
    page = text(office, name="lea")
    assert rows(page, "needs") == ["claimed"]
    assert 'class="row asked wide"' in page
    assert '<a class="btn primary" href="/cases/1#next">Confirm…</a>' in page
    assert "Confirm…" not in text(office, name="vera")


def test_a_row_says_who_has_it_in_the_name_that_people_have(office: Office) -> None:
    case = office.open(OUTAGE)
    page = text(office)
    assert "Nobody yet" in page
    assert re.search(r"\d (person|people) paged", page)
    name = paged(office, case)
    office.do(name, case["id"], "acknowledgement")
    display = office.get("lea", "/users")["users"]
    called = next(user["display"] for user in display if user["name"] == name)
    assert f"<bdi>{called}</bdi><small>technical lead</small>" in text(office)


def test_whoever_may_not_acknowledge_gets_no_button_for_it(office: Office) -> None:
    office.open(OUTAGE)
    assert 'action="/cases/1/acknowledge"' in text(office, name="lea")
    assert 'action="/cases/1/acknowledge"' not in text(office, name="vera")


def test_an_answer_on_now_leads_back_and_says_so(office: Office) -> None:
    case = office.open(OUTAGE)
    name = paged(office, case)
    give_passwords(office.installation, name)
    browser = Browser(office.url)
    browser.sign_in(name)
    browser.get("/")
    answer = browser.post(f"/cases/{case['number']}/acknowledge", back="now")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?done=acknowledge&case=1")
    assert 'role="status"' in browser.get("/?done=acknowledge&case=1").text


def test_what_falls_due_stands_on_an_axis(office: Office) -> None:
    office.open(OUTAGE, external_id="T-4711")
    horizon = text(office).partition('class="panel horizon"')[2].partition("</section>")[0]
    assert re.search(r'<a class="pin (calm|risk)" href="/cases/1">', horizon)
    assert "<tspan>T-4711</tspan>" in horizon
    assert "fall due within twelve hours" in horizon or "falls due within twelve hours" in horizon


def test_what_the_policy_asks_waits_beside_the_list_with_what_follows_by_itself(office: Office) -> None:
    office.open(OUTAGE)
    office.open(QUESTION, subject="May it rise?")
    office.do("bo", "2", "escalation", level="executive", reason="they wait for it", request=True)
    office.do("bo", "1", "escalation", level="executive", reason="they wait, too", request=True)
    beside = text(office).partition('id="ask-title"')[2].partition("</section>")[0]
    assert 'href="/cases/1#next"' in beside
    assert "Who has it?" not in beside, "that is asked in its row"
    assert "Should it rise to executive, as somebody asks?" in beside
    assert "It rises to executive." in beside
    assert 'href="/cases/2#next"' in beside
    assert "a user" not in beside, "people are named"


def test_it_is_narrowed_by_team_level_area_and_account(office: Office) -> None:
    outage(office, "of acme")
    outage(office, "of beta", account={"external_id": "beta", "name": "Beta", "segment": "business"})
    office.do("lea", "2", "escalation", level="executive", reason="the press asks")
    assert sorted(rows(text(office), "needs")) == ["of acme", "of beta"]
    assert rows(text(office, "/?account=beta"), "needs") == ["of beta"]
    assert rows(text(office, "/?level=executive"), "needs") == ["of beta"]
    assert rows(text(office, "/?level=senior"), "needs") == ["of acme"]
    team = office.get("lea", "/cases/1")["team"]
    assert len(rows(text(office, f"/?team={team}"), "needs")) >= 1
    page = text(office, "/?product_area=billing")
    assert rows(page, "needs") == []
    assert "<h1>Nothing needs anybody now</h1>" in page
    assert "Show everything" in page
    assert 'hx-sse:connect="/events/now?account=beta&amp;since=' in text(office, "/?account=beta")


@pytest.mark.parametrize("page", ["/", "/wall", "/events/now", "/events/wall", "/cases.csv"])
@pytest.mark.parametrize("named", ["team", "account", "product_area"])
def test_what_there_is_not_is_never_quiet(office: Office, page: str, named: str) -> None:
    browser = Browser(office.url)
    browser.sign_in("carl")
    refused = browser.get(f"{page}?{named}=none-such")
    assert refused.status_code == 422
    assert f"There is no {named.replace('_', ' ')} &#39;none-such&#39;; expected" in refused.text


def test_a_choice_that_there_is_not_is_refused_in_our_words(office: Office) -> None:
    browser = Browser(office.url)
    browser.sign_in("carl")
    refused = browser.get("/?level=nix")
    assert refused.status_code == 422
    assert "&#39;nix&#39; is not one of the choices; expected one of standard, senior, executive." in refused.text
    assert "&#39;x&#39; is not a number; expected a whole number." in browser.get("/?back=x").text
    assert "&#39;-1&#39; is too small; expected 0 or more." in browser.get("/?back=-1").text


@pytest.mark.parametrize("group", ["team", "level", "account"])
def test_it_is_grouped(office: Office, group: str) -> None:
    outage(office, "of acme")
    outage(office, "of beta", account={"external_id": "beta", "name": "Beta", "segment": "business"})
    office.do("lea", "2", "escalation", level="executive", reason="the press asks")
    page = text(office, f"/?group={group}")
    titles = re.findall(r'id="group-\d+"><bdi>(.*?)</bdi> <span class="n">(\d+)</span>', page)
    assert sum(int(amount) for _, amount in titles) == 2
    wanted = {"level": ["Executive", "Senior"], "account": ["Beta", "Acme"]}.get(group)
    assert wanted is None or [title for title, _ in titles] == wanted


def test_a_board_has_a_column_for_each_way_to_stand(office: Office) -> None:
    for name in ("waits", "in work", "claimed", "contained", "held"):
        outage(office, name)
    for number in (2, 3, 4, 5):
        office.do("lea", str(number), "acknowledgement")
    office.do("bo", "3", "containment", note="Taken back.")
    office.do("lea", "4", "containment", note="Taken back.")
    office.do("lea", "5", "hold", reason="Asked for a log.")
    page = text(office, "/?show=board")
    columns = re.findall(r'<h2 id="column-\d+">(.*?) <span class="n[^"]*">(\d+)</span>', page)
    assert [name for name, _ in columns] == ["Not answered", "Investigating", "To confirm", "Contained", "On hold"]
    assert sum(int(amount) for _, amount in columns) == 5
    assert columns[0][1] == "1"
    assert columns[4][1] == "1"


def test_a_wall_has_nothing_to_press(office: Office) -> None:
    outage(office, "on the wall")
    page = text(office, "/wall")
    assert "wall.css" in page
    assert "on the wall" in page
    assert "Acknowledged in time" not in page
    assert re.search(r"carl senior (?:\S+ )?paged", read(page)), "the page waits for an answer"
    office.do("carl", "1", "acknowledgement")
    assert "paged" not in read(text(office, "/wall"))
    assert "Today Acknowledged in time 1 of 1" in read(text(office, "/wall"))
    assert "needs somebody now" in read(page)
    assert "Promised to customers Acme" in read(page)
    assert "Waiting for an answer" not in page, "nothing does"
    assert "you" not in read(page).lower().split()


def test_a_quiet_hour_is_said_honestly(office: Office) -> None:
    office.open(QUESTION)
    office.do("lea", "1", "assignment", owner="bo")
    page = text(office)
    assert "<h1>Nothing needs anybody now</h1>" in page
    assert "1 case is open, and none needs more than its owner." in page
    assert "1 open" in read(page)
    assert "Quiet for" not in read(page)  # nothing has needed anybody so far
    assert "no claim, request or question waits" in read(page)
    assert re.search(r"First to fall due all by due time .*rename a report", read(page)), (
        "of what nobody has to look at now"
    )
    assert "next due in" in read(page)
    assert "Today Opened 1 Resolved 0" in read(page)
    assert re.search(r"A good time for \d+ things? to put right in who is on call", read(page))
    case = outage(office, "over")
    office.do(paged(office, case), case["id"], "acknowledgement")
    office.do("lea", case["id"], "assignment", owner="lea")
    page = read(text(office))
    assert "Quiet for" in page
    assert "Today Opened 2 Resolved 0 Acknowledged in time 1 of 1" in page
    assert "First to fall due" not in page, "what is in hand says it"
    outage(office, "burns")
    page = read(text(office))
    assert ("A good time for" in page, "Today Opened" in page) == (False, False), "there are other things to do"


def test_how_tocsin_itself_fares_stands_beside_it(office: Office, tmp_path: Any) -> None:
    outage(office, "paged")
    give_passwords(office.installation, "admin")
    assert office.post("admin", "/connectors", {"name": "prometheus", "pack": "alertmanager"}).is_success
    assert "0 of 1 source is heard" in read(text(office))
    assert 'href="/settings/alarms"' in text(office, name="admin")
    assert 'href="/settings/alarms"' not in text(office)  # alarms are for whoever runs it
    alarms = office.installation.watch.auditor.repairs.alarms
    assert "Live, and well" in text(office, name="admin")
    office.installation.writer.write(lambda tx: alarms.raise_(tx, Alarm("test:1", "writing.slow", say("It is slow."))))
    side = text(office, name="admin").partition('id="live"')[2].partition("</p>")[0]
    assert ("Live, not well" in side, "1 alarm stands" in side, "Live, and well" in side) == (True, True, False)
    assert "Live, and well" in text(office)
    (tmp_path / "other").mkdir()
    there = world(Databases("sqlite", tmp_path / "other").new(), STARTER, watching=True)
    there.open(**OUTAGE)
    there.forward(MINUTE)
    with there.installation.database.reading(there.clock.now()) as tx:
        fares = wellness.of(tx, SYSTEM)
    assert fares == Wellness(fares.pages, fares.tested_at, True, 0, 0, [], 0)
    assert (fares.pages, there.clock.now() - (fares.tested_at or 0)) == (0, MINUTE)
    there.installation.close()


def test_a_confidential_case_is_in_no_count_of_whoever_may_not_see_it(office: Office) -> None:
    outage(office, "secret")
    office.do("lea", "1", "assignment", owner="lea")
    office.do("lea", "1", "confidentiality", names=["lea"], reason="legal")
    assert "<h1>Nothing needs anybody now</h1>" in text(office, name="bo")
    assert "secret" not in text(office, name="bo")
    assert "secret" in text(office, name="lea")


def test_it_comes_in_german(office: Office) -> None:
    office.open(OUTAGE)
    browser = Browser(office.url)
    browser.sign_in("carl")
    page = browser.get("/", **{"accept-language": "de"}).text
    assert '<html lang="de"' in page
    assert "<h1>1 Fall braucht jetzt jemanden</h1>" in page


def test_what_is_narrowed_can_be_saved_and_shared(office: Office) -> None:
    outage(office, "of acme")
    outage(office, "of beta", account={"external_id": "beta", "name": "Beta", "segment": "business"})
    assert 'class="views"' not in text(office)
    lea = Browser(office.url)
    lea.sign_in("lea")
    page = lea.get("/?account=beta").text
    assert 'popovertarget="save-view"' in page
    assert (
        lea.post("/views", page="now", filter="account=beta", name="Only Beta", shared="everybody").status_code == 303
    )
    saved = text(office, "/", "bo")
    assert '<a href="/?account=beta" data-key="2"><bdi>Only Beta</bdi></a>' in saved
    assert '<a href="/" data-key="1" aria-current="page"><bdi>Everything</bdi></a>' in saved
    assert 'aria-current="page"><bdi>Only Beta</bdi>' in text(office, "/?account=beta", "bo")


def test_it_is_shown_as_it_was(office: Office) -> None:
    outage(office, "then")
    before = office.get("lea", "/cases/1")["updated_at"]
    office.do("lea", "1", "acknowledgement")
    office.do("lea", "1", "resolution", note="Over.")
    office.do("lea", "1", "resolution", verdict="confirm") if office.get("lea", "/cases/1")["state"] == "open" else None
    assert rows(text(office), "needs") == []
    page = text(office, f"/?as_of={before}")
    assert rows(page, "needs") == ["then"]
    assert "<h1>1 case needed somebody</h1>" in page
    assert "You see how it was" in page
    assert 'action="/cases/1/' not in page
    assert "hx-sse:connect" not in page
    assert "hx-get=" not in page


def test_no_instant_and_one_that_lies_ahead_are_refused_in_words(office: Office) -> None:
    browser = Browser(office.url)
    browser.sign_in("carl")
    for asked, says in (("nonsense", "is not an instant"), ("2099-01-01T00:00:00Z", "lies ahead")):
        answer = browser.get(f"/?as_of={asked}")
        assert answer.status_code == 422
        assert says in answer.text
