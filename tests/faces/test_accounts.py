"""Customers over HTTP: what is known of them, and who answers for the relationship."""

from pathlib import Path

import pytest

from tests.home import Home


@pytest.fixture
def home(tmp_path: Path, database_url: str) -> Home:
    made = Home(tmp_path, TOCSIN_DATABASE_URL=database_url, TOCSIN_SECRET_KEY="a secret that is long enough for tests")
    made.succeed("init", "--admin", "admin@a.test", "--json")
    return made


def test_an_account_is_known_and_has_an_owner(home: Home) -> None:
    home.succeed("user", "add", "omar", "--role", "account_owner")
    home.succeed("account", "put", "C-1", "--name", "Acme", "--segment", "strategic", "--arr", "2000000", "--json")
    home.succeed("account", "put", "C-1", "--owner", "omar", "--json")
    [account] = home.succeed("account", "list", "--json")
    assert (account["name"], account["segment"], account["arr"], account["owner"]) == (
        "Acme",
        "strategic",
        2_000_000.0,
        "omar",
    )
    assert home.succeed("account", "put", "C-1", "--owner", "", "--json")["owner"] is None


def test_what_is_known_decides_a_ticket_that_only_names_the_account(home: Home, tmp_path: Path) -> None:
    home.succeed("account", "put", "C-1", "--segment", "strategic", "--arr", "2000000", "--json")
    ticket = tmp_path / "ticket.json"
    ticket.write_text('{"subject": "API is down", "users_affected": 5000, "account": {"external_id": "C-1"}}')
    shown = home.succeed("case", "open", "--file", str(ticket), "--json")
    assert shown["level"] == "executive"
    assert shown["decision"]["facts"]["account"]["segment"] == "strategic"


def test_an_owner_who_does_not_exist_is_refused_and_nothing_is_stored(home: Home) -> None:
    refused = home.run("account", "put", "C-1", "--name", "Acme", "--owner", "nobody-here")
    assert refused.code == 2
    assert "no active user" in refused.err
    assert home.succeed("account", "list", "--json") == []
    assert home.run("account", "put", "C-1").code == 2
