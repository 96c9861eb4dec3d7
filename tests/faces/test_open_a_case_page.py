"""`/cases/new`: a ticket is typed, the policy's decision is seen before anything is opened, and the case is opened."""

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords, heading, plain
from tests.faces.office import Office, staffed
from tests.testing import Databases


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        office.clients["admin"].put("/accounts/C-1", json={"name": "Meridian Airways", "segment": "strategic"})
        yield office


def signed(office: Office, name: str) -> Browser:
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    browser.get("/cases/new")
    return browser


def test_the_decision_is_seen_before_the_case_is_opened(office: Office) -> None:
    def mine() -> list[Any]:
        every = office.get("admin", "/cases")["cases"]
        return [case for case in every if case["subject"] == typed["subject"]]

    anna = signed(office, "anna")
    assert 'href="/cases/new"' in anna.get("/cases").text
    typed: Any = {"subject": "API is <b>down</b>", "body": "since nine", "users_affected": "5000"}
    typed["account"] = "meridian airways"
    looked = anna.post("/cases/new", do="look", **typed)
    assert looked.status_code == 200
    assert heading(looked).startswith("It would be senior, with ")
    assert "API is &lt;b&gt;down" in looked.text
    assert 'value="5000"' in looked.text
    assert "nothing is opened yet" in plain(looked.text)
    assert mine() == []

    opened = anna.post("/cases/new", do="open", **typed)
    page = anna.get(opened.headers["location"])
    assert "Opened." in plain(page.text)
    [case] = mine()
    assert (case["level"], case["source"], case["subject"]) == ("senior", "manual", "API is <b>down</b>")
    assert office.get("admin", f"/cases/{case['id']}")["account"]["external_id"] == "C-1"


def test_a_ticket_that_has_a_case_opens_no_second_one(office: Office) -> None:
    anna = signed(office, "anna")
    said: Any = {"subject": "A report is renamed", "external_id": "Z-1", "source": "zendesk", "do": "open"}
    first = anna.post("/cases/new", **said).headers["location"]
    second = anna.post("/cases/new", **said).headers["location"]
    assert second == first.replace("opened", "known")
    assert "had this case already" in plain(anna.get(second).text)


def test_what_does_not_fit_is_said_beside_its_field_and_kept(office: Office) -> None:
    anna = signed(office, "anna")
    for field, value, says in (
        ("users_affected", "many", "This is not a number"),
        ("url", "javascript:alert(1)", "not a web address"),
        ("subject", " ", "The subject says nothing"),
        ("type", "x" * 101, "not valid"),
    ):
        said: Any = {"subject": "kept", "body": "kept too", field: value}
        for do in ("look", "open"):
            refused = anna.post("/cases/new", do=do, **said)
            assert refused.status_code == 422, field
            assert says in plain(refused.text)
            assert "kept too" in refused.text
    assert all(case["subject"] != "kept" for case in office.get("admin", "/cases")["cases"])


def test_who_may_not_open_cases_is_refused(office: Office) -> None:
    vera = signed(office, "vera")
    assert vera.get("/cases/new").status_code == 403
    assert vera.post("/cases/new", subject="x", do="open").status_code == 403
    assert "/cases/new" not in vera.get("/cases").text


def test_the_history_of_a_case_is_a_table_with_peoples_names(office: Office) -> None:
    number = office.open(subject="=HYPERLINK(1)")["number"]
    office.do("carl", str(number), "notes", text="@lea have a look")
    vera = signed(office, "vera")
    rows = list(csv.DictReader(vera.get(f"/cases/{number}/history.csv").text.removeprefix("\ufeff").splitlines()))
    note = next(row for row in rows if row["kind"] == "case.noted")
    assert (note["user"], note["text"]) == ("user:carl", "'@lea have a look")
    secret = office.open(subject="Quiet")["id"]
    office.do("lea", secret, "confidentiality", names=["lea"], reason="legal")
    assert vera.get(f"/cases/{secret}/history.csv").status_code == 404


def test_a_link_ends_and_an_escalation_is_asked_for_on_the_page(office: Office) -> None:
    one, other = office.open(subject="One")["number"], office.open(subject="Other", users_affected=1)["number"]
    carl = signed(office, "carl")
    assert carl.post(f"/cases/{one}/link", kind="related", case=f"#{other}").status_code == 303
    assert carl.post(f"/cases/{one}/unlink", kind="related", case=f"#{other}").status_code == 303
    assert "case.unlinked" in office.kinds(str(one))
    assert carl.post(f"/cases/{one}/unlink", kind="related", case=f"#{other}").status_code == 409

    plain_case = office.open(subject="A question", users_affected=0, account={"name": "Acme"})["number"]
    said: Any = {"level": "senior", "reason": "they threaten", "wants": "a call", "hours": "4"}
    assert carl.post(f"/cases/{plain_case}/request", **said).status_code == 303
    events = office.get("admin", f"/cases/{plain_case}/timeline")["events"]
    asked = next(event for event in events if event["kind"] == "case.requested")
    assert asked["payload"]["wants"] == "a call"
    assert asked["payload"]["needed_by"] is not None
