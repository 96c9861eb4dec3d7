"""The customer, the link to the ticket, its priority and attributes: from every door they come in by, to every face."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.stories.starter import OUTAGE, STARTER
from tests.testing import PEOPLE, SECRET, furnish, serving
from tocsin import runtime

URL = "https://desk.example.test/tickets/Z-1?view=agent"
SAID = {"url": URL, "priority": "urgent", "attributes": {"impact": "high", "sites": ["BER", "LIS"]}}


@pytest.fixture
def api(database_url: str) -> Iterator[httpx2.Client]:
    installation = runtime.build(database_url, SECRET, allow_private=True)
    token = furnish(installation, STARTER, PEOPLE)
    with serving(installation) as url, httpx2.Client(base_url=f"{url}/api/v1") as http:
        http.headers["authorization"] = f"Bearer {token}"
        yield http


def assert_said(case: dict[str, Any]) -> None:
    assert {name: case[name] for name in SAID} == SAID
    assert case["account"] == {"external_id": "acme", "name": "acme"}


def test_every_answer_names_them(api: httpx2.Client) -> None:
    opened = api.post("/cases", json=OUTAGE | SAID)
    assert opened.status_code == 201
    case = opened.json()
    assert_said(case)
    assert_said(api.post("/cases", json=OUTAGE | SAID).json())
    assert_said(api.get(f"/cases/{case['number']}").json())
    assert_said(api.get("/cases").json()["cases"][0])
    assert_said(api.post(f"/cases/{case['number']}/notes", json={"text": "on it"}).json())


def test_what_nobody_said_is_null(api: httpx2.Client) -> None:
    case = api.post("/cases", json={"subject": "a question"}).json()
    assert (case["account"], case["url"], case["priority"], case["attributes"]) == (None, None, None, {})


def test_a_signal_changes_the_link(api: httpx2.Client) -> None:
    case = api.post("/cases", json=OUTAGE).json()
    assert case["url"] is None
    moved = {"external_id": OUTAGE["external_id"], "source": case["source"], "url": "http://new.example.test/1"}
    assert api.post("/signals", json=moved).json()["url"] == "http://new.example.test/1"
    assert api.get(f"/cases/{case['number']}").json()["url"] == "http://new.example.test/1"


def test_a_hook_brings_it(api: httpx2.Client) -> None:
    fields = {"external_id": "id", "subject": "title", "url": "links.self", "priority": "prio"}
    made = api.post("/hooks", json={"name": "desk", "map": {"source": "desk", "fields": fields}})
    assert made.status_code == 201, made.text
    path = made.json()["shown_once"]["path"]
    payload = {"id": "7", "title": "It is down", "links": {"self": URL}, "prio": "high"}
    number = api.post(str(api.base_url).partition("/api/")[0] + path, json=payload).json()["number"]
    found = api.get(f"/cases/{number}").json()
    assert (found["url"], found["priority"]) == (URL, "high")


@pytest.mark.parametrize(
    "wrong", ["javascript:alert(1)", "ftp://x.test/", "/tickets/1", "https://", "data:text/html,x"]
)
def test_no_other_link_is_ever_shown(api: httpx2.Client, wrong: str) -> None:
    answer = api.post("/cases", json=OUTAGE | {"url": wrong})
    assert answer.status_code == 422 or answer.json()["url"] is None


def test_people_name_the_zone_in_which_they_read_times(api: httpx2.Client) -> None:
    made = api.post("/users", json={"name": "kim", "role": "senior", "zone": "Asia/Seoul"})
    assert made.status_code == 201
    zones = {user["name"]: user["zone"] for user in api.get("/users").json()["users"]}
    assert (zones["kim"], zones["anna"]) == ("Asia/Seoul", None)
    assert api.patch("/users/kim", json={"zone": None}).json()["zone"] is None
    refused = api.patch("/users/kim", json={"zone": "Europe/Berln"})
    assert refused.status_code == 422
    assert refused.json()["expected"].startswith("Europe/Berlin")
