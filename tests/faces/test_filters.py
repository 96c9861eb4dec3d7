"""Filters of `GET /cases`: what nobody and nothing is called is refused, instead of an empty list that looks like an
answer."""

from collections.abc import Iterator

import pytest

from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


@pytest.mark.parametrize("name", ["owner", "followed_by", "team", "severity", "type", "product_area", "account"])
def test_what_there_is_not_is_refused(office: Office, name: str) -> None:
    for value in ("nobody-is-called-so", ""):
        refused = office.clients["lea"].get("/cases", params={name: value})
        assert (refused.status_code, refused.json()["place"]) == (422, name), refused.text
        assert refused.json()["expected"]


def test_whoever_ever_had_cases_is_found(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    office.do("lea", case, "assignment", owner="bo")
    mine = {"owner": "bo"}
    assert [each["id"] for each in office.get("anna", "/cases?owner=bo")["cases"]] == [case]
    assert office.clients["admin"].patch("/users/bo", json={"active": False}).is_success
    assert [each["id"] for each in office.clients["anna"].get("/cases", params=mine).json()["cases"]] == [case]
    assert office.get("anna", "/cases?owner=vera")["cases"] == [], "a user who has none"
    assert office.get("anna", "/cases?team=support")["cases"]


def test_a_team_that_only_cases_name_is_found_by_those_who_see_them(office: Office) -> None:
    case = office.open(QUESTION)["id"]
    office.installation.writer.write(
        lambda tx: tx.run("UPDATE cases SET team = 'gone' WHERE number = (SELECT max(number) FROM cases)")
    )
    assert [each["id"] for each in office.get("vera", "/cases?team=gone")["cases"]] == [case]
    office.do("lea", case, "confidentiality", names=["lea"], reason="legal")
    assert office.clients["vera"].get("/cases?team=gone").status_code == 422
    assert office.get("lea", "/cases?team=gone")["cases"]
