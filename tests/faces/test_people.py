"""People change: another role, another team, another pager; and they leave."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import Office, staffed
from tests.home import Home
from tocsin.core.errors import InvalidInput
from tocsin.people import directory


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with staffed(database_url) as office:
        yield office


def refusal(office: Office, path: str, **body: object) -> tuple[int, str]:
    answer = office.clients["admin"].patch(path, json=body)
    assert answer.status_code >= 400, answer.text
    return answer.status_code, answer.json()["place"]


def test_another_role_counts_at_once_for_sessions_and_tokens(office: Office) -> None:
    changed = office.clients["admin"].patch("/users/anna", json={"role": "viewer", "display": "Anna A.", "email": None})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["role"], changed.json()["display"]) == ("viewer", "Anna A.")
    roles = {token["name"]: token["role"] for token in office.get("admin", "/tokens")["tokens"]}
    assert (roles["of anna"], roles["of bo"]) == ("viewer", "agent")
    with office.installation.database.reading() as tx:
        assert office.installation.desk.directory.get(tx).by_name["anna"].role == "viewer"


def test_nobody_is_called_nothing(office: Office) -> None:
    here = office.installation

    def called(display: str) -> str:
        change = partial(directory.change_user, mint=here.mint, journal=here.journal, name="anna", by="test")
        return here.writer.write(lambda tx: change(tx, changes={"display": display})).display

    assert [called(display) for display in ("", "  ", "\u200b", " Ann A. ")] == ["anna", "anna", "anna", "Ann A."]
    with pytest.raises(InvalidInput):
        called("x" * 201)


def test_whoever_leaves_is_signed_out_and_their_tokens_end(office: Office) -> None:
    give_passwords(office.installation)
    browser = Browser(office.url)
    browser.sign_in("anna")
    assert browser.get("/").status_code == 200
    assert office.clients["admin"].patch("/users/anna", json={"active": False}).json()["active"] is False
    assert browser.get("/").status_code != 200
    assert {token["name"] for token in office.get("admin", "/tokens")["tokens"] if token["revoked_at"]} == {"of anna"}
    assert office.clients["admin"].patch("/users/anna", json={"active": True}).json()["active"] is True
    assert browser.get("/").status_code != 200, "they sign in anew"


def test_the_last_administrator_stays(office: Office) -> None:
    assert refusal(office, "/users/admin", active=False) == (409, "active")
    assert refusal(office, "/users/admin", role="lead") == (409, "role")
    assert office.clients["admin"].patch("/users/lea", json={"role": "admin"}).status_code == 200
    assert office.clients["robot"].patch("/users/admin", json={"role": "lead"}).status_code == 200


def test_changes_that_mean_nothing_are_refused(office: Office) -> None:
    assert refusal(office, "/users/nobody", role="lead") == (404, "user")
    assert refusal(office, "/users/anna", role="king") == (422, "role")
    assert refusal(office, "/users/anna", role=None) == (422, "role")
    assert refusal(office, "/users/anna") == (422, "body")
    assert refusal(office, "/teams/nobody", lead="lea") == (404, "team")
    assert refusal(office, "/teams/support", lead="nobody") == (422, "lead")
    assert refusal(office, "/teams/support", roster="nobody") == (422, "roster")


def test_a_team_gets_another_lead_and_other_members(office: Office) -> None:
    changed = office.clients["admin"].patch("/teams/support", json={"lead": "carl", "members": ["bo", "carl", "bo"]})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["lead"], changed.json()["members"], changed.json()["roster"]) == (
        "carl",
        ["bo", "carl"],
        "senior",
    )
    again = office.clients["admin"].patch("/teams/support", json={"lead": None, "roster": None})
    assert (again.json()["lead"], again.json()["roster"], again.json()["members"]) == (None, None, ["bo", "carl"])
    [team] = [team for team in office.get("admin", "/teams")["teams"] if team["name"] == "support"]
    assert team == again.json()


def test_pages_go_no_more_where_they_do_not_reach_anybody(office: Office) -> None:
    [place] = office.get("admin", "/users/carl/destinations")["destinations"]
    assert place["channel"] == "webhook"
    path = f"/users/carl/destinations/{place['id']}"
    assert office.clients["admin"].delete(path.replace("carl", "dora")).status_code == 404
    assert office.clients["admin"].delete(path).status_code == 204
    assert office.clients["admin"].delete(path).status_code == 404
    assert office.get("admin", "/users/carl/destinations")["destinations"] == []
    reachable = {user["name"]: user["reachable"] for user in office.get("admin", "/users")["users"]}
    assert (reachable["carl"], reachable["dora"]) == (False, True)
    assert office.post("admin", "/users/carl/destinations", {"webhook": place["address"]}).json()["id"] == place["id"]
    assert office.get("admin", "/users/carl/destinations")["destinations"] == [place]


def test_the_same_by_commands(tmp_path: Path, database_url: str) -> None:
    home = Home(tmp_path, TOCSIN_DATABASE_URL=database_url, TOCSIN_SECRET_KEY="a secret that is long enough for tests")
    home.succeed("init", "--admin", "admin@a.test", "--json")
    home.succeed("user", "add", "dana", "--role", "agent", "--webhook", "https://pager.example.com/dana")
    assert home.succeed("user", "change", "dana", "--role", "lead", "--email", "d@a.test", "--json")["role"] == "lead"
    assert home.succeed("user", "change", "dana", "--email", "", "--json")["email"] is None
    assert home.succeed("user", "change", "dana", "--gone", "--json")["active"] is False
    assert "gone" in home.succeed("user", "list")
    assert "dana has the role lead" in home.succeed("user", "change", "dana", "--active")
    assert home.run("user", "change", "dana").code == 2
    assert "last administrator" in home.run("user", "change", "admin", "--gone").err
    [place] = home.succeed("user", "unreach", "dana", "--json")
    assert place["id"] in home.succeed("user", "unreach", "dana")
    home.succeed("user", "unreach", "dana", place["id"])
    assert home.succeed("user", "unreach", "dana", "--json") == []
    home.succeed("team", "add", "walkers", "--lead", "dana", "--member", "dana")
    changed = home.succeed("team", "change", "walkers", "--lead", "admin", "--member", "admin", "--json")
    assert (changed["lead"], changed["members"]) == ("admin", ["admin"])
    assert "led by nobody" in home.succeed("team", "change", "walkers", "--lead", "")
    assert home.run("team", "change", "walkers").code == 2
