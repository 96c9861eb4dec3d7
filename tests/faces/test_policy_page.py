"""`/policy` over HTTP: what decides in words, a case that is tried, versions and what differs, the own history."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import Office, staffed
from tests.testing import Databases


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def signed(office: Office, name: str) -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def read(office: Office, path: str, who: str = "admin", status: int = 200) -> str:
    answer = signed(office, who).get(path)
    assert answer.status_code == status, plain(answer.text)
    return str(answer.text)


def plain(html: str) -> str:
    return " ".join(re.sub("[\u2066-\u2069]", "", unescape(re.sub(r"<[^>]*>", " ", html))).split())


def heading(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page, re.S)
    return plain(found[1]) if found else ""


def part(page: str, id: str) -> str:
    """The section of this id, as it is read."""
    found = re.search(rf'<section[^>]*id="{id}".*?</section>', page, re.S)
    assert found, f"no section {id}"
    return plain(found[0])


# What decides.


def test_the_title_says_which_version_decides_since_when(office: Office) -> None:
    page = read(office, "/policy")
    assert re.fullmatch(r"Version 1 decides since \d+ \w+", heading(page))
    assert "45 examples pass" in plain(page) or re.search(r"\d+ examples pass", plain(page))


def test_rules_weights_targets_and_paths_stand_in_words(office: Office) -> None:
    page = read(office, "/policy")
    rules = part(page, "rules")
    assert "A minimum If the severity is critical, the level is at least senior" in rules
    assert (
        "If the type is cancellation and the account's revenue is at least 250,000, the level is at least senior"
        in rules
    )
    assert "Within 3 points of a level, a person is asked" in rules
    assert "Everything else goes to support, to whoever has the least to do" in rules
    assert "minimums.critical" in rules
    assert 'case.severity == "critical"' in rules
    score = part(page, "score")
    assert "Business impact" in score
    assert "from 1,000" in score
    assert "Senior from 60 points; Executive from 80 points" in score
    targets = part(page, "targets")
    assert "Acknowledgement" in targets
    assert "15m" in targets
    assert "mon-fri 09:00-18:00, America/New_York" in targets
    assert "backup on call for senior" in part(page, "paths")


# A case that is tried.


def test_a_case_is_tried_and_nothing_is_stored(office: Office) -> None:
    before = office.get("admin", "/cases")
    path = (
        "/policy/try?subject=API+is+down&users_affected=5000&account=Northwind&segment=strategic&arr=2000000&tags=press"
    )
    page = read(office, path)
    assert heading(page) == "Version 1 decides executive, with 100 points"
    why = part(page, "why")
    assert "Business impact" in why
    assert "Senior if case.users_affected were 19, not 5,000" in why
    follows = part(page, "decision")
    assert "engineering" in follows
    assert "Wakes people yes" in follows
    assert "Containment" in follows
    assert "level executive" in plain(page) or "reaches executive" in part(page, "reasons")
    assert 'value="Northwind"' in page and 'value="5000"' in page, "the form keeps what was typed"
    assert office.get("admin", "/cases") == before


def test_a_known_account_is_taken_by_its_id(office: Office) -> None:
    office.open(account={"external_id": "known", "name": "Known", "segment": "strategic", "arr": 5000000})
    for named in ("known", "Known"):
        page = read(office, f"/policy/try?subject=A+wish&account={named}")
        assert "account.segment is strategic" in part(page, "why")


def test_a_severity_is_tried_as_if_a_person_had_set_it(office: Office) -> None:
    assert "decides standard" in heading(read(office, "/policy/try?subject=A+wish"))
    page = read(office, "/policy/try?subject=A+wish&severity=critical")
    assert "decides senior" in heading(page)
    assert "severity critical: override" in part(page, "reasons")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("users_affected=5", "The subject says nothing"),
        ("subject=x&users_affected=many", "This is not a number"),
        ("subject=x&version=99", "There is no policy version 99"),
        ("subject=x&version=one", "This is no version"),
        ("example=Nothing", "There is no example"),
    ],
)
def test_what_cannot_be_tried_is_said_beside_the_form(office: Office, query: str, says: str) -> None:
    answer = signed(office, "admin").get(f"/policy/try?{query}")
    assert answer.status_code in (404, 422)
    assert says in plain(answer.text)


def test_an_example_opens_with_its_reasons(office: Office) -> None:
    page = read(office, "/policy")
    found = re.search(r'href="(/policy/try\?version=1&amp;example=A%20breached[^"]*)"', page)
    assert found
    opened = read(office, unescape(found[1]))
    assert heading(opened).startswith("Version 1 decides standard")
    assert "SLA breached on ticket 4711" in unescape(opened)
