"""What stands on the pages, without a browser: tickets and customers, figures, forms that were refused."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, STAFF, Office, staffed
from tests.testing import Databases
from tocsin.cases.paths import hours
from tocsin.cases.queries import board
from tocsin.core import instants
from tocsin.web.pages.now import look


@pytest.fixture
def office(tmp_path: Any) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path).new()) as office:
        give_passwords(office.installation, "carl", "bo", "lea", "vera", "otto")
        yield office


def signed_in(office: Office, name: str = "carl") -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    return browser


def text(office: Office, path: str, name: str = "carl") -> str:
    answer = signed_in(office, name).get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def read(office: Office, path: str, name: str = "carl") -> str:
    """A page's words, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text(office, path, name)).split())


@pytest.mark.parametrize(
    ("path", "title", "needs"),
    [
        ("/cases/new", "You may not open cases", "an agent, a senior"),
        ("/policy/new", "You may not change the policy", "It takes an admin."),
        ("/policy/revert", "You may not change the policy", "It takes an admin."),
        ("/accounts/import", "You may not change customers", "a lead, an account owner"),
        ("/start", "You may not administer people", "It takes an admin."),
    ],
)
def test_who_may_not_is_told_what_and_whom_to_ask(office: Office, path: str, title: str, needs: str) -> None:
    answer = signed_in(office, "vera").get(path)
    assert answer.status_code == 403
    said = " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())
    assert f"{title} Your role is viewer." in said
    assert needs in said
    assert re.search(r"Ask one of those who may: .*\badmin\b", said)
    assert f"<title>{title}" in answer.text


def test_an_address_to_which_forms_are_sent_is_a_page_with_a_way_on(office: Office) -> None:
    office.open(OUTAGE)
    carl = signed_in(office, "carl")
    carl.http.headers["accept"] = "text/html"
    for path in ("/views", "/cases/1/note"):
        answer = carl.get(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST"), path
        assert "A form is sent there" in answer.text
        assert 'href="/cases"' in answer.text


def test_a_form_that_they_may_not_send_is_refused_alike(office: Office) -> None:
    answer = signed_in(office, "otto").post("/bulk", verb="lower", case="1", level="standard", reason="x", do="apply")
    said = " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())
    assert (answer.status_code, "You may not" in said) == (403, True)


def test_lists_show_the_number_of_the_ticket_and_the_customer(office: Office) -> None:
    office.open(OUTAGE, external_id="T-4711")
    office.open(OUTAGE, external_id=None)
    for path in ("/", "/cases", "/parts/cases", "/search?q=API"):
        page = re.sub("</?mark>", "", text(office, path))  # what a search found is marked in the subject
        assert '<span class="no">T-4711</span> <bdi>API is down</bdi>' in page, path
        assert '<span class="no">#2</span> <bdi>API is down</bdi>' in page, path
    for path in ("/", "/cases", "/parts/cases"):
        assert re.search(r"<bdi[^>]*>Acme</bdi>", text(office, path)), path


def test_a_ticket_is_found_by_its_number(office: Office) -> None:
    office.open(OUTAGE, external_id="T-4711")
    office.open(OUTAGE, external_id="T-4712", subject="Another one")
    page = text(office, "/cases?q=T-4711")
    assert "T-4711" in page.partition("<tbody>")[2]
    assert "Another one" not in page


def test_the_others_are_all_the_rest_by_urgency(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "SHOWN", 1)
    monkeypatch.setattr(board, "MOST_SORTED", 2)
    for name in ("one", "two", "three"):
        office.open(OUTAGE, external_id=name)
    office.open(QUESTION, external_id="calm")
    office.do("lea", "2", "escalation", level="executive", reason="the press asks")
    page = text(office, "/")
    assert 'href="/cases?needs=escalated&amp;sort=unanswered"' in page
    assert "of more than 2, the newest that somebody has are not looked at" in page
    rest = text(office, "/cases?needs=escalated&sort=unanswered")
    assert sorted(("one", "two", "three"), key=lambda name: rest.index(f">{name}<")) == ["two", "one", "three"]
    assert ">calm<" not in rest


def test_a_list_of_cases_is_live(office: Office) -> None:
    office.open(OUTAGE)
    page = text(office, "/cases?state=open&q=API")
    assert 'hx-get="/parts/cases?state=open&amp;q=API"' in page
    assert 'hx-sse:connect="/events?since=' in page
    assert "data-now=" in page


def test_a_new_installation_says_how_a_first_ticket_comes_in(office: Office) -> None:
    for path in ("/", "/cases"):
        page = text(office, path)
        for way in ('href="/cases/new"', "/api/v1/cases", "Bring in a history"):
            assert way in page, (path, way)
        assert "tocsin " not in page.partition("<main")[2], "a page does it"
    office.open(QUESTION)
    assert "No case is like that." in text(office, "/cases?state=closed")


def test_an_address_that_leads_nowhere_is_a_page_in_a_browser_and_a_problem_elsewhere(office: Office) -> None:
    browser = Browser(office.url)
    page = browser.get("/nope", accept="text/html,*/*;q=0.8")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Not found" in page.text
    for path in ("/search?q=%00", "/settings/users/%00", "/nope/a%00b"):
        page = browser.get(path, accept="text/html,*/*;q=0.8")
        assert (page.status_code, page.headers["content-type"]) == (422, "text/html; charset=utf-8"), path
        assert "NUL" in page.text
    for path, accept in (("/nope", "*/*"), ("/api/v1/nope", "text/html")):
        answer = browser.get(path, accept=accept)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_path_that_waits_for_working_hours_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    case = office.open(OUTAGE)
    monkeypatch.setattr(hours, "opens_at", lambda policies, state, now: instants.from_text("2027-01-04T08:00:00Z"))
    for path in ("/", f"/cases/{case['number']}"):
        assert "waits for working hours, until 4 Jan 03:00:00 EST" in read(office, path)


def unreachable(office: Office) -> None:
    for name in STAFF:
        for place in office.get("robot", f"/users/{name}/destinations")["destinations"]:
            assert office.clients["robot"].delete(f"/users/{name}/destinations/{place['id']}").is_success


def test_where_nobody_can_be_reached_nobody_is_said_to_have_been_asked(office: Office) -> None:
    unreachable(office)
    office.open()
    for path in ("/", "/cases/1"):
        page = read(office, path)
        assert "nobody was paged: nobody on the path can be reached; places are added at Settings, Users" in page
        assert "nobody answered" not in page


def test_where_a_path_ends_without_an_answer_it_is_said_who_was_asked(office: Office) -> None:
    office.open()
    ended = re.compile(r"everybody on the path was paged, and nobody answered: \w+")

    def shown(path: str) -> str:
        office.installation.writer.write(
            lambda tx: tx.run("UPDATE escalations SET state = 'exhausted', next_at = NULL")
        )
        return read(office, path)

    for path in ("/", "/cases/1"):
        # The auditor watches here as everywhere, and may put such a row right before the page is read: then once more.
        assert any(ended.search(shown(path)) for _ in range(5)), path


def test_imported_history_says_so_and_stands_in_no_count(office: Office) -> None:
    rows = [
        {"line": 2, "ticket": OUTAGE | {"external_id": "O-1"}},
        {"line": 3, "ticket": OUTAGE | {"external_id": "O-2"}, "state": "closed", "closed_at": "2024-03-12T09:41:00Z"},
    ]
    office.post("robot", "/imports", {"name": "old", "rows": rows})
    page = read(office, "/")
    assert "Nothing needs anybody now 0 open" in page
    for label in ("unanswered", "missed a target", "owned by nobody", "in triage", "escalated"):
        assert not re.search(rf"\d {label}", page), label
    page = read(office, "/cases/O-1", "lea")
    assert "Imported history: no clock runs and nobody is notified." in page
    assert 'class="clocks"' not in text(office, "/cases/O-1", "lea")
    assert "closed 2024-03-12" in read(office, "/cases/O-2", "lea")
    assert "was open" not in read(office, "/cases/O-2", "lea")
    assert re.search(r"O-1 .* Imported", read(office, "/cases?imported=true"))
    assert "No case is like that." in read(office, "/cases?needs=somebody")
    office.do("lea", "O-1", "assignment", owner="bo")
    assert "1 escalated" in read(office, "/")
    assert "Imported history" not in read(office, "/cases/O-1", "lea")
