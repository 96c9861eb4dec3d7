"""Rosters over HTTP and by commands: who is on call before and after a change, and who is passed over."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faces.office import Office, staffed
from tests.home import Home
from tests.testing import Databases

# Shifts begin three days ago at an hour that is not now, so that no handoff falls into the test.
FIRST = str((datetime.now(UTC) - timedelta(days=3)).date())
SPEC: dict[str, Any] = {"zone": "UTC", "handoff": "00:00", "first": FIRST, "days": 30}


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


def put(office: Office, *members: str, dry: bool = False, who: str = "admin", name: str = "nights") -> Any:
    path = f"/rosters/{name}" + ("?dry_run=true" if dry else "")
    return office.clients[who].put(path, json={"members": list(members), **SPEC})


def names(shifts: Any) -> list[str]:
    return [shift["primary"] for shift in shifts]


def on_call(office: Office, name: str = "nights") -> Any:
    [duty] = office.get("anna", f"/oncall?roster={name}")["oncall"]
    return duty


def test_a_change_shows_before_and_after_and_tries_out_first(office: Office) -> None:
    new = put(office, "carl", "dora", "lea", name="evenings").json()
    assert (new["before"], names(new["after"])) == ([], ["carl", "dora", "lea", "carl"])
    tried = put(office, "dora", "lea", "mia", "carl", dry=True, name="evenings").json()
    assert (tried["id"], tried["dry_run"]) == (None, True)
    assert names(tried["before"]) == ["carl", "dora", "lea", "carl"]
    assert names(tried["after"]) == ["carl", "dora", "lea", "mia", "carl"]
    [stored] = [one for one in office.get("admin", "/rosters")["rosters"] if one["name"] == "evenings"]
    assert stored["members"] == ["carl", "dora", "lea"]
    done = put(office, "dora", "lea", "mia", "carl", name="evenings").json()
    assert (done["id"], done["dry_run"]) == (new["id"], False)
    assert done["after"][1:] == tried["after"][1:]
    assert on_call(office, "evenings")["primary"] == "carl"


def test_who_may_not_change_a_roster_may_not_try_it_either(office: Office) -> None:
    assert put(office, "carl", dry=True, who="lea").status_code == 403


def test_a_trial_refuses_what_a_change_refuses(office: Office) -> None:
    answer = put(office, "nobody-known", dry=True)
    assert (answer.status_code, answer.json()["place"]) == (422, "members")


def test_whoever_is_passed_over_is_named(office: Office) -> None:
    put(office, "carl", "dora", "lea")
    office.clients["admin"].patch("/users/bo", json={"active": True})
    bo = office.clients["admin"].put("/rosters/days", json={"members": ["bo", "anna"], **SPEC})
    assert bo.is_success
    office.clients["admin"].patch("/users/bo", json={"active": False})
    [duty] = office.get("anna", "/oncall?roster=days")["oncall"]
    assert (duty["primary"], duty["backup"], duty["passed_over"]) == ("anna", None, ["bo"])
    assert duty["away"] == [{"user": "bo", "why": "is no longer active"}]
    assert "bo is no longer active, and is passed over" in duty["reasons"]


def test_the_commands(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.succeed("init", "--json")
    for name in ("carl", "dora", "eve"):
        home.succeed("user", "add", name, "--role", "senior", "--webhook", f"https://pager.example.com/{name}")
    roster = tmp_path / "nights.json"

    def write(*members: str) -> str:
        roster.write_text(json.dumps({"name": "nights", "members": list(members), **SPEC}))
        return str(roster)

    assert "nights is a roster of carl, dora" in home.succeed("roster", "put", write("carl", "dora"))
    tried = home.succeed("roster", "put", write("dora", "eve"), "--dry-run")
    assert "nights would be a roster of dora, eve" in tried
    assert "changes" in tried
    assert home.succeed("oncall", "nights", "--json")["oncall"][0]["primary"] == "carl"
    said = home.succeed("roster", "put", write("eve", "dora", "carl"))
    assert "before" in said
    assert "after" in said
    assert home.succeed("oncall", "nights", "--json")["oncall"][0]["primary"] == "carl"
    home.succeed("user", "change", "carl", "--gone")
    shown = home.run("oncall", "nights")
    assert "nights: carl is no longer active, and is passed over" in shown.err
    doctor = home.run("doctor")
    assert "on a roster, and passed over: admin has no destination for pages; carl is no longer active" in doctor.out
    assert "NOBODY CAN BE REACHED" not in shown.err
    for name in ("dora", "eve"):
        home.succeed("user", "change", name, "--gone")
    assert "nights: NOBODY CAN BE REACHED; a page to this roster reaches nobody" in home.run("oncall", "nights").err
    assert "nobody on the roster nights can be reached: its pages reach nobody" in home.run("doctor").out


def test_who_is_woken_by_nothing_is_said_beforehand(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.succeed("init", "--admin", "admin@a.test", "--json")
    for name in ("carl", "dora"):
        home.succeed("user", "add", name, "--role", "senior", "--webhook", f"https://pager.example.com/{name}")
    roster = tmp_path / "nights.json"
    roster.write_text(json.dumps({"name": "nights", "members": ["carl", "dora"], **SPEC}))
    home.succeed("roster", "put", str(roster))
    unsaid = "perhaps sleeps through a page at night: their webhook does not say whether it wakes people"
    assert unsaid in home.run("oncall", "nights").err
    assert unsaid in home.run("doctor").out
    for name, says in (("carl", "--wakes"), ("dora", "--no-wakes")):
        home.succeed("user", "reach", name, "--webhook", f"https://pager.example.com/{name}", says)
    [duty] = home.succeed("oncall", "nights", "--json")["oncall"]
    assert duty["asleep"] == [{"user": "dora", "why": "is not woken by a page at night: webhook wakes nobody"}]
    assert "dora is not woken" in home.run("doctor").out
    home.succeed("user", "reach", "dora", "--webhook", "https://pager.example.com/dora", "--wakes")
    assert home.succeed("oncall", "nights", "--json")["oncall"][0]["asleep"] == []
    said = home.run("doctor").out
    assert ("not woken" in said, "perhaps sleeps" in said) == (False, False)
