"""Webhooks in: what any tool delivers becomes a case, what is wrong is answered clearly and seen afterwards."""

import base64
import gzip
import hmac
import json
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx2
import pytest

from tests.testing import PEOPLE, SECRET, Databases, furnish, serving
from tocsin import runtime
from tocsin.policy import starters

MAP: dict[str, Any] = {
    "source": "helpdesk",
    "fields": {
        "external_id": "ticket.id",
        "subject": "ticket.title",
        "body": "ticket.comments.0.text",
        "users_affected": "ticket.custom.users",
        "tags": "ticket.tags",
        "account.external_id": "org.id",
        "attributes.url": "ticket.url",
    },
    "kind": {"path": "event", "values": {"comment": "reply", "closed": "solved"}, "otherwise": "ticket"},
}
TICKET: dict[str, Any] = {
    "event": "created",
    "ticket": {"id": 17, "title": "API is down", "comments": [{"text": "for all"}], "custom": {"users": "5000"}},
    "org": {"id": 4},
}


class Office:
    def __init__(self, http: httpx2.Client, installation: runtime.Installation) -> None:
        self.http = http
        self.installation = installation

    def make(self, name: str, **more: Any) -> dict[str, Any]:
        made = self.http.post("/api/v1/hooks", json={"name": name, "map": MAP} | more)
        assert made.status_code == 201, made.text
        shown: dict[str, Any] = made.json()
        return {**shown, **shown["shown_once"]}

    def deliver(self, hook: dict[str, Any], payload: Any, **headers: str) -> httpx2.Response:
        content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        return httpx2.post(f"{self.http.base_url}{hook['path'][1:]}", content=content, headers=headers, timeout=30)

    def deliveries(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.http.get(f"/api/v1/hooks/{name}/deliveries").json()["deliveries"]
        return found


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    installation = runtime.build(databases.new(), SECRET)
    token = furnish(installation, starters.text(), PEOPLE)
    headers = {"authorization": f"Bearer {token}"}
    with serving(installation) as url, httpx2.Client(base_url=f"{url}/", headers=headers, timeout=30) as http:
        yield Office(http, installation)


def test_a_ticket_a_reply_and_its_end(office: Office) -> None:
    hook = office.make("desk")
    opened = office.deliver(hook, TICKET)
    assert (opened.status_code, opened.json()["outcome"]) == (201, "opened"), opened.text
    case = office.http.get(f"/api/v1/cases/{opened.json()['id']}").json()
    assert (case["external_id"], case["source"], case["subject"]) == ("17", "helpdesk", "API is down")
    assert case["decision"]["facts"]["case"]["users_affected"] == 5000
    assert case["decision"]["facts"]["case"]["body"] == "for all"
    assert office.deliver(hook, TICKET).json()["outcome"] == "unchanged"
    assert office.deliver(hook, TICKET | {"event": "comment"}).json()["outcome"] == "changed"
    assert office.deliver(hook, TICKET | {"event": "closed"}).json()["outcome"] == "changed"
    kinds = [one["kind"] for one in office.http.get(f"/api/v1/cases/{case['id']}/timeline").json()["events"]]
    assert "case.replied" in kinds
    assert "case.claimed" in kinds
    outcomes = [one["outcome"] for one in office.deliveries("desk")]
    assert outcomes == ["changed", "changed", "unchanged", "opened"]
    assert {one["case"] for one in office.deliveries("desk")} == {case["id"]}


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        (b"", None),
        (b"{", None),
        (b"\xff", None),
        (b"5", "ticket.id"),
        (b"[]", "ticket.id"),
        (b"[" * 5000 + b"]" * 5000, None),
        ({"ticket": {}}, "ticket.id"),
        ({"ticket": {"id": 99}}, "subject"),
        ({"ticket": {"id": 99, "title": ""}}, "subject"),
        ({"ticket": {"id": " ", "title": "x"}}, "external_id"),
        ({"ticket": {"id": 99, "title": {"de": "x"}}}, "subject"),
    ],
)
def test_what_cannot_be_read_is_answered_and_recorded(office: Office, payload: Any, place: str | None) -> None:
    name = f"bad {time.monotonic_ns()}"
    refused = office.deliver(office.make(name), payload)
    assert refused.status_code == 422, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json().get("place") == place
    [recorded] = office.deliveries(name)
    assert (recorded["outcome"], recorded["case"]) == ("refused", None)
    assert refused.json()["detail"][:100] in recorded["error"]
    office.http.post("/api/v1/hooks", json={"name": f"{name} too", "map": MAP})  # written after the alarm
    said = [
        one["says"] for one in office.http.get("/api/v1/alarms").json()["alarms"] if one["kind"] == "intake.refused"
    ]
    assert sum(f"the hook {name} sent something" in one and (place or "JSON")[:4] in one for one in said) == 1


@pytest.mark.parametrize(
    ("ticket", "remarked"),
    [
        ({"title": "x" * 501}, {"subject"}),
        ({"title": "x", "custom": {"users": "many"}}, {"users_affected"}),
        ({"title": "x", "tags": [{"name": "vip"}, 3]}, set()),
        ({"title": "", "comments": [{"text": "Login fails"}]}, {"subject"}),
        ({"title": "a\0b"}, set()),
    ],
    ids=["long title", "users in words", "tags as objects", "no title", "NUL"],
)
def test_what_does_not_fit_does_not_take_the_delivery_with_it(
    office: Office, ticket: dict[str, Any], remarked: set[str]
) -> None:
    hook = office.make(f"odd {time.monotonic_ns()}")
    opened = office.deliver(hook, {"ticket": {"id": f"odd {time.monotonic_ns()}", **ticket}})
    assert opened.status_code == 201, opened.text
    case = office.http.get(f"/api/v1/cases/{opened.json()['id']}").json()
    assert case["decision"]["facts"].get("remarks", {}).keys() == remarked


def test_a_delivery_says_its_status_and_its_order(office: Office) -> None:
    fields = {"external_id": "id", "subject": "name", "status": "state", "sequence": "version"}
    made = office.http.post("/api/v1/hooks", json={"name": "monitor", "map": {"source": "uptime", "fields": fields}})
    hook = made.json()["shown_once"]

    def deliver(state: str, version: Any) -> tuple[int, str]:
        answer = office.deliver(hook, {"id": 7, "name": "Shop", "state": state, "version": version})
        return answer.status_code, answer.json()["outcome"]

    assert deliver("up", 3) == (202, "recorded")
    assert deliver("down", "2") == (201, "opened")
    found = office.http.get("/api/v1/cases?external_id=7&source=uptime").json()["cases"]
    assert [case["state"] for case in found] == ["resolved"]
    assert deliver("down", 4) == (200, "changed")
    assert deliver("up", 1) == (200, "recorded")
    case = office.http.get(f"/api/v1/cases/{found[0]['id']}").json()
    assert (case["state"], case["recovered_at"]) == ("open", None)
    assert deliver("up", 5) == (200, "changed")
    assert office.http.get(f"/api/v1/cases/{found[0]['id']}").json()["recovered_at"]
    outcomes = [(one["outcome"], one["case"] is None) for one in office.deliveries("monitor")]
    assert outcomes[-1] == ("recorded", True)
    assert len(outcomes) == 5


SEVERAL: dict[str, Any] = {
    "source": "alertmanager",
    "each": "alerts",
    "external_id": {"first": ["item.fingerprint", "item.labels.alertname"]},
    "subject": "{item.labels.alertname} in {commonLabels.cluster}",
    "status": "item.status",
    "attributes": {"severity": "item.labels.severity", "sent_by": {"cel": 'headers["x-sender"]'}},
    "ignore": [{"when": 'item.labels.alertname == "Watchdog"', "reason": "it fires always"}],
}


def alerts(*alerts: dict[str, Any]) -> dict[str, Any]:
    return {"commonLabels": {"cluster": "eu"}, "alerts": list(alerts)}


def alert(name: str, status: str = "firing", **labels: str) -> dict[str, Any]:
    return {"status": status, "labels": {"alertname": name, **labels}}


def test_several_signals_of_one_delivery_are_answered_each(office: Office) -> None:
    hook = office.make("several", map=SEVERAL)
    down, slow = alert("Down", severity="critical"), alert("Slow")
    answer = office.deliver(hook, alerts(down, alert("Watchdog"), {"status": "firing"}, slow), **{"X-Sender": "am-1"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["outcome"] == "opened"
    signals = answer.json()["signals"]
    assert [one["outcome"] for one in signals] == ["opened", "ignored", "refused", "opened"]
    assert signals[1]["says"] == "it fires always"
    assert "which ticket it is about" in signals[2]["says"]
    case = office.http.get(f"/api/v1/cases/{signals[0]['id']}").json()
    assert (case["subject"], case["external_id"]) == ("Down in eu", "Down")
    assert case["decision"]["facts"]["case"]["attributes"] == {"severity": "critical", "sent_by": "am-1"}
    assert [one["outcome"] for one in office.deliveries("several")] == ["opened", "refused", "ignored", "opened"]
    again = office.deliver(hook, alerts(alert("Down", "resolved"), alert("Unheard of", "resolved")))
    assert again.status_code == 200
    assert [one["outcome"] for one in again.json()["signals"]] == ["changed", "recorded"]


def test_a_message_with_several_signals_that_comes_again_is_one(office: Office) -> None:
    hook = office.make("several again", map=SEVERAL)
    payload = alerts(alert("First again"), alert("Second again"))
    codes = [office.deliver(hook, payload, **{"idempotency-key": "several"}).status_code for _ in range(2)]
    assert codes == [201, 200]
    assert [one["outcome"] for one in office.deliveries("several again")] == ["unchanged"] * 2 + ["opened"] * 2


def test_what_a_mapping_ignores_is_answered_so(office: Office) -> None:
    ignoring = MAP | {"ignore": [{"when": 'delivery.event == "tagged"', "reason": "tags begin nothing"}]}
    hook = office.make("ignoring", map=ignoring)
    ignored = office.deliver(hook, TICKET | {"event": "tagged"})
    assert (ignored.status_code, ignored.json()) == (202, {"outcome": "ignored", "says": "tags begin nothing"})
    [kept] = office.deliveries("ignoring")
    assert (kept["outcome"], kept["error"]) == ("ignored", "tags begin nothing")
    for payload in (alerts(), {"alerts": "none"}):
        answer = office.deliver(office.make(f"empty {time.monotonic_ns()}", map=SEVERAL), payload)
        assert answer.status_code == (202 if payload["alerts"] == [] else 422), answer.text


@pytest.mark.parametrize(
    ("map_", "place"),
    [
        (SEVERAL | {"subject": {"cel": "item.labels.alertname +"}}, "subject.cel"),
        (SEVERAL | {"ignore": [{"when": "true"}]}, "ignore[0]"),
        (SEVERAL | {"status": {"path": "item.status", "mapp": {}}}, "status.mapp"),
    ],
)
def test_the_full_language_is_checked_when_a_hook_is_made(office: Office, map_: Any, place: str) -> None:
    refused = office.http.post("/api/v1/hooks", json={"name": "wrong", "map": map_})
    assert (refused.status_code, refused.json().get("place")) == (422, place), refused.text
    assert refused.json()["problems"][0]["key"] == place


def signed(secret: str, body: bytes, message: str, at: int) -> dict[str, str]:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, f"{message}.{at}.".encode() + body, sha256).digest()).decode()
    return {"webhook-id": message, "webhook-timestamp": str(at), "webhook-signature": f"v1,b3RoZXI= v1,{digest}"}


def test_a_signed_hook_takes_what_is_signed_now_and_once(office: Office) -> None:
    from standardwebhooks.webhooks import Webhook

    hook = office.make("signed", signed=True)
    body = json.dumps(TICKET | {"ticket": {"id": "S-1", "title": "Signed"}}).encode()
    now = int(time.time())
    headers = signed(hook["secret"], body, "m1", now)
    assert Webhook(hook["secret"]).verify(body, headers)  # what the scheme's own library takes
    assert office.deliver(hook, body, **headers).status_code == 201
    assert office.deliver(hook, body, **headers).status_code == 200
    for wrong in (
        {},
        headers | {"webhook-id": "m2"},
        headers | {"webhook-timestamp": str(now - 1)},
        headers | {"webhook-timestamp": "soon"},
        headers | {"webhook-signature": "v1,"},
        signed(hook["secret"], body, "m3", now - 301),
        signed(hook["secret"], body, "m3", now + 400),
        signed("whsec_" + base64.b64encode(b"x" * 32).decode(), body, "m4", now),
    ):
        assert office.deliver(hook, body, **wrong).status_code == 401
    assert office.deliver(hook, body + b" ", **headers).status_code == 401
    assert [one["outcome"] for one in office.deliveries("signed")] == ["refused"] * 9 + ["unchanged", "opened"]


def test_a_message_that_comes_again_is_one(office: Office) -> None:
    hook = office.make("repeating")
    first, again = (office.deliver(hook, TICKET | {"ticket": {"id": "R", "title": "x"}}, **KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert office.deliver(hook, TICKET, **KEY).status_code == 422


KEY = {"idempotency-key": "k1"}


def test_a_revoked_hook_is_none_and_its_token_is_kept_as_a_hash(office: Office) -> None:
    hook = office.make("gone")
    token = hook["path"].rpartition("/")[2]
    with office.installation.database.reading() as tx:
        stored = repr(tx.rows("SELECT * FROM hooks"))
    assert token not in stored
    assert sha256(token.encode()).digest() in [bytes(row[0]) for row in rows(office, "SELECT hash FROM hooks")]
    assert office.http.post("/api/v1/hooks/gone/revocation").status_code == 200
    assert office.deliver(hook, TICKET).status_code == 404
    assert office.http.post("/api/v1/hooks/gone/revocation").status_code == 404
    assert office.http.post("/api/v1/hooks", json={"name": "gone", "map": MAP}).status_code == 409
    listed = {one["name"]: one for one in office.http.get("/api/v1/hooks").json()["hooks"]}
    assert listed["gone"]["revoked_at"]
    assert token not in json.dumps(listed)


def rows(office: Office, query: str) -> list[Any]:
    with office.installation.database.reading() as tx:
        return tx.rows(query)


@pytest.mark.parametrize(
    ("map_", "place"),
    [
        ({}, "source"),
        (MAP | {"source": ""}, "source"),
        (MAP | {"more": 1}, "map"),
        (MAP | {"fields": {}}, "fields.external_id"),
        (MAP | {"fields": {"external_id": 5}}, "fields.external_id"),
        (MAP | {"fields": {"external_id": "id", "urgency": "x"}}, "fields"),
        (MAP | {"kind": "call"}, "kind"),
        (MAP | {"kind": {"values": {}}}, "kind.path"),
        (MAP | {"kind": {"path": "x", "values": {"a": "b"}}}, "kind.values.a"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused(office: Office, map_: Any, place: str) -> None:
    refused = office.http.post("/api/v1/hooks", json={"name": "wrong", "map": map_})
    assert (refused.status_code, refused.json().get("place")) == (422, place), refused.text


def test_a_delivery_that_is_too_large_is_seen_afterwards(office: Office) -> None:
    refused = office.deliver(office.make("large"), b"x" * 5_000_000)
    assert refused.status_code == 413
    [recorded] = office.deliveries("large")
    assert (recorded["outcome"], "too large" in recorded["error"]) == ("refused", True)
    office.http.post("/api/v1/hooks", json={"name": "large too", "map": MAP})  # written after the alarm
    found = office.http.get("/api/v1/alarms").json()["alarms"]
    assert [one["says"] for one in found if one["kind"] == "intake.refused" and "hook large " in one["says"]]


def test_a_byte_order_mark_before_a_delivery_is_no_part_of_it(office: Office) -> None:
    ticket = {"id": 1700, "title": "Marked"}
    delivered = office.deliver(office.make("marked"), b"\xef\xbb\xbf" + json.dumps({"ticket": ticket}).encode())
    assert (delivered.status_code, delivered.json()["outcome"]) == (201, "opened")


def test_a_delivery_in_another_encoding_is_proved_by_its_own_bytes_and_read_by_its_charset(office: Office) -> None:
    hook = office.make("latin", signed=True)
    ticket = {**TICKET, "ticket": TICKET["ticket"] | {"id": "latin", "title": "Prüfung steht"}}
    body = json.dumps(ticket, ensure_ascii=False).encode("iso-8859-1")
    told = signed(hook["secret"], body, "latin", int(time.time())) | {
        "content-type": "application/json; charset=iso-8859-1"
    }
    packed = office.deliver(hook, gzip.compress(body), **told, **{"content-encoding": "gzip"})
    assert packed.status_code == 201, packed.text
    case = office.http.get(f"/api/v1/cases/{packed.json()['number']}").json()
    assert case["subject"] == "Prüfung steht"


def test_a_delivery_packed_in_a_way_that_is_not_known_is_seen_afterwards(office: Office) -> None:
    hook = office.make("brotli")
    refused = office.deliver(hook, b"{}", **{"content-encoding": "br"})
    assert (refused.status_code, refused.json()["expected"]) == (422, "gzip, or none")
    assert [one["outcome"] for one in office.deliveries("brotli")] == ["refused"]
