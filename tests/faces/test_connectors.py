"""Connectors over HTTP and by commands: added, tried, delivered to, replayed, given a new secret."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from tests.home import Home
from tests.testing import PEOPLE, SECRET, Databases, furnish, serving
from tocsin import runtime
from tocsin.policy import starters

ALERT = {"status": "firing", "labels": {"alertname": "Down"}, "fingerprint": "f", "startsAt": "2026-11-02T07:00:00Z"}
ALERTS = {"status": "firing", "alerts": [ALERT]}


@pytest.fixture(scope="module")
def http(databases: Databases) -> Iterator[httpx2.Client]:
    installation = runtime.build(databases.new(), SECRET)
    headers = {"authorization": f"Bearer {furnish(installation, starters.text(), PEOPLE)}"}
    with serving(installation) as url, httpx2.Client(base_url=f"{url}/", headers=headers, timeout=30) as http:
        yield http


def add(http: httpx2.Client, **body: Any) -> dict[str, Any]:
    made = http.post("/api/v1/connectors", json=body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()["shown_once"]
    return found


def deliver(http: httpx2.Client, path: str, payload: Any, **headers: str) -> httpx2.Response:
    return httpx2.post(f"{http.base_url}{path[1:]}", json=payload, headers=headers, timeout=30)


def test_a_delivery_is_kept_and_replayed(http: httpx2.Client) -> None:
    once = add(http, name="prometheus", pack="alertmanager", signed=True)
    assert deliver(http, once["path"], ALERTS).status_code == 401
    answer = deliver(http, once["path"], ALERTS, authorization=f"Bearer {once['secret']}")
    assert (answer.status_code, answer.json()["outcome"]) == (201, "opened")
    opened = answer.json()["signals"][0]
    case = opened["id"]
    [kept] = http.get("/api/v1/connectors/prometheus/deliveries").json()["deliveries"]
    assert [(one["outcome"], one["case"]) for one in kept["signals"]] == [("opened", case)]
    place = f"/api/v1/connectors/prometheus/deliveries/{kept['id']}"
    shown = http.get(place).json()
    assert (json.loads(shown["body"]), shown["headers"]["authorization"]) == (ALERTS, "***")
    assert http.post(f"{place}/replay").json()["signals"][0] == opened | {"outcome": "unchanged"}
    [ticket] = http.get(f"/api/v1/cases/{case}/tickets").json()["tickets"]
    assert (ticket["connector"], ticket["source"], ticket["external_id"]) == ("prometheus", "alertmanager", "f")
    assert once["path"].rpartition("/")[2] not in http.get("/api/v1/connectors").text
    assert "prometheus" not in [one["name"] for one in http.get("/api/v1/hooks").json()["hooks"]]


def test_deliveries_of_a_confidential_case_are_shown_to_nobody_else(http: httpx2.Client) -> None:
    once = add(http, name="secretly", pack="alertmanager", map={"source": "secretly"})
    case = deliver(http, once["path"], ALERTS).json()["signals"][0]["number"]
    done = http.post(f"/api/v1/cases/{case}/confidentiality", json={"names": ["lea"], "reason": "legal"})
    assert done.status_code == 200, done.text
    token = http.post("/api/v1/tokens", json={"name": "robot", "role": "operator"}).json()["token"]
    place, robot = "/api/v1/connectors/secretly/deliveries", {"authorization": f"Bearer {token}"}
    [kept] = http.get(place, headers=robot).json()["deliveries"]
    assert (kept["signals"][0]["case"], kept["signals"][0]["number"]) == (None, None)
    assert http.get(f"{place}/{kept['id']}").json()["body"]
    shown = http.get(f"{place}/{kept['id']}", headers=robot).json()
    assert (shown["headers"], shown["body"]) == (None, None)


def test_what_is_tried_shows_what_it_means(http: httpx2.Client) -> None:
    add(http, name="tried", pack="alertmanager", map={"source": "tried"})
    tried = http.post("/api/v1/connectors/tried/test", json={}).json()["signals"]
    assert [(one["outcome"], one["states"]) for one in tried] == [("signal", "fires"), ("signal", "ends")]
    wrong = http.post("/api/v1/connectors/tried/test", json={"delivery": {"alerts": 5}})
    assert (wrong.status_code, wrong.json()["place"]) == (422, "alerts")
    changed = http.patch("/api/v1/connectors/tried", json={"map": {"source": "otherwise"}})
    assert changed.json()["mapping"]["source"] == "otherwise"
    assert http.post("/api/v1/connectors/tried/test", json={}).json()["signals"][0]["source"] == "otherwise"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": "x", "pack": "fax"}, "pack"),
        ({"name": "x", "pack": "generic"}, "source"),
        ({"name": "x/y", "pack": "github"}, "name"),
        ({"name": "x", "pack": "github", "secret": "short"}, "secret"),
        ({"name": "x", "pack": "alertmanager", "map": {"subject": {"cel": "item."}}}, "subject.cel"),
    ],
)
def test_what_is_wrong_with_a_new_connector_is_named(http: httpx2.Client, body: Any, place: str) -> None:
    refused = http.post("/api/v1/connectors", json=body)
    assert (refused.status_code, refused.json().get("place")) == (422, place), refused.text


@pytest.mark.parametrize(
    "change", [{"effects": ["fax"]}, {"effects": ["close-when-closed"]}, {"host": "http://10.0.0.1"}]
)
def test_what_is_wrong_with_a_change_is_named(http: httpx2.Client, change: Any) -> None:
    if "issues" not in [one["name"] for one in http.get("/api/v1/connectors").json()["connectors"]]:
        add(http, name="issues", pack="github")
    assert http.patch("/api/v1/connectors/issues", json=change).status_code == 422
    assert http.get("/api/v1/connectors/issues").json()["effects"] == []
    assert http.patch("/api/v1/connectors/nobody", json=change).status_code == 404


def test_too_many_deliveries_are_told_to_wait(http: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from tocsin.connectors import pack

    once = add(http, name="wild", pack="alertmanager", map={"source": "wild"})
    few = replace(pack.named("alertmanager"), quota=2)
    monkeypatch.setattr(pack, "named", lambda name: few)
    answers = [deliver(http, once["path"], {"alerts": []}) for _ in range(3)]
    assert [one.status_code for one in answers] == [202, 202, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


def test_commands_do_what_the_routes_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("commands")
    home = Home(folder)
    home.succeed("init")
    own, key = folder / "own.yaml", folder / "key.txt"
    own.write_text("source: eu\n")
    key.write_text("the tool's own secret\n")
    made = home.succeed("connector", "add", "alerts", "--pack", "alertmanager", "--map", str(own), "--json")
    assert made["shown_once"]["path"].startswith("/hooks/alertmanager/hook_")
    assert "secret" not in home.succeed("connector", "add", "issues", "--pack", "github", "--secret-file", str(key))
    assert "02b7a5c7a0e3f5d1" in home.succeed("connector", "test", "alerts")
    assert "source" in home.succeed("connector", "show", "alerts")
    assert "alertmanager" in home.succeed("connector", "list", "--packs")
    assert home.succeed("connector", "deliveries", "alerts", "--json") == []
    on = ("--effect", "comment-when-resolved", "--credential-file", str(key), "--account", "acme-bot")
    assert "comment-when-resolved" in home.succeed("connector", "change", "issues", *on)
    assert "nothing" in home.succeed("connector", "change", "issues", "--no-effects")
    assert home.succeed("connector", "effects", "issues", "--json") == []
    assert "the new secret is" in home.succeed("connector", "secret", "issues")
    home.succeed("connector", "revoke", "alerts")
    listed = {one["name"]: one for one in home.succeed("connector", "list", "--json")}
    assert listed["alerts"]["revoked_at"]
    assert listed["issues"]["former_secret_until"]
    assert home.run("connector", "replay", "issues", "0000000000001").code != 0
