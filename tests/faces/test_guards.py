"""What people set for a time over what happens by itself, by the API, by commands and on pages."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords, heading, plain
from tests.faces.office import OUTAGE, Office, staffed
from tests.testing import Databases

SILENCE = {"areas": ["api"], "lasts": "1h", "reason": "the database moves"}


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def signed(office: Office, name: str) -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    browser.get("/settings/profile")
    return browser


def set_up(office: Office, who: str, plural: str, body: dict[str, Any]) -> Any:
    answer = office.post(who, f"/{plural}", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_guard_is_set_listed_shown_and_ended(office: Office) -> None:
    made = set_up(office, "lea", "silences", SILENCE)
    assert (made["state"], made["by"], made["areas"]) == ("standing", "user:lea", ["api"])
    assert office.get("anna", "/silences")["silences"] == [made]
    assert office.get("anna", f"/silences/{made['id']}") == made
    assert office.get("anna", "/automation") == {"on": True, "guards": [made]}
    assert office.clients["lea"].delete(f"/silences/{made['id']}").status_code == 204
    assert office.get("anna", f"/silences/{made['id']}")["state"] == "over"
    again = office.clients["lea"].delete(f"/silences/{made['id']}")
    assert (again.status_code, again.json()["detail"]) == (409, "it is over already")
    assert office.clients["lea"].get(f"/windows/{made['id']}").status_code == 404


def test_a_key_sets_a_guard_once(office: Office) -> None:
    first = office.post("lea", "/silences", SILENCE, key="k1")
    assert office.post("lea", "/silences", SILENCE, key="k1").json() == first.json()
    assert len(office.get("anna", "/silences")["silences"]) == 1


def test_an_account_is_named_by_either_id_and_shown_by_its_name(office: Office) -> None:
    office.open(OUTAGE)
    made = set_up(office, "lea", "watches", {"accounts": ["acme"], "lasts": "14d", "reason": "their go-live"})
    assert [account["name"] for account in made["accounts"]] == ["Acme"]
    more = {"accounts": [made["accounts"][0]["id"]], "lasts": "1d", "reason": "peak"}
    assert set_up(office, "lea", "watches", more)["accounts"] == made["accounts"]


def test_automation_is_turned_off_and_on(office: Office) -> None:
    off = office.post("lea", "/automation", {"on": False, "reason": "a rule goes wild"})
    assert (off.status_code, off.json()["on"]) == (200, False)
    case = office.get("anna", f"/cases/{office.open(OUTAGE)['id']}")
    assert (case["level"], case["triage"]["level_if_unanswered"]) == ("standard", "senior")
    assert office.post("lea", "/automation", {"on": False, "reason": "again"}).status_code == 409
    assert office.post("lea", "/automation", {"on": True, "reason": "mended"}).json() == {"on": True, "guards": []}


def test_a_case_says_why_nobody_is_paged(office: Office) -> None:
    set_up(office, "lea", "silences", {**SILENCE, "areas": [], "tags": ["batch"]})
    case = office.open(OUTAGE, tags=["batch"])
    found = office.get("anna", f"/cases/{case['id']}")
    assert found["next"]["otherwise"] == "Until then nobody is paged: Silence, the database moves"
    [held] = [
        event for event in office.get("anna", f"/cases/{case['id']}/timeline")["events"] if event["kind"] == "path.held"
    ]
    assert held["payload"]["reason"] == "the database moves"


# Pages.


def test_the_page_sets_shows_and_ends_each(office: Office) -> None:
    office.open(OUTAGE)
    browser = signed(office, "lea")
    assert heading(browser.get("/settings/automation")) == "Automation is on"
    said: Any = {"reason": "the database moves", "areas": "api, billing", "lasts": "2h"}
    assert browser.post("/settings/automation/silence", **said).headers["location"] == "/settings/automation?done=set"
    browser.post("/settings/automation/window", **said, mode="annotate")
    browser.post("/settings/automation/watch", reason="go-live", accounts="acme", level="senior", lasts="7d")
    browser.post("/settings/automation/mute", reason="a campaign", rule="classify.down-words", lasts="2h")
    page = browser.get("/settings/automation")
    assert heading(page) == "Automation is on; 4 are in force or to come"
    text = plain(page.text)
    assert all(says in text for says in ("the database moves", "go-live", "Muted rule", "cases are only marked"))
    [silence] = office.get("lea", "/silences")["silences"]
    ended = browser.post(f"/settings/automation/silence/{silence['id']}/end")
    assert ended.headers["location"] == "/settings/automation?done=ended"
    assert office.get("lea", "/silences")["silences"][0]["state"] == "over"


def test_the_page_turns_automation_off_and_on(office: Office) -> None:
    browser = signed(office, "lea")
    browser.post("/settings/automation", on="no", reason="a rule goes wild")
    page = browser.get("/settings/automation")
    assert heading(page) == "Automation is off"
    assert "set by Lea" in plain(page.text) or "set by lea" in plain(page.text)
    assert "Automation off" in plain(browser.get("/").text)
    browser.post("/settings/automation", on="yes", reason="mended")
    assert heading(browser.get("/settings/automation")) == "Automation is on"


def test_a_form_that_is_refused_keeps_what_was_typed(office: Office) -> None:
    browser = signed(office, "lea")
    refused = browser.post("/settings/automation/silence", reason="our work", areas="moon", lasts="1h")
    assert refused.status_code == 422
    assert 'value="our work"' in refused.text
    assert "there is no product area" in plain(refused.text).lower()


def test_who_may_not_set_one_sees_them_without_forms(office: Office) -> None:
    set_up(office, "lea", "silences", SILENCE)
    browser = signed(office, "anna")
    page = browser.get("/settings/automation")
    assert "the database moves" in plain(page.text)
    assert "<form" not in page.text.partition("<main")[2].partition("</main>")[0]
    assert browser.post("/settings/automation/silence", areas="api", lasts="1h", reason="our work").status_code == 403


def test_now_shows_what_stands_as_long_as_it_does(office: Office) -> None:
    office.open(OUTAGE)
    made = set_up(office, "lea", "silences", SILENCE)
    browser = signed(office, "anna")
    assert "the database moves" in plain(browser.get("/").text)
    office.clients["lea"].delete(f"/silences/{made['id']}")
    assert "the database moves" not in plain(browser.get("/").text)


def test_what_stands_on_now_is_ended_there_by_whoever_may(office: Office) -> None:
    made = set_up(office, "lea", "silences", SILENCE)
    address = f"/settings/automation/silence/{made['id']}/end"
    lea, anna = signed(office, "lea"), signed(office, "anna")
    assert address in lea.get("/").text
    assert address not in anna.get("/").text
    answer = lea.post(address, back="now")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert office.get("anna", f"/silences/{made['id']}")["state"] == "over"
    assert address not in lea.get("/").text
