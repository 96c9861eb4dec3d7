"""Who changed what besides cases: through the API and on the command line, for administrators alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces.office import Office, staffed
from tests.home import Home


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with staffed(database_url) as office:
        yield office


def test_changes_are_listed_with_who_made_them(office: Office) -> None:
    admin = office.clients["admin"]
    assert admin.patch("/users/anna", json={"role": "senior"}).status_code == 200
    assert admin.put("/users/anna/password", json={"password": "a long password"}).status_code == 200
    assert admin.patch("/teams/support", json={"lead": None}).status_code == 200
    found = office.get("admin", "/audit/changes?limit=4")
    told = [(one["actor"], one["kind"], one["thing"], one["payload"]) for one in found["changes"]]
    assert told[:2] == [
        ("user:admin", "team.changed", "team support", {"lead": None}),
        ("user:admin", "user.changed", "user anna", {"password_hash": "(secret)"}),
    ]
    assert sorted(told[2:], key=lambda one: one[1]) == [  # of one instant
        ("user:admin", "token.changed", "token of anna", {"role": "senior"}),
        ("user:admin", "user.changed", "user anna", {"role": "senior"}),
    ]
    assert [one["says"] for one in found["changes"][:2]] == [
        "the team was changed: no lead",
        "the user was changed: a new password",
    ]
    rest = office.get("admin", f"/audit/changes?limit=200&cursor={found['cursor']}")
    assert rest["cursor"] is None
    assert {one["actor"] for one in rest["changes"]} == {"test"}
    assert "user.created" in {one["kind"] for one in rest["changes"]}
    assert "alarm.began" not in {one["kind"] for one in rest["changes"]}


def test_whom_a_change_is_about_is_said_by_name(office: Office) -> None:
    assert office.clients["admin"].patch("/teams/support", json={"lead": "anna"}).status_code == 200
    newest = office.get("admin", "/audit/changes?family=team")["changes"][0]
    assert newest["says"] == "the team was changed: lead anna"
    assert newest["payload"]["lead"] != "anna", "beside it stands what the journal holds"


def test_a_family_is_asked_for(office: Office) -> None:
    assert office.clients["admin"].put("/accounts/contoso", json={"plan": "basic"}).status_code == 200
    assert "account.created" not in {one["kind"] for one in office.get("admin", "/audit/changes")["changes"]}
    [made] = office.get("admin", "/audit/changes?family=account")["changes"]
    assert (made["kind"], made["payload"]["facts"]) == ("account.created", {"plan": "basic"})
    for wrong in ("family=nothing", "cursor=x", "cursor=1.2"):
        assert office.clients["admin"].get(f"/audit/changes?{wrong}").status_code == 422


def test_only_administrators_see_them(office: Office) -> None:
    assert office.clients["lea"].get("/audit/changes").status_code == 403


def test_the_command_shows_them(tmp_path: Path, database_url: str) -> None:
    home = Home(tmp_path, TOCSIN_DATABASE_URL=database_url)
    home.succeed("init")
    home.succeed("user", "add", "dana", "--role", "senior")
    home.succeed("user", "change", "dana", "--role", "lead")
    newest, before = home.succeed("audit", "changes", "--family", "user", "--limit", "2", "--json")
    assert (newest["thing"], newest["payload"]) == ("user dana", {"role": "lead"})
    assert newest["actor"].startswith("cli:")
    assert before["kind"] == "user.created"
    shown = home.succeed("audit", "changes", "--family", "user", "--limit", "1")
    for word in ("cli:", "user dana", "the user was changed: role lead"):
        assert word in shown
    assert home.succeed("audit", "verify", "--json")["ok"] is True
