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
    assert "If the type is cancellation and the account's revenue is at least 250,000, the level is at least senior" in rules
    assert "Within 3 points of a level, a person is asked" in rules
    assert "Everything else goes to support, to whoever has the least to do" in rules
    assert "minimums.critical" in rules and 'case.severity == "critical"' in rules
    score = part(page, "score")
    assert "Business impact" in score and "from 1,000" in score
    assert "Senior from 60 points; Executive from 80 points" in score
    targets = part(page, "targets")
    assert "Acknowledgement" in targets and "15m" in targets and "mon-fri 09:00-18:00, America/New_York" in targets
    assert "backup on call for senior" in part(page, "paths")
