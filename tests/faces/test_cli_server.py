"""A real server, and the commands that speak to it: a case is opened, pages somebody, is acknowledged, and nothing that
was answered is lost when the server ends."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.home import Home, Running, Server
from tests.stories.process import OUTAGE as OUTAGE_OF_A_STORY
from tests.stories.process import PEOPLE, POLICY
from tests.testing import Databases, Receiver, serving, world
from tocsin.core import ids
from tocsin.core.clock import MINUTE, SystemClock
from tocsin.people import tokens
from tocsin.storage.database import Database

OUTAGE = {"subject": "API is down", "users_affected": 5000, "account": {"segment": "strategic", "arr": 2_000_000}}


@pytest.fixture
def home(tmp_path: Path, database_url: str) -> Home:
    home = Home(tmp_path, TOCSIN_DATABASE_URL=database_url, TOCSIN_ALLOW_PRIVATE_DESTINATIONS="true")
    home.environment["TOCSIN_TOKEN"] = home.succeed("init", "--json")["token"]
    return home


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def about_a_case(receiver: Receiver) -> dict[str, Any]:
    """The first message that is about a case: an alarm may come before it."""

    def pages() -> list[dict[str, Any]]:
        return [body for _, sent in receiver.got if "case" in (body := json.loads(sent))]

    with receiver.arrived:
        assert receiver.arrived.wait_for(pages, 60), receiver.got
        return pages()[0]


def test_a_case_over_a_server(home: Home, receiver: Receiver) -> None:
    with Server(home) as server:
        home.environment["TOCSIN_URL"] = server.url
        home.succeed("user", "reach", "admin", "--webhook", receiver.url)
        opened = home.succeed("case", "open", "--file", "-", "--json", stdin=json.dumps(OUTAGE))
        page = about_a_case(receiver)
        assert page["case"]["id"] == opened["id"]
        assert page["acknowledge"] == f"{server.url}/api/v1/cases/{opened['id']}/acknowledgement"
        assert home.succeed("case", "ack", "1", "--json")["technical_lead"] == "admin"
        assert {climb["state"] for climb in home.succeed("case", "show", "1", "--json")["escalations"]} == {
            "acknowledged"
        }
        wrong = home.run("case", "ack", "1", "--as", "admin")
        assert (wrong.code, "--as" in wrong.err) == (2, True)
        home.environment["TOCSIN_TOKEN"] = "tocsin_wrong"
        refused = home.run("case", "list")
        assert (refused.code, "TOCSIN_TOKEN" in refused.err) == (1, True)
        assert server.terminate() == 0
    gone = home.run("case", "list")
    assert (gone.code, "`tocsin serve`" in gone.err) == (1, True)


def test_beside_a_server_the_time_is_that_of_the_server(tmp_path: Path, databases: Databases) -> None:
    """A demonstration runs faster than the machine, and another machine's clock may be wrong."""
    here = world(databases.new(), POLICY, people=PEOPLE)
    mint, journal, admin = here.installation.mint, here.installation.journal, here.viewer("admin")
    token = here.installation.writer.write(
        lambda tx: tokens.issue(tx, mint, journal, "terminal", "admin", "test", user=admin.user)
    )
    here.open(**OUTAGE_OF_A_STORY)
    with serving(here.installation) as url:
        home = Home(tmp_path, TOCSIN_URL=url, TOCSIN_TOKEN=token)
        here.clock.advance(2 * MINUTE)
        assert "Ack due in 13 m" in home.succeed("case", "list")
        assert "due in 13 m" in home.succeed("case", "show", "1")
    here.installation.close()


def test_what_was_answered_before_the_server_ended_is_there(home: Home) -> None:
    answered: list[str] = []
    token = home.environment["TOCSIN_TOKEN"]
    with Server(home) as server:

        def send(sender: int) -> None:
            with httpx2.Client(base_url=server.url, headers={"authorization": f"Bearer {token}"}, timeout=30) as http:
                for number in range(1000):
                    try:
                        answer = http.post(
                            "/api/v1/cases", json={"subject": "Hello", "external_id": f"{sender}-{number}"}
                        )
                    except httpx2.HTTPError:
                        return
                    if answer.status_code == 201:
                        answered.append(answer.json()["id"])

        senders = [threading.Thread(target=send, args=(sender,)) for sender in range(4)]
        for thread in senders:
            thread.start()
        while len(answered) < 20:
            threading.Event().wait(0.01)
        assert server.terminate() == 0
        for thread in senders:
            thread.join()
    assert answered
    database = Database(home.environment["TOCSIN_DATABASE_URL"])
    with database.reading() as tx:
        kept = {ids.to_text(row[0]) for row in tx.rows("SELECT id FROM cases")}
        leased = "SELECT number FROM nodes WHERE leased_until > ?"
        assert tx.rows(leased, (SystemClock().now(),)) == [], "a process that ends keeps no number"
    database.close()
    assert set(answered) <= kept


def test_pages_of_a_case_that_a_command_opened_leave_when_something_runs(home: Home, receiver: Receiver) -> None:
    home.succeed("user", "reach", "admin", "--webhook", receiver.url)
    opened = home.run("case", "open", "API is down", "--users-affected", "5000")
    assert opened.code == 0
    assert "pages are sent when a server runs" in opened.err
    assert not receiver.got
    on_file = home.environment["TOCSIN_DATABASE_URL"].startswith("sqlite")
    with Running(home, *(("serve", "--port", "0") if on_file else ("work",))) as process:
        receiver.wait_for(1, seconds=60)
        assert process.terminate() == 0


def test_a_taken_port(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = home.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.code == 1
    assert "--port" in done.err
