"""Customers whom a problem concerns: their products as facts, the list of them, and cases opened for them, on every
face."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import give_passwords, saved, signed
from tests.faces.office import OUTAGE, Office, staffed
from tests.testing import Databases


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        for name, products in (("alpha", ["Chat", "Files"]), ("beta", ["chat"]), ("gamma", ["Files"])):
            facts = {"name": name.title(), "products": products, "attributes": {"cluster": "c1", "seats": 40}}
            assert office.clients["admin"].put(f"/accounts/{name}", json=facts).is_success
        yield office


def test_facts_of_accounts_are_kept_and_shown(office: Office) -> None:
    shown = office.get("admin", "/accounts/alpha")
    assert (shown["products"], shown["attributes"]) == (["Chat", "Files"], {"cluster": "c1", "seats": 40})
    admin = signed(office.url, "admin")
    page = admin.get(f"/accounts/{shown['id']}").text
    assert "Chat, Files" in page
    assert "cluster" in page
    refused = office.clients["admin"].put("/accounts/alpha", json={"attributes": {"deep": {"a": {"b": {"c": 1}}}}})
    assert (refused.status_code, refused.json()["place"]) == (422, "attributes.deep.a.b")


def test_they_are_changed_on_a_page(office: Office) -> None:
    admin = signed(office.url, "admin")
    known = office.get("admin", "/accounts/gamma")
    edit = f"/accounts/{known['id']}/edit"
    assert "cluster: c1\nseats: 40" in admin.get(edit).text
    said: dict[str, Any] = {"products": "Files, Mail", "attributes": 'cluster: c2\ncode: "007"\nseats: 41'}
    saved(admin.post(edit, version=str(known["version"]), **said), f"/accounts/{known['id']}?done=saved")
    now = office.get("admin", "/accounts/gamma")
    assert (now["products"], now["attributes"]) == (["Files", "Mail"], {"cluster": "c2", "code": "007", "seats": 41})


def test_they_are_listed_and_cases_are_opened_for_them(office: Office) -> None:
    parent = office.open(OUTAGE | {"account": {"external_id": "alpha"}})
    path = f"/cases/{parent['id']}/affected"
    found = office.get("lea", f"{path}?product=chat")
    assert [(one["external_id"], one["case"] is not None) for one in found["accounts"]] == [
        ("beta", False),
        ("alpha", True),
    ]
    tried = office.do("lea", parent["id"], "affected", accounts=["beta", "alpha"], dry_run=True)
    assert [one["done"] for one in tried["results"]] == [True, False]
    lea = signed(office.url, "lea")
    address = f"/cases/{parent['number']}/affected"
    assert "Beta" in lea.get(f"{address}?product=chat").text
    assert lea.post(f"{address}/open", product="chat").status_code == 422  # nobody is chosen
    done = lea.post(f"{address}/open", product="chat", account="beta")
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{parent['number']}?done=opened")
    [beta] = [one for one in office.get("lea", f"{path}?product=chat")["accounts"] if one["external_id"] == "beta"]
    assert office.get("lea", f"/cases/{beta['case']}")["parent"] == parent["number"]
    again = office.do("lea", parent["id"], "affected", accounts=["beta"])
    assert again["results"][0]["done"] is False
