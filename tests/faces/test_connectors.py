"""Connectors over HTTP and by commands: added, tried, delivered to, replayed, given a new secret."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from tests.home import Home
from tests.testing import PEOPLE, SECRET, Databases, furnish, serving, wait_until
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


class Desk:
    """A real help desk over HTTP: it lists its tickets to whoever has its key, those from `since` on."""

    def __init__(self) -> None:
        self.tickets = [{"id": "A", "title": "Export hangs", "state": "open", "rev": 3}]
        desk = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                since = int(self.path.rpartition("=")[2])
                known = self.headers["authorization"] == "Bearer their key"
                found = [one for one in desk.tickets if int(str(one["rev"])) > since] if known else []
                body = json.dumps(found).encode()
                self.send_response(200 if known else 401)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def pulled(http: httpx2.Client, name: str) -> dict[str, Any]:
    found: dict[str, Any] = http.get(f"/api/v1/connectors/{name}").json()["pulled"]
    return found


POLLED: dict[str, Any] = {
    "pack": "generic",
    "map": {"source": "desk", "external_id": "id", "subject": "title", "status": "state", "sequence": "rev"},
}


def test_a_tool_is_asked_over_http_with_its_credential(databases: Databases, desk: Desk) -> None:
    installation = runtime.build(databases.new(), SECRET, allow_private=True)
    headers = {"authorization": f"Bearer {furnish(installation, starters.text(), PEOPLE)}"}
    pull = {
        "url": f"{desk.url}/tickets?since={{cursor}}",
        "every": "10s",
        "headers": {"authorization": "Bearer {credential}"},
        "items": {"cel": "delivery"},
        "cursor": "item.rev",
        "start": "0",
    }
    with serving(installation) as url, httpx2.Client(base_url=f"{url}/", headers=headers, timeout=30) as http:
        add(http, name="desk", pull=pull, credential="their key", **POLLED)
        wait_until(lambda: pulled(http, "desk")["at"] is not None)
        shown = http.get("/api/v1/connectors/desk").json()
        assert shown["pull"] == pull
        assert shown["pulled"]["cursor"] == "3"
        assert shown["pulled"]["error"] is None
        [case] = http.get("/api/v1/cases?external_id=A&source=desk").json()["cases"]
        assert case["subject"] == "Export hangs"
        changed = http.patch("/api/v1/connectors/desk", json={"pull": None}).json()
        assert (changed["pull"], changed["pulled"]) == (None, None)


def test_nothing_is_asked_within_a_private_network(http: httpx2.Client, desk: Desk) -> None:
    body = {"name": "inside", "pull": {"url": f"{desk.url}/tickets"}, **POLLED}
    refused = http.post("/api/v1/connectors", json=body)
    assert refused.status_code == 422, refused.text
    assert refused.json()["place"] == "pull.url"
    named = body | {"pull": {"url": desk.url.replace("127.0.0.1", "localhost") + "/tickets?since=0"}}
    assert http.post("/api/v1/connectors", json=named).status_code == 201
    wait_until(lambda: pulled(http, "inside")["error"] is not None)
    assert "private address" in pulled(http, "inside")["error"]
    assert http.get("/api/v1/cases?external_id=A&source=desk").json()["cases"] == []


def test_commands_say_what_is_asked_and_how_far_it_came(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("pulling")
    home = Home(folder)
    home.succeed("init")
    own, pull = folder / "own.yaml", folder / "pull.yaml"
    own.write_text("source: desk\nexternal_id: id\n")
    pull.write_text("url: https://desk.example.com/tickets\nevery: 5m\nitems: tickets\n")
    added = home.succeed("connector", "add", "desk", "--map", str(own), "--pull", str(pull))
    assert "it asks its tool from now on" in added
    shown = home.succeed("connector", "show", "desk")
    assert "https://desk.example.com/tickets" in shown
    assert "not yet" in shown
    pull.write_text("url: https://desk.example.com/tickets\nevery: 1s\n")
    assert "pull.every" in home.run("connector", "change", "desk", "--pull", str(pull)).err
    home.succeed("connector", "change", "desk", "--no-pull")
    assert home.succeed("connector", "show", "desk", "--json")["pull"] is None
