"""Every route of the application, found by walking it, as every role and as nobody: who has neither token nor session
reads and changes nothing, and who may only read changes nothing. A new route fails here until it says what it asks."""

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.faces.asks import ASKS
from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import OUTAGE, QUESTION, STAFF, Office, staffed
from tests.testing import Databases
from tocsin.api.app import HOT, application
from tocsin.people.permissions import PERMISSIONS, ROLES, Permission, Viewer
from tocsin.web.verbs import acts

# For everybody: signs of life, how to come in, what pages are made of, links that carry their own proof, the contract.
PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/static/{path}"),
    ("GET", "/acknowledge/{token}"),
    ("POST", "/acknowledge/{token}"),
    ("GET", "/acknowledge/kept"),
    ("GET", "/acknowledge/worker.js"),
    ("GET", "/decline/{token}"),
    ("POST", "/decline/{token}"),
    ("POST", "/hooks/generic/{token}"),
    ("POST", "/hooks/{connector}/{token}"),
    ("POST", "/api/v1/heartbeats/{token}"),
    ("GET", "/api/v1/heartbeats/{token}"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/api"),
    ("GET", "/api/events"),
    ("GET", "/api/verbs"),
}
READ: tuple[Permission, Any] = ("cases.read", None)
WRITTEN = (
    "events",
    "cases",
    "users",
    "teams",
    "tokens",
    "rosters",
    "destinations",
    "policy_versions",
    "subscriptions",
    "hooks",
)


def routes() -> list[tuple[str, str]]:
    """Every method and path that the application answers."""
    found = set(HOT)
    routes: list[Any] = application().routes
    for route in routes:
        inner = route.effective_route_contexts() if hasattr(route, "effective_route_contexts") else [route]
        found |= {(method, each.path_format) for each in inner for method in (each.methods or ()) if method != "HEAD"}
    return sorted(found)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    databases = Databases("sqlite", tmp_path_factory.mktemp("walk"))
    with staffed(databases.new()) as office:
        give_passwords(office.installation)
        office.open(OUTAGE)
        office.open(QUESTION)
        yield office


@pytest.fixture(scope="module")
def every(office: Office) -> list[tuple[str, str]]:
    found = routes()
    assert len(found) > 60
    assert set(found) >= PUBLIC, "what is public is there"
    return found


def asked(method: str, path: str) -> tuple[Permission, Any]:
    for name in (f"{method} {path}", f"{method} {path.removeprefix('/api/v1/cases/{case}/')}"):
        if name in ASKS:
            return ASKS[name]
    assert method == "GET", f"{method} {path}: say in ASKS what it asks for"
    return READ


def filled(path: str) -> str:
    values = {
        "external_id": "C-1",
        "case": "1",
        "name": "of anna",
        "version": "1",
        "webhook": "0000000000001",
        "destination": "0000000000001",
        "delivery": "0000000000001",
        "verb": "note",
        "id": "0000000000001",
        "view": "0000000000001",
    }
    plain = re.sub(r"{(\w+)}", lambda found: values.get(found[1], "1"), path)
    return f"{plain}?q=walked" if path == "/api/v1/search" else plain


def stored(office: Office) -> dict[str, Any]:
    """How much there is of everything, and who can come in; sessions are counted apart."""
    with office.installation.database.reading() as tx:
        counts = {table: tx.row(f"SELECT count(*) FROM {table}") for table in WRITTEN}
        return counts | {"passwords": tx.rows("SELECT id, password_hash, role, active FROM users ORDER BY id")}


def test_nobody_reads_or_changes_anything(office: Office, every: list[tuple[str, str]]) -> None:
    before = stored(office)
    browser = Browser(office.url)
    browser.sign_in("admin")
    cookie = browser.http.cookies["tocsin_session"]
    with httpx2.Client(base_url=office.url, timeout=30) as http:
        for method, path in every:
            if (method, path) in PUBLIC:
                continue
            body = asked(method, path)[1] if path.startswith("/api/") else None
            for headers in (
                {},
                {"authorization": "Bearer tocsin_made-up"},
                {"cookie": "tocsin_session=made-up"},
                {"origin": office.url},
            ):
                answer = http.request(method, filled(path), json=body, headers=headers)
                where = f"{method} {path} with {headers}: {answer.status_code}"
                if path.startswith("/api/"):
                    assert answer.status_code == 401, where
                else:
                    assert answer.status_code in (303, 401, 403), where
                    assert answer.headers.get("location", "/sign-in").startswith("/sign-in"), where
                assert "API is down" not in answer.text, where
            if path.startswith("/api/"):
                answer = http.request(method, filled(path), json=body, headers={"cookie": f"tocsin_session={cookie}"})
                assert answer.status_code == 401, f"{method} {path}: a browser's session is none of the API"
        for made_up in (
            "/hooks/generic/made-up",
            "/hooks/alertmanager/made-up",
            "/acknowledge/made-up",
            "/decline/made-up",
        ):
            assert http.post(made_up, json={}).status_code in (401, 404), made_up
    assert stored(office) == before


@pytest.mark.parametrize("role", ROLES)
def test_a_role_does_what_its_permissions_say(office: Office, every: list[tuple[str, str]], role: str) -> None:
    """By the API. Who may not is refused with 403, whatever the state of the case; nobody meets a fault."""
    name = next((name for name, has in STAFF.items() if has == role), None)
    if name is None:  # no person has it in the office
        token = office.clients["admin"].post("/tokens", json={"name": f"as {role}", "role": role}).json()["token"]
    else:
        answer = office.clients["admin"].post("/tokens", json={"name": f"as {role}", "user": name})
        token = answer.json()["token"]
    viewer = Viewer("test", role)  # type: ignore[arg-type]
    with httpx2.Client(base_url=office.url, headers={"authorization": f"Bearer {token}"}, timeout=30) as http:
        before = stored(office)
        for method, path in every:
            if not path.startswith("/api/v1/") or (method, path) in PUBLIC:
                continue
            permission, body = asked(method, path)
            if viewer.may(permission) and method != "GET":
                continue  # what they may change they change in tests of their own
            answer = http.request(method, filled(path), json=body)
            where = f"{role}: {method} {path}: {answer.status_code} {answer.text[:200]}"
            if viewer.may(permission):
                assert answer.status_code in (200, 404), where
            else:
                assert answer.status_code in (403, 409), where
        assert stored(office) == before


@pytest.mark.parametrize("scope", PERMISSIONS)
def test_a_token_narrowed_to_one_permission_does_nothing_else(
    office: Office, every: list[tuple[str, str]], scope: Permission
) -> None:
    """Whatever else its role includes: reads too, which every role may."""
    body = {"name": f"only {scope}", "role": "admin", "scopes": [scope]}
    token = office.clients["admin"].post("/tokens", json=body).json()["token"]
    refused = 0
    with httpx2.Client(base_url=office.url, headers={"authorization": f"Bearer {token}"}, timeout=30) as http:
        before = stored(office)
        for method, path in every:
            if not path.startswith("/api/v1/") or (method, path) in PUBLIC or asked(method, path)[0] == scope:
                continue
            answer = http.request(method, filled(path), json=asked(method, path)[1])
            assert answer.status_code in (403, 409), (
                f"{scope}: {method} {path}: {answer.status_code} {answer.text[:200]}"
            )
            refused += 1
        assert stored(office) == before
    assert refused > 30


@pytest.mark.parametrize("name", ["vera", "anna"])
def test_a_page_does_what_the_role_may(office: Office, name: str) -> None:
    """By the pages: a viewer sees them all, and no verb that asks for more than to see is carried out."""
    browser = Browser(office.url)
    assert browser.sign_in(name).status_code == 303
    for path in ("/", "/cases", "/cases/1", "/parts/mine", "/parts/cases/1"):
        assert browser.get(path).status_code == 200, path
    before = stored(office)
    for act in acts().values():
        fields: Any = {field.name: (field.choices[0][0] if field.choices else "1") for field in act.fields}
        path = f"/cases/2/{act.verb.name}"
        for token, headers in (("", {}), ("f" * 64, {}), (None, {"origin": "https://elsewhere.test"})):
            assert browser.post(path, token=token, headers=headers, **fields).status_code == 403, path
        if name == "vera" and act.verb.permission != "cases.read":
            assert browser.post(path, **fields).status_code in (403, 404, 422), path
    assert stored(office) == before
    if name == "anna":
        assert browser.post("/cases/2/note", text="by hand").status_code == 303
        assert stored(office) != before


def test_nobody_but_an_administrator_makes_somebody_the_owner_of_an_account(office: Office) -> None:
    """A path calls the owner, who may then answer for the customer."""
    path = "/accounts/globex"
    assert office.clients["desk"].put(path, json={"name": "Globex", "owner": "mia"}).json()["owner"] == "mia"
    for name in ("olga", "lea", "mia", "otto"):
        for owner in ("olga", None):
            refused = office.clients[name].put(path, json={"segment": "strategic", "owner": owner})
            assert (refused.status_code, refused.json()["place"]) == (403, "owner"), name
        assert office.get(name, path)["segment"] is None
        same = office.clients[name].put(path, json={"plan": "gold", "owner": "mia"})
        assert same.status_code == 200, "who owns it already is no news"
    assert office.clients["admin"].put(path, json={"owner": "olga"}).json()["owner"] == "olga"
