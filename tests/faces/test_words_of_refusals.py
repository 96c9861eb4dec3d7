"""What a refusal says: what was wrong in plain words, and the way out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faces.office import OUTAGE, QUESTION, Office, staffed
from tests.home import Home
from tests.testing import Databases


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def test_a_case_is_found_by_the_number_of_its_ticket(office: Office, tmp_path: Path) -> None:
    home = Home(tmp_path, TOCSIN_URL=office.url, TOCSIN_TOKEN=office.secrets["robot"])
    office.open(OUTAGE, external_id="H8")
    office.open(QUESTION, external_id="H9", source="one")
    office.open(QUESTION, external_id="H9", source="two")
    office.open(QUESTION, external_id="1")
    assert home.succeed("case", "show", "H8", "--json")["number"] == 1
    assert "note" in home.succeed("case", "note", "H8", "Looking.")
    several = home.run("case", "show", "H9")
    assert (several.code != 0, "more than one case has the ticket H9; expected one of #2 and #3" in several.err)[1]
    none = home.run("case", "show", "H10")
    assert "there is no case H10; expected the number of a case (`tocsin case list --search WORDS`), its id" in none.err


def test_digits_that_are_no_case_mean_a_ticket_and_a_case_comes_before_a_ticket(office: Office, tmp_path: Path) -> None:
    home = Home(tmp_path, TOCSIN_URL=office.url, TOCSIN_TOKEN=office.secrets["robot"])
    office.open(OUTAGE, external_id="88")
    office.open(QUESTION, external_id="1")
    office.open(QUESTION, external_id="20261130000123")
    for called, number in (("88", 1), ("20261130000123", 3), ("#2", 2)):
        assert home.succeed("case", "show", called, "--json")["number"] == number
    assert office.get("anna", "/cases/88")["also"] == []
    first = home.run("case", "show", "1")
    assert "API is down" in first.out
    assert "1 means case 1; it is also the number of the ticket of #2" in first.err
    assert office.get("anna", "/cases/1")["also"] == [2]
    assert home.succeed("case", "show", "#1", "--json")["also"] == []
    for resource in ("timeline", "decision"):
        assert office.get("anna", f"/cases/88/{resource}") == office.get("anna", f"/cases/1/{resource}")
    noted = home.run("case", "note", "1", "Looking.")
    assert (noted.code, "it is also the number of the ticket of #2" in noted.err) == (0, True)
    assert office.do("anna", "88", "notes", text="Still looking.")["number"] == 1
    assert home.run("case", "link", "2", "related", "88").code == 0
    assert home.run("case", "show", "77").code != 0


def test_a_ticket_leads_nobody_to_a_case_that_he_may_not_see(office: Office) -> None:
    office.open(OUTAGE, external_id="H8")
    office.do("lea", "1", "confidentiality", names=["lea"], reason="a secret")
    assert office.clients["vera"].get("/cases/H8").status_code == 404
    assert office.get("lea", "/cases/H8")["number"] == 1


@pytest.mark.parametrize(
    ("verb", "body", "says"),
    [
        ("notes", {"text": ""}, ("the text is empty", "some text")),
        ("notes", {}, ("the field is missing", "a value")),
        ("notes", {"text": "x" * 20_001}, ("the text is too long", "at most 20000 characters")),
        ("notes", {"text": "x", "loud": True}, ("there is no such field", "only fields that this route takes")),
        (
            "hold",
            {"reason": "x", "until": "2001-01-01T00:00:00Z"},
            ("this time has passed already", "a time after"),
        ),
        ("hold", {"reason": "x", "until": "2099-01-01T00:00:00Z"}, ("the hold would be too long", "a time after")),
    ],
)
def test_what_does_not_fit_is_said_in_words(
    office: Office, verb: str, body: dict[str, Any], says: tuple[str, str]
) -> None:
    office.open(QUESTION)
    problem = office.refused("carl", "1", verb, **body)
    assert (problem["detail"], problem["expected"][: len(says[1])]) == says


def test_a_role_that_does_not_exist_is_refused_with_the_one_that_is_meant(office: Office) -> None:
    for role, says in (
        ("executive", "executive is a level of cases; the role of executives is committee"),
        ("escalation-manager", "did you mean escalation_manager?"),
        ("Account Owner", "did you mean account_owner?"),
        ("agnet", "did you mean agent?"),
        ("zzz", "'zzz' is not a role"),
    ):
        for path in ("/users", "/tokens"):
            answer = office.clients["robot"].post(path, json={"name": "eva", "role": role})
            assert (answer.status_code, answer.json()["detail"].endswith(says)) == (422, True), answer.text
