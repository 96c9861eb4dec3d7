"""A database that goes away and comes back: whoever asks meanwhile is told to come again; then nothing waits."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from sqlalchemy import Engine, exc

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import QUESTION, Office, staffed
from tests.faces.quick import POLICY
from tests.testing import Databases, PostgreSQL, Receiver
from tests.victim import Victim
from tocsin.core.clock import HOUR
from tocsin.people import tokens
from tocsin.storage.transaction import Tx

SENDERS = 4
OUTAGE_SECONDS = 8.0  # the loops rest for up to four seconds by then
WITHIN = 2.0


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with staffed(Databases("sqlite", tmp_path_factory.mktemp("away")).new()) as office:
        office.open()
        yield office


@pytest.fixture(scope="module")
def browser(office: Office) -> Browser:
    give_passwords(office.installation, "carl")
    browser = Browser(office.url)
    browser.sign_in("carl")
    return browser


def refused() -> Exception:
    return exc.OperationalError("", None, psycopg.OperationalError("connection refused"))


CONNECTING: dict[str, Callable[[], Exception]] = {
    "refused": refused,
    "no place in the pool": lambda: exc.TimeoutError("QueuePool limit of size 4 overflow 12 reached"),
}
READING: dict[str, Callable[[], Exception]] = {
    "shut down": lambda: psycopg.errors.AdminShutdown("terminating connection due to administrator command"),
}


@pytest.fixture(params=[*CONNECTING, *READING])
def away(request: pytest.FixtureRequest, office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise (CONNECTING | READING)[request.param]()

    if request.param in CONNECTING:
        monkeypatch.setattr(Engine, "connect", fail)
        office.installation.writer.close()
    else:
        monkeypatch.setattr(Tx, "row", fail)
        monkeypatch.setattr(Tx, "rows", fail)


def require_refusal(answer: httpx2.Response, what: str) -> None:
    """Nothing is a fault; what needs the database is unavailable, and says when to come again."""
    assert answer.status_code < 500 or answer.status_code == 503, f"{what}: {answer.status_code} {answer.text}"
    if answer.status_code == 503 and "readyz" not in what:
        assert int(answer.headers["retry-after"]) >= 1, what


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("known", [False, True], ids=["a token to look up", "a token that is remembered"])
def test_no_route_calls_it_a_fault(office: Office, known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if known:
        monkeypatch.setattr(tokens, "_REMEMBERED", HOUR)
    else:
        office.installation.entrance.doorkeeper._known.clear()
    client = office.clients["admin"]
    seen = 0
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method in methods:
            address = path.replace("{", "").replace("}", "")
            answer = client.request(method, f"{office.url}{address}", json=QUESTION)
            require_refusal(answer, f"{method} {path}")
            seen += answer.status_code == 503
    assert seen > 20
    for path in ("/cases", "/signals"):
        answer = client.post(path, json=QUESTION | {"external_id": "away"})
        assert answer.status_code == 503
        require_refusal(answer, path)
    batch = client.post("/cases/batch", json={"cases": [QUESTION]})
    assert batch.status_code == 503 or [one["status"] for one in batch.json()["results"]] == [503]
    assert httpx2.get(f"{office.url}/readyz").status_code == 503
    assert httpx2.get(f"{office.url}/healthz").status_code == 200


@pytest.mark.usefixtures("away")
def test_no_page_calls_it_a_fault(browser: Browser) -> None:
    for path in ("/", "/cases", "/parts/mine", "/events", "/cases/1", "/cases?q=api"):
        answer = browser.http.get(path)
        require_refusal(answer, path)
        assert answer.status_code == 503, path
    answer = browser.http.post("/sign-in", data={"name": "carl", "password": "x", "back": "/"})
    require_refusal(answer, "/sign-in")


def test_it_is_well_afterwards(office: Office, browser: Browser) -> None:
    assert office.open(QUESTION)["number"]
    assert browser.get("/").status_code == 200


class Sender:
    """Opens cases, writes notes and looks, without a pause; remembers every answer that was not what it should be."""

    def __init__(self, server: Victim, name: str) -> None:
        self.server, self.name = server, name
        self.wrong: list[str] = []
        self.refused = 0
        self.opened: list[str] = []
        self.enough = threading.Event()

    def run(self) -> None:
        number = 0
        with self.server.client() as http:
            while not self.enough.wait(0.02):
                number += 1
                body = {"subject": "All is down", "type": "outage", "external_id": f"{self.name}-{number}"}
                answer = self._look(http.post("/api/v1/cases", json=body))
                if answer.status_code == 201:
                    self.opened.append(answer.json()["id"])
                if self.opened:
                    self._look(http.post(f"/api/v1/cases/{self.opened[-1]}/notes", json={"text": "we look"}))
                    self._look(http.get(f"/api/v1/cases/{self.opened[-1]}"))

    def _look(self, answer: httpx2.Response) -> httpx2.Response:
        refused = answer.status_code == 503 and "retry-after" in answer.headers
        self.refused += refused
        if not (answer.is_success or refused):
            self.wrong.append(f"{answer.status_code} {answer.text}")
        return answer


@pytest.mark.timeout(300)
def test_after_a_restart_of_the_database_pages_go_out_at_once(tmp_path: Path) -> None:
    """A page falls due while the database is away. Loops that rest wake as soon as it is back."""
    with closing(PostgreSQL(tmp_path)) as database, closing(Receiver()) as receiver:
        server = Victim(tmp_path, database.database("away"), receiver=receiver.url, policy=POLICY)
        server.start()
        senders = [Sender(server, f"S{place}") for place in range(SENDERS)]
        threads = [threading.Thread(target=sender.run) for sender in senders]
        for thread in threads:
            thread.start()
        receiver.wait_for(1, 60)
        database.stop()
        time.sleep(OUTAGE_SECONDS)
        for sender in senders:
            sender.enough.set()
        for thread in threads:
            thread.join(60)
        before = len(receiver.got)
        database.start()
        back = time.monotonic()
        receiver.wait_for(before + 1, 60)
        took = time.monotonic() - back
        server.stop()
    assert [wrong for sender in senders for wrong in sender.wrong] == []
    assert all(sender.refused for sender in senders), "the outage was seen"
    assert took < WITHIN
