"""Whatever is edited has a version; a change that names an older one is refused, with both texts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.faces.office import Office, staffed
from tests.testing import Databases

ROSTER = {"members": ["carl", "dora"], "zone": "Europe/Berlin", "handoff": "mon 09:00"}
# Path, method, and two bodies.
EDITED: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "user": ("/users/anna", "PATCH", {"display": "Anna A."}, {"display": "Anna B."}),
    "team": ("/teams/support", "PATCH", {"members": ["anna"]}, {"members": ["bo"]}),
    "roster": ("/rosters/nights", "PUT", ROSTER, ROSTER | {"members": ["dora", "carl"]}),
    "account": ("/accounts/acme", "PUT", {"plan": "gold"}, {"plan": "silver"}),
    "connector": ("/connectors/tracker", "PATCH", {"map": {"source": "one"}}, {"map": {"source": "two"}}),
}


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        made = office.post("admin", "/connectors", {"name": "tracker", "pack": "alertmanager"})
        assert made.status_code == 201, made.text
        yield office


def send(office: Office, method: str, path: str, body: Any, tag: str | None = None) -> httpx2.Response:
    headers = {} if tag is None else {"if-match": tag}
    return office.clients["admin"].request(method, path, json=body, headers=headers)


@pytest.mark.parametrize("kind", EDITED)
def test_a_change_of_what_somebody_else_has_changed_is_refused_with_both_texts(office: Office, kind: str) -> None:
    path, method, one, other = EDITED[kind]
    assert send(office, method, path, one).is_success, "without If-Match it works as before"
    seen = office.clients["admin"].get(path)
    tag = seen.headers["etag"]
    assert tag == f'"{seen.json()["version"]}"'
    changed = send(office, method, path, other, tag)
    assert changed.is_success, changed.text
    assert changed.headers["etag"] == f'"{seen.json()["version"] + 1}"'
    refused = send(office, method, path, one, tag)
    problem = refused.json()
    assert (refused.status_code, problem["type"], problem["place"]) == (412, "urn:tocsin:problem:outdated", "If-Match")
    assert refused.headers["etag"] == f'"{problem["version"]}"'
    assert problem["yours"] == one
    now = office.get("admin", path)
    assert problem["current"] == now
    assert problem["version"] == now["version"] == seen.json()["version"] + 1
    assert problem["expected"].startswith(changed.headers["etag"])
    assert send(office, method, path, one, f'"1", W/{changed.headers["etag"]}').is_success, "one of several, or weak"
    assert send(office, method, path, other, "*").is_success, "any that there is"
    listed = office.get("admin", f"/{kind}s")[f"{kind}s"]
    assert office.get("admin", path)["version"] in [each["version"] for each in listed]


def test_what_is_not_there_has_no_version(office: Office) -> None:
    refused = send(office, "PUT", "/accounts/new-one", {"plan": "gold"}, "*")
    assert (refused.status_code, refused.json()["current"], refused.json()["version"]) == (412, None, None)
    assert "etag" not in refused.headers
    assert office.clients["admin"].get("/accounts/new-one").status_code == 404
    assert send(office, "PATCH", "/users/nobody", {"display": "N"}, '"1"').status_code == 404


def test_a_text_that_is_no_version_is_refused(office: Office) -> None:
    for text in ("3", '"three"', '"1" "2"', ""):
        refused = send(office, "PATCH", "/users/bo", {"display": "Bo"}, text)
        assert (refused.status_code, refused.json()["place"]) == (422, "If-Match"), text


def test_secrets_are_not_sent_back(office: Office) -> None:
    refused = send(office, "PATCH", "/connectors/tracker", {"credential": "of theirs", "effects": []}, '"99"')
    assert refused.status_code == 412
    assert refused.json()["yours"] == {"effects": []}
    assert "of theirs" not in refused.text


def test_a_change_by_another_way_counts(office: Office) -> None:
    """A new password of a user is one, and a fact of a customer that a ticket tells."""
    tag = office.clients["admin"].get("/users/carl").headers["etag"]
    assert send(office, "PUT", "/users/carl/password", {"password": "a long enough one"}).is_success
    assert send(office, "PATCH", "/users/carl", {"display": "Carl"}, tag).status_code == 412


def test_of_many_at_once_one_alone_is_carried_out(office: Office) -> None:
    tag = office.clients["admin"].get("/users/dora").headers["etag"]
    with ThreadPoolExecutor(6) as pool:

        def change(place: int) -> httpx2.Response:
            return send(office, "PATCH", "/users/dora", {"display": f"Dora {place}"}, tag)

        statuses = [answer.status_code for answer in pool.map(change, range(6))]
    assert sorted(statuses) == [200, *[412] * 5]
