"""Text that comes in with letters taken apart is stored composed, through whichever door it comes."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases

APART, WHOLE = "Sto\u0308rung", "Störung"


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def texts(office: Office, case: str, kind: str) -> list[Any]:
    events = office.get("lea", f"/cases/{case}/timeline")["events"]
    return [event["payload"] for event in events if event["kind"] == kind]


def test_tickets_replies_and_notes(office: Office) -> None:
    about = {"subject": APART, "body": APART, "external_id": APART, "tags": [APART], "attributes": {APART: APART}}
    case = office.open(about)["id"]
    assert office.get("lea", f"/cases/{case}")["subject"] == WHOLE
    office.post("desk", "/signals", {"kind": "reply", "external_id": APART, "body": f"{APART} again"})
    office.do("anna", case, "notes", text=APART)
    assert texts(office, case, "case.replied")[0]["text"] == f"{WHOLE} again"
    assert texts(office, case, "case.noted")[0]["text"] == WHOLE
    facts = texts(office, case, "case.decided")[0]["facts"]["case"]
    assert APART not in repr(facts)
    assert facts["attributes"] == {WHOLE: WHOLE}


def test_names_of_people_and_accounts(office: Office) -> None:
    admin = office.clients["admin"]
    assert admin.patch("/users/anna", json={"display": APART}).json()["display"] == WHOLE
    assert admin.put("/accounts/acme", json={"name": APART}).status_code < 300
    assert office.get("admin", "/accounts/acme")["name"] == WHOLE
    assert admin.put(f"/accounts/{APART}", json={"name": "x"}).status_code < 300
    for form in (APART, WHOLE):
        assert office.get("admin", f"/accounts/{form}")["external_id"] == WHOLE


def test_forms_of_pages(office: Office) -> None:
    case = office.open(QUESTION)
    give_passwords(office.installation, "anna", password=f"{APART} at noon")
    browser = Browser(office.url)
    assert browser.sign_in("anna", f"{WHOLE} at noon").status_code == 303, "a password in any form"
    browser.get(f"/cases/{case['number']}")
    assert browser.post(f"/cases/{case['number']}/note", text=APART).status_code == 303
    assert texts(office, case["id"], "case.noted")[-1]["text"] == WHOLE
