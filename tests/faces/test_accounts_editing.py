"""Customers are added, changed and read from a table on pages, as they are by the API."""

import csv
import gzip
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tests.faces.browsing import give_passwords, heading, plain, saved, signed
from tests.faces.office import Office, staffed
from tests.testing import Databases

TABLE = """Customer ID,Name,Tier,Revenue,Owner,Notes
T-1,Meridian Airways,strategic,"1,200,000",olga,vip
T-2,Blue Owl,,12000,,
T-3,Third,business,many,,
T-4,Fourth,business,,nobody-here,
T-1,Again,business,,,
"""


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        yield office


def test_a_customer_is_added_and_changed(office: Office) -> None:
    admin = signed(office.url, "admin")
    form = admin.get("/accounts/new")
    assert form.status_code == 200
    assert 'href="/accounts/new"' in admin.get("/accounts").text
    added = admin.post(
        "/accounts/new", external_id="C-1", name="Meridian <b>Air</b>", segment="strategic", arr="1200000", owner="olga"
    )
    assert added.status_code == 303
    page = admin.get(added.headers["location"])
    assert "Meridian &lt;b&gt;Air&lt;/b&gt;" in page.text
    assert "Added." in page.text
    known = office.get("admin", "/accounts/C-1")
    assert (known["segment"], known["arr"], known["owner"]) == ("strategic", 1_200_000, "olga")

    again = admin.post("/accounts/new", external_id="C-1", name="Other")
    assert again.status_code == 409
    assert 'value="Other"' in again.text
    assert office.get("admin", "/accounts/C-1")["name"] == "Meridian <b>Air</b>"

    edit = f"/accounts/{known['id']}/edit"
    shown = admin.get(edit)
    assert 'value="1200000"' in shown.text
    version = re.search(r'name="version" value="(\d+)"', shown.text)
    assert version
    said: Any = {"name": "Meridian", "segment": "", "arr": "1200000", "owner": "olga", "renewal": "2027-03-31"}
    saved(admin.post(edit, version=version[1], **said), f"/accounts/{known['id']}?done=saved")
    now = office.get("admin", "/accounts/C-1")
    assert (now["name"], now["segment"], now["renewal"], now["owner"]) == ("Meridian", None, "2027-03-31", "olga")

    # Whoever still has the former version loses nothing, and overwrites nothing.
    late = admin.post(edit, version=version[1], name="Mine", owner="olga", arr="1200000", renewal="2027-03-31")
    assert late.status_code == 412
    assert "Mine" in plain(late.text)
    assert "Keep theirs" in plain(late.text)
    assert office.get("admin", "/accounts/C-1")["name"] == "Meridian"


def test_what_does_not_fit_is_said_beside_its_field(office: Office) -> None:
    admin = signed(office.url, "admin")
    for field, value, says in (
        ("arr", "much", "This is not a number"),
        ("arr", "-1", "This is not an amount"),
        ("arr", "nan", "This is not an amount"),
        ("renewal", "soon", "is not a day"),
        ("name", "x" * 201, "The text is too long"),
        ("owner", "ghost", "no active user"),
        ("external_id", "", "This is not an external id"),
    ):
        said: Any = {"external_id": "W-9", "segment": "typed", field: value}
        refused = admin.post("/accounts/new", **said)
        assert refused.status_code == 422, field
        assert says in plain(refused.text).partition("Cancel")[0]
        assert 'value="typed"' in refused.text
    assert office.clients["admin"].get("/accounts/W-9").status_code == 404


def test_who_may_change_customers_and_name_their_owner(office: Office) -> None:
    office.clients["admin"].put("/accounts/W-1", json={"name": "Meridian", "owner": "olga"})
    known = office.get("admin", "/accounts/W-1")
    edit = f"/accounts/{known['id']}/edit"
    for name in ("anna", "vera"):
        browser = signed(office.url, name)
        for path in ("/accounts/new", "/accounts/import", edit):
            assert browser.get(path).status_code == 403, path
        assert browser.post("/accounts/new", external_id="C-2").status_code == 403
        assert browser.post(edit, version="1", name="x").status_code == 403
        assert browser.send("/accounts/import", ("a.csv", TABLE.encode())).status_code == 403
        assert "/accounts/new" not in browser.get("/accounts").text
        assert edit not in browser.get(f"/accounts/{known['id']}").text
    lead = signed(office.url, "lea")
    form = lead.get(edit)
    assert 'name="owner"' not in form.text
    version = re.search(r'name="version" value="(\d+)"', form.text)
    assert version
    saved(lead.post(edit, version=version[1], name="M", owner="lea"), f"/accounts/{known['id']}?done=saved")
    assert office.get("admin", "/accounts/W-1")["owner"] == "olga"
    # Not in a table either.
    table = lead.send("/accounts/import", ("a.csv", b"id,owner\nW-1,lea\n"))
    assert "cannot name the owner" in plain(table.text)


def test_a_table_is_looked_at_first_and_then_carried_out(office: Office) -> None:
    office.clients["admin"].put("/accounts/T-2", json={"name": "Blue Owl", "segment": "business", "arr": 5000})
    admin = signed(office.url, "admin")
    looked = admin.send("/accounts/import", ("customers.csv", TABLE.encode()))
    assert looked.status_code == 200
    said = plain(looked.text)
    assert heading(looked) == "The table would change 2 customers"
    assert "1 new" in said
    assert "3 refused" in said
    assert "'many' is not a number" in said
    assert "no active user 'nobody-here'" in said
    assert "line 2 names the same account" in said
    assert "Notes" in said.partition("Not used")[2]
    assert office.clients["admin"].get("/accounts/T-1").status_code == 404

    [upload] = re.findall(r'name="upload" value="([^"]+)"', looked.text)
    stranger = signed(office.url, "otto")
    assert stranger.post("/accounts/import", upload=upload).status_code == 404
    done = admin.post("/accounts/import", upload=upload)
    assert heading(done) == "2 customers were changed"
    meridian, owl = office.get("admin", "/accounts/T-1"), office.get("admin", "/accounts/T-2")
    assert (meridian["segment"], meridian["arr"], meridian["owner"]) == ("strategic", 1_200_000, "olga")
    assert (owl["segment"], owl["arr"], owl["owner"]) == ("business", 12_000, None)
    assert admin.post("/accounts/import", upload=upload).status_code == 404

    again = admin.send("/accounts/import", ("customers.csv", TABLE.encode()))
    assert heading(again) == "The table would change nothing"


def test_what_accounts_exports_can_be_read_again(office: Office) -> None:
    office.clients["admin"].put("/accounts/E-1", json={"name": "=Meridian", "segment": "business", "owner": "olga"})
    admin = signed(office.url, "admin")
    exported = admin.get("/accounts.csv").text
    assert "'=Meridian" in exported
    assert len(list(csv.reader(exported.splitlines()))) > 1
    assert (
        heading(admin.send("/accounts/import", ("accounts.csv", exported.encode()))) == "The table would change nothing"
    )


def test_what_is_no_table_of_customers_is_refused(office: Office) -> None:
    admin = signed(office.url, "admin")
    packed = gzip.compress(TABLE.encode())
    tables = (b"", b"subject,body\nx,y\n", b"\x00\x01\x02", packed[:2], packed[:20], packed[:-9], b"\x1f\x8bno gzip")
    for path, table in product(("/accounts/import", "/settings/imports", "/start/policy/try"), tables):
        if table != tables[1] or path == "/accounts/import":
            refused = admin.send(path, ("a.csv", table))
            assert refused.status_code == 422, (path, table)
            assert "danger" in refused.text


def test_of_ids_that_are_too_long_little_is_kept_and_shown(office: Office) -> None:
    admin = signed(office.url, "admin")
    rows = "".join(f"{place:03}{'x' * 10_000},Name\n" for place in range(120))
    looked = admin.send("/accounts/import", ("customers.csv", f"Customer ID,Name\n{rows}T-9,Short\n".encode()))
    assert heading(looked) == "The table would change 1 customer"
    assert "120 refused" in plain(looked.text)
    assert len(looked.text) < 100_000


def test_an_account_whose_id_is_a_page_is_found_all_the_same(office: Office) -> None:
    office.clients["admin"].put("/accounts/new", json={"name": "Called new"})
    admin = signed(office.url, "admin")
    [link] = re.findall(r'href="(/accounts/[^"]+)"><bdi>Called new', admin.get("/accounts").text)
    assert "Called new" in plain(admin.get(link).text)
