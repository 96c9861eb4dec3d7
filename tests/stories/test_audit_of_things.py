"""Users, teams, tokens and the like under proof: whatever is changed behind Tocsin's back is found at its place."""

import os
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.stories.administration import administer
from tests.stories.forgery import things
from tests.stories.forgery.proving import KEYS, prove, tried, unguarded
from tests.stories.record import STARTER
from tests.testing import Databases, World, world
from tocsin import audit
from tocsin.audit import PROVED, UNPROVED, Report
from tocsin.core import canonical
from tocsin.events import KEPT
from tocsin.ledger import erasing
from tocsin.ledger.chain import of_thing
from tocsin.people import directory
from tocsin.people.events import USERS
from tocsin.storage.database import Database
from tocsin.tables import metadata

ROUNDS = 4


@pytest.fixture(scope="module")
def recorded(databases: Databases) -> str:
    """The URL of a database in which much was administered."""
    url = databases.new()
    here = world(url, STARTER)
    administer(here)
    here.installation.checkpointer.cover()
    here.installation.close()
    return url


def test_every_table_is_proved_or_said_not_to_be() -> None:
    proved = {table.name for table in PROVED}
    assert proved & UNPROVED.keys() == set()
    assert proved | UNPROVED.keys() == metadata.tables.keys()
    assert all(reason[0].islower() and not reason.endswith(".") for reason in UNPROVED.values())


def test_the_page_names_every_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| (yes|no: .+) \|$", page, re.M)
    assert dict(rows) == {table.name: "yes" for table in PROVED} | {
        name: f"no: {reason}" for name, reason in UNPROVED.items()
    }


def test_an_untouched_record_has_no_findings(recorded: str) -> None:
    database, report = Database(recorded), Report()
    with database.reading() as tx:
        assert [str(finding) for finding in audit.verify(tx, KEYS, report)] == []
        kinds = {row[0] for row in tx.rows("SELECT DISTINCT kind FROM events WHERE chain < 0")}
    database.close()
    assert kinds == {kind.name for kept in KEPT for kind in kept.kinds}


@pytest.mark.long
def test_falsifications_of_every_kind_are_found_where_they_are(recorded: str) -> None:
    seed = int(os.environ.get("TOCSIN_TEST_SEED") or Random().randrange(1 << 32))
    chance, done = Random(seed), Counter[str]()
    with unguarded(recorded) as tx:
        for kind in things.kinds() * ROUNDS:
            edit, findings = tried(tx, kind, chance)
            done[kind.name] += 1
            told = f"TOCSIN_TEST_SEED={seed}: {kind.name}: {edit}\n" + "\n".join(map(str, findings[:20]))
            assert any(edit.found_by(finding) for finding in findings), told
        assert prove(tx) == []
    assert min(done.values()) == ROUNDS


def test_a_finding_says_who_it_is_about_and_what_differs(recorded: str) -> None:
    with unguarded(recorded) as tx:
        tx.run("UPDATE users SET role = 'admin' WHERE name = 'anna'")
        [finding] = prove(tx)
    assert str(finding) == "user anna, role: role is not what the events say"
    assert (finding.expected, finding.found) == ("agent", "admin")
    shown = finding.value()
    assert (shown["thing"], shown["table"], shown["case"]) == ("user anna", "users", None)


def test_a_finding_names_who_was_deleted_and_says_which_facts_differ(recorded: str) -> None:
    with unguarded(recorded) as tx:
        tx.run("DELETE FROM users WHERE name = 'anna'")
        assert "user anna, user: the row of the user is missing" in [str(finding) for finding in prove(tx)]
    with unguarded(recorded) as tx:
        tx.run("UPDATE account_facts SET facts = ?", (b"{}",))
        findings = [finding for finding in prove(tx) if finding.place.table == "account_facts"]
    assert findings
    assert all(finding.found == {"facts": {}} and finding.expected["facts"] for finding in findings)


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        ("display = CAST(X'EDA080' AS TEXT)", ["display is not what the events say"]),
        ("display = CAST(display AS BLOB)", ["display is of a type that no event has put there"]),
        ("active = 'yes'", ["active is of a type that no event has put there", "active is not what the events say"]),
    ],
)
def test_a_value_that_cannot_be_read_hides_nothing_else(databases: Databases, change: str, findings: list[str]) -> None:
    url = databases.new()
    here = world(url, STARTER)
    if here.installation.database.dialect == "sqlite":  # PostgreSQL lets none in
        with unguarded(url) as tx:
            tx.run(f"UPDATE users SET {change} WHERE name = 'anna'")
            tx.run("UPDATE users SET role = 'admin' WHERE name = 'bo'")
            found = prove(tx)
        assert sorted(one.what for one in found) == sorted([*findings, "role is not what the events say"])
        assert {one.place.table for one in found} == {"users"}
        with here.installation.database.reading() as tx:
            assert prove(tx) == []
    here.installation.close()


def test_no_secret_stands_in_the_journal(recorded: str) -> None:
    database = Database(recorded)
    with database.reading() as tx:
        bodies = [bytes(row[0]) for row in tx.rows("SELECT body FROM payloads WHERE chain < 0")]
        for kept in KEPT:
            for name in kept.secret:
                for (value,) in tx.rows(f"SELECT {name} FROM {kept.table.name} WHERE {name} IS NOT NULL"):
                    raw = value.encode() if isinstance(value, str) else bytes(value)
                    assert not any(raw in body or raw.hex().encode() in body for body in bodies), (kept.noun, name)
    database.close()


def test_what_was_erased_is_not_compared_and_counted(databases: Databases) -> None:
    """Until an event says it anew."""
    here: World = world(databases.new(), STARTER)
    journal, writer = here.installation.journal, here.installation.writer
    anna = here.viewer("anna").user
    assert anna is not None
    writer.write(lambda tx: erasing.erase(tx, journal, of_thing(anna), [1], by="user:admin", reason="She asked."))
    report = Report()
    with here.installation.database.reading() as tx:
        assert list(audit.verify(tx, KEYS, report)) == []
    assert report.unproved == len(USERS.table.columns) - 1
    writer.write(
        lambda tx: directory.change_user(tx, here.installation.mint, journal, "anna", {"role": "lead"}, by="user:admin")
    )
    with here.installation.database.reading() as tx:
        assert list(audit.verify(tx, KEYS, Report())) == []
        [body] = tx.row("SELECT body FROM payloads WHERE chain = ? AND seq = 3", (of_thing(anna),)) or ()
    assert canonical.decode(bytes(body)) == {"role": "lead"}
    writer.write(lambda tx: tx.run("UPDATE users SET role = 'admin' WHERE id = ?", (anna,)))
    with here.installation.database.reading() as tx:
        [finding] = audit.verify(tx, KEYS, Report())
    assert finding.place.row == "role"
    here.installation.close()
