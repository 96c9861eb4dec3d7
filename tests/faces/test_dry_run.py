"""`POST /decisions` decides what `POST /cases` would, and stores nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.office import Office, staffed
from tests.testing import Databases

STORED = {"name": "Meridian", "segment": "strategic", "plan": "premium", "arr": 2_000_000}
BODIES: dict[str, dict[str, Any]] = {
    "nothing known": {"subject": "Slow"},
    "a stored account": {"account": {"external_id": "C-17"}},
    "a stored account, and more of it": {"account": {"external_id": "C-17", "segment": "business", "region": "EU"}},
    "a stored account, by our id": {"account_id": "..."},
    "by our id, and more of it": {"account_id": "...", "account": {"arr": 1000.0}},
    "an account that is not stored": {"account": {"external_id": "C-99", "segment": "enterprise", "arr": 50_000.0}},
    "a customer without an id": {"account": {"segment": "strategic"}},
    "many users": {"account": {"external_id": "C-17"}, "users_affected": 5000},
    "an outage": {"subject": "API is down", "account_id": "...", "priority": "urgent"},
    "an account that there is not": {"account_id": "0000000000000"},
    "what is no id": {"account_id": "C-17"},
}
SAME = ("score", "level", "severity", "kind", "team", "type", "facts", "factors", "policy_version")


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        assert office.clients["admin"].put("/accounts/C-17", json=STORED).is_success
        yield office


@pytest.mark.parametrize("who", ["anna", "lea", "desk"])
@pytest.mark.parametrize("body", BODIES)
def test_a_dry_run_decides_what_opening_does(office: Office, body: str, who: str) -> None:
    account = office.get("lea", "/accounts/C-17")
    ticket = {"subject": "It is slow"} | BODIES[body]
    if ticket.get("account_id") == "...":
        ticket["account_id"] = account["id"]
    before = office.get("lea", "/accounts")
    dry = office.post(who, "/decisions", ticket)
    assert office.get("lea", "/accounts") == before, "a dry run stores nothing"
    opened = office.post(who, "/cases", ticket)
    if not opened.is_success:
        assert (dry.status_code, dry.json()) == (opened.status_code, opened.json())
        return
    decision = dry.json()["decision"]
    assert {name: decision[name] for name in SAME} == {name: opened.json()["decision"][name] for name in SAME}
    office.clients["admin"].put("/accounts/C-17", json=STORED)
