"""Whatever is sent: a clear refusal that names the place, nothing half written, and a server that goes on."""

import gzip
import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

import httpx2
import pytest

from tests.testing import PEOPLE, SECRET, Databases, furnish, serving
from tocsin import runtime
from tocsin.runtime import Installation

STARTER = resources.files("tocsin.policy.starters").joinpath("b2b-saas.yaml").read_text()
# What only a request writes: checkpoints, alarms, clocks and pages write their events by themselves, whenever they do.
COUNTED = {
    **{
        name: name
        for name in ("cases", "clocks", "case_keys", "accounts", "users", "rosters", "policy_versions", "teams")
    },
    "events": "events WHERE actor = 'user:admin'",
    "payloads": "payloads p JOIN events e ON e.chain = p.chain AND e.seq = p.seq WHERE e.actor = 'user:admin'",
}


class Server:
    def __init__(self, installation: Installation, http: httpx2.Client) -> None:
        self.installation = installation
        self.http = http

    def rows(self) -> dict[str, int]:
        with self.installation.database.reading() as tx:
            return {what: tx.rows(f"SELECT count(*) FROM {rows}")[0][0] for what, rows in COUNTED.items()}

    def refuses(self, method: str, path: str, content: bytes | Iterator[bytes], status: int) -> dict[str, Any]:
        """Send; it must be refused as a problem document, leave no row behind, and leave the server answering."""
        before = self.rows()
        answer = self.http.request(method, path, content=content)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = answer.json()
        assert problem["status"] == status
        assert problem["title"]
        assert self.rows() == before
        assert self.http.get("/healthz").status_code == 200
        return problem


@pytest.fixture(scope="module")
def server(databases: Databases) -> Iterator[Server]:
    installation = runtime.build(databases.new(), SECRET)
    token = furnish(installation, STARTER, PEOPLE)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with serving(installation) as url, httpx2.Client(base_url=url, headers=headers, timeout=30) as http:
        yield Server(installation, http)


def body(**fields: Any) -> bytes:
    return json.dumps({"subject": "Something", **fields}).encode()


DEEP = b"[" * 5000 + b"]" * 5000

BAD_CASES: dict[str, tuple[bytes, int, str | None]] = {
    "empty": (b"", 422, None),
    "not JSON": (b"{subject: x}", 422, None),
    "cut off": (b'{"subject": "x"', 422, None),
    "two values": (b'{"subject": "x"} {}', 422, None),
    "not an object": (b"[]", 422, None),
    "no subject": (b"{}", 422, "subject"),
    "empty subject": (body(subject=""), 422, "subject"),
    "a subject of which nothing can be seen": (body(subject="\u200b\u00ad"), 422, "subject"),
    "nothing but a NUL": (body(subject="\0"), 422, "subject"),
    "5,000 deep": (DEEP, 422, None),
    "5,000 deep in an attribute": (b'{"subject": "x", "attributes": {"a": ' + DEEP + b"}}", 422, None),
    "10 MB": (body(body="x" * 10_000_000), 413, None),
}

# What is taken in all the same, and by which fields the decision says that a part of it was not.
TAKEN: dict[str, tuple[bytes, set[str]]] = {
    "long subject": (body(subject="x" * 501), {"subject"}),
    "empty subject beside a body": (body(subject="", body="Login fails"), {"subject"}),
    "NUL": (body(subject="a\0b"), set()),
    "NUL in the text": (body(body="a\0b"), set()),
    "NUL in a tag": (body(tags=["fine", "a\0b"]), set()),
    "NUL in the account": (body(account={"name": "\0"}), set()),
    "NUL in an attribute": (body(attributes={"a": {"b": "\0"}}), set()),
    "NUL in the key of an attribute": (body(attributes={"a\0": 1}), set()),
    "lone surrogate": (b'{"subject": "a\\ud800"}', set()),
    "lone surrogate in an attribute": (b'{"subject": "x", "attributes": {"a": ["\\udfff"]}}', set()),
    "NaN": (b'{"subject": "x", "users_affected": NaN}', {"users_affected"}),
    "Infinity": (b'{"subject": "x", "account": {"arr": Infinity}}', {"account.arr"}),
    "number beyond doubles": (b'{"subject": "x", "account": {"arr": 1e999}}', {"account.arr"}),
    "negative number": (body(users_affected=-1), {"users_affected"}),
    "huge number": (body(users_affected=10**30), {"users_affected"}),
    "huge attribute": (body(attributes={"n": 10**30}), {"attributes.n"}),
    "fraction of a user": (body(users_affected=1.5), {"users_affected"}),
    "text for a number": (body(users_affected="many"), {"users_affected"}),
    "a number in a text": (body(users_affected="1,200"), {"users_affected"}),
    "number for a text": (body(subject=5), set()),
    "text for a list": (body(tags="urgent, vip"), set()),
    "101 tags": (body(tags=[f"t{number}" for number in range(101)]), {"tags"}),
    "long sentiment": (body(sentiment="furious " * 10), {"sentiment"}),
    "no such month": (body(account={"renewal": "2026-13-45"}), {"account.renewal"}),
    "not a day": (body(account={"renewal": "in spring"}), {"account.renewal"}),
    "control character in the source": (body(source="desk\x1b[2J"), {"source"}),
    "line break in the ticket's id": (body(external_id="cut\nin two"), {"external_id"}),
    "DEL in the customer's id": (body(account={"external_id": "a\x7f"}), {"account.external_id"}),
    "unknown field": (body(urgency="high"), {"urgency"}),
    "unknown field of the account": (body(account={"revenue": 5}), {"account.revenue"}),
    "account of another shape": (body(account=["Acme"]), {"account"}),
    "attributes of another shape": (body(attributes="none"), {"attributes"}),
    "the year 9999": (body(occurred_at="9999-12-31T23:59:59Z"), {"occurred_at"}),
    "the year 1": (body(occurred_at="0001-01-01T00:00:00Z"), {"occurred_at"}),
    "no zone": (body(occurred_at="2026-11-22T09:30:00"), {"occurred_at"}),
    "no time": (body(occurred_at="yesterday"), {"occurred_at"}),
    "invalid UTF-8": (b'{"subject": "\xff\xfe"}', set()),
    "300 kB of text": (body(body="x" * 300_000), {"body"}),
    "3 MB of text": (body(body="x" * 3_000_000), {"body"}),
    "account that does not exist": (body(account_id="0" * 13), {"account_id"}),
    "account id that is none": (body(account_id="nonsense"), {"account_id"}),
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_part_that_does_not_fit_does_not_take_the_ticket_with_it(server: Server, name: str) -> None:
    content, remarked = TAKEN[name]
    answer = server.http.post("/api/v1/cases", content=content)
    assert answer.status_code == 201, answer.text
    decision = answer.json()["decision"]
    assert decision["facts"].get("remarks", {}).keys() == remarked
    said = {place for place in remarked for reason in decision["reasons"] if reason.startswith(f"{place}: ")}
    assert said == remarked


@pytest.mark.parametrize("name", [name for name in TAKEN if name != "3 MB of text"])
def test_nor_in_a_batch(server: Server, name: str) -> None:
    content, remarked = TAKEN[name]
    content = content.replace(b"cut", b"cut again")  # a ticket of its own, where the name has an id
    good = body(subject=f"A good one beside {name}")
    answer = server.http.post("/api/v1/cases/batch", content=b'{"cases": [' + content + b"," + good + b"]}")
    assert answer.status_code == 200, answer.text
    taken, opened = answer.json()["results"]
    assert taken["decision"]["facts"].get("remarks", {}).keys() == remarked
    assert opened["subject"] == f"A good one beside {name}"


@pytest.mark.parametrize("name", [name for name in TAKEN if not name.startswith(("empty", "line break"))])
def test_nor_in_a_signal(server: Server, name: str) -> None:
    content, remarked = TAKEN[name]
    given = content[:-1] + f', "external_id": "signal {name}"'.encode() + b"}"
    answer = server.http.post("/api/v1/signals", content=given)
    assert answer.status_code == 201, answer.text
    assert answer.json()["effect"] == "opened"
    assert answer.json()["decision"]["facts"].get("remarks", {}).keys() == remarked


def test_a_sender_whose_tickets_are_refused_is_told_of_once(server: Server) -> None:
    for _ in range(3):
        assert server.http.post("/api/v1/cases", content=b"{}").status_code == 422
    assert server.http.post("/api/v1/signals", content=body()).status_code == 422
    assert server.http.post("/api/v1/cases", content=body()).status_code == 201  # written after the alarm
    said = [
        alarm["says"]
        for alarm in server.http.get("/api/v1/alarms").json()["alarms"]
        if alarm["kind"] == "intake.refused"
    ]
    about = [one for one in said if "the user admin sent" in one and "POST /cases that" in one and "subject:" in one]
    assert len(about) == 1, said
    assert any("POST /signals" in one and "external_id" in one for one in said)


@pytest.mark.parametrize("name", BAD_CASES)
def test_a_case(server: Server, name: str) -> None:
    content, status, place = BAD_CASES[name]
    problem = server.refuses("POST", "/api/v1/cases", content, status)
    assert problem.get("place") == place or place is None
    assert problem["detail"]


def test_a_batch_hears_what_its_own_tickets_said(server: Server) -> None:
    ticket = {"subject": "Checkout is down", "type": "outage", "source": "prometheus", "external_id": "batch-1"}
    ends = ticket | {"status": "resolved", "occurred_at": "2026-03-02T08:09:00Z"}
    begins = ticket | {"status": "firing", "occurred_at": "2026-03-02T08:01:00Z"}
    answer = server.http.post("/api/v1/cases/batch", json={"cases": [ends, begins]})
    ended, opened = answer.json()["results"]
    assert (ended["effect"], opened["state"], opened["unchanged"]) == ("recorded", "resolved", False)


def test_a_status_for_a_ticket_that_has_a_case_is_not_ignored_without_a_word(server: Server) -> None:
    ticket = {"subject": "Login fails", "source": "desk", "external_id": "said-1"}
    assert server.http.post("/api/v1/cases", json=ticket).status_code == 201
    answer = server.http.post("/api/v1/cases", json=ticket | {"status": "solved"})
    assert answer.status_code == 200
    found = answer.json()
    assert (found["unchanged"], found["effect"], found["state"]) == (True, "unchanged", "open")
    assert "/signals" in found["says"]


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/signals"])
def test_a_byte_order_mark_before_a_ticket_is_no_part_of_it(server: Server, path: str) -> None:
    answer = server.http.post(path, content=b"\xef\xbb\xbf" + body(subject="Marked", external_id=f"bom {path}"))
    assert answer.status_code == 201, answer.text
    assert answer.json()["subject"] == "Marked"
    assert "remarks" not in answer.json()["decision"]["facts"]


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/signals", "a hook"])
def test_a_line_break_within_a_text_refuses_nothing(server: Server, path: str) -> None:
    if path == "a hook":
        fields = {"external_id": "external_id", "subject": "subject", "body": "body"}
        hook = {"name": "breaks", "map": {"source": "breaks", "fields": fields}}
        path = server.http.post("/api/v1/hooks", json=hook).json()["shown_once"]["path"]
    raw = b'{"subject": "Down", "body": "one\ntwo\tthree", "external_id": "break %s"}' % path[-12:].encode()
    assert server.http.post(path, content=raw).is_success
    marked = raw.decode().replace("break ", "broad ").encode("utf-16")
    assert server.http.post(path, content=marked).is_success


def test_a_blank_id_of_an_account_counts_as_missing(server: Server) -> None:
    before = server.rows()["accounts"]
    answer = server.http.post("/api/v1/cases", json={"subject": "x", "account": {"external_id": "", "name": "Acme"}})
    assert answer.json()["decision"]["facts"]["account"] == {"name": "Acme"}
    assert server.rows()["accounts"] == before


@pytest.mark.parametrize("name", [name for name in BAD_CASES if name not in ("empty", "two values", "10 MB")])
def test_a_case_in_a_batch_does_not_take_the_others_with_it(server: Server, name: str) -> None:
    """Where the batch as a whole can be read, each ticket has its own answer; where not, nothing of it is stored."""
    content, status, place = BAD_CASES[name]
    before = server.rows()["cases"]
    good = body(subject=f"A good one beside {name}")
    answer = server.http.post("/api/v1/cases/batch", content=b'{"cases": [' + content + b"," + good + b"]}")
    if answer.status_code == 422:
        assert answer.headers["content-type"] == "application/problem+json"
        assert not readable(content)
        assert server.rows()["cases"] == before
        return
    assert answer.status_code == 200, answer.text
    refused, opened = answer.json()["results"]
    assert refused["status"] == status
    if place:
        assert refused["place"] in (f"cases[0].{place}", place)
    assert opened["subject"] == f"A good one beside {name}"
    assert server.rows()["cases"] == before + 1


def readable(content: bytes) -> bool:
    """Whether it is JSON that a strict reader takes."""
    try:
        found = json.loads(content, parse_constant=lambda name: pytest.fail(name))
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError, pytest.fail.Exception):
        return False
    return True


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"[]", 422),
        (b'{"cases": []}', 422),
        (b'{"cases": 5}', 422),
        (b'{"cases": [' + b"{}," * 1001 + b"{}]}", 422),
        (b"x" * 9_000_000, 413),
    ],
)
def test_a_batch(server: Server, content: bytes, status: int) -> None:
    server.refuses("POST", "/api/v1/cases/batch", content, status)


ROUTES = ["/api/v1/cases", "/api/v1/signals"]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", '"ISO-8859-15"', "utf-16-le"])
def test_a_body_is_decoded_by_its_charset(server: Server, path: str, charset: str) -> None:
    said = json.dumps({"subject": "Prüfung steht", "external_id": f"c{path}{charset}"}, ensure_ascii=False)
    headers = {"content-type": f"application/json; charset={charset}"}
    answer = server.http.post(path, content=said.encode(charset.strip('"')), headers=headers)
    assert (answer.status_code, answer.json().get("subject")) == (201, "Prüfung steht"), answer.text


@pytest.mark.parametrize("charset", ["iso-8859-1", "no-such", "hex", "utf-8"])
def test_nor_does_a_wrong_charset_spoil_a_body(server: Server, charset: str) -> None:
    said = json.dumps({"subject": "Prüfung steht"}, ensure_ascii=False).encode()
    headers = {"content-type": f"application/json; charset={charset}"}
    answer = server.http.post("/api/v1/cases", content=said, headers=headers)
    assert answer.json()["subject"] == "Prüfung steht", answer.text


@pytest.mark.parametrize("path", [*ROUTES, "/api/v1/decisions"])
def test_a_packed_body_is_unpacked(server: Server, path: str) -> None:
    packed = gzip.compress(json.dumps({"subject": "API is down", "external_id": f"g{path}"}).encode())
    answer = server.http.post(path, content=packed, headers={"content-encoding": "gzip"})
    assert answer.status_code in (200, 201), answer.text


PACKED: dict[str, tuple[str, bytes, int]] = {
    "too large unpacked": ("gzip", gzip.compress(b" " * (16 << 20), mtime=0), 413),
    "cut off": ("gzip", gzip.compress(b'{"subject": "x"}', mtime=0)[:-4], 422),
    "not packed": ("gzip", b'{"subject": "x"}', 422),
    "another packing": ("br", b'{"subject": "x"}', 422),
    "packed twice": ("gzip, gzip", b'{"subject": "x"}', 422),
}


@pytest.mark.parametrize("path", [*ROUTES, "/api/v1/decisions"])
@pytest.mark.parametrize("name", PACKED)
def test_what_cannot_be_unpacked_is_refused(server: Server, path: str, name: str) -> None:
    encoding, content, status = PACKED[name]
    answer = server.http.post(path, content=content, headers={"content-encoding": encoding})
    assert answer.status_code == status, answer.text
    assert status == 413 or answer.json()["expected"]


def test_a_body_without_a_declared_length(server: Server) -> None:
    server.refuses("POST", "/api/v1/cases", iter([b"x" * 65536] * 200), 413)


@pytest.mark.parametrize("key", ["", "x" * 256, "a b"])
def test_an_idempotency_key(server: Server, key: str) -> None:
    before = server.rows()
    answer = server.http.post("/api/v1/cases", content=body(), headers={"idempotency-key": key})
    assert answer.status_code == 422
    assert answer.json()["place"] == "Idempotency-Key"
    assert server.rows() == before


def test_an_idempotency_key_with_another_body(server: Server) -> None:
    headers = {"idempotency-key": "once"}
    first = server.http.post("/api/v1/cases", content=body(), headers=headers)
    again = server.http.post("/api/v1/cases", content=body(), headers=headers)
    other = server.http.post("/api/v1/cases", content=body(subject="Another"), headers=headers)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert again.json()["id"] == first.json()["id"]
    assert other.json()["type"].endswith("key-reused")


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b'{"external_id": "x"}',
        b'{"external_id": "x", "subject": []}',
        b'{"external_id": " ", "subject": "y"}',
        b'{"external_id": "\\u0000", "subject": "y"}',
        b"nonsense",
        DEEP,
    ],
)
def test_a_signal(server: Server, content: bytes) -> None:
    server.refuses("POST", "/api/v1/signals", content, 422)


def yaml(*changes: tuple[str, str]) -> bytes:
    text = STARTER
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return json.dumps({"source": text, "reason": "a test"}).encode()


BAD_POLICIES = {
    "not YAML": (json.dumps({"source": "a: [b"}).encode(), None),
    "anchors in a circle": (json.dumps({"source": "a: &x [*x]"}).encode(), None),
    "nothing": (json.dumps({"source": ""}).encode(), None),
    "5,000 deep": (json.dumps({"source": "[" * 5000 + "]" * 5000}).encode(), None),
    "weights that do not sum": (yaml(("weight: 30", "weight: 31")), "score"),
    "unknown key": (yaml(("default_severity:", "default_sverity:")), "default_sverity"),
    "a team that does not exist": (yaml(("team: billing", "team: nobody")), "route"),
}


@pytest.mark.parametrize("name", BAD_POLICIES)
def test_a_policy(server: Server, name: str) -> None:
    content, key = BAD_POLICIES[name]
    problem = server.refuses("POST", "/api/v1/policies", content, 422)
    assert problem["problems"], problem
    assert all(found["message"] for found in problem["problems"])
    if key:
        assert any(key in found["key"] and found["line"] for found in problem["problems"]), problem["problems"]


OTHERS: list[tuple[str, str, bytes, int]] = [
    ("POST", "/api/v1/users", b'{"name": "a\\u0000"}', 422),
    ("POST", "/api/v1/users", b'{"name": "Upper Case"}', 422),
    ("POST", "/api/v1/users", b'{"name": "x", "role": "king"}', 422),
    ("POST", "/api/v1/users", b'{"name": "x", "webhook": "ftp://x/"}', 422),
    ("POST", "/api/v1/users", b'{"name": "anna"}', 409),
    ("POST", "/api/v1/users", DEEP, 422),
    ("POST", "/api/v1/users", b"x" * 2_000_000, 413),
    ("POST", "/api/v1/teams", b'{"name": "x", "lead": "nobody"}', 422),
    ("POST", "/api/v1/users", b'{"name": "zoe", "role": "agent", "email": "not a mail"}', 422),
    ("PATCH", "/api/v1/users/anna", b'{"email": "a@b.example, c@d.example"}', 422),
    ("PUT", "/api/v1/rosters/night", b'{"members": ["a"], "zone": "Mars/Olympus", "handoff": "mon 09:00"}', 422),
    ("POST", "/api/v1/teams", b'{"name": "x", "roster": "nothing"}', 422),
    ("PUT", "/api/v1/rosters/night", b'{"members": ["anna", "nobody"], "zone": "UTC", "handoff": "mon 09:00"}', 422),
    ("PUT", "/api/v1/rosters/night", b'{"members": 5}', 422),
    ("POST", "/api/v1/users", json.dumps({"name": "x", "email": "x" * 255}).encode(), 422),
    ("POST", "/api/v1/users", json.dumps({"name": "x", "display": "x" * 201}).encode(), 422),
    ("POST", "/api/v1/users", b'{"name": "x", "display": "\\u001b[2J"}', 422),
    ("GET", "/api/v1/cases?sort=score", b"", 422),
    ("GET", "/api/v1/cases?state=bogus", b"", 422),
    ("GET", "/api/v1/cases?level=bogus", b"", 422),
    ("GET", "/api/v1/cases?severity=bogus", b"", 422),
    ("GET", "/api/v1/cases?account=nonsense", b"", 422),
    ("PUT", "/api/v1/rosters/night", b'{"members": ["\\u0000"], "zone": "UTC", "handoff": "mon 09:00"}', 422),
    ("POST", "/api/v1/decisions", b'{"subject": "\\u0000"}', 422),
    ("GET", "/api/v1/cases/nonsense", b"", 404),
    ("GET", "/api/v1/cases/0000000000000", b"", 404),
    ("GET", "/api/v1/cases/99999999", b"", 404),
    ("GET", "/api/v1/cases/%C2%B2", b"", 404),
    ("GET", "/api/v1/cases/999999999999", b"", 404),
    ("GET", "/api/v1/policies/99999999999999999999", b"", 422),
    ("GET", "/api/v1/policies/-1", b"", 422),
    ("GET", "/api/v1/policies/2147483647", b"", 404),
    ("POST", "/api/v1/webhooks", b'{"url": "https://a.test/\\u0000", "events": ["*"]}', 422),
    ("GET", "/api/v1/cases?state=%00", b"", 422),
    ("GET", "/api/v1/cases?cursor=nonsense", b"", 422),
    ("GET", "/api/v1/cases?limit=100000", b"", 422),
    ("GET", "/api/v1/oncall?at=never", b"", 422),
    ("GET", "/api/v1/nothing", b"", 404),
    ("POST", "/api/v1/cases/0000000000000/acknowledgement", b"", 404),
    ("POST", "/api/v1/cases/nonsense/notes", b'{"text": "\\ud800"}', 422),
]


@pytest.mark.parametrize(("method", "path", "content", "status"), OTHERS)
def test_other_routes(server: Server, method: str, path: str, content: bytes, status: int) -> None:
    server.refuses(method, path, content, status)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc", "Bearer t\u00f6ken"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/cases"),
        ("POST", "/api/v1/cases/batch"),
        ("POST", "/api/v1/signals"),
        ("POST", "/api/v1/decisions"),
        ("GET", "/api/v1/cases"),
        ("GET", "/api/v1/cases/1"),
        ("GET", "/api/v1/users"),
        ("POST", "/api/v1/policies"),
    ],
)
def test_nobody_without_a_token_reads_or_changes_anything(server: Server, method: str, path: str, header: str) -> None:
    before = server.rows()
    answer = server.http.request(
        method, path, content=body() if method == "POST" else b"", headers={b"authorization": header.encode("latin-1")}
    )
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert server.rows() == before
