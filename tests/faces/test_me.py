"""Who asks, what they prefer, and their own password, over HTTP."""

from collections.abc import Iterator

import pytest

from tests.faces.browsing import PASSWORD, Browser, give_passwords
from tests.faces.office import Office, staffed
from tests.testing import Databases
from tocsin.people import sessions


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        give_passwords(office.installation, "anna", "bo")
        yield office


def test_who_somebody_is(office: Office) -> None:
    me = office.get("carl", "/me")
    assert (me["name"], me["role"], me["teams"]) == ("carl", "senior", [])
    assert "cases.confirm" in me["permissions"]
    assert "people.write" not in me["permissions"]
    [place] = me["destinations"]
    assert (place["channel"], place["wakes"], me["reachable"], me["wakes"]) == ("webhook", None, True, None)
    duties = {duty["roster"]: duty["role"] for duty in [*me["on_call"], *me["next_on_call"]]}
    assert duties["senior"] in ("primary", "backup")
    assert {team["name"]: team["lead"] for team in office.get("lea", "/me")["teams"]}["support"] is True
    assert office.get("anna", "/me")["preferences"]["theme"] == "system"
    with_duty = [name for name in ("carl", "dora") if office.get(name, "/me")["on_call"][0]["role"] == "primary"]
    assert len(with_duty) == 1


def test_a_token_of_nobody(office: Office) -> None:
    me = office.get("desk", "/me")
    assert (me["id"], me["name"], me["role"], me["preferences"]) == (None, "desk", "operator", None)
    for method, path in (("GET", "/preferences"), ("PATCH", "/preferences"), ("PUT", "/me/password")):
        body = {"theme": "dark"} if method == "PATCH" else {"old": "x", "new": "a sentence of my own"}
        refused = office.clients["desk"].request(method, path, json=None if method == "GET" else body)
        assert refused.status_code in (403, 404), path
        assert refused.json()["detail"] == "this token belongs to nobody"


def test_preferences_have_a_version(office: Office) -> None:
    client = office.clients["bo"]
    seen = client.get("/preferences")
    changes = {"theme": "dark", "density": "compact", "shortcuts": False, "zone": "Europe/Berlin", "language": "de"}
    changed = client.patch("/preferences", json=changes, headers={"if-match": seen.headers["etag"]})
    assert changed.is_success, changed.text
    assert changes.items() <= changed.json().items()
    refused = client.patch("/preferences", json={"theme": "light"}, headers={"if-match": seen.headers["etag"]})
    assert (refused.status_code, refused.json()["current"]["theme"]) == (412, "dark")
    assert client.patch("/preferences", json={"theme": None}).json()["theme"] == "system"
    assert office.get("admin", "/users/bo")["zone"] == "Europe/Berlin", "the user is one thing"
    for body in ({}, {"theme": "pink"}, {"density": 3}, {"zone": "Nowhere"}, {"language": "xx"}, {"colour": "red"}):
        assert client.patch("/preferences", json=body).status_code == 422, body
    [event] = [
        one for one in office.get("admin", "/audit/changes?family=user")["changes"] if one["payload"].get("density")
    ]
    assert "density" not in event["payload"] or event["says"].startswith("the user was changed: time zone")
    assert "single keys off" in event["says"]


def test_the_first_view_is_one_that_they_see(office: Office) -> None:
    made = office.post("anna", "/views", {"name": "First", "filter": {"owner": "me"}}).json()["id"]
    assert office.clients["anna"].patch("/preferences", json={"default_view": made}).json()["default_view"] == made
    assert office.clients["bo"].patch("/preferences", json={"default_view": made}).status_code == 404


def test_their_own_password(office: Office) -> None:
    browser = Browser(office.url)
    assert browser.sign_in("anna").status_code == 303
    client = office.clients["anna"]
    new = {"old": PASSWORD, "new": "another sentence of mine"}
    wrong = client.put("/me/password", json=new | {"old": "not this one"})
    assert (wrong.status_code, wrong.json()["place"]) == (422, "old")
    assert client.put("/me/password", json=new | {"new": "short"}).json()["place"] == "password"
    assert browser.get("/").status_code == 200
    assert client.put("/me/password", json=new).is_success
    assert browser.get("/").status_code == 303, "sessions end"
    assert client.put("/me/password", json=new).status_code == 422, "the old one is none any more"
    for _ in range(20):
        refused = client.put("/me/password", json=new)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


def test_a_narrowed_token_does_not_change_its_user(office: Office) -> None:
    made = office.post("admin", "/tokens", {"name": "read", "role": "agent", "user": "bo", "scopes": ["people.read"]})
    headers = {"authorization": f"Bearer {made.json()['token']}"}
    client = office.clients["bo"]
    assert client.get("/me", headers=headers).json()["permissions"] == ["people.read"]
    new = {"old": PASSWORD, "new": "another sentence of mine"}
    assert client.put("/me/password", json=new, headers=headers).status_code == 403
    assert client.patch("/preferences", json={"theme": "dark"}, headers=headers).status_code == 403


def test_a_page_keeps_its_session(office: Office) -> None:
    from tocsin.people import passwords

    here = office.installation
    with here.database.reading() as tx:
        user, _ = passwords.stored_for(tx, "bo")
    assert user is not None
    one, other = (here.writer.write(lambda tx: sessions.begin(tx, user)) for _ in range(2))
    new = passwords.hashed("another sentence of mine")
    here.writer.write(lambda tx: passwords.set_own(tx, here.mint, here.journal, user, new, by="user:bo", kept=one))
    with here.database.reading() as tx:
        assert list(sessions.living(tx, [one, other], here.clock.now())) == [one]
