"""Search, views and tables over HTTP."""

import csv
import io
from collections.abc import Iterator

import pytest

from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_search_says_what_matched_in_parts(office: Office) -> None:
    case = office.open(
        QUESTION | {"subject": "Payout <i>missing</i>", "account": {"external_id": "acme", "name": "Acme"}}
    )
    found = office.get("vera", "/search?q=payo")
    [hit] = found["cases"]
    assert (hit["number"], hit["exact"], hit["account"]["name"]) == (case["number"], False, "Acme")
    assert hit["matches"] == [
        {
            "where": "subject",
            "parts": [{"text": "Payout", "marked": True}, {"text": " <i>missing</i>", "marked": False}],
        }
    ]
    assert office.get("vera", f"/search?q=%23{case['number']}")["cases"][0]["exact"]
    assert [one["external_id"] for one in office.get("vera", "/search?q=acm")["accounts"]] == ["acme"]
    assert [one["name"] for one in office.get("vera", "/search?q=vera")["people"]] == ["vera"]
    for path in ("/search", "/search?q=", "/search?q=x&limit=51", "/search?q=x&colour=red"):
        assert office.clients["vera"].get(path).status_code == 422, path


def test_a_view_is_edited_with_its_version_and_counted(office: Office) -> None:
    office.open(QUESTION | {"source": "viewed"})
    anna = office.clients["anna"]
    made = office.post("anna", "/views", {"name": "Open", "filter": {"state": "open"}, "shared": "everybody"}, "key-1")
    assert made.status_code == 201, made.text
    path = f"/views/{made.json()['id']}"
    again = office.post("anna", "/views", {"name": "Open", "filter": {"state": "open"}, "shared": "everybody"}, "key-1")
    assert again.json()["id"] == made.json()["id"]
    seen = anna.get(path)
    ours, tag = {"state": "open", "source": "viewed"}, {"if-match": seen.headers["etag"]}
    changed = anna.patch(path, json={"filter": ours}, headers=tag)
    assert changed.json()["filter"] == ours
    refused = anna.patch(path, json={"name": "Closed"}, headers=tag)
    assert (refused.status_code, refused.json()["current"]["version"]) == (412, 2)
    assert anna.patch(path, json={"filter": {"colour": "red"}}).json()["place"] == "filter.colour"
    [view] = office.get("vera", "/views?page=cases&counts=true")["views"]
    assert (view["yours"], view["changeable"], view["owner"]) == (False, False, "anna")
    assert view["count"] == {"amount": 1, "more": False}
    assert office.clients["vera"].delete(path).status_code == 403
    assert anna.delete(path, headers={"if-match": '"1"'}).status_code == 412
    assert anna.delete(path).status_code == 204
    assert office.get("vera", "/views")["views"] == []
    kinds = [one["kind"] for one in office.get("admin", "/audit/changes?family=view")["changes"]]
    assert kinds == ["view.deleted", "view.changed", "view.created"]


def test_a_list_as_a_table(office: Office) -> None:
    wicked = '=HYPERLINK("http://x.example","a"), and\nmore'
    office.open({"subject": wicked, "external_id": "csv-1", "product_area": "billing"})
    for answer in (
        office.clients["vera"].get("/cases.csv?external_id=csv-1"),
        office.clients["vera"].get("/cases?external_id=csv-1", headers={"accept": "text/csv"}),
    ):
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="cases.csv"'
        [row] = table(answer.text)
        assert row["subject"].startswith("'=HYPERLINK")
        assert (row["product_area"], row["state"]) == ("billing", "open")
        assert row["next_due_at"].endswith("Z")
    assert office.clients["vera"].get("/cases?limit=1").headers["content-type"] == "application/json"
    assert office.clients["vera"].get("/cases.csv?team=nobody").status_code == 422


def test_a_long_table_is_whole_and_in_order(office: Office) -> None:
    batch = [{"subject": f"Row {number}", "source": "rows", "external_id": f"row-{number}"} for number in range(450)]
    assert office.post("robot", "/cases/batch", {"cases": batch}).is_success
    rows = table(office.clients["vera"].get("/cases.csv?source=rows&sort=oldest").text)
    assert [row["external_id"] for row in rows] == [f"row-{number}" for number in range(450)]


def test_filters_of_the_table(office: Office) -> None:
    for subject, area in (("Bill", "billing"), ("Other", "api")):
        body = {"subject": subject, "source": "filters", "external_id": subject, "product_area": area}
        assert office.post("robot", "/cases", body).is_success
    case = office.get("anna", "/cases?source=filters&external_id=Other")["cases"][0]["id"]
    office.do("lea", case, "assignment", owner="anna")
    expected = {
        "product_area=billing": {"Bill"},
        "kind=technical": set(),
        "live=true": {"Bill", "Other"},
        "owner=me&product_area=api": {"Other"},
    }
    for parameters, subjects in expected.items():
        found = office.get("anna", f"/cases?source=filters&{parameters}")["cases"]
        assert {one["subject"] for one in found} == subjects, parameters
    assert office.clients["robot"].get("/cases?owner=me").json()["place"] == "owner"
    assert office.clients["anna"].get("/cases?kind=other").status_code == 422
