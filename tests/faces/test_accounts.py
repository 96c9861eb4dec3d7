"""Customers over HTTP: what is known of them, and who answers for the relationship."""

from pathlib import Path

import pytest

from tests.home import Home
from tocsin.core import canonical
from tocsin.storage.database import Database


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


def test_a_fact_is_taken_away_and_was_so_until_now(home: Home, database_url: str) -> None:
    home.succeed("account", "put", "C-1", "--plan", "premium", "--region", "EU", "--arr", "2000000", "--json")
    for name in ("plan", "arr"):
        assert home.succeed("account", "put", "C-1", f"--{name}", "", "--json")[name] is None
    [account] = home.succeed("account", "list", "--json")
    assert (account["plan"], account["arr"], account["region"]) == (None, None, "EU")
    new = home.succeed("account", "put", "C-2", "--plan", "", "--region", "EU", "--json")
    assert (new["plan"], new["region"]) == (None, "EU")
    database = Database(database_url)
    with database.reading() as tx:
        rows = tx.rows("SELECT facts, valid_to FROM account_facts ORDER BY account, valid_from")
    database.close()
    kept = [(sorted(canonical.decode(bytes(facts))), until is None) for facts, until in rows]
    whole = ["arr", "plan", "region"]
    assert kept == [(whole, False), (["arr", "region"], False), (["region"], True), (["region"], True)]
    assert home.run("account", "put", "C-1", "--arr", "much").code == 2
    assert home.run("account", "put", "C-1", "--arr", "-1").code == 2


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
    for day, code in (("2026-13-45", 2), ("2027-03-31", 0), ("2027-03-31T00:00:00Z", 0)):
        done = home.run("account", "put", "C-1", "--renewal", day)
        assert (done.code, "renewal" in done.err) == (code, code == 2), done.err


def test_cases_are_listed_by_ticket_and_by_customer(home: Home, tmp_path: Path) -> None:
    account = home.succeed("account", "put", "C-1", "--name", "Meridian Airways", "--json")["id"]
    body = '{"subject": "Slow", "external_id": "m3-213", "source": "%s", "account": {"external_id": "%s"}}'
    for number, (source, customer) in enumerate((("zen", "C-1"), ("mail", "C-2"))):
        ticket = tmp_path / f"{number}.json"
        ticket.write_text(body % (source, customer))
        home.succeed("case", "open", "--file", str(ticket))

    def found(*arguments: str) -> list[str]:
        return [case["source"] for case in home.succeed("case", "list", *arguments, "--json")["cases"]]

    assert found("--ticket", "m3-213") == ["mail", "zen"]
    assert found("--ticket", "m3-213", "--source", "zen") == ["zen"]
    assert found("--ticket", "m3-21") == []
    assert found("--account", "C-1") == found("--account", account) == found("--q", "meridian m3-213") == ["zen"]
    refused = home.run("case", "list", "--account", "C-3")
    assert (refused.code, "there is no account 'C-3'" in refused.err) == (2, True)
