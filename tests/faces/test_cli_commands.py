"""Commands that open the database themselves: every one, on both databases, within the test's process."""

import json
import re
from contextlib import closing
from pathlib import Path

import pytest

from tests.home import Home
from tests.testing import SECRET
from tocsin.people import tokens
from tocsin.policy import starters
from tocsin.storage.database import Database, sqlite_module

OUTAGE = {"subject": "API is down", "users_affected": 5000, "external_id": "Z-1", "account": {"segment": "strategic"}}


@pytest.fixture
def home(tmp_path: Path, database_url: str) -> Home:
    """A home whose database is initialised."""
    home = Home(tmp_path, TOCSIN_DATABASE_URL=database_url)
    home.succeed("init", "--admin", "admin@example.com", "--json")
    return home


def test_init_makes_what_the_policy_needs(tmp_path: Path, database_url: str) -> None:
    policy = tmp_path / "policy.yaml"
    text = starters.text().replace('duty-director: ["user:admin"]', 'duty-director: ["user:dana"]')
    policy.write_text(text)
    home = Home(tmp_path, TOCSIN_DATABASE_URL=database_url)
    said = home.succeed("init", "--policy", "policy.yaml")
    assert "dana, whom the policy names: made with the role senior" in said
    assert {user["name"]: user["role"] for user in home.succeed("user", "list", "--json")} == {
        "admin": "admin",
        "dana": "senior",
    }
    assert {team["name"]: team["lead"] for team in home.succeed("team", "list", "--json")} == dict.fromkeys(
        ("billing", "engineering", "support"), "admin"
    )
    [duty] = home.succeed("oncall", "--json")["oncall"]
    assert (duty["roster"], duty["primary"]) == ("senior", "admin")
    assert home.succeed("policy", "history", "--json")["in_force"] == 1
    assert (tmp_path / "tocsin" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_init_keeps_only_what_proves_a_password_and_a_token(tmp_path: Path, database_url: str) -> None:
    from pwdlib.hashers.argon2 import Argon2Hasher

    made = Home(tmp_path, TOCSIN_DATABASE_URL=database_url).succeed("init", "--json")
    assert set(made) == {"token", "admin", "password", "database"}
    database = Database(database_url)
    with database.reading() as tx:
        row = tx.row("SELECT password_hash FROM users WHERE name = ?", (made["admin"],))
    assert row is not None
    assert row[0].startswith("$argon2id$")
    assert Argon2Hasher().verify(made["password"], row[0])
    viewer = tokens.Doorkeeper(database).look_up(made["token"], 0)
    assert (viewer.actor, viewer.role) == ("user:admin", "admin")
    database.close()


def test_init_refuses_a_second_time(home: Home) -> None:
    done = home.run("init")
    assert done.code == 1
    assert "initialised already" in done.err
    assert len(home.succeed("token", "list", "--json")) == 1


def test_a_policy_that_is_refused_leaves_an_empty_database(tmp_path: Path, database_url: str) -> None:
    home = Home(tmp_path, TOCSIN_DATABASE_URL=database_url)
    (tmp_path / "policy.yaml").write_text("name: Nothing\n")
    assert home.run("init", "--policy", "policy.yaml").code == 1
    assert home.succeed("init", "--json")["admin"] == "admin"


def test_without_a_database_every_command_says_what_to_do(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for command in (("case", "list"), ("token", "list"), ("serve", "--port", "0"), ("case", "ack", "1")):
        done = home.run(*command)
        assert done.code == 2
        assert "`tocsin init`" in done.err
    assert not (tmp_path / "tocsin").exists()


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    url = "postgresql://me:secret@127.0.0.1:1/x"
    done = Home(tmp_path, TOCSIN_DATABASE_URL=url, TOCSIN_SECRET_KEY=SECRET).run("case", "list")
    assert done.code == 1
    assert "the database does not answer" in done.err
    assert "secret" not in done.err


def test_tokens(home: Home) -> None:
    made = home.succeed("token", "create", "zendesk", "--role", "operator", "--json")
    assert made["token"].startswith("tocsin_")
    again = home.run("token", "create", "zendesk", "--role", "operator")
    assert (again.code, "there is a token 'zendesk' already" in again.err) == (1, True)
    assert home.run("token", "create", "x", "--role", "king").code == 2
    assert home.run("token", "create", "x").code == 2
    listed = {token["name"]: token for token in home.succeed("token", "list", "--json")}
    assert listed["admin"]["user"] == "admin"
    assert made["token"] not in json.dumps(listed)
    home.succeed("token", "revoke", "zendesk")
    assert home.run("token", "revoke", "zendesk").code == 1


def test_tokens_that_are_narrowed(home: Home) -> None:
    made = home.succeed(
        *("token", "create", "form", "--role", "operator", "--json"),
        *("--scope", "cases.open", "--scope", "operate"),
    )
    assert made["scopes"] == ["cases.open", "operate"]
    odd = home.run("token", "create", "odd", "--role", "agent", "--scope", "tokens.write")
    assert (odd.code, "one or more of cases.read, cases.open" in odd.err) == (2, True)
    listed = {token["name"]: token["scopes"] for token in home.succeed("token", "list", "--json")}
    assert listed == {"admin": None, "form": ["cases.open", "operate"]}
    shown = home.succeed("token", "list")
    assert "cases.open, operate" in shown
    assert "all" in shown


def test_people_teams_and_rosters(home: Home, tmp_path: Path) -> None:
    made = home.succeed("user", "add", "dana", "--role", "senior", "--webhook", "https://pager.example.com/d", "--json")
    assert made["webhook_secret"].startswith("whsec_")
    assert (
        home.succeed("user", "reach", "admin", "--webhook", "https://pager.example.com/a", "--json")["user"] == "admin"
    )
    assert {user["name"]: user["reachable"] for user in home.succeed("user", "list", "--json")} == {
        "admin": True,
        "dana": True,
    }
    assert home.run("user", "reach", "admin").code == 2
    assert home.run("user", "reach", "admin", "--email", "a@example.com", "--webhook", "https://x.test").code == 2
    unset = home.run("user", "reach", "admin", "--email", "admin@example.com")
    assert (unset.code, "TOCSIN_SMTP_URL" in unset.err) == (2, True)
    home.environment |= {"TOCSIN_SMTP_URL": "smtp://me:hidden@mail.test", "TOCSIN_MAIL_FROM": "tocsin@example.com"}
    assert "go to admin@example.com" in home.succeed("user", "reach", "admin", "--email", "admin@example.com")
    home.environment["TOCSIN_MAIL_FROM"] = "Tocsin <tocsin@example.com>"
    wrong = home.run("user", "list")
    assert (wrong.code > 0, "TOCSIN_MAIL_FROM" in wrong.err, "hidden" in wrong.err) == (True, True, False)
    home.environment["TOCSIN_MAIL_FROM"] = "tocsin@example.com"
    for text, found in (("tocsin_bad = 1", "tocsin.toml: tocsin_bad"), ("url = [", "tocsin.toml")):
        (tmp_path / "tocsin.toml").write_text(text)
        wrong = home.run("user", "list")
        assert (wrong.code > 0, found in wrong.err, "TOCSIN_TOCSIN" in wrong.err) == (True, True, False), wrong.err
        (tmp_path / "tocsin.toml").unlink()
    del home.environment["TOCSIN_SMTP_URL"]
    assert home.run("user", "reach", "nobody", "--webhook", "https://pager.example.com/").code == 1
    home.succeed("team", "add", "care", "--lead", "dana", "--member", "dana")
    assert {team["name"]: team["members"] for team in home.succeed("team", "list", "--json")}["care"] == ["dana"]
    (tmp_path / "night.yaml").write_text(
        "name: night\nmembers: [dana, admin]\nzone: Europe/Berlin\nhandoff: mon 09:00\n"
    )
    home.succeed("roster", "put", "night.yaml")
    weeks = [
        home.succeed("oncall", "night", "--at", at, "--json")["oncall"][0]["primary"]
        for at in ("2026-03-03T12:00:00Z", "2026-03-10T12:00:00Z")
    ]
    assert sorted(weeks) == ["admin", "dana"]
    assert home.run("oncall", "day").code == 1
    assert home.run("oncall", "--at", "tomorrow").code == 2
    assert home.run("roster", "put", "-", stdin="members: [dana]").code == 2
    assert "night" in home.succeed("roster", "list")


def test_policies_in_force(home: Home, tmp_path: Path) -> None:
    stricter = starters.text().replace("executive:\n    at: 80", "executive:\n    at: 79")
    (tmp_path / "stricter.yaml").write_text(stricter)
    assert home.succeed("policy", "activate", "stricter.yaml", "--reason", "a test", "--json")["version"] == 2
    assert home.succeed("policy", "activate", "1", "--json")["version"] == 1
    assert home.succeed("policy", "revert", "--json")["withdrawn"] == 1
    history = home.succeed("policy", "history", "--json")
    assert history["in_force"] == 2
    assert [row["version"] for row in history["activations"]] == [1, 2, 1]
    assert home.succeed("policy", "history").count("*") == 1
    coming = home.succeed("policy", "activate", "1", "--at", "2199-01-01T00:00:00Z", "--json")["activation"]
    assert home.succeed("policy", "revert", "--activation", coming, "--json")["activation"] == coming
    assert home.succeed("policy", "history", "--json")["in_force"] == 2
    assert home.run("policy", "revert", "--activation", coming).code == 1
    assert home.run("policy", "revert", "--activation", "nonsense").code == 2
    assert home.run("policy", "activate", "9").code == 1
    assert home.run("policy", "activate", "2", "--at", "2020-01-01T00:00:00Z").code == 1
    (tmp_path / "broken.yaml").write_text(stricter.replace("weight: 30", "weight: 29"))
    broken = home.run("policy", "activate", "broken.yaml")
    assert broken.code == 1
    assert "the weights sum to 99" in broken.out


def test_a_ticket_cannot_write_to_the_terminal(home: Home) -> None:
    nasty = "\x1b]0;owned\x07Down\x9b31m\u202e"
    unfit = home.succeed("case", "open", "Down", "--ticket", "T\x1b[2J", "--json")
    assert re.fullmatch(r"T \[2J~[0-9a-f]{16}", unfit["external_id"]), "what is no text is taken out of an id"
    assert "external_id" in unfit["decision"]["facts"]["remarks"]
    made = home.succeed("case", "open", nasty, "--ticket", "T\u202e", "--json")
    number = str(made["number"])
    home.succeed("case", "note", number, f"{nasty} said [bold]the[/bold] customer")
    assert home.run("token", "create", nasty, "--role", "agent").code == 2
    assert home.run("token", "create", " zendesk", "--role", "agent").code == 2
    for shown in (home.run("case", "list"), home.run("case", "show", number), home.run("case", "list", "--json")):
        assert shown.code == 0
        assert "Down" in shown.out
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown.out)
    assert home.succeed("case", "list", "--json")["cases"][0]["subject"] == nasty


def test_a_case_from_opening_to_resolution(home: Home) -> None:
    home.succeed("user", "add", "dana", "--role", "senior")
    home.succeed("user", "reach", "admin", "--webhook", "https://pager.example.com/admin")
    opened = home.succeed("case", "open", "--file", "-", "--json", stdin=json.dumps(OUTAGE))
    number = str(opened["number"])
    assert opened["level"] == "senior"
    assert "is open already" in home.succeed("case", "open", "--file", "-", stdin=json.dumps(OUTAGE))
    assert "belongs to dana" in home.succeed("case", "assign", number, "dana")
    for acting in ((), ("--as", "dana")):  # whoever owns it is not for that reason somebody whom the path calls
        refused = home.run("case", "ack", number, *acting)
        assert (refused.code, "expected admin, who was paged" in refused.err) == (1, True), refused.err
    home.succeed("team", "change", opened["team"], "--member", "dana")
    acknowledged = home.succeed("case", "ack", number, "--as", "dana", "--json")
    assert acknowledged["technical_lead"] == "dana"
    again = home.run("case", "ack", number, "--as", "dana")
    assert (again.code, "acknowledged already" in again.err) == (1, True)
    home.succeed("case", "note", opened["id"], "-", stdin="The cache was full.")
    home.succeed("case", "resolve", number, "--note", "Restarted.", "--as", "dana")
    [listed] = home.succeed("case", "list", "--owner", "dana", "--json")["cases"]
    assert listed["state"] == "resolved"
    assert home.succeed("case", "list", "--state", "open", "--json")["cases"] == []
    kinds = [event["kind"] for event in home.succeed("case", "show", number, "--json")["timeline"]]
    assert kinds[0] == "case.opened"
    assert {"case.acknowledged", "case.noted", "case.resolved"} <= set(kinds)
    shown = home.succeed("case", "show", number)
    for part in ("API is down", "technical lead dana", "business_impact", "The cache was full.", "user:dana"):
        assert part in shown


def test_a_case_shows_what_the_customer_wrote(home: Home) -> None:
    said = {
        "body": "It says [red]502[/red]\x1b[1m.\n\n  Since nine.",
        "tags": ["press", "a[b]"],
        "users_affected": 5000,
    }
    home.succeed("case", "open", "--file", "-", stdin=json.dumps(OUTAGE | said))
    shown = home.succeed("case", "show", "1")
    assert "It says [red]502[/red]?[1m.\n\n  Since nine.\n" in shown
    assert "5,000 users affected · tags press, a[b]" in shown


def test_a_case_and_a_list_are_shown_as_of_an_instant(home: Home) -> None:
    opened = home.succeed("case", "open", "--file", "-", "--json", stdin=json.dumps(OUTAGE))["opened_at"]
    home.succeed("case", "resolve", "1", "--note", "Restarted.")
    then = home.succeed("case", "show", "1", "--as-of", opened)
    assert "as of " in then
    assert "open" in then
    assert "Restarted." not in then
    assert "Restarted." in home.succeed("case", "show", "1")
    [listed] = home.succeed("case", "list", "--state", "open", "--as-of", opened, "--json")["cases"]
    assert listed["number"] == 1
    assert home.succeed("case", "list", "--state", "open", "--json")["cases"] == []
    refused = home.run("case", "show", "1", "--as-of", "2020-01-01T00:00:00Z")
    assert (refused.code, "opened later" in refused.err) == (1, True)


def test_what_of_a_ticket_was_cut_or_not_understood_is_said(home: Home) -> None:
    odd = OUTAGE | {"users_affected": "between 2 and 30", "colour": "blue"}
    done = home.run("case", "open", "--file", "-", stdin=json.dumps(odd))
    assert done.code == 0
    said = {line.partition(":")[0]: line for line in done.err.splitlines()}
    assert "counts as missing" in said["users_affected"]
    assert "there is no such field" in said["colour"]
    again = home.run("case", "open", "--file", "-", stdin=json.dumps(odd))
    assert "is open already" in again.out
    assert "colour" not in again.err, "what the case had already is no news"


def test_wrong_use_of_cases(home: Home) -> None:
    assert home.run("case", "show", "99").code == 1
    assert home.run("case", "open").code == 2
    assert home.run("case", "open", "--file", "-", stdin="[]").code == 2
    assert home.run("case", "open", "x", "--users-affected", "-3").code == 2
    assert home.run("case", "ack", "1", "--as", "nobody").code == 2


def test_the_doctor_finds_what_is_missing(home: Home, tmp_path: Path) -> None:
    looked = home.run("doctor", "--json")
    assert looked.code == 1
    findings = json.loads(looked.out)["findings"]
    found = {one["check"]: one for one in findings}
    people = [one for one in findings if one["check"] == "people"]
    assert any("tocsin user reach admin" in one["way_out"] for one in people)
    assert any(
        one["state"] == "fail" and "nobody on the roster senior can be reached" in one["found"] for one in people
    )
    assert {found[check]["state"] for check in ("settings", "secret", "database", "durability", "clock", "policy")} == {
        "ok"
    }
    key = tmp_path / "tocsin" / "secret_key"
    key.chmod(0o644)
    done = home.run("doctor")
    assert done.code == 1
    assert f"chmod 600 {key}" in done.out


@pytest.mark.parametrize("version", [None, "ae1027a6acf"])
def test_a_database_of_another_program_is_left_alone(tmp_path: Path, version: str | None) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite_module().connect(str(path))) as theirs:
        theirs.execute("CREATE TABLE orders (id INTEGER)")
        if version:
            theirs.execute("CREATE TABLE alembic_version (version_num TEXT)")
            theirs.execute("INSERT INTO alembic_version VALUES (?)", (version,))
        theirs.commit()
    home = Home(tmp_path, TOCSIN_DATABASE_URL=f"sqlite:///{path}")
    for command in ("init", "migrate", "doctor"):
        done = home.run(command)
        assert done.code in (1, 2)
        assert "another program: orders" in done.err + done.out
        assert "an empty database" in done.err + done.out
    with closing(sqlite_module().connect(str(path))) as theirs:
        tables = {row[0] for row in theirs.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables <= {"orders", "alembic_version"}


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 localhost, and enough of a text that it could have been a database\n" * 20)
    home = Home(tmp_path, TOCSIN_DATABASE_URL=f"sqlite:///{path}")
    for command in ("init", "migrate", "serve", "doctor"):
        done = home.run(command)
        assert done.code in (1, 2)
        said = done.err + done.out
        assert f"{path}: this file is not a database" in said
        assert "sqlalche" not in said
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith("hosts")] == ["hosts"]


def test_a_role_that_no_path_names_is_warned_of(home: Home) -> None:
    told = ["--webhook", "https://hooks.example.com/x"]
    known = home.run("role", "reach", "duty-director", *told)
    assert (known.code, known.err) == (0, "")
    typo = home.run("role", "reach", "duty-directr", *told, "--json")
    assert typo.code == 0
    assert "never notifies role:duty-directr" in typo.err
    assert "it names duty-director" in typo.err
