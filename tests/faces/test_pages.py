"""What stands on the pages, without a browser: tickets and customers, figures, forms that were refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.cases import board
from tocsin.web import now


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new()) as office:
        give_passwords(office.installation, "carl", "bo", "lea")
        yield office


def signed_in(office: Office, name: str = "carl") -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def text(office: Office, path: str, name: str = "carl") -> str:
    answer = signed_in(office, name).get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_lists_show_the_number_of_the_ticket_and_the_customer(office: Office) -> None:
    office.open(OUTAGE, external_id="T-4711")
    office.open(OUTAGE, external_id=None)
    for path in ("/", "/cases", "/parts/cases"):
        page = text(office, path)
        assert '<span class="number">T-4711</span> API is down' in page, path
        assert '<span class="number">#2</span> API is down' in page, path
        assert '<span class="customer">Acme</span> · api · #1' in page, path


def test_a_ticket_is_found_by_its_number(office: Office) -> None:
    office.open(OUTAGE, external_id="T-4711")
    office.open(OUTAGE, external_id="T-4712", subject="Another one")
    page = text(office, "/cases?q=T-4711")
    assert "T-4711" in page.partition("rows")[2]
    assert "Another one" not in page


def test_the_others_are_all_the_rest_by_urgency(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(now, "SHOWN", 1)
    monkeypatch.setattr(board, "MOST_SORTED", 2)
    for name in ("one", "two", "three"):
        office.open(OUTAGE, external_id=name)
    office.open(QUESTION, external_id="calm")
    office.do("lea", "2", "escalation", level="executive", reason="the press asks")
    page = text(office, "/")
    assert 'href="/cases?only=escalated&amp;sort=urgency"' in page
    assert "of more than 2, the newest that somebody has are not looked at" in page
    rest = text(office, "/cases?only=escalated&sort=urgency")
    assert sorted(("one", "two", "three"), key=lambda name: rest.index(f">{name}<")) == ["two", "three", "one"]
    assert "calm" not in rest


def test_a_list_of_cases_is_live(office: Office) -> None:
    office.open(OUTAGE)
    page = text(office, "/cases?state=open&q=API")
    assert 'hx-get="/parts/cases?state=open&amp;sort=newest&amp;q=API"' in page
    assert 'hx-sse:connect="/events"' in page
    assert "data-now=" in page


def test_a_new_installation_says_how_a_first_ticket_comes_in(office: Office) -> None:
    for path in ("/", "/cases"):
        page = text(office, path)
        for way in ("tocsin case open", "/api/v1/cases", "tocsin import"):
            assert way in page, (path, way)
    office.open(QUESTION)
    assert "No case is like that." in text(office, "/cases?state=closed")
