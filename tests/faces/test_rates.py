"""Too many requests over real HTTP: who is told to wait, and that no ticket is."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import QUESTION, Office, staffed
from tests.testing import Databases
from tocsin.api.app import application
from tocsin.core.settings import Settings


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One request a second, ten at once."""
    with staffed(Databases("sqlite", tmp_path_factory.mktemp("rates")).new(), requests_per_second=1) as office:
        give_passwords(office.installation, "anna")
        yield office


def test_whoever_asks_too_often_is_told_to_wait(office: Office) -> None:
    answers = [office.clients["vera"].get("/cases") for _ in range(15)]
    assert [answer.status_code for answer in answers[:10]] == [200] * 10
    refused = answers[-1]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.json()["status"], refused.json()["expected"]) == (429, "at most 1 a second")
    assert office.clients["lea"].get("/cases").status_code == 200, "others are not in his way"


def test_no_ticket_is_turned_away_for_being_one_of_many(office: Office) -> None:
    ticket: dict[str, Any] = QUESTION | {"source": "many", "external_id": "m-1"}
    history = {"name": "many", "rows": [{"line": 2, "ticket": ticket}]}
    batch = {"cases": [QUESTION]}
    for path, body in (("/cases", QUESTION), ("/cases/batch", batch), ("/signals", ticket), ("/imports", history)):
        for _ in range(15):
            assert office.post("robot", path, body).is_success, path
    for _ in range(15):
        assert office.clients["otto"].get(f"{office.url}/metrics").status_code == 200
        assert office.clients["otto"].get(f"{office.url}/healthz").status_code == 200


def test_a_browser_is_told_on_a_page(office: Office) -> None:
    browser = Browser(office.url)
    assert browser.sign_in("anna").status_code == 303
    answers = [browser.get("/cases", accept="text/html") for _ in range(15)]
    assert (answers[-1].status_code, answers[-1].headers["retry-after"]) == (429, "1")
    assert "<h1>" in answers[-1].text


def test_the_description_says_where_it_may_happen() -> None:
    paths = application().openapi()["paths"]
    intake = ("/api/v1/cases", "/api/v1/cases/batch", "/api/v1/signals", "/api/v1/imports")
    free = {*intake, "/hooks/generic/{token}"}
    for path, methods in paths.items():
        for method, operation in methods.items():
            limited = path.startswith("/api/v1/") and not (path in free and method == "post")
            limited = limited or path == "/hooks/{connector}/{token}"  # by the quota of its pack
            assert ("429" in operation["responses"]) == limited, f"{method} {path}"


def test_the_setting_is_generous_by_default() -> None:
    assert Settings.model_fields["requests_per_second"].default == 100
