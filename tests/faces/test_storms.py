"""A storm as people and programs see it: which case pages for all, how many follow it, and how that is muted."""

import re
from collections.abc import Iterator

import pytest

from tests.faces.browsing import Browser, give_passwords, plain
from tests.faces.office import Office, staffed
from tests.testing import Databases
from tocsin.policy import starters

ALERT = {"subject": "NodeDown", "source": "monitoring", "type": "outage", "product_area": "api"}


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new(), policy=starters.text()) as office:
        give_passwords(office.installation)
        yield office


def page(office: Office, name: str, path: str) -> str:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return str(browser.get(path).text)


def test_a_storm_is_shown_with_the_case_that_pages_and_how_many_follow(office: Office) -> None:
    assert office.get("anna", "/storms")["storms"] == []
    cases = [office.open({**ALERT, "external_id": f"A-{number}"}) for number in range(8)]
    found = office.get("anna", "/storms")
    assert "After 5 escalations of one product area and type within 10m" in found["rule"]
    assert [(one["of"], one["case"]["number"], one["joined"]) for one in found["storms"]] == [
        ("api, outage", cases[0]["number"], 3)
    ]
    for path in ("/", "/settings/automation"):
        shown = plain(page(office, "lea", path))
        assert "pages for 3 other cases like it" in shown
        assert "api, outage" in shown
    history = plain(page(office, "lea", f"/cases/{cases[7]['number']}"))
    assert "a storm: 5 others of api, outage were escalated within 10m" in history
    assert "pages for all (rule storm, version 1)" in history


def test_its_rule_is_muted_on_the_page(office: Office) -> None:
    browser = Browser(office.url)
    assert browser.sign_in("lea").status_code == 303
    form = browser.get("/settings/automation").text
    assert re.search(r'name="rule" value="storm"', form)
    done = browser.post("/settings/automation/mute", rule="storm", lasts="4h", reason="each is looked at")
    assert done.status_code == 303
    assert office.get("anna", "/storms")["muted"] is True
    for number in range(8):
        office.open({**ALERT, "external_id": f"A-{number}"})
    assert office.get("anna", "/storms")["storms"] == []


def test_a_confidential_case_pages_for_nobody_elses(office: Office) -> None:
    first = office.open({**ALERT, "external_id": "A-0"})
    office.do("lea", first["id"], "confidentiality", names=["lea"], reason="a matter of law")
    cases = [office.open({**ALERT, "external_id": f"A-{number}"}) for number in range(1, 8)]
    [storm] = office.get("anna", "/storms")["storms"]
    assert storm["case"]["number"] == cases[0]["number"]
