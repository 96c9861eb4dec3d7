"""Every POST of the API honours an Idempotency-Key: the same request again is carried out once."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.faces.office import CALM
from tests.testing import PEOPLE, SECRET, Databases, furnish, serving
from tocsin import runtime
from tocsin.api.app import application
from tocsin.api.once import AGAIN

OUTAGE: dict[str, Any] = {"subject": "API is down", "users_affected": 5000}
QUIET: dict[str, Any] = {"subject": "A question"}
# By route: a body that does something, and what stands beside it in the case that it is about.
FETCHING = CALM + "evidence:\n  - {id: last-tickets, on: account_tickets}\n"
BODIES: dict[str, Any] = {
    "/cases": OUTAGE,
    "/cases/batch": {"cases": [OUTAGE]},
    "/imports": {"name": "old", "rows": [{"line": 2, "ticket": OUTAGE | {"external_id": "I-1"}, "key": "01"}]},
    "/signals": OUTAGE | {"external_id": "S-1"},
    "/decisions": OUTAGE,
    "/views": {"name": "Mine", "filter": {"owner": "me", "sort": "due"}},
    "/users": {"name": "nora", "webhook": "http://127.0.0.1:9/nora"},
    "/users/{name}/destinations": {"webhook": "http://127.0.0.1:9/more"},
    "/teams/{name}/destinations": {"webhook": "http://127.0.0.1:9/team"},
    "/roles/{name}/destinations": {"webhook": "http://127.0.0.1:9/role"},
    "/teams": {"name": "night"},
    "/tokens": {"name": "desk", "role": "operator"},
    "/tokens/{name}/revocation": None,
    "/webhooks": {"url": "http://127.0.0.1:9/", "events": ["*"]},
    "/hooks": {"name": "desk", "map": {"source": "desk", "fields": {"subject": "title", "external_id": "key"}}},
    "/hooks/{name}/revocation": None,
    "/connectors": {"name": "prometheus", "pack": "alertmanager"},
    "/connectors/{name}/test": {},
    "/connectors/{name}/deliveries/{delivery}/replay": None,
    "/connectors/{name}/secret": {},
    "/connectors/{name}/revocation": None,
    "/automation": {"on": False, "reason": "a rule goes wild"},
    "/windows/calendar": {"calendar": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR", "tags": ["batch"]},
    "/windows": {"tags": ["batch"], "lasts": "1h", "reason": "the database moves"},
    "/silences": {"tags": ["batch"], "lasts": "1h", "reason": "a test"},
    "/watches": {"accounts": ["acme"], "lasts": "1d", "reason": "their go-live"},
    "/mutes": {"rule": "score.reputation", "lasts": "1h", "reason": "a campaign"},
    "/policies": {"source": FETCHING, "reason": "again"},
    "/policies/reversion": {"reason": "too soon"},
    "/cases/bulk": {"verb": "note", "cases": ["1"], "arguments": {"text": "for all"}},
    "/bulk/{id}/undo": {},
    "/cases/{case}/undo": {},
    "/cases/{case}/assignment": {"owner": "bo"},
    "/cases/{case}/call-ins": {"user": "dora", "reason": "she knows the database"},
    "/cases/{case}/following": None,
    "/cases/{case}/bridge": {"address": "https://meet.test/war-room"},
    "/cases/{case}/acknowledgement": None,
    "/cases/{case}/escalation": {"level": "senior", "reason": "it is grave"},
    "/cases/{case}/escalation/answer": {"accept": True},
    "/cases/{case}/deescalation": {"level": "standard", "reason": "it is not"},
    "/cases/{case}/override": {"reason": "so it is", "severity": "low"},
    "/cases/{case}/correction": {"what": "false_alarm", "reason": "a test of ours"},
    "/cases/{case}/triage": {"level": "senior", "reason": "it is grave"},
    "/cases/{case}/triage-snooze": {"reason": "they call back"},
    "/cases/{case}/containment": None,
    "/cases/{case}/resolution": None,
    "/cases/{case}/reopening": {"reason": "it is back"},
    "/cases/{case}/closure": None,
    "/cases/{case}/hold": {"reason": "they look for the log"},
    "/cases/{case}/relief": {"clock": "resolve", "due_at": "2099-01-01T00:00:00Z", "reason": "parts are late"},
    "/cases/{case}/risk": {"answer": "seen"},
    "/cases/{case}/evidence": {"collector": "last-tickets"},
    "/cases/{case}/dismissed-parents": {"case": 1},
    "/cases/{case}/affected": {"accounts": ["nobody"]},
    "/cases/{case}/links": {"kind": "related", "case": 1},
    "/cases/{case}/confidentiality": {"names": ["lea"], "reason": "legal"},
    "/cases/{case}/notes": {"text": "looked at it"},
    "/cases/{case}/updates": {"text": "we are looking at it"},
    "/cases/{case}/explanation": {"text": "a disk was full"},
    "/cases/{case}/questions": {"team": "engineering", "question": "is the link up?"},
    "/cases/{case}/answers": {"answer": "it is"},
    "/cases/{case}/milestones": {"milestone": "authority-warned"},
}
# What has to be so before: the ticket, and verbs with their bodies.
ASK = ("escalation", {"level": "executive", "reason": "grave", "hurt": "all", "request": True})
SOLVED: tuple[str, Any] = ("resolution", {})
BEFORE: dict[str, tuple[dict[str, Any], tuple[tuple[str, Any], ...]]] = {
    "escalation": (QUIET, ()),
    "escalation/answer": (OUTAGE, (ASK,)),
    "reopening": (QUIET, (SOLVED,)),
    "closure": (QUIET, (SOLVED,)),
    "answers": (QUIET, (("questions", {"team": "engineering", "question": "is the link up?"}),)),
    "hold": (QUIET, ()),
    "undo": (QUIET, (("hold", {"reason": "they look for the log"}),)),
    "triage": (QUIET, ()),
    "risk": (QUIET, ()),
    "evidence": (QUIET, ()),
}
NOT_NOW = ("triage", "escalation/answer")  # not in every state; refused both times alike


@pytest.fixture(scope="module")
def http(databases: Databases) -> Iterator[httpx2.Client]:
    installation = runtime.build(databases.new(), SECRET, allow_private=True)
    token = furnish(installation, FETCHING, PEOPLE, "http://127.0.0.1:9/")
    headers = {"authorization": f"Bearer {token}"}
    with serving(installation) as url, httpx2.Client(base_url=f"{url}/api/v1", headers=headers, timeout=30) as client:
        client.post("/cases", json=QUIET)
        client.post("/tokens", json={"name": "old", "role": "viewer"})
        client.post("/policies", json={"source": FETCHING, "reason": "first"})
        yield client


def delivered(http: httpx2.Client) -> tuple[str, str]:
    """A connector and a delivery that it keeps."""
    name = f"alerts {len(http.get('/connectors').json()['connectors'])}"
    path = http.post("/connectors", json={"name": name, "pack": "alertmanager"}).json()["shown_once"]["path"]
    httpx2.post(f"{str(http.base_url).removesuffix('/api/v1/')}{path}", json={"alerts": []}, timeout=30)
    [delivery] = http.get(f"/connectors/{name}/deliveries").json()["deliveries"]
    return name, delivery["id"]


def routes() -> list[str]:
    described = application().openapi()["paths"]
    return sorted(path.removeprefix("/api/v1") for path, methods in described.items() if "post" in methods)


def prepared(http: httpx2.Client, route: str) -> str:
    """The path to call, with a case of its own in a state that lets it."""
    if route.startswith("/connectors/"):
        name, delivery = delivered(http)
        return route.replace("{name}", name).replace("{delivery}", delivery)
    if route == "/watches":
        http.put("/accounts/acme", json={"name": "Acme"})
    if route.startswith("/bulk/"):
        case = str(http.post("/cases", json=QUIET).json()["number"])
        done = http.post("/cases/bulk", json={"verb": "hold", "cases": [case], "arguments": {"reason": "a log"}})
        return route.replace("{id}", done.json()["id"])
    if "{case}" not in route:
        called = {"tokens": "old", "teams": "engineering"}
        return route.replace("{name}", called.get(route.split("/")[1], "anna"))
    verb = route.partition("{case}/")[2]
    ticket, steps = BEFORE.get(verb, (OUTAGE, ()))
    case = str(http.post("/cases", json=ticket).json()["number"])
    for step, body in steps:
        http.post(f"/cases/{case}/{step}", json=body)
    return route.replace("{case}", case)


@pytest.mark.parametrize("route", routes())
def test_a_request_that_comes_again_with_its_key_is_carried_out_once(http: httpx2.Client, route: str) -> None:
    if route.startswith(("/hooks/", "/heartbeats/")):
        pytest.skip("its token stands in the path: tests/faces/test_hooks.py, test_heartbeats.py")
    body, path = BODIES[route], prepared(http, route)
    key = {"idempotency-key": f"walk:{route}"}
    first, again = (http.post(path, json=body, headers=key) for _ in range(2))
    if any(route.endswith(f"/{verb}") for verb in NOT_NOW) and first.status_code == 409:
        assert again.status_code == 409
        return
    assert first.status_code in (200, 201), first.text
    assert again.status_code in (200, first.status_code), again.text
    one, other = first.json(), again.json()
    for name in ("id", "number", "version", "activation", "name"):
        assert one.get(name) == other.get(name)
    if route in ("/decisions", "/connectors/{name}/test"):
        return  # nothing is stored, so there is nothing to guard
    changed = http.post(path, content=b'{"other": "body"}', headers=key)
    assert changed.status_code == 422
    if route == "/automation":
        http.post(path, json={"on": True, "reason": "for the others"})


@pytest.mark.parametrize(
    ("route", "secret"),
    [
        ("/tokens", "token"),
        ("/users", "webhook_secret"),
        ("/users/anna/destinations", "webhook_secret"),
        ("/webhooks", "secret"),
    ],
)
def test_a_secret_is_not_repeated(http: httpx2.Client, route: str, secret: str) -> None:
    body = BODIES[route.replace("anna", "{name}")]
    body = body | ({"name": "once"} if "name" in body else {})
    first, again = (http.post(route, json=body, headers={"idempotency-key": "secret"}) for _ in range(2))
    assert first.json()[secret]
    assert AGAIN not in first.headers
    assert again.status_code == first.status_code == 201
    assert again.headers[AGAIN] == "true"
    assert again.json() == first.json() | {secret: None}


@pytest.mark.parametrize("verb", ["notes", "links"])
def test_a_case_is_one_case_however_the_path_calls_it(http: httpx2.Client, verb: str) -> None:
    case = http.post("/cases", json=QUIET).json()
    number, spelled = str(case["number"]), "".join(f"%{ord(digit):x}" for digit in str(case["number"]))
    key = {"idempotency-key": f"one case: {verb}".replace(" ", "-")}
    for called in (number, case["id"], f"0{number}", spelled, case["id"].lower(), number):
        answer = http.post(f"/cases/{called}/{verb}", json=BODIES[f"/cases/{{case}}/{verb}"], headers=key)
        assert (answer.status_code, answer.json()["id"]) == (200, case["id"]), called
    kinds = [event["kind"] for event in http.get(f"/cases/{number}/timeline").json()["events"]]
    assert [kinds.count("case.noted"), kinds.count("case.linked")] == ([1, 0] if verb == "notes" else [0, 1])
    other = http.post("/cases", json=QUIET).json()
    again = http.post(f"/cases/{other['id']}/{verb}", json=BODIES[f"/cases/{{case}}/{verb}"], headers=key)
    assert (again.status_code, again.json()["id"]) == (200, other["id"]), "the key is of another request there"


def test_a_name_is_one_name_however_the_path_writes_it(http: httpx2.Client) -> None:
    body, key = {"webhook": "http://127.0.0.1:9/spelled"}, {"idempotency-key": "spelled"}
    first, again = (http.post(f"/users/{name}/destinations", json=body, headers=key) for name in ("bo", "%62o"))
    assert (first.status_code, again.headers.get(AGAIN)) == (201, "true")


def test_a_request_that_was_refused_may_be_tried_again_with_its_key(http: httpx2.Client) -> None:
    key = {"idempotency-key": "refused"}
    body = {"name": "late", "lead": "otto"}
    assert http.post("/teams", json=body, headers=key).status_code == 422
    assert http.post("/users", json={"name": "otto"}).status_code == 201
    assert http.post("/teams", json=body, headers=key).status_code == 201
