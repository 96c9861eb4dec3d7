"""A server whose writes fail says so to whoever asks: load balancers, operators, the doctor."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.faces.browsing import Browser, give_passwords
from tests.faces.office import Office, staffed
from tests.home import Home
from tests.testing import Databases, wait_until
from tocsin.core.clock import HOUR, MINUTE
from tocsin.storage.failing import Failure
from tocsin.storage.lock import FileLock
from tocsin.watchers.loops import Loop


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    databases = Databases("sqlite", tmp_path_factory.mktemp("readiness"))
    with staffed(databases.new()) as office:
        yield office


@pytest.fixture(scope="module")
def browser(office: Office) -> Browser:
    """Signed in while that could still be written."""
    give_passwords(office.installation, "carl")
    browser = Browser(office.url)
    browser.sign_in("carl")
    return browser


@pytest.fixture
def failing(office: Office) -> Iterator[str]:
    """Since a minute, and for an hour until the next try."""
    now = office.installation.clock.now()
    office.installation.writer.failure = Failure(now - MINUTE, now + HOUR, "database or disk is full")
    yield "database or disk is full"
    office.installation.writer.failure = None


def test_it_is_not_ready(office: Office, failing: str) -> None:
    answer = httpx2.get(f"{office.url}/readyz")
    assert answer.status_code == 503
    assert answer.json()["writes"].startswith("nothing can be written since 20")
    assert answer.json()["writes"].endswith(failing)


def test_it_is_not_ready_while_a_loop_has_ended_until_it_is_begun_again(office: Office) -> None:
    ended = threading.Thread(target=lambda: None)
    ended.start()
    ended.join()
    loops = office.installation.watch.loops
    with loops._reviving:  # so that nobody begins it again meanwhile
        loops.add(Loop("a loop that ended", lambda: 0, thread=ended))
        answer = httpx2.get(f"{office.url}/readyz")
        assert (answer.status_code, answer.json()["ended"]) == (503, ["a loop that ended"])
        assert office.get("otto", "/watchers")["loops"]["ended"] == ["a loop that ended"]
    wait_until(lambda: httpx2.get(f"{office.url}/readyz").is_success)
    assert loops.named("a loop that ended").thread is not ended


def test_operators_see_it(office: Office, failing: str) -> None:
    [alarm] = office.get("otto", "/alarms")["alarms"]
    assert alarm["kind"] == "work.not_written"
    assert failing in alarm["says"]
    assert office.get("otto", "/watchers")["writes"]["failure"] == failing
    headers = office.clients["otto"].headers
    figures = httpx2.get(f"{office.url}/metrics", headers=headers).text.splitlines()
    [seconds] = [line.split()[1] for line in figures if line.startswith("tocsin_writer_failing_seconds ")]
    assert 60 <= float(seconds) < 600
    assert "tocsin_writer_failed_groups_total 0.0" in figures


def test_whoever_looks_at_now_sees_it(office: Office, browser: Browser, failing: str) -> None:
    for path in ("/", "/?group=team"):
        page = browser.get(path).text
        assert re.search(r'role="alert">.*Nothing can be written since <time datetime="20', page)
        assert failing in page


def test_the_doctor_fails(office: Office, failing: str, tmp_path: Path) -> None:
    home = Home(tmp_path, TOCSIN_DATABASE_URL=f"sqlite:///{tmp_path / 'mine.db'}")
    home.succeed("init", "--json")
    home.environment["TOCSIN_URL"] = office.url
    done = home.run("doctor")
    assert done.code == 1
    assert failing in done.out


def test_the_doctor_tells_two_installations_apart(office: Office, tmp_path: Path) -> None:
    home = Home(tmp_path, TOCSIN_DATABASE_URL=f"sqlite:///{tmp_path / 'mine.db'}")
    home.succeed("init", "--json")
    home.succeed("user", "reach", "admin", "--webhook", "https://pager.example.com/admin", "--wakes")
    [alone] = [one for one in home.succeed("doctor", "--json")["findings"] if one["check"] == "writer"]
    assert alone["state"] == "warn"
    assert "no page is sent" in alone["found"]
    assert "`tocsin serve`" in alone["way_out"]
    home.environment["TOCSIN_URL"] = office.url
    found = {one["check"]: one for one in home.succeed("doctor", "--json")["findings"]}
    assert found["server"]["state"] == "ok"
    assert found["writer"]["state"] == "warn"
    assert "not the database of the server at TOCSIN_URL" in found["writer"]["found"]
    assert "TOCSIN_DATABASE_URL" in found["writer"]["way_out"]
    home.environment["TOCSIN_URL"] = "http://127.0.0.1:9"
    assert "no server runs on this file" in home.run("doctor").out, "a server that does not answer may be this one's"
    home.environment["TOCSIN_DATABASE_URL"] = office.installation.database.shown
    lock = FileLock.take(Path(office.installation.database.path or ""), "serve", url="http://127.0.0.1:1")
    held = home.run("doctor", "--json")
    lock.release()
    [writer] = [one for one in json.loads(held.out)["findings"] if one["check"] == "writer"]
    assert (writer["state"], "http://127.0.0.1:1" in writer["found"]) == ("ok", True)


def test_it_is_ready_again(office: Office, browser: Browser) -> None:
    assert "Nothing can be written" not in browser.get("/").text
    assert httpx2.get(f"{office.url}/readyz").status_code == 200
    assert office.get("otto", "/alarms") == {"alarms": []}


def test_tickets_are_refused_while_the_file_is_away(tmp_path: Path) -> None:
    url = Databases("sqlite", tmp_path).new()
    path, away = Path(url.removeprefix("sqlite:///")), tmp_path / "away.db"
    with staffed(url) as office:
        office.open(subject="before")
        path.rename(away)
        answer = office.post("robot", "/cases", {"subject": "lost"})
        assert answer.status_code == 503
        assert answer.json()["place"] == str(path)
        assert "put back" in answer.json()["expected"]
        answer = httpx2.get(f"{office.url}/readyz")
        assert answer.status_code == 503
        assert str(path) not in answer.text
        away.rename(path)
        wait_until(lambda: httpx2.get(f"{office.url}/readyz").is_success)
        assert office.open(subject="after")["number"] == 2
