"""Names that hold what an address means something by: refused when they are made, and reached where they exist."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.faces.office import OUTAGE, Office, staffed
from tests.home import Home
from tests.testing import Databases

ROSTER = {"members": ["anna"], "zone": "UTC", "handoff": "mon 09:00"}
MAP = {"external_id": "id", "subject": "title"}


@pytest.fixture
def office(databases: Databases) -> Iterator[Office]:
    with staffed(databases.new()) as office:
        yield office


@pytest.fixture
def home(office: Office, tmp_path: Path) -> Home:
    return Home(tmp_path, TOCSIN_URL=office.url, TOCSIN_TOKEN=office.secrets["robot"])


def sent(name: str) -> str:
    """A name as an address may carry it."""
    return quote(name, safe="").replace(".", "%2E")


@pytest.mark.parametrize("name", ["prod/eu", "..", "."])
def test_a_name_that_no_address_could_hold_is_refused(office: Office, name: str) -> None:
    robot = office.clients["robot"]
    answers = {
        "token": robot.post("/tokens", json={"name": name, "role": "viewer"}),
        "hook": robot.post("/hooks", json={"name": name, "map": MAP}),
        "user": robot.post("/users", json={"name": name}),
        "team": robot.post("/teams", json={"name": name}),
        "roster": robot.put(f"/rosters/{sent(name)}", json=ROSTER),
    }
    for what, answer in answers.items():
        assert answer.status_code == 422, what
        problem = answer.json()
        assert "/" in problem["expected"] or what in ("user", "team"), problem
        assert problem["detail"], what


@pytest.mark.parametrize("name", ["prod/eu", "..", ".", "%2F", "a/revocation"])
def test_a_token_of_any_name_that_exists_is_revoked(office: Office, home: Home, name: str) -> None:
    office.post("robot", "/tokens", {"name": "made before", "role": "viewer"})
    change = "UPDATE tokens SET name = ? WHERE name = 'made before'"
    office.installation.writer.write(lambda tx: tx.run(change, (name,)))
    assert home.succeed("token", "revoke", name, "--json") == {"name": name, "revoked": True}
    [found] = [token for token in office.get("robot", "/tokens")["tokens"] if token["name"] == name]
    assert found["revoked_at"] is not None


@pytest.mark.parametrize("name", ["a/b", "..", ".", "/", "%2F", "a?b#c", "Zürich & Söhne", "a\u00a0b", "a\u202eb"])
def test_an_account_of_any_external_id_is_read_and_changed(office: Office, home: Home, name: str) -> None:
    office.open(OUTAGE, account={"external_id": name, "name": "Before"})
    shown = home.succeed("account", "put", name, "--name", "After", "--owner", "olga", "--json")
    assert (shown["external_id"], shown["name"], shown["owner"]) == (name, "After", "olga")
    assert office.get("robot", f"/accounts/{sent(name)}")["name"] == "After"
    assert len(office.get("robot", "/accounts")["accounts"]) == 1


def test_what_is_typed_reaches_no_other_place(office: Office, home: Home) -> None:
    office.open()
    commands: list[tuple[Any, ...]] = [
        ("user", "change", "../tokens", "--role", "viewer"),
        ("user", "change", "..", "--role", "viewer"),
        ("user", "change", "", "--role", "viewer"),
        ("case", "show", "1/decision"),
        ("case", "show", ".."),
        ("case", "ack", "1/notes"),
    ]
    for command in commands:
        refused = home.run(*command)
        assert refused.code != 0, command
        assert "there is nothing at" not in refused.err, command
        assert refused.err.count("\n") <= 2, refused.err
    assert "case.noted" not in office.kinds("1")
